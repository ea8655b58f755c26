"""A GitHub server with one repository on loopback, which sends files as fast as the kernel can.

``python -m tests.benchmarks.blob_server SHELF [--certificate FILE]`` prints its port and serves until its standard
input ends. API and download host share a port, because benchmarks measure speed, not where the token goes.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import ssl
import sys
import threading
import time
from collections import Counter
from contextlib import nullcontext
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, urlsplit

from tests.benchmarks.shelf import API, PLACE, Row, Shelf, pages, repository

_PIECE = 64 * 1024
_UNPACED_PIECE = 1024 * 1024
_BASE = f"/repos/{PLACE}"
_ARTIFACT = re.compile(rf"{_BASE}/actions/artifacts/([0-9]+)(/zip)?")
_OF_OTHER = re.compile(rf"{_BASE}-[0-9]+(/actions/artifacts)")
_OF_RUN = re.compile(rf"{_BASE}/actions/runs/([0-9]+)(/artifacts)?")


class BlobServer:
    """A context that serves the artifacts of a shelf at ``api``; ``rate`` limits each connection, in bytes/s."""

    def __init__(self, shelf: Shelf, *, rate: int = 0, certificate: Path | None = None) -> None:
        self.shelf = shelf
        self.rate = rate
        self.sent: Counter[int] = Counter()
        """Bytes of each artifact's blob that were given to the kernel, over all connections."""
        self.asked: list[str] = []
        """The paths of all requests to the API."""
        self.progress = threading.Condition()
        """Notified whenever something was sent."""
        self.sending = threading.Lock() if rate else nullcontext()
        """While it is held, a limited server sends nothing, and :attr:`sent` is exact."""
        self.listings: dict[str, list[bytes]] = {}
        """The pages of each list that was requested, by path and size."""
        handler = type("Handler", (_Handler,), {"owner": self, "tls": _tls(certificate)})
        self._listener = _Listener(("127.0.0.1", 0), handler)
        self.port = self._listener.server_port
        self.api = f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._listener.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.shutdown()
        self._listener.server_close()

    def count(self, artifact: int, sent: int) -> None:
        """Add to the sent bytes of a blob."""
        with self.progress:
            self.sent[artifact] += sent
            self.progress.notify_all()

    def publish(self) -> None:
        """Add one artifact to the lists."""
        self.shelf.put_listed(1)
        self.listings.clear()


def _tls(certificate: Path | None) -> ssl.SSLContext | None:
    if certificate is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


