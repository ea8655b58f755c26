"""The demo server behind real sockets on loopback, for clients that bring their own network code.

Two ports, as in life: one for the API, one for the storage, so that a token that goes astray is seen.
"""

import socket
import struct
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from artifact_tui.demo.messages import BrokenLink, DemoAnswer, DemoPause
from tests.double.server import FakeGitHub

_NO_BODY = (204, 304)


class Loopback:
    """A context in which `server` can be reached at `api` and its storage at `blobs` (base addresses).

    Enterprise flavors keep their `/api/v3`. Pauses end when the context does; the addresses stay.
    """

    def __init__(self, server: FakeGitHub) -> None:
        self.server = server
        self._closing = threading.Event()
        self._listeners = [ThreadingHTTPServer(("127.0.0.1", 0), self._handler()) for _ in range(2)]
        self.api, self.blobs = (
            f"http://127.0.0.1:{listener.server_port}{urlsplit(address).path}"
            for listener, address in zip(self._listeners, (server.flavor.api, server.flavor.blobs), strict=True)
        )

    def __enter__(self) -> Self:
        self.server.move(self.api, self.blobs)
        for listener in self._listeners:
            listener.daemon_threads = True
            threading.Thread(target=listener.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        for listener in self._listeners:
            listener.shutdown()
            listener.socket.close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        return type("Handler", (_Handler,), {"demo": self.server, "closing": self._closing})


class _Handler(BaseHTTPRequestHandler):
    """Turns what comes in on a connection into calls of the demo server."""

    protocol_version = "HTTP/1.1"
    demo: FakeGitHub
    closing: threading.Event

    def do_GET(self) -> None:
        """Answer a GET; the other methods are answered alike."""
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        host, port = self.connection.getsockname()[:2]
        url = f"http://{host}:{port}{self.path}"  # not from Host: a proxy in between may have changed it
        try:
            answer = self.demo.handle(self.command, url, dict(self.headers.items()), body)
            for seconds in answer.pauses():
                if self.closing.wait(seconds):
                    break
            self._send(answer)
        except BrokenLink as broken:
            self._break(broken)

    do_DELETE = do_POST = do_PUT = do_PATCH = do_GET  # noqa: N815, the names that http.server looks for

    def _send(self, answer: DemoAnswer) -> None:
        known = "Content-Length" in answer.headers or answer.flow is None
        self.send_response_only(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.flow is None and answer.status not in _NO_BODY:
            self.send_header("Content-Length", str(len(answer.body)))
        elif not known:
            self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for part in answer.parts():
            if isinstance(part, DemoPause):
                self.closing.wait(min(part.seconds, threading.TIMEOUT_MAX))
            elif part:
                self.wfile.write(part if known else b"%X\r\n%b\r\n" % (len(part), part))
        if not known:
            self.wfile.write(b"0\r\n\r\n")

    def _break(self, broken: BrokenLink) -> None:
        """Close the connection, with a reset unless the body is only to be cut short."""
        self.close_connection = True
        if broken.trouble != "cut":
            linger = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.connection.close()

    def handle(self) -> None:
        """Serve a connection until either side has had enough."""
        try:
            super().handle()
        except ConnectionError:
            self.close_connection = True

    def finish(self) -> None:
        """End a connection that may be gone already."""
        try:
            super().finish()
        except OSError:
            self.close_connection = True

    def log_message(self, *_arguments: object) -> None:
        """Keep quiet: what came in stands in `FakeGitHub.requests`."""
