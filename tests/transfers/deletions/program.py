"""The program as far as deletes go: an engine with its journal and log, the real storage, and a clock of its own."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from artifact_tui.clock import Clock
from artifact_tui.demo.accounts import DEMO_TOKEN
from artifact_tui.domain.models import Artifact
from artifact_tui.github.artifact_store import GitHubArtifactStore
from artifact_tui.github.hosts import host_of_api
from artifact_tui.github.http.limiter import RequestLimiter
from artifact_tui.github.server_info import ServerInfo
from artifact_tui.github.tokens.credentials import Credential, Token
from artifact_tui.retry import DOWNLOAD
from artifact_tui.transfers.deletions.models import DeletePlan, Deletion
from artifact_tui.transfers.models import Outcome
from tests.double.transport import FakeTransport
from tests.engines import QUICK, make_engine
from tests.transfers.deletions.recording_server import KESTREL, RecordingServer

START = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


class PassingTime:
    """Time that passes only when somebody waits."""

    def __init__(self) -> None:
        self.passed = 0.0
        self._lock = threading.Lock()

    def monotonic(self) -> float:
        return self.passed

    def now(self) -> datetime:
        return START + timedelta(seconds=self.passed)

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self.passed += seconds

    def wait(self, event: threading.Event, seconds: float | None) -> None:
        """As the engine waits: for an event without a limit, else until the time is over."""
        if seconds is None:
            event.wait(20)
        else:
            self.sleep(seconds)


class Program:
    """One start of the program on a state directory; in real time without a ``clock``, over sockets with an ``api``."""

    def __init__(
        self, server: RecordingServer, state: Path | None = None, clock: PassingTime | None = None, **settings: Any
    ) -> None:
        self.server = server
        self.log = state / "deletions.jsonl" if state else None
        self.crashes: list[Exception] = []
        self._told = threading.Condition()
        token = settings.pop("token", DEMO_TOKEN)
        transport = settings.pop("transport", FakeTransport(server))
        record = ServerInfo(host_of_api(server.flavor.api), read_only=settings.get("read_only", False))
        self.storage = GitHubArtifactStore(
            record,
            Credential(Token(token), "GH_TOKEN"),
            transport=transport,
            clock=clock.now if clock else server.clock,
            sleep=clock.sleep if clock else None,
            limiter=RequestLimiter(record, clock.monotonic) if clock else None,
        )
        self.engine = make_engine(
            lambda: self.storage,
            changed=self._changed,
            crashed=self.crashes.append,
            host="github.com",
            journal=state / "transfers.sqlite" if state else None,
            clock=Clock(clock.monotonic, server.clock, clock.wait) if clock else Clock(now=server.clock),
            **{"policy": replace(QUICK, tries=DOWNLOAD.tries), **settings},
        )

    def _changed(self) -> None:
        with self._told:
            self._told.notify_all()

    def until(self, right: Callable[[], bool]) -> None:
        with self._told:
            assert self._told.wait_for(right, 60), self.engine.deletions.snapshots()

    def delete(self, *artifacts: Artifact, **more: Any) -> Deletion:
        """Carry a plan out to its end."""
        return self.end_of(self.begin(*artifacts, **more))

    def begin(self, *artifacts: Artifact, **more: Any) -> int:
        """Start to carry a plan out; gives the number of the deletion."""
        return self.begin_plan(DeletePlan.of(KESTREL, artifacts), **more)

    def begin_plan(self, plan: DeletePlan, **more: Any) -> int:
        """Start to carry any plan out; gives the number of the deletion."""
        self.engine.deletions.add(plan.confirm(len(plan.items)), **more)
        return self.engine.deletions.snapshots()[-1].number

    def look(self, number: int) -> Deletion:
        return next(deletion for deletion in self.engine.deletions.snapshots() if deletion.number == number)

    def end_of(self, number: int) -> Deletion:
        self.until(lambda: self.look(number).finished)
        return self.look(number)

    def outcomes(self, deletion: Deletion) -> list[Outcome | None]:
        shown = {transfer.id: transfer.outcome for transfer in self.engine.transfers()}
        return [shown[number] for number in deletion.ids]

    def lines(self) -> list[dict[str, Any]]:
        """The log of deletions."""
        assert self.log is not None
        return [json.loads(line) for line in self.log.read_bytes().splitlines()] if self.log.exists() else []

    def close(self) -> bool:
        return self.engine.close(20)


def adds_up(deletion: Deletion) -> bool:
    """Whether the report accounts for every artifact of the plan."""
    counts = (deletion.done, deletion.already_gone, deletion.skipped, deletion.failed, deletion.not_tried)
    return sum(counts) == deletion.planned == len(deletion.ids)