class _Listener(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    block_on_close = False

    def handle_error(self, request: object, client_address: object) -> None:
        """Ignore connections that a client ended."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]  # passed on unchanged


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 1 << 16
    owner: BlobServer
    tls: ssl.SSLContext | None

    def setup(self) -> None:
        if self.tls:
            self.request = self.tls.wrap_socket(self.request, server_side=True)
        super().setup()

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        path = url.path.removeprefix("/api/v3")
        if path.startswith("/blobs/"):
            self._blob(int(path.rpartition("/")[2].removesuffix(".zip")))
        elif path == "/counts":
            body = json.dumps({"sent": self.owner.sent.total(), "asked": self.owner.asked})
            self._answer(200, body.encode())
        elif path == "/publish":
            self.owner.publish()
            self._answer(204, b"")
        else:
            self.owner.asked.append(self.path)
            self._api(path, {name: values[0] for name, values in parse_qs(url.query).items()})

    def log_message(self, *arguments: object) -> None:
        """Log nothing."""

    def _api(self, path: str, query: dict[str, str]) -> None:
        path = _OF_OTHER.sub(rf"{_BASE}\1", path)
        artifact, run = _ARTIFACT.fullmatch(path), _OF_RUN.fullmatch(path)
        shelf = self.owner.shelf
        if artifact and artifact[2]:
            self._answer(302, b"", Location=f"{self._origin}/blobs/{artifact[1]}.zip?sig=fresh")
        elif artifact:
            self._document(shelf.find(int(artifact[1])))
        elif path == f"/orgs/{PLACE.owner}/repos":
            self._repositories(int(query.get("page", "1")))
        elif path in {f"{_BASE}/actions/artifacts", f"{_BASE}/actions/runs"} or (run and run[2]):
            self._listing(path, int(run[1]) if run else 0, query)
        elif run:
            self._document(next((one for one in shelf.runs() if one["id"] == int(run[1])), None))
        else:
            about: Row = {"id": 1, "name": PLACE.name, "full_name": str(PLACE), "default_branch": "main"}
            account = {"login": "octocat", "id": 1}
            known: dict[str, Row] = {"/meta": {"installed_version": "3.21.0"}, "/user": account, _BASE: about}
            self._document(known.get(path))

    def _listing(self, path: str, run: int, query: dict[str, str]) -> None:
        size, number = int(query.get("per_page", "30")), int(query.get("page", "1"))
        key = "workflow_runs" if path.endswith("/runs") else "artifacts"
        listed = self.owner.listings.get(f"{path} {size}")
        if listed is None:
            rows = self.owner.shelf.runs() if key == "workflow_runs" else self.owner.shelf.rows(run)
            listed = self.owner.listings[f"{path} {size}"] = list(pages(rows, key, size))
        body = listed[number - 1] if number <= len(listed) else json.dumps({"total_count": 0, key: []}).encode()
        etag = f'"{hashlib.sha256(body).hexdigest()}"'
        if etag in self.headers.get("If-None-Match", ""):
            self._answer(304, b"", ETag=etag)
            return
        base = f"<{self._origin}{self.path.partition('?')[0]}?per_page={size}&page="
        link = [f'{base}{number + 1}>; rel="next"', f'{base}{len(listed)}>; rel="last"']
        self._answer(200, body, ETag=etag, **({"Link": ", ".join(link)} if number < len(listed) else {}))

    def _repositories(self, number: int) -> None:
        every = [repository(each) for each in range(self.owner.shelf.repositories)]
        here, rest = every[100 * (number - 1) : 100 * number], every[100 * number :]
        base = f"<{self._origin}{self.path.partition('?')[0]}?per_page=100&page="
        link = {"Link": f'{base}{number + 1}>; rel="next"'} if rest else {}
        self._answer(200, json.dumps(here).encode(), **link)

    def _document(self, found: Row | None) -> None:
        self._answer(200 if found else 404, json.dumps(found or {"message": "Not Found"}).encode())

    @property
    def _origin(self) -> str:
        """The address of this server as the client knows it, which may be the address of a link in between."""
        return f"{'https' if self.tls else 'http'}://{self.headers['Host']}"

    def _answer(self, status: int, body: bytes, **headers: str) -> None:
        body = body.replace(API.encode(), f"{self._origin}/api/v3".encode())
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def _blob(self, artifact: int) -> None:
        """Serve the part of RFC 9110 that clients use: one closed or open range, and If-Match."""
        file = self.owner.shelf.blob(artifact)
        size, etag = file.stat().st_size, f'"{artifact}-{file.stat().st_mtime_ns:x}"'
        if self.headers.get("If-Match", etag) != etag:
            self._answer(412, b"")
            return
        wanted = re.fullmatch(r"bytes=(\d*)-(\d*)", self.headers.get("Range", ""))
        start, end = _range(wanted[1], wanted[2], size) if wanted else (0, size)
        if wanted and start >= end:
            self._answer(416, b"", **{"Content-Range": f"bytes */{size}"})
            return
        self.send_response(206 if wanted else 200)
        if wanted:
            self.send_header("Content-Range", f"bytes {start}-{end - 1}/{size}")
        for name, value in (("ETag", etag), ("Content-Type", "application/zip"), ("Accept-Ranges", "bytes")):
            self.send_header(name, value)
        self.send_header("Content-Length", str(end - start))
        self.end_headers()
        self.wfile.flush()
        if self.command == "GET":
            self._send(file, artifact, start, end)

    def do_HEAD(self) -> None:
        self.do_GET()

    def _send(self, file: Path, artifact: int, start: int, end: int) -> None:
        piece = _PIECE if self.owner.rate else _UNPACED_PIECE
        with file.open("rb") as source:
            due = time.monotonic()
            while start < end:
                with self.owner.sending:
                    sent = self._send_piece(source.fileno(), start, min(piece, end - start))
                    self.owner.count(artifact, sent)
                if not sent:
                    raise ConnectionAbortedError("the file became shorter")
                start += sent
                if self.owner.rate:
                    due += sent / self.owner.rate
                    time.sleep(max(0.0, due - time.monotonic()))

    def _send_piece(self, source: int, start: int, length: int) -> int:
        if not self.tls:
            return os.sendfile(self.connection.fileno(), source, start, length)
        data = os.pread(source, length, start)
        self.connection.sendall(data)
        return len(data)


def _range(first: str, last: str, size: int) -> tuple[int, int]:
    """Return start and end of a range; without a first byte, it is the last bytes."""
    if not first:
        return max(0, size - int(last or 0)), size
    return int(first), min(int(last) + 1, size) if last else size


def main() -> None:
    """Serve until standard input ends, so that the server does not outlive its parent."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("shelf", type=Path)
    arguments.add_argument("--certificate", type=Path)
    options = arguments.parse_args()
    with BlobServer(Shelf.open(options.shelf), certificate=options.certificate) as server:
        print(server.port, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
