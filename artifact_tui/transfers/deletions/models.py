"""Values of deletions: the plan, the confirmed plan, and snapshots of a deletion."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Final, NamedTuple
from urllib.parse import quote

from msgspec import Struct

from artifact_tui.domain.models import Artifact, RepositoryName, stored_bytes
from artifact_tui.errors import UserError
from artifact_tui.transfers.models import Outcome


class ReadOnly(UserError):
    """The program runs in read-only mode and deletes nothing."""


class DeletePlan(Struct, frozen=True):
    """What a deletion would delete, frozen at the first key: later changes to the list do not affect it."""

    repository: RepositoryName
    artifacts: tuple[Artifact, ...]

    @property
    def bytes(self) -> int:
        """The storage that the artifacts use on the server, in bytes."""
        return stored_bytes(self.artifacts)

    def confirm(self, count: int) -> ConfirmedPlan:
        """Return the plan as confirmed by the user for ``count`` artifacts; raise ValueError for another number."""
        if count != len(self.artifacts):
            raise ValueError(f"{count} confirmed, {len(self.artifacts)} planned")
        return ConfirmedPlan(self, _CONFIRMED)


_CONFIRMED: Final = object()


class ConfirmedPlan:
    """A plan that the user confirmed; only :meth:`DeletePlan.confirm` makes one, and a deletion requires one."""

    __slots__ = ("plan",)

    def __init__(self, plan: DeletePlan, confirmed: object) -> None:
        if confirmed is not _CONFIRMED:
            raise TypeError("a plan is confirmed by DeletePlan.confirm() and nothing else")
        self.plan: Final = plan


class PlannedRequest(NamedTuple):
    """One request as in the server's log; ``path`` is relative to the API URL."""

    method: str
    path: str

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def planned_requests(plan: DeletePlan) -> tuple[PlannedRequest, ...]:
    """Return the requests of a deletion without errors: for each artifact a check, then a DELETE."""
    owner, name = quote(plan.repository.owner, safe=""), quote(plan.repository.name, safe="")
    paths = [f"/repos/{owner}/{name}/actions/artifacts/{artifact.id}" for artifact in plan.artifacts]
    return tuple(PlannedRequest(method, path) for path in paths for method in ("GET", "DELETE"))


class DeletionState(StrEnum):
    """The state of a deletion."""

    DOWNLOADING = "downloading"  # waits for the downloads of its artifacts
    GRACE = "grace"  # gives the user time to stop it
    RUNNING = "running"
    WAITING = "waiting"  # set by the server, or after an error
    PAUSED = "paused"
    STOPPING = "stopping"  # waits for the response to the last request
    FINISHED = "finished"


class Deletion(Struct, frozen=True, kw_only=True):
    """A snapshot of the deletion of one plan; the counts of outcomes add up to ``planned`` at the end."""

    number: int
    repository: RepositoryName
    ids: tuple[int, ...]  # of the transfers, in the plan's order
    state: DeletionState
    planned: int
    done: int = 0
    already_gone: int = 0
    skipped: int = 0
    failed: int = 0
    not_tried: int = 0
    bytes_planned: int = 0
    bytes_freed: int = 0
    seconds_left: float | None = None  # to the first request, the next attempt, or the end
    problem: str = ""  # why it waits, or what stopped it
    next_step: str = ""

    @property
    def settled(self) -> int:
        """The number of artifacts with an outcome."""
        return self.done + self.already_gone + self.skipped + self.failed + self.not_tried

    @property
    def finished(self) -> bool:
        """Whether no more requests are sent, unless an artifact is retried."""
        return self.state is DeletionState.FINISHED


class DeletionItem(Struct, frozen=True, kw_only=True):
    """One artifact of a confirmed plan."""

    artifact: Artifact
    started: bool = False  # a request may have been sent
    proven: bool = False  # its download was verified, if the plan needs that
    outcome: Outcome | None = None  # None while it is still to be deleted
    problem: str = ""

    @property
    def is_open(self) -> bool:
        """Whether the confirmation covers another attempt."""
        return self.outcome is None or self.outcome is Outcome.FAILED


class UnfinishedDeletion(Struct, frozen=True, kw_only=True):
    """An unfinished deletion of an earlier program; ``positions`` are those of the readable items in the journal."""

    number: int
    repository: RepositoryName
    confirmed_at: datetime
    items: tuple[DeletionItem, ...]
    positions: tuple[int, ...]
    downloads_first: bool = False

    @property
    def planned(self) -> int:
        """The number of confirmed artifacts."""
        return len(self.items)

    @property
    def done(self) -> int:
        """The number of artifacts that are gone, whoever deleted them."""
        return sum(item.outcome in (Outcome.DELETED, Outcome.ALREADY_GONE) for item in self.items)

    @property
    def remaining(self) -> tuple[Artifact, ...]:
        """The artifacts that a resumed deletion would delete."""
        return tuple(item.artifact for item in self.items if item.is_open)

    @property
    def plan(self) -> DeletePlan:
        """The plan with all confirmed artifacts."""
        return DeletePlan(self.repository, tuple(item.artifact for item in self.items))
