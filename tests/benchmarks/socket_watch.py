"""When the other end of a connection closed it: seen at once, also while the own end is busy sending."""

from __future__ import annotations

import select
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

_HUNG_UP = select.EPOLLRDHUP | select.EPOLLHUP | select.EPOLLERR | select.EPOLLONESHOT


class SocketWatch:
    """Waits for hang-ups in a thread of its own; ``closings`` are pairs of an artifact's id and a monotonic time."""

    def __init__(self) -> None:
        self.closings: list[tuple[int, float]] = []
        self._epoll = select.epoll()
        self._watched: dict[int, int] = {}
        self._closed = threading.Event()

    def start(self) -> None:
        """Begin."""
        threading.Thread(target=self._run, daemon=True).start()

    def close(self) -> None:
        """End, within a tick."""
        self._closed.set()

    @contextmanager
    def watching(self, connection: socket.socket, artifact: int) -> Iterator[None]:
        """While bytes of ``artifact`` go out on this connection."""
        number = connection.fileno()
        self._watched[number] = artifact
        self._epoll.register(number, _HUNG_UP)
        try:
            yield
        finally:
            self._epoll.unregister(number)

    def _run(self) -> None:
        while not self._closed.is_set():
            for number, _ in self._epoll.poll(0.2):
                self.closings.append((self._watched[number], time.monotonic()))
        self._epoll.close()
