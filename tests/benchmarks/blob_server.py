"""A GitHub of one repository on loopback that sends files as fast as the kernel can, or at the pace of a real link.

``python -m tests.benchmarks.blob_server SHELF [--rate BYTES] [--round-trip SECONDS]`` prints
the address of its API and serves until its standard input ends. API and storage are one port: what is measured here
is speed, not where a token goes.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
import threading
import time
from collections import Counter, defaultdict
from contextlib import nullcontext
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.benchmarks.shelf import Shelf
from tests.benchmarks.socket_watch import SocketWatch

_PIECE = 64 * 1024
_UNPACED_PIECE = 1024 * 1024
_ARTIFACT = re.compile(r".*/actions/artifacts/([0-9]+)(/zip)?")


class BlobServer:
    """A context in which the artifacts of a shelf can be reached at ``api``.

    ``rate`` is the cap of each connection in bytes a second, 0 for none; ``round_trip`` passes before each answer
    and before a new connection is heard, as it does on a link of that length.
    """

    def __init__(self, shelf: Shelf, *, rate: int = 0, round_trip: float = 0.0) -> None:
        self.shelf = shelf
        self.rate = rate
        self.round_trip = round_trip
        self.sent: Counter[int] = Counter()
        """Bytes of each artifact's blob that were given to the kernel, over all connections."""
        self.ranges: defaultdict[int, list[str]] = defaultdict(list)
        """What was asked for of each blob: its Range headers, empty for the whole."""
        self.progress = threading.Condition()
        """Told whenever something was sent."""
        self.sending = threading.Lock() if rate else nullcontext()
        """Whoever holds it keeps back what is sent at a pace; :attr:`sent` is exact meanwhile."""
        self.flowing = threading.Event()
        """Without it no piece of a blob leaves: connections stay open and are silent."""
        self.flowing.set()
        self.watch = SocketWatch()
        handler = type("Handler", (_Handler,), {"owner": self})
        self._listener = _Listener(("127.0.0.1", 0), handler)
        self.port = self._listener.server_port
        self.api = f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self.watch.start()
        threading.Thread(target=self._listener.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.shutdown()
        self._listener.server_close()
        self.watch.close()

    def count(self, artifact: int, sent: int) -> None:
        """So many more bytes of a blob have left."""
        with self.progress:
            self.sent[artifact] += sent
            self.progress.notify_all()

    @property
    def numbers(self) -> dict[str, Any]:
        """What was counted, for ``GET /numbers``; times are those of the monotonic clock all processes share."""
        return {"sent": dict(self.sent), "ranges": dict(self.ranges), "closings": self.watch.closings}


class _Listener(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    block_on_close = False

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients break connections off here on purpose; all else is said as usual."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]  # passed on as it came


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 1 << 16
    owner: BlobServer

    def setup(self) -> None:
        super().setup()
        time.sleep(self.owner.round_trip)

    def do_GET(self) -> None:
        time.sleep(self.owner.round_trip)
        path = self.path.partition("?")[0]
        if path in {"/hold", "/flow"}:
            (self.owner.flowing.set if path == "/flow" else self.owner.flowing.clear)()
            self._answer(204, b"")
        elif path.startswith("/blobs/"):
            self._blob(int(path.rpartition("/")[2].removesuffix(".zip")))
        elif (match := _ARTIFACT.fullmatch(path)) and match[2]:
            self._answer(302, b"", Location=f"{self.owner.api}/blobs/{match[1]}.zip?sig=fresh")
        else:
            self._document(path)

    def log_message(self, *arguments: object) -> None:
        """Nothing is logged."""

    def _document(self, path: str) -> None:
        found = {"/numbers": self.owner.numbers, "/meta": {"installed_version": "3.21.0"}}.get(path)
        found = found or self.owner.shelf.document(path)
        body = json.dumps(found or {"message": "Not Found"}).encode()
        self._answer(200 if found else 404, body, Content_Type="application/json")

    def _answer(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def _blob(self, artifact: int) -> None:
        """RFC 9110 as far as the client makes use of it: one closed or open range, If-Match."""
        file = self.owner.shelf.blob(artifact)
        size, etag = file.stat().st_size, f'"{artifact}-{file.stat().st_mtime_ns:x}"'
        asked = self.headers.get("Range", "")
        self.owner.ranges[artifact].append(asked)
        if self.headers.get("If-Match", etag) != etag:
            self._answer(412, b"")
            return
        wanted = re.fullmatch(r"bytes=(\d+)-(\d*)", asked)
        start = int(wanted[1]) if wanted else 0
        end = min(int(wanted[2]) + 1, size) if wanted and wanted[2] else size
        if wanted and start >= end:
            self._answer(416, b"", Content_Range=f"bytes */{size}")
            return
        self.send_response(206 if wanted else 200)
        if wanted:
            self.send_header("Content-Range", f"bytes {start}-{end - 1}/{size}")
        for name, value in (("ETag", etag), ("Content-Type", "application/zip"), ("Accept-Ranges", "bytes")):
            self.send_header(name, value)
        self.send_header("Content-Length", str(end - start))
        self.end_headers()
        self.wfile.flush()
        with self.owner.watch.watching(self.connection, artifact):
            self._send(file, artifact, start, end)

    def _send(self, file: Path, artifact: int, start: int, end: int) -> None:
        piece = _PIECE if self.owner.rate else _UNPACED_PIECE
        with file.open("rb") as source:
            due = time.monotonic()
            while start < end:
                self.owner.flowing.wait()
                with self.owner.sending:
                    sent = os.sendfile(self.connection.fileno(), source.fileno(), start, min(piece, end - start))
                    self.owner.count(artifact, sent)
                if not sent:
                    raise ConnectionAbortedError("the file became shorter")
                start += sent
                if self.owner.rate:
                    due += sent / self.owner.rate
                    time.sleep(max(0.0, due - time.monotonic()))


def main() -> None:
    """Serve until standard input ends, so that nothing is left when the parent dies."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("shelf", type=Path)
    arguments.add_argument("--rate", type=int, default=0)
    arguments.add_argument("--round-trip", type=float, default=0.0)
    options = arguments.parse_args()
    shelf = Shelf.open(options.shelf)
    with BlobServer(shelf, rate=options.rate, round_trip=options.round_trip) as server:
        print(server.api, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
