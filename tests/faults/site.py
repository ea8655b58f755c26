"""A small GitHub of two ports, the API and the storage, both of which misbehave as they are told to."""

from __future__ import annotations

import hashlib
import threading
import time
from collections import deque
from collections.abc import Iterable
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

from artifact_tui.domain.models import RepositoryName
from tests.artifacts import listed
from tests.faults.answers import Answer, api_answer, blob_answer, json_answer
from tests.faults.replies import HONEST, End, Reply
from tests.faults.stored import Asked, Data, Stored
from tests.faults.wire import Link, Listener, Request
from tests.timeouts import TIMEOUT

OCTO = RepositoryName("octo", "app")
TOKEN = "ghp_" + "TokenOfTheFaultTests" * 2
SIGNATURE = "SignatureOfTheFaultTests"
_NOT_FOR_THE_STORAGE = ("authorization", "cookie", "x-github-api-version")
_EXPIRED = Answer(403, {"Content-Type": "application/xml"}, b"<?xml version='1.0'?><Error><Code>AuthenticationFailed")


class Site:
    """A context in which both are up.

    ``leaks`` lists what the storage was shown and must never see. ``held`` has a permit for each answer that is held
    or silent, ``gone`` one for each silent connection that its client has closed.
    """

    def __init__(self) -> None:
        self.stored: dict[int, Stored] = {}
        self.leaks: list[str] = []
        self.held = threading.Semaphore(0)
        self.gone = threading.Semaphore(0)
        self.blob_host = "127.0.0.1"
        self._release = threading.Event()
        self._expired: set[str] = set()
        self._lock = threading.Lock()
        self._addresses = 0
        self.api = Listener(self._talk_api)
        self.blobs = Listener(self._talk_blobs)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._release.set()
        self.api.stop()
        self.blobs.stop()

    def put(
        self,
        data: Data,
        name: str = "wheel",
        *,
        blob: Iterable[Reply] = (),
        api: Iterable[Reply] = (),
        digest: str | None = "",
        size: int | None = None,
        **more: Any,
    ) -> Stored:
        """Add an artifact; ``digest`` and ``size`` are what the API says of it, the true ones unless given."""
        if digest == "" and isinstance(data, bytes):
            digest = f"sha256:{hashlib.sha256(data).hexdigest()}"
        artifact = listed(
            id=len(self.stored) + 1,
            name=name,
            size_in_bytes=len(data) if size is None else size,
            digest=digest or None,
            created_at=datetime(2026, 3, 1, 12, tzinfo=UTC),
        )
        stored = self.stored[artifact.id] = Stored(artifact, data, blob=deque(blob), api=deque(api), **more)
        return stored

    def until_held(self) -> None:
        """Wait until an answer is held or silent."""
        assert self.held.acquire(timeout=TIMEOUT), "no answer was held"

    def until_gone(self) -> None:
        """Wait until a client has closed the connection of a silent answer."""
        assert self.gone.acquire(timeout=TIMEOUT), "the connection was not closed"

    def release(self) -> None:
        """Let the answers that are held go on, and those to come too."""
        self._release.set()

    def sign(self, stored: Stored) -> str:
        """A fresh address."""
        with self._lock:
            self._addresses += 1
            return f"http://{self.blob_host}:{self.blobs.port}/{stored.artifact.id}?sig={SIGNATURE}{self._addresses}"

    def _talk_blobs(self, link: Link) -> None:
        while request := link.request():
            self.leaks += [name for name in _NOT_FOR_THE_STORAGE if name in request.headers]
            self.leaks += ["the token"] * (TOKEN.encode() in request.head)
            if not self._serve_blob(link, request, self.stored[int(request.path.strip("/"))]):
                return

    def _serve_blob(self, link: Link, request: Request, stored: Stored) -> bool:
        address = request.target.rpartition("sig=")[2]
        condition = request.headers.get("if-match", "") or request.headers.get("if-range", "")
        asked = Asked(request.range, address, condition)
        with self._lock:
            reply = stored.blob.popleft() if stored.blob else stored.blob_always
            stored.asked.append(asked)
            if reply.expired:
                self._expired.add(address)
            expired = address in self._expired
        return self._send(link, _EXPIRED if expired else blob_answer(request, stored, reply), reply, asked)

    def _talk_api(self, link: Link) -> None:
        while request := link.request():
            if not self._serve_api(link, request):
                return

    def _serve_api(self, link: Link, request: Request) -> bool:
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return self._send(link, json_answer({"message": "Requires authentication"}, 401), HONEST)
        parts = request.path.strip("/").split("/")
        stored = self.stored.get(int(parts[5])) if parts[3:5] == ["actions", "artifacts"] and len(parts) > 5 else None
        if stored is None or parts[-1] != "zip":
            return self._send(link, api_answer(request.path, list(self.stored.values()), stored, ""), HONEST)
        with self._lock:
            reply = stored.api.popleft() if stored.api else stored.api_always
            stored.api_asked.append(time.monotonic())
        if reply.status is not None:
            return self._send(link, Answer(reply.status, reply.headers, reply.body or b""), reply)
        answer = api_answer(request.path, [], stored, self.sign(stored))
        return self._send(link, Answer(answer.status, {**answer.headers, **reply.headers}, b""), reply)

    def _send(self, link: Link, answer: Answer, reply: Reply, asked: Asked | None = None) -> bool:
        """Send it as far as the reply wants; whether the connection goes on."""
        if reply.end is End.NO_ANSWER:
            return self._fall_silent(link)
        if reply.end is End.CUT_HEAD:
            link.send(answer.head[: len(answer.head) // 2])
            return False
        link.send(answer.head)
        stop = reply.after if reply.stop is None else max(0, reply.stop - answer.start)
        for block in answer.blocks(0, stop):
            if asked is not None:
                asked.sent += len(block)
            if reply.drip:
                link.drip(block, *reply.drip)
            else:
                link.send(block)
        return self._end(link, answer, reply, stop)

    def _end(self, link: Link, answer: Answer, reply: Reply, stop: int | None) -> bool:
        if reply.end is End.RESET:
            link.reset()
        elif reply.end is End.SILENCE:
            self._fall_silent(link)
        elif reply.end is End.HOLD:
            self.held.release()
            self._release.wait(TIMEOUT)
            for block in answer.blocks(stop or 0, None):
                link.send(block)
        return reply.end in {End.KEEP, End.HOLD}

    def _fall_silent(self, link: Link) -> bool:
        self.held.release()
        if link.until_gone():
            self.gone.release()
        return False
