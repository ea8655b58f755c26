"""A forward proxy that may die or ask for a password."""

from __future__ import annotations

import socket
import threading
from collections import deque
from urllib.parse import urlsplit

from tests.faults.wire import Link, Listener, Request

_WANTS_PASSWORD = (
    b"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=x\r\nContent-Length: 0\r\n\r\n"
)


class Proxy(Listener):
    """Passes requests on; ``lets_pass`` has ports, and the bytes after which each next answer of them is cut.

    A silent one never answers: ``asked`` has a permit for each request, ``left`` one for each client that went away.
    """

    def __init__(self, *, wants_password: bool = False, silent: bool = False) -> None:
        self.asked = threading.Semaphore(0)
        self.left = threading.Semaphore(0)
        self._silent = silent
        self.requests: list[Request] = []
        self.lets_pass: deque[tuple[int, int]] = deque()
        self._wants_password = wants_password
        super().__init__(self._pass_on)

    def _pass_on(self, link: Link) -> None:
        request = link.request()
        if request is None:
            return
        self.requests.append(request)
        if self._silent:
            self.asked.release()
            if link.until_gone():
                self.left.release()
            return
        if self._wants_password:
            link.send(_WANTS_PASSWORD)
            return
        target = urlsplit(request.target)
        first = f"{request.method} {target.path}?{target.query} HTTP/1.1".encode()
        head = b"\r\n".join([first, *request.head.split(b"\r\n")[1:], b"Connection: close", b"", b""])
        with socket.create_connection((target.hostname or "", target.port or 80)) as server:
            server.sendall(head)
            server.shutdown(socket.SHUT_WR)
            self._relay(server, link, target.port or 80)

    def _relay(self, server: socket.socket, link: Link, port: int) -> None:
        left = self.lets_pass.popleft()[1] if self.lets_pass and self.lets_pass[0][0] == port else None
        while data := server.recv(65_536):
            if left is not None and len(data) >= left:
                link.send(data[:left])
                link.reset()
                return
            left = None if left is None else left - len(data)
            link.send(data)
