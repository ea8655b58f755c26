"""Scopes that let one thread stop the waiting of another.

Closing a client or a socket does not wake a thread that waits for bytes; shutting the socket down does. httpx picks the
socket from a pool, so each socket records the scope of the waiting thread.
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
    """The scope of one piece of work; implements :class:`artifact_tui.domain.provider.CancelScope`."""

    def __init__(self) -> None:
        self._closed = threading.Event()
        self._lock = threading.Lock()
        self._in_use: list[httpcore.NetworkStream] = []
        self._answers: list[httpx.Response] = []

    @property
    def closed(self) -> bool:
        """Whether the scope was closed."""
        return self._closed.is_set()

    def close(self) -> None:
        """Stop current requests, and fail later ones at once."""
        with self._lock:
            self._closed.set()
            streams, answers = tuple(self._in_use), tuple(self._answers)
        for stream in streams:
            shut_down(stream.get_extra_info("socket"))
        for answer in answers:
            answer.close()

    def wait(self, seconds: float) -> None:
        """Wait, until the scope is closed at the latest."""
        self._closed.wait(seconds)

    def use(self, stream: httpcore.NetworkStream, work: Callable[[], Result]) -> Result:
        """Run ``work``, which blocks on ``stream``."""
        with self.waiting_on(stream):
            return work()

    @contextlib.contextmanager
    def waiting_on(self, stream: httpcore.NetworkStream) -> Iterator[None]:
        """Let closing the scope shut ``stream`` down in the context; raise ConnectionAbortedError if it is closed."""
        with self._lock:
            if self._closed.is_set():
                raise ConnectionAbortedError
            self._in_use.append(stream)
        try:
            yield
        finally:
            with self._lock:
                self._in_use.remove(stream)

    @contextlib.contextmanager
    def reading(self, answer: httpx.Response) -> Iterator[None]:
        """Register an in-process response, such as the demo's, while it is read: it has no socket."""
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
    """The scopes of one store; threads without a scope share one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._shared = HttpCancelScope()
        self._open = {self._shared}
        self._own = threading.local()

    @property
    def current(self) -> HttpCancelScope:
        """The innermost scope of the calling thread."""
        line: HttpCancelScope = getattr(self._own, "line", self._shared)
        return line

    @contextlib.contextmanager
    def open(self) -> Iterator[HttpCancelScope]:
        """Open a scope for the calling thread's requests in the context."""
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
        """Close all scopes, also later ones."""
        with self._lock:
            self._shared.close()
            lines = tuple(self._open)
        for line in lines:
            line.close()


def shut_down(connection: object) -> None:
    """Shut a socket down in both directions, so every read and write returns."""
    if not isinstance(connection, socket.socket):
        return
    try:
        socket.socket.shutdown(connection, socket.SHUT_RDWR)  # the socket's own: ssl's would end TLS first
    except OSError:
        return  # already closed
