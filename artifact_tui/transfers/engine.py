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
from artifact_tui.provider import Storage
from artifact_tui.transfers.deletion import Pace
from artifact_tui.transfers.herald import Herald
from artifact_tui.transfers.job import Job
from artifact_tui.transfers.journal import Journal, JournalTrouble
from artifact_tui.transfers.lane import Lane
from artifact_tui.transfers.means import Connections, Means
from artifact_tui.transfers.parking import Parking
from artifact_tui.transfers.patience import Patience, Tries
from artifact_tui.transfers.record import asked_for, begun
from artifact_tui.transfers.room import FreeSpace, free_space
from artifact_tui.transfers.transfer import (
    ConfirmedPlan,
    DownloadOrder,
    Kind,
    Outcome,
    State,
    Totals,
    Transfer,
    Unfinished,
)
from artifact_tui.transfers.work import Work

_PATIENCE = Patience()
_LIMITS = Limits()


class ReadOnly(Exception):
    """The program was started read-only: it deletes nothing."""


class Engine:
    """Downloads several artifacts at once and deletes one after the other.

    Every method may be called from any thread, and only :meth:`close` waits, as long as it is told to. ``changed`` is
    called from a thread of the engine, at once for a change of state and ten times a second at most for progress; how
    long it takes stops nothing. ``crashed`` gets each exception that is a bug of the program, after its transfer has
    failed in words; without it, it is raised in the thread it happened in. ``host`` is where the artifacts are, and
    ``journal`` is closed by the engine.
    """

    def __init__(
        self,
        storage: Callable[[], Storage],
        *,
        changed: Callable[[], None],
        crashed: Callable[[Exception], None] | None = None,
        host: str = "",
        journal: Journal | None = None,
        concurrency: int = 4,
        connections: int = 8,
        delete_interval: float = 1.0,
        read_only: bool = False,
        patience: Patience = _PATIENCE,
        limits: Limits = _LIMITS,
        monotonic: Callable[[], float] = time.monotonic,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        random: Random | None = None,
        free_space: FreeSpace = free_space,
    ) -> None:
        self.read_only = read_only
        self._host = host
        self._journal = journal or Journal()
        self._monotonic = monotonic
        self._herald = Herald(changed, crashed or _raise)
        draw = random or Random()  # noqa: S311 - spreads retries, keeps no secret
        means = Means(
            host=host,
            make_storage=storage,
            journal=self._journal,
            connections=Connections(connections),
            limits=limits,
            patience=patience,
            new_tries=lambda: Tries(patience, draw, now, monotonic),
            monotonic=monotonic,
            now=now,
            free_space=free_space,
        )
        self._means = means
        self._parking = Parking(self._unpark, now)
        pace = Pace(delete_interval, monotonic)
        self._work = Work(means, pace, crashed or _raise, stop=self._stop, park=self._parking.park)
        self._downloads = Lane("download", concurrency, self._work.download)
        self._deletes = Lane("delete", 1, self._work.delete)
        self._tidying = Lane("tidy", 1, self._work.tidy)
        self._lock = threading.Lock()
        self._ids = itertools.count(1)
        self._jobs: dict[int, Job] = {}
        self._closed = False

    def download(self, orders: Iterable[DownloadOrder]) -> tuple[int, ...]:
        """Queue downloads; gives their ids in the same order."""
        wanted = tuple(orders)
        try:
            records = [record.id for record in self._journal.add(self._host, wanted)]
        except JournalTrouble:  # said by each download when it starts
            records = [0] * len(wanted)
        return self._queue(self._downloads, zip(wanted, map(asked_for, wanted), records, strict=True))

    def delete(self, confirmed: ConfirmedPlan) -> tuple[int, ...]:
        """Queue the deletion of a plan that a person has confirmed; raises :class:`ReadOnly`."""
        if self.read_only:
            raise ReadOnly("The program was started read-only, so nothing is deleted.")
        plan = confirmed.plan
        wanted = (
            (confirmed, Transfer(id=0, kind=Kind.DELETE, repository=plan.repository, artifact=artifact), 0)
            for artifact in plan.artifacts
        )
        return self._queue(self._deletes, wanted)

    def unfinished(self) -> tuple[Unfinished, ...]:
        """What earlier programs have left; raises :class:`~.journal.JournalTrouble`."""
        return tuple(
            Unfinished(id=record.id, order=record.order, received=record.received, total=record.total)
            for record in self._journal.unfinished(self._host)
        )

    def go_on(self) -> tuple[int, ...]:
        """Queue all that :meth:`unfinished` gives; raises :class:`~.journal.JournalTrouble`."""
        taken = [self._journal.take(left.id) for left in self.unfinished()]
        records = [record for record in taken if record is not None]
        return self._queue(self._downloads, ((record.order, begun(record), record.id) for record in records))

    def forget(self) -> None:
        """Remove what :meth:`unfinished` gives, part files and all; raises :class:`~.journal.JournalTrouble`."""
        for left in self.unfinished():
            record = self._journal.take(left.id)
            if record is not None:
                self._tidy(Job(asked_for(record.order), record.order, self._herald, self._monotonic, record=record.id))

    def cancel(self, number: int, *, keep: bool = False) -> bool:
        """End a transfer at once; False when it is finished or a delete was just sent.

        Its part file is removed, or kept for a later download of the same artifact into the same directory.
        """
        job = self._jobs.get(number)
        if job is None or not job.cancel(keeps=keep):
            return False
        self._lane(job).drop(job)
        if isinstance(job.order, DownloadOrder):
            if keep:
                self._work.let_go(job)
            else:
                self._jobs[number] = self._tidy(job)
        return True

    def pause(self, number: int) -> bool:
        """Stop a download until :meth:`resume`; False when there is nothing to stop."""
        job = self._jobs.get(number)
        if job is None or not isinstance(job.order, DownloadOrder) or not job.pause():
            return False
        self._downloads.drop(job)
        return True

    def resume(self, number: int) -> bool:
        """Let a paused or parked download go on in front of the queue; False when it is neither."""
        job = self._succeed(number, lambda shown: shown.state in (State.PAUSED, State.PARKED))
        if job is not None:
            self._downloads.push(job)
        return job is not None

    def move(self, number: int, steps: int) -> bool:
        """Let a queued transfer start so many places later, or earlier when negative."""
        job = self._jobs.get(number)
        moved = job is not None and self._lane(job).move(job, steps)
        if moved:
            self._herald.moved()
        return moved

    def retry(self, number: int) -> bool:
        """Queue a failed or cancelled transfer again under its id; False when there is nothing to try again.

        What was skipped because it has changed needs a new plan.
        """
        job = self._succeed(number, _may_be_retried)
        if job is not None:
            self._lane(job).add([job])
        return job is not None

    def unpack_anyway(self, number: int) -> bool:
        """Unpack an archive that was kept because it is over the limit of bytes; False when there is no such."""
        job = self._succeed(number, lambda shown: shown.over_limit and shown.path is not None)
        if job is not None:
            self._downloads.push(job)
        return job is not None

    def clear_finished(self) -> None:
        """Forget what is done, failed or cancelled; part files that were kept stay where they are."""
        with self._lock:
            self._jobs = {number: job for number, job in self._jobs.items() if not job.look().finished}
        self._herald.moved()

    def transfers(self) -> tuple[Transfer, ...]:
        """A snapshot of all: in the order they were given, those that wait in the order they will start.

        One that does not change is the same object again.
        """
        with self._lock:
            jobs = tuple(self._jobs.values())
        waiting = self._downloads.waiting()
        queued = set(waiting).intersection(jobs)
        in_order = iter([job for job in waiting if job in queued])
        return tuple((next(in_order) if job in queued else job).look() for job in jobs)

    def totals(self) -> Totals:
        """All transfers added up."""
        return Totals.of(self.transfers())

    @property
    def active(self) -> int:
        """How many are queued or under way."""
        return sum(not transfer.finished for transfer in self.transfers())

    def close(self, timeout: float = 0.0, *, keep: bool = True) -> bool:
        """Stop everything, close the storage, and wait at most ``timeout`` seconds until all is cleaned up.

        With ``keep`` what was downloaded so far, and what was queued, is for the next start. A delete that was just
        sent is waited for first, so that its outcome is known. Whether all ended in time.
        """
        deadline = self._monotonic() + timeout
        keep = keep and self._journal.lasting
        with self._lock:
            self._closed = True
            jobs = tuple(self._jobs.values())
        self._parking.close()
        for lane in (self._downloads, self._deletes):
            lane.take()
        for job in jobs:
            stopped = job.cancel(keeps=keep, problem="The program was closed.")
            if not keep and isinstance(job.order, DownloadOrder) and (stopped or job.look().state is State.FAILED):
                self._tidy(job)
        self._deletes.join(timeout / 2)
        self._means.close()
        ended = True
        for lane in (self._downloads, self._deletes, self._tidying):
            ended = lane.join(max(0.0, deadline - self._monotonic())) and ended
        self._herald.close(max(0.0, deadline - self._monotonic()))
        self._journal.close()
        return ended

    def _queue(
        self, lane: Lane, wanted: Iterable[tuple[DownloadOrder | ConfirmedPlan, Transfer, int]]
    ) -> tuple[int, ...]:
        """All in one step, so that a failure of the first can stop the last."""
        jobs = []
        with self._lock:
            if self._closed:
                raise RuntimeError("the engine is closed")
            before = {job.record: job for job in self._jobs.values() if job.record}
            for order, transfer, record in wanted:
                shown = replace(transfer, id=next(self._ids))
                job = Job(shown, order, self._herald, self._monotonic, record=record, after=before.get(record))
                self._jobs[job.id] = job
                jobs.append(job)
        lane.add(jobs)
        self._herald.moved()
        return tuple(job.id for job in jobs)

    def _succeed(self, number: int, which: Callable[[Transfer], bool]) -> Job | None:
        """A new job in the place of one that has stopped; None when ``which`` says no."""
        with self._lock:
            old = self._jobs.get(number)
            if old is None or self._closed:
                return None
            shown = old.look()
            if not which(shown):
                return None
            job = self._jobs[number] = old.successor()
        self._herald.moved()
        return job

    def _tidy(self, job: Job) -> Job:
        """Remove what a job has left, after its thread has ended."""
        tidier = job.tidier()
        self._tidying.add([tidier])
        return tidier

    def _lane(self, job: Job) -> Lane:
        return self._downloads if isinstance(job.order, DownloadOrder) else self._deletes

    def _stop(self, reason: str, which: Callable[[Job], bool]) -> None:
        """What is queued would only fail the same way: it says so, and one message is enough."""
        for lane in (self._downloads, self._deletes):
            for job in lane.take(which):
                job.cancel(keeps=True, problem=f"Not tried: {reason}")

    def _unpark(self, job: Job) -> None:
        if self._jobs.get(job.id) is job:
            self.resume(job.id)


def _may_be_retried(shown: Transfer) -> bool:
    return shown.state in (State.FAILED, State.CANCELLED) and shown.outcome is not Outcome.SKIPPED


def _raise(error: Exception) -> None:
    raise error
