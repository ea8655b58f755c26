"""A GitHub whose artifacts lie in Azurite: the API is the demo server's, its 302 leads to signed addresses of blobs."""

from __future__ import annotations

import hashlib
import io
import itertools
import random
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path

from artifact_tui.demo.accounts import DEMO_TOKEN
from artifact_tui.demo.flavors import GITHUB_2026
from artifact_tui.domain.models import Artifact
from artifact_tui.transfers.disk.safe_names import RECEIPT_ENDING
from artifact_tui.transfers.engine import Engine
from artifact_tui.transfers.models import DownloadOrder, Transfer
from tests.artifacts import listed
from tests.double.loopback import Loopback
from tests.engines import make_engine, under_way
from tests.github.stage import CORPUS
from tests.integration.azurite import BlobStorage
from tests.integration.journey import Traveler
from tests.integration.prism import reached_at
from tests.integration.wire import Exchange, Wire

_numbers = itertools.count(1)


class Depot:
    """The real storage and the real engine against Azurite; `wire` is all that they send."""

    def __init__(self, blobs: BlobStorage, loopback: Loopback, directory: Path) -> None:
        self.blobs, self.server, self.directory = blobs, loopback.server, directory
        self.wire = Wire()
        self._client = Traveler(reached_at(loopback.api, GITHUB_2026), DEMO_TOKEN, self.wire)
        self.storage = self._client.storage
        self._told = threading.Condition()
        self.engine = self._make_engine()

    def _make_engine(self) -> Engine:
        journal = self.directory.parent / "state" / "transfers.sqlite"
        return make_engine(lambda: self.storage, changed=self._changed, journal=journal, host="depot")

    def begin_again(self) -> None:
        """End the program and start it anew, as far as the transfers know."""
        assert self.engine.close(20)
        self._client.renew_storage()
        self.storage = self._client.storage
        self.engine = self._make_engine()

    def artifact(self, data: bytes, name: str = "logs.zip", kind: str = "application/zip") -> Artifact:
        """Upload bytes; the artifact as a list of the API would have it, called as its blob."""
        number = next(_numbers)
        blob = f"{number}-{name}"
        self.blobs.put(blob, data, kind)
        digest = f"sha256:{hashlib.sha256(data).hexdigest()}"
        return listed(id=number, name=blob, size_in_bytes=len(data), digest=digest)

    def lead(self, artifact: Artifact, *addresses: str) -> None:
        """The API sends the next downloads to these addresses, one after the other."""
        match = f"GET /repos/{CORPUS}/actions/artifacts/{artifact.id}/zip"
        for address in reversed(addresses):
            self.server.fault(match, status=302, headers={"Location": address})

    def order(self, artifact: Artifact) -> DownloadOrder:
        return DownloadOrder(repository=CORPUS, artifact=artifact, directory=self.directory)

    def download(self, *artifacts: Artifact) -> list[Transfer]:
        """Let the engine fetch artifacts to their end; they are named after their blobs."""
        numbers = self.begin(*artifacts)
        self.until(lambda: not under_way(self.engine))
        return [transfer for transfer in self.engine.transfers() if transfer.id in numbers]

    def begin(self, *artifacts: Artifact) -> tuple[int, ...]:
        """Order downloads."""
        return self.engine.downloads.add([self.order(artifact) for artifact in artifacts])

    def until(self, right: Callable[[], bool]) -> None:
        """Wait for something to become true of the transfers."""
        with self._told:
            assert self._told.wait_for(right, 60), self.engine.transfers()

    def fetched(self) -> list[Exchange]:
        """What was asked of the storage of blobs."""
        return self.wire.sent_to(self.blobs.origin)

    def signed(self) -> int:
        """How often the API was asked for an address."""
        return sum(request.path.endswith("/zip") for request in self.server.requests)

    def names(self) -> list[str]:
        """What lies in the directory beside the receipts."""
        return sorted(path.name for path in self.directory.iterdir() if not path.name.endswith(RECEIPT_ENDING))

    async def close(self) -> None:
        """End the engine, which closes the storage."""
        assert self.engine.close(20)
        await self._client.close()

    def _changed(self) -> None:
        with self._told:
            self._told.notify_all()


def archive(size: int = 3_000_000, seed: int = 1) -> bytes:
    """A zip with a file of that many bytes that cannot be compressed; its length depends on `size` alone."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as bundle:
        bundle.writestr("logs/build.log", random.Random(seed).randbytes(size))
    return file.getvalue()
