"""What the threads of a storage wait for, so that the waiting can be ended from any other thread.

Closing a client or a socket does not wake a thread that waits for bytes; shutting the socket down does. Which socket
a request goes over is decided deep inside httpx, from a pool, so each socket notes itself who waits for it.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeVar

import httpx

if TYPE_CHECKING:
    import httpcore

Result = TypeVar("Result")


class HttpCancelScope:
    """All that one piece of work asks for; implements :class:`artifact_tui.domain.provider.CancelScope`."""

    def __init__(self) -> None:
        self._closed = threading.Event()
        self._lock = threading.Lock()
        self._in_use: list[httpcore.NetworkStream] = []
        self._answers: list[httpx.Response] = []

    @property
    def closed(self) -> bool:
        """Whether it was, by anybody."""
        return self._closed.is_set()

    def close(self) -> None:
        """End what is waited for; what is asked from now on fails at once."""
        with self._lock:
            self._closed.set()
            streams, answers = tuple(self._in_use), tuple(self._answers)
        for stream in streams:
            shut_down(stream.get_extra_info("socket"))
        for answer in answers:
            answer.close()

    def wait(self, seconds: float) -> None:
        """Let time pass, until it is closed at the latest."""
        self._closed.wait(seconds)

    def use(self, stream: httpcore.NetworkStream, work: Callable[[], Result]) -> Result:
        """Do what blocks on ``stream``."""
        with self._lock:
            if self._closed.is_set():
                raise ConnectionAbortedError
            self._in_use.append(stream)
        try:
            return work()
        finally:
            with self._lock:
                self._in_use.remove(stream)

    @contextlib.contextmanager
    def reading(self, answer: httpx.Response) -> Iterator[None]:
        """While an answer is read that comes over no socket but from within the process, as those of the demo do."""
        if "network_stream" in answer.extensions:
            yield
            return
        with self._lock:
            self._answers.append(answer)
        if self.closed:
            answer.close()
        try:
            yield
        finally:
            with self._lock:
                self._answers.remove(answer)


class CancelScopes:
    """Those of one storage; a thread that has opened none of its own shares one with all such threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._shared = HttpCancelScope()
        self._open = {self._shared}
        self._own = threading.local()

    @property
    def current(self) -> HttpCancelScope:
        """The calling thread's, the innermost one."""
        line: HttpCancelScope = getattr(self._own, "line", self._shared)
        return line

    @contextlib.contextmanager
    def open(self) -> Iterator[HttpCancelScope]:
        """Open a scope for what the calling thread asks in the context."""
        line, outer = HttpCancelScope(), self.current
        with self._lock:
            self._open.add(line)
        if self._shared.closed:
            line.close()
        self._own.line = line
        try:
            yield line
        finally:
            self._own.line = outer
            with self._lock:
                self._open.discard(line)

    def close(self) -> None:
        """Close all, also those to come."""
        with self._lock:
            self._shared.close()
            lines = tuple(self._open)
        for line in lines:
            line.close()


def shut_down(connection: object) -> None:
    """End a socket in both directions, so that every read and write of it returns; closing it would wake nobody."""
    if not isinstance(connection, socket.socket):
        return
    try:
        socket.socket.shutdown(connection, socket.SHUT_RDWR)  # the plain one: ssl's own would unwrap it meanwhile
    except OSError:
        return  # it was closed already
