"""Values of deletions: the plan, the confirmed plan, and snapshots of a deletion."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Final, NamedTuple
from urllib.parse import quote

from msgspec import Struct

from artifact_tui.domain.models import Artifact, RepositoryName, stored_bytes
from artifact_tui.errors import UserError
from artifact_tui.text import count
from artifact_tui.transfers.models import Outcome


class ReadOnly(UserError):
    """The program runs in read-only mode and deletes nothing."""


class PlanItem(NamedTuple):
    """One artifact of a plan, and its repository."""

    repository: RepositoryName
    artifact: Artifact


class DeletePlan(Struct, frozen=True):
    """What a deletion would delete, in this order; later changes to the lists do not affect it."""

    items: tuple[PlanItem, ...]

    @classmethod
    def of(cls, repository: RepositoryName, artifacts: Iterable[Artifact]) -> DeletePlan:
        """Return the plan for artifacts of one repository, in their order."""
        return cls(tuple(PlanItem(repository, artifact) for artifact in artifacts))

    @classmethod
    def across(cls, plans: Iterable[DeletePlan]) -> DeletePlan:
        """Return one plan for all, each artifact once.

        If they concern several repositories, the biggest artifacts come first, so that an early stop has freed most.
        """
        found = {(item.repository, item.artifact.id): item for plan in plans for item in plan.items}
        joined = cls(tuple(found.values()))
        if len(joined.repositories) < 2:
            return joined
        return cls(tuple(sorted(joined.items, key=lambda item: -stored_bytes([item.artifact]))))

    @property
    def artifacts(self) -> tuple[Artifact, ...]:
        """The artifacts, in the order of their deletion."""
        return tuple(item.artifact for item in self.items)

    @property
    def repositories(self) -> tuple[RepositoryName, ...]:
        """The repositories, those with most bytes first."""
        return tuple(self.by_repository)

    @property
    def by_repository(self) -> dict[RepositoryName, tuple[Artifact, ...]]:
        """The artifacts of each repository, those with most bytes first."""
        found: dict[RepositoryName, list[Artifact]] = {}
        for repository, artifact in self.items:
            found.setdefault(repository, []).append(artifact)
        ranked = sorted(found, key=lambda repository: (-stored_bytes(found[repository]), repository))
        return {repository: tuple(found[repository]) for repository in ranked}

    @property
    def bytes(self) -> int:
        """The storage that the artifacts use on the server, in bytes."""
        return stored_bytes(self.artifacts)

    def confirm(self, count: int) -> ConfirmedPlan:
        """Return the plan as confirmed by the user for ``count`` artifacts; raise ValueError for another number."""
        if count != len(self.items):
            raise ValueError(f"{count} confirmed, {len(self.items)} planned")
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
    paths = [f"{_path_of(item.repository)}/actions/artifacts/{item.artifact.id}" for item in plan.items]
    return tuple(PlannedRequest(method, path) for path in paths for method in ("GET", "DELETE"))


def _path_of(repository: RepositoryName) -> str:
    return f"/repos/{quote(repository.owner, safe='')}/{quote(repository.name, safe='')}"


def in_short(repositories: tuple[RepositoryName, ...]) -> str:
    """Return the name of a single repository, or ``3 repositories``."""
    return str(repositories[0]) if len(repositories) == 1 else count(len(repositories), "repository", "repositories")


def short_names(repositories: tuple[RepositoryName, ...]) -> dict[RepositoryName, str]:
    """Return the name of each repository, without the owner if all have the same."""
    is_one_owner = len({repository.owner for repository in repositories}) == 1
    return {repository: repository.name if is_one_owner else str(repository) for repository in repositories}


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
    repositories: tuple[RepositoryName, ...]  # those with most bytes first
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
    stopped: tuple[RepositoryName, ...] = ()  # those whose rest was not tried while others went on

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

    repository: RepositoryName
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
    def repositories(self) -> tuple[RepositoryName, ...]:
        """The repositories of all confirmed artifacts, those with most bytes first."""
        return self.plan.repositories

    @property
    def remaining(self) -> tuple[Artifact, ...]:
        """The artifacts that a resumed deletion would delete."""
        return self.rest.artifacts

    @property
    def plan(self) -> DeletePlan:
        """The plan with all confirmed artifacts."""
        return DeletePlan(tuple(PlanItem(item.repository, item.artifact) for item in self.items))

    @property
    def rest(self) -> DeletePlan:
        """The plan with the artifacts that a resumed deletion would delete."""
        return DeletePlan(tuple(PlanItem(item.repository, item.artifact) for item in self.items if item.is_open))
