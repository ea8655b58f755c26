"""Azurite, Microsoft's emulator of Azure Blob Storage, which is where GitHub keeps artifacts.

Signatures: https://learn.microsoft.com/rest/api/storageservices/create-service-sas and .../create-account-sas. The
account and its key are the ones that every Azurite has (documentation, "Use the Azurite emulator").
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urlencode

import httpx

from tests.integration.programs import find_program, running

ACCOUNT = "devstoreaccount1"
VERSION = "2021-12-02"
LONG_AGO, FAR_AHEAD = "2020-01-01T00:00:00Z", "2100-01-01T00:00:00Z"
BLOCK = 256 * 1024

_KEY = base64.b64decode("Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==")
_CONTAINER = "actions-results"


class BlobStorage:
    """One container of a running Azurite; `log` is where it writes down every request with its headers."""

    def __init__(self, origin: str, log: Path) -> None:
        self.origin, self.log = origin, log
        self._client = httpx.Client(base_url=f"{origin}/{ACCOUNT}/{_CONTAINER}", trust_env=False)
        self._change("", {"restype": "container"})

    def put(self, name: str, data: bytes, kind: str = "application/zip") -> None:
        """Upload a blob as Actions does: blocks, then their list with nothing but a content type."""
        blocks = [base64.b64encode(b"%08d" % start).decode() for start in range(0, len(data), BLOCK)]
        for number, block in enumerate(blocks):
            part = data[number * BLOCK : (number + 1) * BLOCK]
            self._change(name, {"comp": "block", "blockid": block}, part)
        listed = "".join(f"<Latest>{block}</Latest>" for block in blocks)
        listing = f'<?xml version="1.0" encoding="utf-8"?><BlockList>{listed}</BlockList>'
        self._change(name, {"comp": "blocklist"}, listing.encode(), {"x-ms-blob-content-type": kind})

    def remove(self, name: str) -> None:
        """Delete a blob."""
        self._client.delete(f"/{name}", params=_account_signature()).raise_for_status()

    def address(self, name: str, *, until: str = FAR_AHEAD, disposition: str = "", kind: str = "") -> str:
        """A signed address to read a blob, as the API's 302 has it; the last two override the blob's own headers."""
        values = {
            "sp": "r",
            "se": until,
            "spr": "https,http",
            "sv": VERSION,
            "sr": "b",
            "rscd": disposition,
            "rsct": kind,
        }
        place = f"/blob/{ACCOUNT}/{_CONTAINER}/{name}"
        signed = ["r", "", until, place, "", "", values["spr"], VERSION, "b", "", "", "", disposition, "", "", kind]
        query = {key: value for key, value in values.items() if value} | {"sig": _signature(signed)}
        return f"{self.origin}/{ACCOUNT}/{_CONTAINER}/{name}?{urlencode(query, quote_via=quote)}"

    def requests(self, name: str) -> list[str]:
        """The lines of the log about reading a blob, with the headers that came."""
        lines = self.log.read_text(errors="replace").splitlines()
        return [line for line in lines if re.search(rf"RequestMethod=GET RequestURL=\S*/{re.escape(name)}\?", line)]

    def close(self) -> None:
        """Close the connections for uploads."""
        self._client.close()

    def _change(self, name: str, query: Mapping[str, str], data: bytes = b"", headers: Mapping[str, str] = {}) -> None:
        params = {**query, **_account_signature()}
        self._client.put(f"/{name}" if name else "", params=params, content=data, headers=headers).raise_for_status()


@contextmanager
def blob_storage(folder: Path) -> Iterator[BlobStorage]:
    """A storage in memory, as long as the context lasts."""
    program = find_program("azurite-blob", "azurite")
    log = folder / "requests.log"
    command = [program, "--blobHost", "127.0.0.1", "--blobPort", "0", "--debug", str(log)]
    command += ["--inMemoryPersistence", "--disableTelemetry", "--silent"]
    with running(command, r"listens on (http://127\.0\.0\.1:\d+)", folder / "azurite.log") as origin:
        storage = BlobStorage(origin, log)
        yield storage
        storage.close()


def _account_signature() -> dict[str, str]:
    """The right to do anything with containers and blobs."""
    values = {"sv": VERSION, "ss": "b", "srt": "co", "sp": "rwdlc", "se": FAR_AHEAD}
    return values | {"sig": _signature([ACCOUNT, "rwdlc", "b", "co", "", FAR_AHEAD, "", "", VERSION, "", ""])}


def _signature(fields: list[str]) -> str:
    return base64.b64encode(hmac.new(_KEY, "\n".join(fields).encode(), hashlib.sha256).digest()).decode()
