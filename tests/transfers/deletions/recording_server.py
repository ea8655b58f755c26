"""A demo server that remembers what it answered, fails on demand, and judges what a program has sent."""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import msgspec

from artifact_tui.demo.messages import BrokenLink, DemoAnswer
from artifact_tui.domain.artifact_record import ArtifactRecord, artifact_of
from artifact_tui.domain.models import Artifact, RepositoryName
from tests.double.server import FakeGitHub

KESTREL = RepositoryName("fernwood-labs", "kestrel")
STUDIO = RepositoryName("fernwood-labs", "kestrel-studio")
RECORDER = RepositoryName("fernwood-labs", "flight-recorder")
LEGACY = RepositoryName("fernwood-labs", "kestrel-legacy")
"""An archived repository."""
_ARTIFACT = re.compile(r"/repos/[^/]+/[^/]+/actions/artifacts/(\d+)")


class Seen(NamedTuple):
    """One request with its answer; status 0 when the connection broke before one."""

    method: str
    path: str
    status: int
    at: datetime

    @property
    def artifact(self) -> int:
        """The id in the path; 0 when it is about something else."""
        match = _ARTIFACT.fullmatch(self.path)
        return int(match[1]) if match else 0


Trouble = Callable[[str, int, Callable[[], DemoAnswer]], DemoAnswer]
"""Answers a request for an artifact by method, id and what the server would do."""


class RecordingServer(FakeGitHub):
    """``trouble`` answers the requests for single artifacts; ``before`` and ``after`` see all that come and go."""

    def __init__(self, **settings: object) -> None:
        super().__init__(**settings)  # type: ignore[arg-type]  # passed on by name
        self.seen: list[Seen] = []
        self.trouble: Trouble = lambda method, number, answer: answer()
        self.before: Callable[[str], object] = lambda method: None
        self.after: Callable[[str], object] = lambda method: None
        self._turn = threading.Lock()

    def handle(self, method: str, url: str, headers: Mapping[str, str], body: bytes = b"") -> DemoAnswer:
        self.before(method)
        path = url.partition("?")[0].removeprefix(self.flavor.api)
        with self._turn:
            number = Seen(method, path, 0, self.clock()).artifact
            plain = super().handle
            try:
                answer = (
                    self.trouble(method, number, lambda: plain(method, url, headers, body))
                    if number
                    else plain(method, url, headers, body)
                )
            except BrokenLink:
                self.seen.append(Seen(method, path, 0, self.clock()))
                raise
            self.seen.append(Seen(method, path, answer.status, self.clock()))
        self.after(method)
        return answer

    def put(self, count: int, name: RepositoryName = KESTREL, *, size: int = 0) -> tuple[Artifact, ...]:
        """New artifacts in a repository, as a list would show them; their size matters where one is given."""
        repository, kestrel = self.store.repository(str(name)), self.store.repository(str(KESTREL))
        assert repository is not None
        assert kestrel is not None
        model = next(row for row in self.store.repository_artifacts(kestrel.id) if not row.oddity)
        model = msgspec.structs.replace(model, repository=repository.id, size=size or model.size)
        first = max(self.store.artifacts) + 1
        for number in range(first, first + count):
            self.store.add(msgspec.structs.replace(model, id=number, name=f"log-{number - first}"))
        return tuple(self.listed(number) for number in range(first, first + count))

    def real(self, count: int) -> tuple[Artifact, ...]:
        """Artifacts of the repository that can be downloaded, the smallest ones."""
        repository = self.store.repository(str(KESTREL))
        assert repository is not None
        rows = self.store.repository_artifacts(repository.id)
        alive = [row for row in rows if not self.site.expired(row) and not row.oddity and row.size > 1000]
        return tuple(self.listed(row.id) for row in sorted(alive, key=lambda row: row.size)[:count])

    def listed(self, number: int) -> Artifact:
        """One artifact as the API tells of it."""
        row = self.store.artifacts[number]
        told = self.site.templates.artifact(row, expired=self.site.expired(row))
        return artifact_of(msgspec.json.decode(msgspec.json.encode(told), type=ArtifactRecord))

    def sent(self, method: str) -> list[int]:
        """The ids of the requests for single artifacts with a method, in order."""
        return [seen.artifact for seen in self.seen if seen.method == method and seen.artifact]

    def judge(self, planned: tuple[Artifact, ...]) -> None:
        """Nothing but what was planned is deleted, and nothing twice unless it was seen to be there in between."""
        names = {artifact.id for artifact in planned}
        assert set(self.sent("DELETE")) <= names
        fresh: Counter[int] = Counter()
        for seen in self.seen:
            if seen.method == "GET" and seen.artifact:
                fresh[seen.artifact] = seen.status == 200
            elif seen.method == "DELETE":
                assert fresh[seen.artifact], f"{seen.artifact} was deleted without a look before"
                fresh[seen.artifact] = 0
        assert {seen.method for seen in self.seen} <= {"GET", "DELETE"}


@dataclass(frozen=True)
class Broken:
    """The connection is reset, before the server does what it was asked for or after."""

    after: bool

    def __call__(self, method: str, number: int, plain: Callable[[], DemoAnswer]) -> DemoAnswer:
        if self.after:
            plain()
        raise BrokenLink("reset")


def once(trouble: Trouble, method: str = "DELETE", number: int = 0) -> Trouble:
    """This trouble for the first such request, of that artifact if one is named; no other."""
    left = [trouble]

    def answer(asked: str, about: int, plain: Callable[[], DemoAnswer]) -> DemoAnswer:
        if left and asked == method and number in (0, about):
            return left.pop()(asked, about, plain)
        return plain()

    return answer


def says(status: int, message: str = "", headers: dict[str, str] | None = None) -> Trouble:
    """Answers this instead of doing anything."""
    text = msgspec.json.encode({"message": message})
    told = {"Content-Type": "application/json", **(headers or {})}
    return lambda method, number, answer: DemoAnswer(status, dict(told), text)


def hold(server: RecordingServer, number: int, method: str = "DELETE") -> tuple[threading.Event, threading.Event]:
    """Let the server take its time for one request: events for "it came" and "answer now"."""
    came, go = threading.Event(), threading.Event()

    def answer(method: str, about: int, plain: Callable[[], DemoAnswer]) -> DemoAnswer:
        came.set()
        go.wait(20)
        return plain()

    server.trouble = once(answer, method, number)
    return came, go
