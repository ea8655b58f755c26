"""A confirmed plan during the deletion: the engine's thread works on it; other threads read, pause or stop it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Set
from typing import Any, Final

from msgspec.structs import replace

from artifact_tui.domain.models import Artifact, RateLimit, RepositoryName, stored_bytes
from artifact_tui.errors import UserError
from artifact_tui.transfers.deletions.duration import seconds_for
from artifact_tui.transfers.deletions.job import DeleteJob, Gate
from artifact_tui.transfers.deletions.models import (
    ConfirmedPlan,
    DeletePlan,
    Deletion,
    DeletionItem,
    DeletionState,
    UnfinishedDeletion,
)
from artifact_tui.transfers.deletions.pacer import DeletePacer
from artifact_tui.transfers.deletions.stop_reasons import StopReasons
from artifact_tui.transfers.models import Kind, Outcome, State, Transfer

_NOT_VERIFIED = "Skipped: not verified."


class PlanRun:
    """The changing side of a :class:`~artifact_tui.transfers.deletions.models.Deletion`; safe from any thread.

    Stopping and pausing take effect at once, but a request already sent gets its response. ``record`` is its journal
    ID.
    """

    def __init__(
        self,
        number: int,
        confirmed: ConfirmedPlan,
        ids: Iterable[int],
        *,
        grace: float,
        pace: DeletePacer,
        downloads_first: bool = False,
        proven: Set[int] = frozenset(),
        earlier: UnfinishedDeletion | None = None,
    ) -> None:
        self.number: Final = number
        self.repositories: Final = confirmed.plan.repositories
        self.confirmed_at: Final = earlier.confirmed_at if earlier else pace.clock.now()
        self.downloads_first: Final = downloads_first
        self.record = earlier.number if earlier else 0
        self.is_broken = False  # the journal or the log cannot be written
        self._gate = Gate()
        self.deletes: Final = tuple(_jobs_of(_items_of(confirmed.plan, proven, earlier), ids, self._gate))
        self._by_id = {each.shown.id: each for each in self.deletes}
        self._grace = grace
        self._pace = pace
        self._begins = self._pace.clock.monotonic() + grace
        self._reasons = StopReasons()
        self._latency = 0.0
        self._limit: RateLimit | None = None

    def __contains__(self, identity: int) -> bool:
        return identity in self._by_id

    def look(self) -> Deletion:
        """Return a snapshot."""
        with self._gate.lock:
            freed = [each.shown.artifact for each in self.deletes if each.shown.outcome is Outcome.DELETED]
            counts = Counter(each.shown.outcome for each in self.deletes)
            return Deletion(
                number=self.number,
                repositories=self.repositories,
                ids=tuple(self._by_id),
                planned=len(self.deletes),
                bytes_planned=stored_bytes(each.shown.artifact for each in self.deletes),
                bytes_freed=stored_bytes(freed),
                done=counts[Outcome.DELETED],
                already_gone=counts[Outcome.ALREADY_GONE],
                skipped=counts[Outcome.SKIPPED],
                failed=counts[Outcome.FAILED],
                not_tried=counts[Outcome.NOT_TRIED],
                stopped=self._reasons.repositories,
                **self._standing(),
            )

    def transfers(self) -> tuple[Transfer, ...]:
        """Return a snapshot of each artifact that was not removed from the list."""
        with self._gate.lock:
            return tuple(
                replace(each.shown, seconds_left=self._pace.left()) if each.shown.state is State.WAITING else each.shown
                for each in self.deletes
                if not each.cleared
            )

    def pause(self) -> bool:
        """Send nothing until :meth:`resume`; return False if there is nothing to pause."""
        with self._gate.lock:
            if self.is_over or not self._gate.is_open:
                return False
            self._gate.paused = True
            for each in self.deletes:
                each.rest()
            return True

    def resume(self) -> bool:
        """Resume after :meth:`pause`; return False if it is not paused."""
        with self._gate.lock:
            was_paused, self._gate.paused = self._gate.paused, False
            return was_paused and not self._gate.stopped

    def withdraw(self, identity: int) -> bool:
        """Exclude one artifact; return False if it has ended or its delete was sent."""
        with self._gate.lock:
            delete = self._by_id[identity]
            if not delete.is_open or delete.in_flight:
                return False
            delete.abandon(wanted=False)
            return True

    def retry(self, identity: int) -> bool:
        """Queue one again that failed or was not tried; what was skipped because it changed needs a new plan."""
        with self._gate.lock:
            delete = self._by_id[identity]
            if delete.shown.outcome not in (Outcome.FAILED, Outcome.NOT_TRIED):
                return False
            if self.is_over:
                self._begins = self._pace.clock.monotonic() + self._grace
                self._reasons.clear()
                self._gate.stopped = self._gate.unwanted = self._gate.paused = self.is_broken = False
            elif self._gate.stopped:
                return False
            self._reasons.clear(delete.shown.repository)
            delete.reopen()
            return True

    def stop(self, problem: str = "", next_step: str = "", *, unwanted: bool = True, said: str = "") -> bool:
        """Stop for the reason ``problem``; artifacts not tried show ``said``. Return False if it has ended."""
        with self._gate.lock:
            if self.is_over or self._gate.stopped:
                return False
            self._stop(problem, next_step, unwanted, said)
            return True

    def fail(
        self,
        delete: DeleteJob,
        problem: str,
        next_step: str,
        *,
        stops: str = "",
        is_local: bool = False,
        error: UserError | None = None,
    ) -> None:
        """Settle one as failed; ``stops`` is a sentence if that stops all others, or the others of its repository."""
        with self._gate.lock:
            delete.settle(Outcome.FAILED, problem, next_step, error=error)
            if stops and is_local and len(self.repositories) > 1:
                self._stop_repository(delete.shown.repository, stops, next_step)
            elif stops:
                self._stop(stops, next_step, self._gate.unwanted, f"Not tried: {stops}")

    def _stop_repository(self, repository: RepositoryName, problem: str, next_step: str) -> None:
        self._reasons.add(problem, next_step, repository)
        for each in self.deletes:
            if each.shown.repository == repository:
                each.abandon(f"Not tried: {problem}", wanted=not self._gate.unwanted)

    def give_up(self, problem: str) -> None:
        """Stop because the journal or the log cannot be written."""
        with self._gate.lock:
            self.is_broken = True
            self._stop(problem, "Then retry the rest.", self._gate.unwanted, f"Not tried: {problem}")

    def _stop(self, problem: str, next_step: str, unwanted: bool, said: str) -> None:
        self._gate.stopped, self._gate.unwanted = True, unwanted
        self._reasons.add(problem, next_step)
        for each in self.deletes:
            if not each.in_flight:
                each.abandon(said, wanted=not unwanted)

    def clear(self) -> None:
        """Remove what has ended from the list; the counts stay."""
        with self._gate.lock:
            for each in self.deletes:
                each.cleared = each.cleared or not each.is_open

    @property
    def is_over(self) -> bool:
        """Whether every artifact has an outcome."""
        with self._gate.lock:
            return not any(each.is_open for each in self.deletes)

    @property
    def is_settled(self) -> bool:
        """Whether every outcome is written to the journal and the log, as far as possible."""
        with self._gate.lock:
            return self.is_over and (self.is_broken or not any(each.changed for each in self.deletes))

    @property
    def is_left(self) -> bool:
        """Whether this program or the next one still has to delete something."""
        with self._gate.lock:
            return not self._gate.unwanted and any(each.item.is_open for each in self.deletes)

    @property
    def awaits_downloads(self) -> bool:
        """Whether downloads still decide what may be deleted."""
        with self._gate.lock:
            return self.downloads_first and any(each.is_open and not each.proven for each in self.deletes)

    def due(self) -> float | None:
        """Return the monotonic time from when on it may send requests; None if it has nothing to send."""
        with self._gate.lock:
            return None if self.is_over or not self._gate.is_open or self.awaits_downloads else self._begins

    def prove(self, proof: Callable[[Artifact], bool | None]) -> bool:
        """Ask ``proof`` about each artifact and restart the grace period; return whether any is now decided."""
        unproven = [each for each in self.deletes if each.is_open and not each.proven]
        for each in unproven:
            proven = proof(each.shown.artifact)
            if proven:
                each.prove()
            elif proven is not None:
                each.settle(Outcome.SKIPPED, _NOT_VERIFIED, "Download it first.")
        with self._gate.lock:
            self._begins = self._pace.clock.monotonic() + self._grace
        return any(each.proven or not each.is_open for each in unproven)

    def keep_proofs(self, proof: Callable[[Artifact], bool | None]) -> None:
        """Note downloads verified so far, so that the next program does not download them again."""
        if self.awaits_downloads:
            for each in self.deletes:
                if proof(each.shown.artifact):
                    each.prove()

    def next(self) -> DeleteJob | None:
        """Return the first artifact that is still to be deleted."""
        with self._gate.lock:
            return next((each for each in self.deletes if each.is_open), None)

    def release(self, delete: DeleteJob) -> None:
        """Stop working on an artifact because the plan was stopped or paused."""
        with self._gate.lock:
            delete.rest()
            if self._gate.stopped:
                delete.abandon(wanted=not self._gate.unwanted)

    def took(self, seconds: float, limit: RateLimit | None) -> None:
        """Note how long one artifact took, without waits, and the rate limit after it."""
        with self._gate.lock:
            self._limit = limit
            self._latency = 0.8 * (self._latency or seconds) + 0.2 * seconds

    def _standing(self) -> dict[str, Any]:
        why = {"problem": self._reasons.problem, "next_step": self._reasons.next_step}
        if self.is_settled or self._gate.stopped:
            return {"state": DeletionState.FINISHED if self.is_settled else DeletionState.STOPPING, **why}
        if self._gate.paused:
            return {"state": DeletionState.PAUSED}
        if self.awaits_downloads:
            return {"state": DeletionState.DOWNLOADING}
        if (grace := self._begins - self._pace.clock.monotonic()) > 0:
            return {"state": DeletionState.GRACE, "seconds_left": grace}
        waiting = next((each.shown for each in self.deletes if each.shown.state is State.WAITING), None)
        if waiting is not None:
            return {"state": DeletionState.WAITING, "seconds_left": self._pace.left(), "problem": waiting.problem}
        left, pace = sum(each.is_open for each in self.deletes), self._pace.interval + self._latency
        seconds = seconds_for(left, pace, self._limit, self._pace.clock.now())
        return {"state": DeletionState.RUNNING, "seconds_left": seconds, **why}


def _items_of(
    plan: DeletePlan, proven: Set[int], earlier: UnfinishedDeletion | None
) -> Iterable[tuple[int, DeletionItem]]:
    """Return the artifacts with their positions in the journal."""
    if earlier is not None:
        return zip(earlier.positions, earlier.items, strict=True)
    return enumerate(
        DeletionItem(repository=repository, artifact=artifact, proven=artifact.id in proven)
        for repository, artifact in plan.items
    )


def _jobs_of(items: Iterable[tuple[int, DeletionItem]], ids: Iterable[int], gate: Gate) -> Iterable[DeleteJob]:
    for (position, item), identity in zip(items, ids, strict=True):
        shown = Transfer(id=identity, kind=Kind.DELETE, repository=item.repository, artifact=item.artifact)
        yield DeleteJob(position, shown, item, gate)
