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
        """While bytes of ``artifact`` go out on this connection; who sends them may be the first to see its end."""
        number = connection.fileno()
        self._watched[number] = artifact
        self._epoll.register(number, _HUNG_UP)
        try:
            yield
        except OSError:
            self._note(number)
            raise
        finally:
            self._epoll.unregister(number)
            self._watched.pop(number, None)

    def _note(self, number: int) -> None:
        artifact = self._watched.pop(number, None)
        if artifact is not None:
            self.closings.append((artifact, time.monotonic()))

    def _run(self) -> None:
        while not self._closed.is_set():
            for number, _ in self._epoll.poll(0.2):
                self._note(number)
        self._epoll.close()
