"""A storage that keeps its artifacts on a shelf and sends them through real sockets, once in a while badly."""

from __future__ import annotations

import hashlib
import io
import select
import socket
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from artifact_tui.domain.models import Artifact, RateLimit, RepositoryName
from artifact_tui.domain.provider import NotFound, Offline, ProviderError
from tests.artifacts import listed

OCTO = RepositoryName("octo", "app")
MADE = datetime(2026, 3, 1, 12, tzinfo=UTC)


def zipped(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name.replace("__", "/"), data)
    return out.getvalue()


@dataclass
class Try:
    """How one connection behaves: what it sends, where it ends, and whether it hangs there."""

    drop_at: int | None = None
    end_at: int | None = None
    hang_at: int | None = None
    data: bytes | None = None
    start: int | None = None
    error: Exception | None = None


@dataclass
class Shelved:
    artifact: Artifact
    data: bytes
    etag: str = '"1"'
    file_name: str = ""
    tells_size: bool = True
    announces: int | None = None
    tries: list[Try] = field(default_factory=list)
    ranges: bool = True
    asked: list[int] = field(default_factory=list)
    asked_until: list[int | None] = field(default_factory=list)


class SocketBody:
    """Reads from a socket, as the real one does; ``close`` wakes a reader that waits."""

    def __init__(self, source: socket.socket, start: int, end: int | None, total: int | None, shelved: Shelved) -> None:
        self._source = source
        self.lost = threading.Event()
        self.end = end
        self.start, self.total, self.etag, self.file_name = start, total, shelved.etag, shelved.file_name

    def __iter__(self) -> Iterator[bytes]:
        while chunk := self._source.recv(16_384):
            yield chunk
        if self.lost.is_set():
            raise lost()

    def close(self) -> None:
        self.lost.set()
        try:
            self._source.shutdown(socket.SHUT_RDWR)
        except OSError:
            return


class StoreScope:
    """The bodies that one thread reads; closing it closes them."""

    def __init__(self) -> None:
        self.bodies: set[SocketBody] = set()

    def close(self) -> None:
        for body in tuple(self.bodies):
            body.close()


class ShelvedArchive:
    def __init__(self, shelved: Shelved, shelf: FakeStore) -> None:
        self._shelved = shelved
        self._shelf = shelf

    @contextmanager
    def read(self, start: int = 0, end: int | None = None, *, etag: str = "") -> Iterator[SocketBody]:
        shelved = self._shelved
        shelved.asked.append(start)
        shelved.asked_until.append(end)
        behavior = shelved.tries.pop(0) if shelved.tries else Try()
        self._shelf.begun(start)
        if behavior.error is not None:
            raise behavior.error
        if (start and etag not in ("", shelved.etag)) or not shelved.ranges:
            start, end = 0, None
        if behavior.start is not None:
            start = behavior.start
        data = shelved.data if behavior.data is None else behavior.data
        near, far = socket.socketpair()
        total = (shelved.announces or len(data)) if shelved.tells_size else None
        last = total if end is None or total is None else min(end, total)
        body = SocketBody(near, start, last, total, shelved)
        sender = threading.Thread(target=self._send, args=(far, data[start:end], body, behavior), daemon=True)
        sender.start()
        self._shelf.count(1)
        self._shelf.current.bodies.add(body)
        try:
            yield body
        finally:
            self._shelf.count(-1)
            body.close()
            sender.join()
            near.close()
            far.close()

    def _send(self, out: socket.socket, data: bytes, body: SocketBody, behavior: Try) -> None:
        ends = [at - body.start for at in (behavior.drop_at, behavior.hang_at, behavior.end_at) if at is not None]
        until = ends[0] if ends else len(data)
        try:
            out.sendall(data[:until])
            if behavior.hang_at is not None:
                self._shelf.hanging.set()
                self._shelf.wait_or_gone(out)
                out.sendall(data[until:])
            elif behavior.drop_at is not None:
                body.lost.set()
            out.shutdown(socket.SHUT_WR)
        except OSError:
            return


class FakeStore:
    """Artifacts by id; records each request as ``(verb, id)`` and when each DELETE came."""

    def __init__(self) -> None:
        self.things: dict[int, Shelved] = {}
        self.is_seen = True
        self.rate_limit: RateLimit | None = None
        self.requests: list[tuple[str, int]] = []
        self.delete_times: list[float] = []
        self.hanging = threading.Event()
        self.answers: dict[tuple[str, int], list[Exception | Callable[[], None]]] = {}
        self.open_gate: threading.Event | None = None
        self.begun: Callable[[int], object] = lambda start: None
        self.most_at_once = self._at_once = 0
        self._lock = threading.Lock()
        self.closed = threading.Event()
        self._gate_near, self._gate_far = socket.socketpair()
        self._own = threading.local()
        self._shared = StoreScope()

    def count(self, more: int) -> None:
        with self._lock:
            self._at_once += more
            self.most_at_once = max(self.most_at_once, self._at_once)

    def wait_or_gone(self, out: socket.socket) -> None:
        """Until :meth:`let_go`, or until the other end of ``out`` is closed."""
        select.select([out, self._gate_near], [], [])

    def let_go(self) -> None:
        self._gate_far.send(b"go")

    def put(
        self, name: str, data: bytes, *tries: Try, digest: bool = True, number: int = 0, **more: object
    ) -> Artifact:
        number = number or len(self.things) + 1
        artifact = listed(
            id=number,
            name=name,
            size_in_bytes=len(data),
            created_at=MADE,
            digest=f"sha256:{hashlib.sha256(data).hexdigest()}" if digest else None,
        )
        self.things[number] = Shelved(artifact, data, tries=list(tries), **more)  # type: ignore[arg-type]  # by name
        return artifact

    @property
    def current(self) -> StoreScope:
        """The line of the calling thread."""
        line: StoreScope = getattr(self._own, "line", self._shared)
        return line

    @contextmanager
    def line(self) -> Iterator[StoreScope]:
        self._own.line = StoreScope()
        try:
            yield self._own.line
        finally:
            del self._own.line

    def open(self, repository: RepositoryName, artifact: Artifact) -> ShelvedArchive:
        self._answer("open", artifact.id)
        if self.open_gate is not None:
            self.hanging.set()
            self.open_gate.wait()
        return ShelvedArchive(self.things[artifact.id], self)

    def exists(self, repository: RepositoryName, artifact_id: int) -> Artifact | None:
        self._answer("exists", artifact_id)
        thing = self.things.get(artifact_id)
        return thing.artifact if thing else None

    def sees(self, repository: RepositoryName) -> bool:
        self._answer("sees", 0)
        return self.is_seen

    def delete(self, repository: RepositoryName, artifact_id: int) -> None:
        self.delete_times.append(time.monotonic())
        self._answer("delete", artifact_id)
        if self.things.pop(artifact_id, None) is None:
            raise NotFound("It is not there.")

    def close(self) -> None:
        self.closed.set()
        if self.open_gate is not None:
            self.open_gate.set()

    def _answer(self, verb: str, number: int) -> None:
        self.requests.append((verb, number))
        answers = self.answers.get((verb, number))
        if answers:
            answer = answers.pop(0)
            if isinstance(answer, Exception):
                raise answer
            answer()


def lost() -> ProviderError:
    return Offline("The connection was lost.", "Check the network.")
