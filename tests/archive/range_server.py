"""A server of closed ranges, which counts what looking inside costs over HTTP.

Its archives exist only while they are read. Counted where they are sent: requests, bytes of bodies, connections.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

from artifact_tui.archive.remote_zip import RemoteZip
from artifact_tui.archive.zip_directory import Entry
from artifact_tui.demo import sample_files as made
from artifact_tui.demo.blob import Blob, BlobMember, Filler, make_zip
from artifact_tui.github.artifact_download import HttpArchive
from artifact_tui.github.http.cancel import CancelScopes
from artifact_tui.github.http.connections import blocking_client
from artifact_tui.screens.contents.reading import FIRST

SMALL_FILE = 100_000
LOG = 5_000_000


class Cost(NamedTuple):
    """What one look has cost."""

    requests: int
    bytes: int


class RangeServer:
    """Serves one blob, and counts."""

    def __init__(self, blob: Blob) -> None:
        self.blob = blob
        self.requests = self.bytes = self.connections = 0
        self._lock = threading.Lock()
        handler = type("Handler", (_Handler,), {"owner": self})
        self._listener = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._listener.daemon_threads = True
        threading.Thread(target=self._listener.serve_forever, args=(0.01,), daemon=True).start()
        self.address = f"http://127.0.0.1:{self._listener.server_port}/artifact.zip"

    def count(self, *, requests: int = 0, sent: int = 0, connections: int = 0) -> None:
        """One more of something."""
        with self._lock:
            self.requests += requests
            self.bytes += sent
            self.connections += connections

    def close(self) -> None:
        """No more connections."""
        self._listener.shutdown()
        self._listener.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    owner: RangeServer

    def setup(self) -> None:
        super().setup()
        self.owner.count(connections=1)

    def do_GET(self) -> None:
        match = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("Range", ""))
        blob = self.owner.blob
        start, end = (int(match[1]), min(int(match[2]) + 1, blob.size)) if match else (0, blob.size)
        self.send_response(206 if match else 200)
        if match:
            self.send_header("Content-Range", f"bytes {start}-{end - 1}/{blob.size}")
        self.send_header("Content-Type", "application/zip")
        self.send_header("ETag", '"0x8D"')
        self.send_header("Content-Length", str(end - start))
        self.owner.count(requests=1)
        self.end_headers()
        for piece in blob.read(start, end):
            self.owner.count(sent=len(piece))  # before its reader can have it, and look at the count
            self.wfile.write(piece)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # http.server's own name
        """Nothing is said."""


def archive_of(members: int, total: int) -> Blob:
    """One file of 100 kB, one log of 5 MB, and others that share the rest."""
    share = (total - SMALL_FILE - LOG) // (members - 2)
    noise = made.noise(1)
    parts = [
        BlobMember(f"shard-{number % 80:02d}/artifact-{number:05d}.bin", (Filler(noise, share),))
        for number in range(members - 2)
    ]
    parts.insert(members // 3, BlobMember("results/junit.xml", (Filler(noise, SMALL_FILE),)))
    parts.insert(members // 2, BlobMember("logs/pytest.log", (Filler(b"2026-11-20T03:12:45Z PASSED\n", LOG),)))
    return make_zip(parts, (2026, 11, 20, 3, 12, 44))


@contextmanager
def served(members: int, total: int) -> Iterator[tuple[RangeServer, HttpArchive]]:
    """An archive and its server."""
    server = RangeServer(archive_of(members, total))
    client = blocking_client()
    try:
        archive = HttpArchive(
            client,
            lambda: server.address,
            name="a",
            size=server.blob.size,
            clock=lambda: datetime.now(UTC),
            lines=CancelScopes(),
        )
        yield server, archive
    finally:
        client.close()
        server.close()


def measure(server: RangeServer, archive: HttpArchive) -> dict[str, Cost]:
    """The list, one file of 100 kB as a whole, and the start of a log as the preview reads it."""
    costs: dict[str, Cost] = {}
    with _measuring(server, costs, "list of files"):
        files = RemoteZip.open(archive, server.blob.size)
    with _measuring(server, costs, "one file of 100 kB"):
        assert len(files.read_entry(_named(files, "results/junit.xml"), SMALL_FILE)) == SMALL_FILE
    with _measuring(server, costs, "preview of a log of 5 MB"):
        assert len(files.open_entry(_named(files, "logs/pytest.log")).more(FIRST)) == FIRST
    return costs


@contextmanager
def _measuring(server: RangeServer, costs: dict[str, Cost], name: str) -> Iterator[None]:
    requests, sent = server.requests, server.bytes
    yield
    costs[name] = Cost(server.requests - requests, server.bytes - sent)


def _named(files: RemoteZip, name: str) -> Entry:
    return next(entry for entry in files.entries if entry.name == name)
