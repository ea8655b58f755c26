"""Sockets by hand: what is sent is exactly what a test says, and ends exactly where and how it says."""

from __future__ import annotations

import array
import contextlib
import fcntl
import re
import socket
import struct
import termios
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tests.timeouts import TIMEOUT

_RESET_ON_CLOSE = struct.pack("ii", 1, 0)
_BLOCK = 65_536


@dataclass(frozen=True)
class Request:
    """A request as it stood on the wire; header names in lower case."""

    method: str
    target: str
    headers: Mapping[str, str]
    head: bytes

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def range(self) -> tuple[int, int | None] | None:
        """First and last byte of a range, None for the whole; an open range has no last byte."""
        text = self.headers.get("range")
        if text is None:
            return None
        match = re.fullmatch(r"bytes=(\d+)-(\d*)", text)
        assert match, f"no range: {text}"
        return int(match[1]), int(match[2]) if match[2] else None


class Link:
    """The server's end of one connection."""

    def __init__(self, connection: socket.socket, closing: threading.Event) -> None:
        self._connection = connection
        self._closing = closing
        self._rest = b""

    def request(self) -> Request | None:
        """The next request on this connection, None when the client has closed it."""
        while b"\r\n\r\n" not in self._rest:
            more = self._connection.recv(_BLOCK)
            if not more:
                return None
            self._rest += more
        head, _, self._rest = self._rest.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        method, target, _ = first.split(" ")
        fields = (line.partition(":") for line in lines)
        return Request(method, target, {name.strip().lower(): value.strip() for name, _, value in fields}, head)

    def send(self, data: bytes | memoryview) -> None:
        self._connection.sendall(data)

    def drip(self, data: bytes | memoryview, size: int, interval: float) -> None:
        """Send so many bytes each so many seconds."""
        for start in range(0, len(data), size):
            self.send(data[start : start + size])
            if self._closing.wait(interval):
                return

    def reset(self) -> None:
        """Once the other side has all that was sent, end the connection with RST."""
        while _unacknowledged(self._connection) and not self._closing.wait(0.001):
            continue
        self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        self._connection.close()

    def close(self) -> None:
        self._connection.close()

    def shut(self) -> None:
        """End it from another thread."""
        with contextlib.suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)

    def until_gone(self) -> bool:
        """Wait until the client has closed its end; False when it never did."""
        self._connection.settimeout(TIMEOUT)
        try:
            while self._connection.recv(_BLOCK):
                continue
        except TimeoutError:
            return False
        except OSError:
            return True
        return True


class Listener:
    """A port on loopback; each connection is handed to ``talk`` in a thread of its own."""

    def __init__(self, talk: Callable[[Link], None]) -> None:
        self._talk = talk
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self.closing = threading.Event()
        self.connections = 0
        self._links: set[Link] = set()
        self._lock = threading.Lock()
        threading.Thread(target=self._accept, daemon=True).start()

    def stop(self) -> None:
        """End every connection and refuse new ones."""
        self.closing.set()
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self.cut()

    def cut(self) -> None:
        """End the connections that there are now."""
        with self._lock:
            links = list(self._links)
        for link in links:
            link.shut()

    def _accept(self) -> None:
        while not self.closing.is_set():
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        link = Link(connection, self.closing)
        with self._lock:
            self._links.add(link)
        try:
            with connection, contextlib.suppress(OSError):
                self._talk(link)
        finally:
            with self._lock:
                self._links.discard(link)


def _unacknowledged(connection: socket.socket) -> int:
    """How many bytes the other side's system does not have yet."""
    left = array.array("i", [0])
    fcntl.ioctl(connection.fileno(), termios.TIOCOUTQ, left)
    return left[0]
