"""All deletions of the program: started, paused, stopped, and resumed in the next program."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Set
from typing import Final

from artifact_tui.transfers.context import EngineContext
from artifact_tui.transfers.deletions.audit_log import AuditLog
from artifact_tui.transfers.deletions.journal import DeletionJournal
from artifact_tui.transfers.deletions.models import ConfirmedPlan, Deletion, ReadOnly, UnfinishedDeletion
from artifact_tui.transfers.deletions.pacer import DeletePacer
from artifact_tui.transfers.deletions.plan_run import PlanRun
from artifact_tui.transfers.deletions.recorder import DeletionRecorder
from artifact_tui.transfers.deletions.worker import DeleteWorker, DownloadFacts
from artifact_tui.transfers.models import Transfer
from artifact_tui.transfers.notifier import ChangeNotifier

_CLOSED = "The program was closed."


class DeletionQueue:
    """The deletions of the engine; only :meth:`join` waits. ``signed_out`` gets the reason to stop everything.

    ``grace`` is the time in seconds between a confirmation and its first request.
    """

    def __init__(
        self,
        context: EngineContext,
        journal: DeletionJournal,
        log: AuditLog,
        pace: DeletePacer,
        notifier: ChangeNotifier,
        *,
        grace: float,
        read_only: bool,
        downloads: DownloadFacts,
        signed_out: Callable[[str], None],
    ) -> None:
        self.read_only: Final = read_only
        self.log_path: Final = log.path
        self._context = context
        self._journal = journal
        self._pace = pace
        self._notifier = notifier
        self._grace = grace
        self._downloads = downloads
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._all: tuple[PlanRun, ...] = ()
        self._closed = False
        self._thread = DeleteWorker(
            lambda: self._all,
            context,
            DeletionRecorder(context.host, journal, log),
            pace,
            notifier,
            downloads=downloads,
            signed_out=signed_out,
        )

    def add(
        self,
        confirmed: ConfirmedPlan,
        *,
        grace: float | None = None,
        downloads_first: bool = False,
        proven: Set[int] = frozenset(),
        earlier: UnfinishedDeletion | None = None,
    ) -> tuple[int, ...]:
        """Start the deletion of a confirmed plan; return the IDs of its transfers in its order. Raises ReadOnly."""
        self.refuse_if_read_only()
        with self._lock:
            self._raise_if_closed()
            execution = PlanRun(
                next(self._numbers),
                confirmed,
                [self._context.new_id() for _ in confirmed.plan.items],
                grace=self._grace if grace is None else grace,
                pace=self._pace,
                downloads_first=downloads_first,
                proven=proven,
                earlier=earlier,
            )
            self._all += (execution,)
        self._told()
        return execution.look().ids

    def _raise_if_closed(self) -> None:
        if self._closed:
            raise RuntimeError("the engine is closed")

    def limit_waits(self, seconds: float) -> None:
        """Wait for rate limits at most so long in all; a longer one ends the deletion. Without a call, no limit."""
        self._pace.limit_waits(seconds)

    def refuse_if_read_only(self) -> None:
        """Raise :class:`~artifact_tui.transfers.deletions.models.ReadOnly` in read-only mode."""
        if self.read_only:
            raise ReadOnly("Read-only mode: nothing is deleted.")

    def unfinished(self) -> tuple[UnfinishedDeletion, ...]:
        """Return unfinished deletions of earlier programs; raise JournalError."""
        return self._journal.unfinished(self._context.host)

    def resume_unfinished(self, number: int, *, grace: float | None = None) -> tuple[int, ...]:
        """Resume a deletion of an earlier program; return no IDs if another one did. Raises JournalError, ReadOnly."""
        self.refuse_if_read_only()
        left = self._journal.take(number)
        if left is None:
            return ()
        confirmed = left.plan.confirm(left.planned)
        return self.add(confirmed, grace=grace, downloads_first=left.downloads_first, earlier=left)

    def discard_unfinished(self, number: int) -> bool:
        """Discard a deletion of an earlier program; return False if another one took it. Raises JournalError."""
        if self._journal.take(number) is None:
            return False
        self._journal.remove(number)
        return True

    def snapshots(self) -> tuple[Deletion, ...]:
        """Return a snapshot of all deletions, oldest first."""
        return tuple(execution.look() for execution in self._all)

    def transfers(self) -> tuple[Transfer, ...]:
        """Return a snapshot of the artifacts of all deletions."""
        return tuple(transfer for execution in self._all for transfer in execution.transfers())

    def stop(self, number: int) -> bool:
        """Stop a deletion for good; return False if there is nothing to stop."""
        return self._change(PlanRun.stop, lambda run: run.number == number)

    def pause(self, number: int) -> bool:
        """Send nothing until :meth:`resume`; return False if there is nothing to pause."""
        return self._change(PlanRun.pause, lambda run: run.number == number)

    def resume(self, number: int) -> bool:
        """Resume after :meth:`pause`; return False if it is not paused."""
        return self._change(PlanRun.resume, lambda run: run.number == number)

    def withdraw(self, identity: int) -> bool:
        """Cancel one artifact; return False if there is none, it has ended, or its delete was sent."""
        return self._change(lambda run: run.withdraw(identity), lambda run: identity in run)

    def retry(self, identity: int) -> bool:
        """Retry one artifact that failed or was not tried; return False if there is none."""
        return not self._closed and self._change(lambda run: run.retry(identity), lambda run: identity in run)

    def stop_all(self, problem: str) -> None:
        """Stop all because nothing could succeed; the next program may resume."""
        for execution in self._all:
            execution.stop(problem, unwanted=False, said=f"Not tried: {problem}")
        self._told()

    def clear_finished(self) -> None:
        """Remove what has ended from the list; the journal still gets the outcomes it lacks."""
        with self._lock:
            for execution in self._all:
                execution.clear()
            self._all = tuple(execution for execution in self._all if not execution.is_settled)

    def close(self, *, keep: bool) -> None:
        """Stop all; with ``keep`` the next program may resume."""
        with self._lock:
            self._closed = True
        for execution in self._all:
            execution.keep_proofs(self._downloads.has_verified)
            execution.stop(_CLOSED, unwanted=not keep, said=_CLOSED)
        if self._all:
            self._thread.wake()

    def join(self, timeout: float) -> bool:
        """Wait at most ``timeout`` seconds until all is written; return whether it is."""
        return self._thread.join(timeout)

    def _change(self, change: Callable[[PlanRun], bool], which: Callable[[PlanRun], bool]) -> bool:
        changed = any(change(execution) for execution in self._all if which(execution))
        if changed:
            self._told()
        return changed

    def _told(self) -> None:
        self._thread.wake()
        self._notifier.moved()
