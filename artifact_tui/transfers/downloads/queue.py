"""All downloads of the program, several at once: ordered, stopped, and resumed in this program or the next."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable

from msgspec.structs import replace

from artifact_tui.domain.models import Artifact
from artifact_tui.transfers.downloads.context import DownloadContext
from artifact_tui.transfers.downloads.delayed_jobs import DelayedJobs
from artifact_tui.transfers.downloads.job import DownloadJob
from artifact_tui.transfers.downloads.journal_record import asked_for, begun
from artifact_tui.transfers.downloads.runner import JobRunner
from artifact_tui.transfers.downloads.worker_pool import WorkerPool
from artifact_tui.transfers.errors import JournalError
from artifact_tui.transfers.models import DownloadOrder, State, Transfer, Unfinished
from artifact_tui.transfers.notifier import ChangeNotifier

_CLOSED = "The program was closed."


class DownloadQueue:
    """The download side of the engine, whose promises it keeps: any thread may call, and only :meth:`join` waits.

    ``signed_out`` is told why nothing else can succeed either.
    """

    def __init__(
        self,
        context: DownloadContext,
        notifier: ChangeNotifier,
        *,
        concurrency: int,
        signed_out: Callable[[str], None],
    ) -> None:
        self._context = context
        self._journal = context.journal
        self._notifier = notifier
        self._delayed = DelayedJobs(self._unpark, context.engine.clock)
        self._work = JobRunner(context, signed_out=signed_out, park=self._delayed.park)
        self._pool = WorkerPool("download", concurrency, self._work.download)
        self._tidying = WorkerPool("tidy", 1, self._work.tidy)
        self._lock = threading.Lock()
        self._jobs: dict[int, DownloadJob] = {}
        self._closed = False

    def add(self, orders: Iterable[DownloadOrder]) -> tuple[int, ...]:
        """Queue downloads; return their ids in the same order."""
        wanted = tuple(orders)
        try:
            records = [record.id for record in self._journal.add(self._context.engine.host, wanted)]
        except JournalError:  # said by each download when it starts
            records = [0] * len(wanted)
        return self._queue(zip(map(asked_for, wanted), wanted, records, strict=True))

    def unfinished(self) -> tuple[Unfinished, ...]:
        """Return what earlier programs have left; raises :class:`~artifact_tui.transfers.errors.JournalError`."""
        return tuple(
            Unfinished(id=record.id, order=record.order, received=record.received, total=record.total)
            for record in self._journal.unfinished(self._context.engine.host)
        )

    def resume_unfinished(self) -> tuple[int, ...]:
        """Queue all that :meth:`unfinished` returns; raises :class:`~artifact_tui.transfers.errors.JournalError`."""
        taken = [self._journal.take(left.id) for left in self.unfinished()]
        records = [record for record in taken if record is not None]
        return self._queue((begun(record), record.order, record.id) for record in records)

    def discard_unfinished(self) -> None:
        """Remove what :meth:`unfinished` returns, part files and all; raises :class:`JournalError`."""
        for left in self.unfinished():
            record = self._journal.take(left.id)
            if record is not None:
                self._tidy(self._job(asked_for(record.order), record.order, record.id))

    def cancel(self, number: int, *, keep: bool = False) -> bool:
        """Cancel a download at once; return False if it has ended.

        Its part file is removed, or kept for a later download of the same artifact into the same directory.
        """
        job = self._jobs.get(number)
        if job is None or not job.cancel(keeps=keep):
            return False
        self._pool.drop(job)
        if keep:
            self._work.let_go(job)
        else:
            self._jobs[number] = self._tidy(job)
        return True

    def pause(self, number: int) -> bool:
        """Stop a download until :meth:`resume`; return False if there is nothing to stop."""
        job = self._jobs.get(number)
        if job is None or not job.pause():
            return False
        self._pool.drop(job)
        return True

    def resume(self, number: int) -> bool:
        """Resume a paused or parked download in front of the queue; return False if it is neither."""
        return self._succeed(number, lambda shown: shown.state in (State.PAUSED, State.PARKED), self._pool.push)

    def move(self, number: int, steps: int) -> bool:
        """Let a queued download start so many places later, or earlier if negative; return whether it moved."""
        job = self._jobs.get(number)
        moved = job is not None and self._pool.move(job, steps)
        if moved:
            self._notifier.moved()
        return moved

    def retry(self, number: int) -> bool:
        """Queue a failed or cancelled download again under its id; return False if there is nothing to retry."""
        return self._succeed(
            number, lambda shown: shown.state in (State.FAILED, State.CANCELLED), lambda job: self._pool.add([job])
        )

    def unpack_anyway(self, number: int) -> bool:
        """Unpack an archive that was kept because it is over the limit of bytes; return False if there is none."""
        return self._succeed(number, lambda shown: shown.over_limit and shown.path is not None, self._pool.push)

    def clear_finished(self) -> None:
        """Remove what is done, failed or cancelled from the list; part files that were kept stay."""
        with self._lock:
            self._jobs = {number: job for number, job in self._jobs.items() if not job.snapshot().finished}

    def transfers(self) -> tuple[Transfer, ...]:
        """Return all in the order they were given, those that wait in the order they will start."""
        with self._lock:
            jobs = tuple(self._jobs.values())
        waiting = self._pool.waiting()
        queued = set(waiting).intersection(jobs)
        in_order = iter([job for job in waiting if job in queued])
        return tuple((next(in_order) if job in queued else job).snapshot() for job in jobs)

    def has_verified(self, artifact: Artifact) -> bool | None:
        """Return whether the last order for all of an artifact ended with verified bytes here; None for not yet.

        Where another artifact was saved under the same path, neither can be relied on.
        """
        with self._lock:
            jobs = [job.snapshot() for job in self._jobs.values()]
        shown = next((job for job in reversed(jobs) if job.artifact.id == artifact.id and not job.inside), None)
        if shown is None:
            return False
        if not shown.finished:
            return None
        is_proven = shown.state is State.DONE and shown.verified is True
        is_replaced = any(job.path == shown.path for job in jobs if job.artifact.id != artifact.id)
        return is_proven and not is_replaced and shown.path is not None and shown.path.exists()

    def is_saving(self, artifact: Artifact, since: int) -> bool:
        """Return whether an order that was given after the transfer ``since`` still downloads some of an artifact."""
        return any(
            shown.id > since and shown.artifact.id == artifact.id and not shown.finished for shown in self.transfers()
        )

    def stop_queued(self, problem: str) -> None:
        """Cancel what waits, because it would only fail in the same way; ``problem`` says why."""
        for job in self._pool.take():
            job.cancel(keeps=True, problem=problem)

    def close(self, *, keep: bool) -> None:
        """Stop all; with ``keep`` what was downloaded so far, and what was queued, is for the next start."""
        with self._lock:
            self._closed = True
            jobs = tuple(self._jobs.values())
        self._delayed.close()
        self._pool.take()
        for job in jobs:
            stopped = job.cancel(keeps=keep, problem=_CLOSED)
            if not keep and (stopped or job.snapshot().state is State.FAILED):
                self._tidy(job)

    def join(self, timeout: float) -> bool:
        """Wait until all threads have ended, at most ``timeout`` seconds; return whether they have."""
        deadline = time.monotonic() + timeout
        ended = self._pool.join(timeout)
        return self._tidying.join(max(0.0, deadline - time.monotonic())) and ended

    def _queue(self, wanted: Iterable[tuple[Transfer, DownloadOrder, int]]) -> tuple[int, ...]:
        """All in one step, so that a failure of the first can stop the last."""
        jobs = []
        with self._lock:
            if self._closed:
                raise RuntimeError("the engine is closed")
            before = {job.record: job for job in self._jobs.values() if job.record}
            for transfer, order, record in wanted:
                job = self._job(replace(transfer, id=self._context.engine.new_id()), order, record, before.get(record))
                self._jobs[job.id] = job
                jobs.append(job)
        self._pool.add(jobs)
        self._notifier.moved()
        return tuple(job.id for job in jobs)

    def _job(self, shown: Transfer, order: DownloadOrder, record: int, after: DownloadJob | None = None) -> DownloadJob:
        return DownloadJob(shown, order, self._notifier, self._context.engine.clock, record=record, after=after)

    def _succeed(self, number: int, which: Callable[[Transfer], bool], queue: Callable[[DownloadJob], None]) -> bool:
        """Queue a new job in the place of one that has stopped; return False if ``which`` says no."""
        with self._lock:
            old = self._jobs.get(number)
            if old is None or self._closed or not which(old.snapshot()):
                return False
            job = self._jobs[number] = old.successor()
        self._notifier.moved()
        queue(job)
        return True

    def _tidy(self, job: DownloadJob) -> DownloadJob:
        """Remove what a job has left, after its thread has ended."""
        tidier = job.tidier()
        self._tidying.add([tidier])
        return tidier

    def _unpark(self, job: DownloadJob) -> None:
        if self._jobs.get(job.id) is job:
            self.resume(job.id)
