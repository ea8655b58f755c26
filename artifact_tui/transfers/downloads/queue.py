"""All downloads of the program: queued, stopped, and resumed in this program or the next."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress

from msgspec.structs import replace

from artifact_tui.domain.models import Artifact
from artifact_tui.transfers.downloads.context import DownloadContext
from artifact_tui.transfers.downloads.delayed_jobs import DelayedJobs
from artifact_tui.transfers.downloads.job import DownloadJob
from artifact_tui.transfers.downloads.journal_record import asked_for, begun, unfinished_of
from artifact_tui.transfers.downloads.runner import JobRunner
from artifact_tui.transfers.downloads.worker_pool import WorkerPool
from artifact_tui.transfers.errors import JournalError
from artifact_tui.transfers.models import DownloadOrder, State, Transfer, Unfinished
from artifact_tui.transfers.notifier import ChangeNotifier

_CLOSED = "The program was closed."


class DownloadQueue:
    """The downloads of the engine; only :meth:`join` waits. ``signed_out`` gets the reason to stop everything."""

    def __init__(
        self, context: DownloadContext, notifier: ChangeNotifier, *, concurrency: int, signed_out: Callable[[str], None]
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
        self._cleared: dict[int, DownloadJob] = {}  # kept ones without a row, by journal row: a thread may still end
        self._batch = 0
        self._closed = False

    def add(self, orders: Iterable[DownloadOrder]) -> tuple[int, ...]:
        """Queue downloads; return their IDs in the same order."""
        wanted = tuple(orders)
        try:
            records = [record.id for record in self._journal.add(self._context.engine.host, wanted)]
        except JournalError:  # each download reports it when it starts
            records = [0] * len(wanted)
        return self._queue(zip(map(asked_for, wanted), wanted, records, strict=True))

    def unfinished(self) -> tuple[Unfinished, ...]:
        """Return unfinished downloads of earlier programs, and kept ones of this program; raise JournalError."""
        kept = self._kept()
        left = map(unfinished_of, self._journal.unfinished(self._context.engine.host))
        return tuple(
            replace(one, received=kept[one.id].snapshot().received) if one.id in kept else one  # the thread may lag
            for one in left
        )

    def resume_unfinished(self) -> tuple[int, ...]:
        """Queue all that :meth:`unfinished` returns, kept ones under their IDs; raise JournalError."""
        kept = self._kept()
        left = [one.id for one in self.unfinished()]
        resumed = [job.id for number, job in kept.items() if number in left and self.retry(job.id)]
        taken = [self._journal.take(number) for number in left if number not in kept]
        records = [record for record in taken if record is not None]
        return (*resumed, *self._queue((begun(record), record.order, record.id) for record in records))

    def discard_unfinished(self, only: Collection[int] | None = None) -> frozenset[int]:
        """Remove what :meth:`unfinished` returns, with the part files; raise JournalError.

        ``only`` are the IDs of those to remove, None for all. Returns the IDs of those that no other program has taken;
        one whose part file cannot be removed stays in the journal.
        """
        taken, kept = set(), self._kept()
        for left in self.unfinished():
            if only is not None and left.id not in only:
                continue
            record = self._journal.take(left.id)
            if record is None:
                continue
            taken.add(record.id)
            if (job := kept.get(record.id)) is not None:
                self._jobs[job.id] = self._tidy(job)
            else:
                self._tidy(self._job(asked_for(record.order), record.order, record.id, self._cleared.get(record.id)))
        self._notifier.moved()
        return frozenset(taken)

    def cancel(self, number: int, *, keep: bool = False) -> bool:
        """Cancel a download and remove its part file, or keep its bytes for later; return False if it has ended."""
        job = self._jobs.get(number)
        keep = keep and job is not None and job.snapshot().received > 0
        if job is None or not job.cancel(keeps=keep, kept=keep):
            return False
        self._pool.drop(job)
        if keep:
            self._work.keep(job)
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
        """Move a queued download so many places back, or forward if negative; return whether it moved."""
        job = self._jobs.get(number)
        moved = job is not None and self._pool.move(job, steps)
        if moved:
            self._notifier.moved()
        return moved

    def retry(self, number: int) -> bool:
        """Queue a failed or cancelled download again under its ID; return False if there is nothing to retry."""
        return self._succeed(number, lambda shown: shown.state in (State.FAILED, State.CANCELLED), self._requeue)

    def unpack_anyway(self, number: int) -> bool:
        """Unpack an archive that was kept because of the limit of bytes; return False if there is none."""
        return self._succeed(number, lambda shown: shown.over_limit and shown.path is not None, self._pool.push)

    def clear_finished(self) -> None:
        """Remove finished, failed and cancelled downloads from the list; kept part files stay."""
        with self._lock:
            finished = [job for job in self._jobs.values() if job.snapshot().finished]
            self._cleared |= {job.record: job for job in finished if job.snapshot().kept}
            for job in finished:
                del self._jobs[job.id]

    def transfers(self) -> tuple[Transfer, ...]:
        """Return all in the order they were added, queued ones in the order they will start."""
        with self._lock:
            jobs = tuple(self._jobs.values())
        waiting = self._pool.waiting()
        queued = set(waiting).intersection(jobs)
        in_order = iter([job for job in waiting if job in queued])
        return tuple((next(in_order) if job in queued else job).snapshot() for job in jobs)

    def has_verified(self, artifact: Artifact) -> bool | None:
        """Return whether its last whole download is verified and not replaced on disk; None while it runs."""
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
        """Return whether an order given after the transfer ``since`` still downloads bytes of the artifact."""
        return any(
            shown.id > since and shown.artifact.id == artifact.id and not shown.finished for shown in self.transfers()
        )

    def stop_queued(self, problem: str) -> None:
        """Cancel all queued downloads, because they would fail too; ``problem`` says why."""
        for job in self._pool.take():
            job.cancel(keeps=True, problem=problem)

    def close(self, *, keep: bool) -> None:
        """Stop all; with ``keep`` the part files and the queue are for the next start."""
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
        """Wait at most ``timeout`` seconds for all threads; return whether they have ended."""
        deadline = time.monotonic() + timeout
        ended = self._pool.join(timeout)
        return self._tidying.join(max(0.0, deadline - time.monotonic())) and ended

    def _queue(self, wanted: Iterable[tuple[Transfer, DownloadOrder, int]]) -> tuple[int, ...]:
        jobs = []
        with self._lock:  # all at once, so a failure of the first can stop the last
            if self._closed:
                raise RuntimeError("the engine is closed")
            before = self._cleared | {job.record: job for job in self._jobs.values() if job.record}
            batch = self._current_batch()
            for transfer, order, record in wanted:
                shown = replace(transfer, id=self._context.engine.new_id(), batch=batch)
                old = before.get(record)
                if old is not None and old.snapshot().kept:  # this download has its bytes now
                    self._jobs.pop(old.id, None)
                job = self._job(shown, order, record, old)
                self._jobs[job.id] = job
                jobs.append(job)
        self._pool.add(jobs)
        self._notifier.moved()
        return tuple(job.id for job in jobs)

    def _job(self, shown: Transfer, order: DownloadOrder, record: int, after: DownloadJob | None = None) -> DownloadJob:
        return DownloadJob(shown, order, self._notifier, self._context.engine.clock, record=record, after=after)

    def _succeed(self, number: int, which: Callable[[Transfer], bool], queue: Callable[[DownloadJob], None]) -> bool:
        """Replace a stopped job by its successor; return False if ``which`` does."""
        with self._lock:
            old = self._jobs.get(number)
            if old is None or self._closed or not which(shown := old.snapshot()):
                return False
            job = self._jobs[number] = old.successor(self._current_batch() if shown.finished else shown.batch)
        self._notifier.moved()
        queue(job)
        return True

    def _requeue(self, job: DownloadJob) -> None:
        with suppress(JournalError):  # the download reports it when it starts
            self._journal.take(job.record)
        self._pool.add([job])

    def _kept(self) -> dict[int, DownloadJob]:
        """Return the jobs of kept downloads by the IDs of their journal rows."""
        with self._lock:
            jobs = tuple(self._jobs.values())
        return {job.record: job for job in jobs if job.snapshot().kept}

    def _current_batch(self) -> int:
        """Return the batch of what is queued now, a new one if no download is pending; ``_lock`` is held."""
        if not any(job.snapshot().pending for job in self._jobs.values()):
            self._batch += 1
        return self._batch

    def _tidy(self, job: DownloadJob) -> DownloadJob:
        tidier = job.tidier()
        self._tidying.add([tidier])
        return tidier

    def _unpark(self, job: DownloadJob) -> None:
        if self._jobs.get(job.id) is job:
            self.resume(job.id)
