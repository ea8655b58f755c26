"""Deletes as values: what is planned, what is confirmed, and what can be seen of a deletion at one moment."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, NamedTuple
from urllib.parse import quote

from msgspec import Struct

from artifact_tui.domain.models import Artifact, RepositoryName, stored_bytes
from artifact_tui.errors import UserError
from artifact_tui.transfers.models import Outcome


class ReadOnly(UserError):
    """The program was started read-only: it deletes nothing."""


class DeletePlan(Struct, frozen=True):
    """What would be deleted, frozen at the first key: refreshing, sorting and filtering change nothing in it."""

    repository: RepositoryName
    artifacts: tuple[Artifact, ...]

    @property
    def bytes(self) -> int:
        """What the artifacts take on the server."""
        return stored_bytes(self.artifacts)

    def confirm(self, count: int) -> ConfirmedPlan:
        """Return the person agreed to the deletion of ``count`` artifacts.

        Raises ValueError when the plan has others.
        """
        if count != len(self.artifacts):
            raise ValueError(f"{count} confirmed, {len(self.artifacts)} planned")
        return ConfirmedPlan(self, _CONFIRMED)


_CONFIRMED: Final = object()


class ConfirmedPlan:
    """A plan a person agreed to; only :meth:`DeletePlan.confirm` makes one, and only this leads to a deletion."""

    __slots__ = ("plan",)

    def __init__(self, plan: DeletePlan, confirmed: object) -> None:
        if confirmed is not _CONFIRMED:
            raise TypeError("a plan is confirmed by DeletePlan.confirm() and nothing else")
        self.plan: Final = plan


class PlannedRequest(NamedTuple):
    """One request as the server's log would show it; ``path`` is below the base address of the API."""

    method: str
    path: str

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def planned_requests(plan: DeletePlan) -> tuple[PlannedRequest, ...]:
    """Return what a deletion of the plan sends while nothing is unusual: each artifact is looked at, then deleted."""
    owner, name = quote(plan.repository.owner, safe=""), quote(plan.repository.name, safe="")
    paths = [f"/repos/{owner}/{name}/actions/artifacts/{artifact.id}" for artifact in plan.artifacts]
    return tuple(PlannedRequest(method, path) for path in paths for method in ("GET", "DELETE"))


class DeletionState(StrEnum):
    """Where a deletion stands.

    ``downloading`` waits until its artifacts are downloaded, ``grace`` for the person to think again; ``waiting`` was
    told to by the server, or waits after trouble. ``stopping`` has only the answer to come to what was sent.
    """

    DOWNLOADING = "downloading"
    GRACE = "grace"
    RUNNING = "running"
    WAITING = "waiting"
    PAUSED = "paused"
    STOPPING = "stopping"
    FINISHED = "finished"


class Deletion(Struct, frozen=True, kw_only=True):
    """The deletion of one plan as it is at one moment.

    ``ids`` are those of the transfers, in the plan's order. The counts of outcomes add up to ``planned`` once it is
    finished. ``seconds_left`` is to the first request in grace, to the next try while waiting, and to the end while
    running. ``problem`` and ``next_step`` are sentences: why it waits, or what stopped it.
    """

    number: int
    repository: RepositoryName
    ids: tuple[int, ...]
    state: DeletionState
    planned: int
    done: int = 0
    already_gone: int = 0
    skipped: int = 0
    failed: int = 0
    not_tried: int = 0
    bytes_planned: int = 0
    bytes_freed: int = 0
    seconds_left: float | None = None
    problem: str = ""
    next_step: str = ""

    @property
    def settled(self) -> int:
        """How many artifacts have an outcome."""
        return self.done + self.already_gone + self.skipped + self.failed + self.not_tried

    @property
    def finished(self) -> bool:
        """Nothing more is sent, unless something of it is tried again."""
        return self.state is DeletionState.FINISHED


class DeletionItem(Struct, frozen=True, kw_only=True):
    """What is known of one artifact of a confirmed plan.

    ``started`` says that a request may have been sent for it, ``proven`` that its download was verified, where the
    plan asks for that; ``outcome`` is None as long as it is to be deleted.
    """

    artifact: Artifact
    started: bool = False
    proven: bool = False
    outcome: Outcome | None = None
    problem: str = ""

    @property
    def is_open(self) -> bool:
        """Whether another try is what the person confirmed."""
        return self.outcome is None or self.outcome is Outcome.FAILED


class UnfinishedDeletion(Struct, frozen=True, kw_only=True):
    """A confirmed deletion that an earlier program did not finish.

    ``positions`` are those of the items in the journal, some of which a program may not be able to read.
    """

    number: int
    repository: RepositoryName
    confirmed_at: datetime
    items: tuple[DeletionItem, ...]
    positions: tuple[int, ...]
    downloads_first: bool = False

    @property
    def planned(self) -> int:
        """How many artifacts the person confirmed."""
        return len(self.items)

    @property
    def done(self) -> int:
        """How many are gone, by whoever's request."""
        return sum(item.outcome in (Outcome.DELETED, Outcome.ALREADY_GONE) for item in self.items)

    @property
    def remaining(self) -> tuple[Artifact, ...]:
        """What would be deleted by going on."""
        return tuple(item.artifact for item in self.items if item.is_open)

    @property
    def plan(self) -> DeletePlan:
        """All that was confirmed."""
        return DeletePlan(self.repository, tuple(item.artifact for item in self.items))


def count_outcomes(outcomes: Iterable[Outcome | None]) -> dict[str, Any]:
    """Return the counts of a :class:`Deletion`, by the names of its fields."""
    every = list(outcomes)
    return {field: every.count(outcome) for outcome, field in _FIELDS.items()}


_FIELDS: Final = {
    Outcome.DELETED: "done",
    Outcome.ALREADY_GONE: "already_gone",
    Outcome.SKIPPED: "skipped",
    Outcome.FAILED: "failed",
    Outcome.NOT_TRIED: "not_tried",
}
