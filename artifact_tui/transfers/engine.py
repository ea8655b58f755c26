"""All transfers of the program, in threads of their own: a frozen terminal must not stop a download."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from random import Random

from msgspec.structs import replace

from artifact_tui.archive.refusal import Limits
from artifact_tui.provider import Forbidden, SignedOut, Storage
from artifact_tui.transfers.deletion import Deletion, Pace
from artifact_tui.transfers.download import Download
from artifact_tui.transfers.failure import failure_of
from artifact_tui.transfers.herald import Herald
from artifact_tui.transfers.job import Cancelled, Job
from artifact_tui.transfers.lane import Lane
from artifact_tui.transfers.patience import Patience, Tries
from artifact_tui.transfers.transfer import (
    ConfirmedPlan,
    DownloadOrder,
    Kind,
    Outcome,
    State,
    Totals,
    Transfer,
)

_PATIENCE = Patience()
_LIMITS = Limits()


class ReadOnly(Exception):
    """The program was started read-only: it deletes nothing."""


class Engine:
    """Downloads several artifacts at once and deletes one after the other.

    Every method may be called from any thread, and only :meth:`close` waits, as long as it is told to. ``changed`` is
    called from a thread of the engine, at once for a change of state and ten times a second at most for progress; how
    long it takes stops nothing. ``crashed`` gets each exception that is a bug of the program, after its transfer has
    failed in words; without it, it is raised in the thread it happened in.
    """

    def __init__(
        self,
        storage: Callable[[], Storage],
        *,
        changed: Callable[[], None],
        crashed: Callable[[Exception], None] | None = None,
        concurrency: int = 4,
        delete_interval: float = 1.0,
        read_only: bool = False,
        patience: Patience = _PATIENCE,
        limits: Limits = _LIMITS,
        monotonic: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        random: Random | None = None,
    ) -> None:
        self.read_only = read_only
        self._make_storage = storage
        self._storage: Storage | None = None
        self._storage_lock = threading.Lock()
        self._crashed = crashed or _raise
        self._patience = patience
        self._limits = limits
        self._monotonic = monotonic
        self._now = now
        self._random = random or Random()  # noqa: S311 - spreads retries, keeps no secret
        self._pace = Pace(delete_interval, monotonic)
        self._herald = Herald(changed, self._crashed)
        self._downloads = Lane("download", concurrency, self._download)
        self._deletes = Lane("delete", 1, self._delete)
        self._lock = threading.Lock()
        self._ids = itertools.count(1)
        self._jobs: dict[int, Job] = {}
        self._closed = False

    def download(self, orders: Iterable[DownloadOrder]) -> tuple[int, ...]:
        """Queue downloads; gives their ids in the same order."""
        wanted = (
            (order, Transfer(id=0, kind=Kind.DOWNLOAD, repository=order.repository, artifact=order.artifact))
            for order in orders
        )
        return self._queue(self._downloads, wanted)

    def delete(self, confirmed: ConfirmedPlan) -> tuple[int, ...]:
        """Queue the deletion of a plan that a person has confirmed; raises :class:`ReadOnly`."""
        if self.read_only:
            raise ReadOnly("The program was started read-only, so nothing is deleted.")
        plan = confirmed.plan
        wanted = (
            (confirmed, Transfer(id=0, kind=Kind.DELETE, repository=plan.repository, artifact=artifact))
            for artifact in plan.artifacts
        )
        return self._queue(self._deletes, wanted)

    def cancel(self, number: int) -> bool:
        """End a transfer at once and remove what it wrote; False when it is finished or a delete was just sent."""
        job = self._jobs.get(number)
        if job is None or not job.cancel():
            return False
        self._lane(job).drop(job)
        return True

    def retry(self, number: int) -> bool:
        """Queue a failed or cancelled transfer again under its id; False when there is nothing to try again.

        What was skipped because it has changed needs a new plan.
        """
        with self._lock:
            old = self._jobs.get(number)
            if old is None or self._closed:
                return False
            shown = old.look()
            if shown.state not in (State.FAILED, State.CANCELLED) or shown.outcome is Outcome.SKIPPED:
                return False
            fresh = Transfer(id=number, kind=shown.kind, repository=shown.repository, artifact=shown.artifact)
            job = self._jobs[number] = Job(fresh, old.order, self._herald, self._monotonic)
        self._lane(job).add([job])
        self._herald.moved()
        return True

    def clear_finished(self) -> None:
        """Forget what is done, failed or cancelled."""
        with self._lock:
            self._jobs = {number: job for number, job in self._jobs.items() if not job.look().finished}
        self._herald.moved()

    def transfers(self) -> tuple[Transfer, ...]:
        """A snapshot of all, oldest first; one that does not change is the same object again."""
        with self._lock:
            jobs = tuple(self._jobs.values())
        return tuple(job.look() for job in jobs)

    def totals(self) -> Totals:
        """All transfers added up."""
        return Totals.of(self.transfers())

    @property
    def active(self) -> int:
        """How many are queued or under way."""
        return sum(not transfer.finished for transfer in self.transfers())

    def close(self, timeout: float = 0.0) -> bool:
        """Cancel everything, close the storage, and wait at most ``timeout`` seconds until all is cleaned up.

        A delete that was just sent is waited for first, so that its outcome is known. Whether all ended in time.
        """
        deadline = self._monotonic() + timeout
        with self._lock:
            self._closed = True
            jobs = tuple(self._jobs.values())
        lanes = (self._downloads, self._deletes)
        for lane in lanes:
            lane.take()
        for job in jobs:
            job.cancel(problem="The program was closed.")
        self._deletes.join(timeout / 2)
        with self._storage_lock:
            storage, self._storage = self._storage, None
        if storage is not None:
            storage.close()
        ended = True
        for lane in lanes:
            ended = lane.join(max(0.0, deadline - self._monotonic())) and ended
        self._herald.close(max(0.0, deadline - self._monotonic()))
        return ended

    def _queue(self, lane: Lane, wanted: Iterable[tuple[DownloadOrder | ConfirmedPlan, Transfer]]) -> tuple[int, ...]:
        """All in one step, so that a failure of the first can stop the last."""
        jobs = []
        with self._lock:
            if self._closed:
                raise RuntimeError("the engine is closed")
            for order, transfer in wanted:
                job = Job(replace(transfer, id=next(self._ids)), order, self._herald, self._monotonic)
                self._jobs[job.id] = job
                jobs.append(job)
        lane.add(jobs)
        self._herald.moved()
        return tuple(job.id for job in jobs)

    def _lane(self, job: Job) -> Lane:
        return self._downloads if isinstance(job.order, DownloadOrder) else self._deletes

    def _download(self, job: Job) -> None:
        order = job.order
        assert isinstance(order, DownloadOrder)
        try:
            Download(order, job, self._get_storage(), self._new_tries, self._limits).run()
        except Cancelled:
            self._herald.moved()
        except Exception as error:  # one bad artifact never stops the others
            self._fail(job, error)

    def _delete(self, job: Job) -> None:
        confirmed = job.order
        assert isinstance(confirmed, ConfirmedPlan)
        artifact = job.look().artifact
        try:
            Deletion(confirmed, artifact, job, self._get_storage(), self._new_tries(), self._pace).run()
        except Cancelled:
            self._herald.moved()
        except Exception as error:  # the rest of the plan is decided by what it was
            self._fail(job, error)

    def _fail(self, job: Job, error: Exception) -> None:
        place = job.order.directory if isinstance(job.order, DownloadOrder) else None
        failure = failure_of(error, place)
        outcome = None if place else Outcome.FAILED
        job.end(State.FAILED, problem=failure.problem, next_step=failure.next_step, outcome=outcome)
        if isinstance(error, SignedOut):
            self._stop(failure.problem, lambda other: True)
        elif isinstance(error, Forbidden) and isinstance(job.order, ConfirmedPlan):
            self._stop(failure.problem, lambda other: other.order is job.order)
        if failure.is_bug:
            self._crashed(error)

    def _stop(self, reason: str, which: Callable[[Job], bool]) -> None:
        """What is queued would only fail the same way: it says so, and one message is enough."""
        for lane in (self._downloads, self._deletes):
            for job in lane.take(which):
                job.cancel(problem=f"Not tried: {reason}")

    def _new_tries(self) -> Tries:
        return Tries(self._patience, self._random, self._now)

    def _get_storage(self) -> Storage:
        """Made by the first thread that needs one, for it may read a token from a slow place."""
        with self._storage_lock:
            if self._storage is None:
                self._storage = self._make_storage()
            return self._storage


def _raise(error: Exception) -> None:
    raise error
