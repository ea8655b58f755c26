"""The one thread that sends deletes, one after the other."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from artifact_tui.domain.models import Artifact, RateLimit, RepositoryName
from artifact_tui.domain.provider import (
    BudgetSpent,
    DeletesBlocked,
    Forbidden,
    NotFound,
    ProviderError,
    RateLimited,
    Refused,
    SignedOut,
)
from artifact_tui.retry import PASSING
from artifact_tui.transfers.context import EngineContext
from artifact_tui.transfers.deletions.attempt import Attempt, NotFoundOnce
from artifact_tui.transfers.deletions.job import LOOK, UNKNOWN, DeleteJob
from artifact_tui.transfers.deletions.pacer import DeletePacer
from artifact_tui.transfers.deletions.plan_run import PlanRun
from artifact_tui.transfers.deletions.recorder import DeletionRecorder
from artifact_tui.transfers.errors import JournalError, Stopped, failure_of
from artifact_tui.transfers.models import State
from artifact_tui.transfers.notifier import ChangeNotifier

_STOPPING = (SignedOut, DeletesBlocked, RateLimited, BudgetSpent, JournalError)  # any other artifact meets them too
_STOPPING_REPOSITORY = (Forbidden, NotFound, Refused)  # any other artifact of the repository meets them too
_READ_ONLY = "read-only."
_MOST_FAILURES = 3  # failed artifacts of a repository in a row after which the rest of it stops


class DownloadFacts(Protocol):
    """What deletions need to know about downloads."""

    def has_verified(self, artifact: Artifact) -> bool | None:
        """Return whether the download of an artifact was verified by its digest; None while it runs."""

    def is_saving(self, artifact: Artifact, since: int) -> bool:
        """Return whether a download of it is active that was ordered after the transfer ``since``."""


@dataclass(eq=False)
class DeleteWorker:
    """Works on the first plan that is due, one artifact at a time, in a thread that lives while there is work.

    ``signed_out`` is called with the reason why nothing else can succeed either.
    """

    executions: Callable[[], tuple[PlanRun, ...]]
    context: EngineContext
    recorder: DeletionRecorder
    pace: DeletePacer
    notifier: ChangeNotifier
    downloads: DownloadFacts
    signed_out: Callable[[str], None]
    _failures: Counter[RepositoryName] = field(default_factory=Counter, init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)
    _thread: threading.Thread | None = field(default=None, init=False)

    def wake(self) -> None:
        """Start the thread, or make it check all plans again."""
        self.notifier.news.set()
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="transfers: delete", daemon=True)
                self._thread.start()

    def join(self, timeout: float) -> bool:
        """Wait at most ``timeout`` seconds for the thread; return whether it has ended."""
        with self._lock:  # a thread is set before it is started
            thread = self._thread
        if thread is None or thread is threading.current_thread():
            return True
        thread.join(timeout)
        return not thread.is_alive()

    def _run(self) -> None:
        try:
            self._work()
        except Exception as error:  # a bug: stop all plans
            self._crash(error)

    def _crash(self, error: Exception) -> None:
        with self._lock:
            self._thread = None
        for execution in self.executions():
            execution.stop(failure_of(error, None).problem, unwanted=False)
            try:
                self._keep(execution)
            except Exception:  # the same bug again; the plan must still end on the screen
                execution.is_broken = True
        self.notifier.moved()
        self.context.crashed(error)

    def _work(self) -> None:
        while (execution := self._next()) is not None:
            if (delete := execution.next()) is not None:
                self.notifier.moved()
                self._try(execution, delete)
                self._keep(execution)
                self.notifier.moved()

    def _next(self) -> PlanRun | None:
        """Wait for the first plan that may send something; return None if none ever will."""
        while (dues := self._dues()) is not None:
            self.pace.learn()
            now = self.context.clock.monotonic()
            allowed = now + self.pace.left()
            ready = [execution for due, execution in dues if max(due, allowed) <= now]
            if ready:
                return ready[0]
            self.context.clock.wait(self.notifier.news, min((max(due, allowed) - now for due, _ in dues), default=None))
        return None

    def _dues(self) -> list[tuple[float, PlanRun]] | None:
        """Return the plans that may send something, with the times from when on; None to end the thread."""
        while True:
            self.notifier.news.clear()
            executions = self.executions()
            for execution in executions:
                self._prepare(execution)
            with self._lock:
                dues = [(due, execution) for execution in executions if (due := execution.due()) is not None]
                if dues or any(execution.awaits_downloads for execution in executions):
                    return dues
                if not self.notifier.news.is_set():
                    self._thread = None
                    return None

    def _prepare(self, execution: PlanRun) -> None:
        if execution.awaits_downloads and execution.prove(self.downloads.has_verified):
            self.notifier.moved()
        was_settled = execution.is_settled
        self._keep(execution)
        if execution.is_settled and not was_settled:
            self.notifier.moved()

    def _keep(self, execution: PlanRun) -> None:
        """Write changes to the journal and the log; stop the plan if that fails."""
        if execution.is_broken:
            return
        try:
            self.recorder.keep(execution)
        except JournalError as trouble:
            self._break(execution, trouble)

    def _try(self, execution: PlanRun, delete: DeleteJob) -> None:
        delete.tries = delete.tries or self.context.new_tries()
        begun = self.context.clock.monotonic()
        try:
            limit = self._attempt(execution, delete)
        except Stopped:
            execution.release(delete)
        except PASSING as error:
            self._wait_after(error, execution, delete)
        except JournalError as trouble:
            self._break(execution, trouble)
        except Exception as error:  # the kind of error decides about the rest of the plan
            self._fail(execution, delete, error)
        else:
            del self._failures[delete.shown.repository]
            self.pace.settled()
            execution.took(self.context.clock.monotonic() - begun, limit)

    def _attempt(self, execution: PlanRun, delete: DeleteJob) -> RateLimit | None:
        """Delete one artifact, and return the rate limit after it."""
        storage = self.context.storage
        Attempt(
            delete,
            storage,
            self.pace,
            lambda each: self.recorder.start(execution, each),
            lambda each: self.downloads.is_saving(each.shown.artifact, each.shown.id),
        ).run()
        return storage.rate_limit

    def _wait_after(self, error: ProviderError, execution: PlanRun, delete: DeleteJob) -> None:
        assert delete.tries is not None
        try:
            if isinstance(error, RateLimited):
                self.pace.limited(error)
            else:
                least = delete.tries.policy.second_look if isinstance(error, NotFoundOnce) else 0.0
                self.pace.hold(max(least, delete.tries.wait_after(error)))
            delete.enter(State.WAITING, error.sentence)
        except PASSING:
            self._fail(execution, delete, error)
        except Stopped:
            execution.release(delete)
        self.notifier.moved()

    def _fail(self, execution: PlanRun, delete: DeleteJob, error: Exception) -> None:
        failure, repository = failure_of(error, None), delete.shown.repository
        self._failures[repository] += 1
        is_general = isinstance(error, _STOPPING) or failure.is_bug
        is_local = isinstance(error, _STOPPING_REPOSITORY) or self._failures[repository] >= _MOST_FAILURES
        problem, next_step = failure.problem, failure.next_step
        if delete.in_doubt:
            problem, next_step = f"{UNKNOWN} {problem}", LOOK
        stops = failure.problem if is_general or is_local else ""
        if isinstance(error, Forbidden) and error.is_archived and len(execution.repositories) > 1:
            stops = _READ_ONLY
        execution.fail(delete, problem, next_step, stops=stops, is_local=not is_general, error=failure.error)
        if stops:
            del self._failures[repository]
        if isinstance(error, SignedOut):
            self.signed_out(failure.problem)
        if failure.is_bug:
            self.context.crashed(error)

    def _break(self, execution: PlanRun, trouble: JournalError) -> None:
        execution.give_up(str(trouble))
        self.notifier.moved()
