"""One running download: its thread reports progress; other threads read, pause or cancel it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from msgspec.structs import replace

from artifact_tui.clock import Clock
from artifact_tui.domain.provider import CancelScope
from artifact_tui.transfers.downloads.connection_growth import PARALLEL_FROM
from artifact_tui.transfers.downloads.rate_meter import RateMeter
from artifact_tui.transfers.errors import Stopped
from artifact_tui.transfers.models import DownloadOrder, State, Transfer
from artifact_tui.transfers.notifier import ChangeNotifier

_EPOCH = datetime.fromtimestamp(0, UTC)
_TIMED = {State.DOWNLOADING, State.WAITING, State.PARKED}  # states whose snapshot changes with time
_CONNECTED = {State.CONNECTING, State.DOWNLOADING}


class DownloadJob:
    """The changing side of a :class:`Transfer`; safe from any thread. ``record`` is the ID of its journal row.

    Stopping takes effect at once, even while threads are blocked. From then on every report of its threads raises
    :class:`Stopped`. A resumed download is a new job, the successor of this one.
    """

    def __init__(
        self,
        transfer: Transfer,
        order: DownloadOrder,
        notifier: ChangeNotifier,
        clock: Clock,
        *,
        record: int = 0,
        archive: Path | None = None,
        after: DownloadJob | None = None,
    ) -> None:
        self.id: Final = transfer.id
        self.order: Final = order
        self.record = record
        self.archive: Final = archive  # an archive downloaded before, which is only unpacked
        self.started = False
        self.is_small: Final = order.size < PARALLEL_FROM  # fetched by one connection
        self.give_way: Callable[[], None] = lambda: None  # for its thread, once all bytes are received
        self.keeps = False  # whether the part file is for a successor, once stopped
        self._after = after
        self._ended = threading.Condition()
        self._has_ended = False  # whether its thread has cleaned up; guarded by ``_ended``
        self._shown = transfer
        self._notifier = notifier
        self._clock = clock
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._committed = False
        self._lines: set[CancelScope] = set()
        self._awaited: threading.Condition | None = None
        self._rate_meter = RateMeter()
        self._wait_ends = 0.0
        self._parked_until = _EPOCH

    def snapshot(self) -> Transfer:
        """Return a snapshot; the same object if nothing changed."""
        with self._lock:
            if self._shown.state not in _TIMED:
                return self._shown
            now = self._clock.monotonic()
            if self._shown.state is not State.DOWNLOADING:
                return replace(self._shown, seconds_left=max(0.0, self._wait_ends - now))
            received, total = self._shown.received, self._shown.total
            rate = self._rate_meter.rate(now, received)
            left = (total - received) / rate if total is not None and rate else None
            return replace(self._shown, rate=rate, seconds_left=left)

    @property
    def stopped(self) -> bool:
        """Whether it was cancelled or paused."""
        return self._stop.is_set()

    def successor(self, batch: int) -> DownloadJob:
        """Return a new job of this batch that resumes this one."""
        shown, order, archive = self.snapshot(), self.order, self.archive
        if shown.over_limit:
            order, archive = replace(order, any_size=True, unpack=True), shown.path
        fresh = Transfer(
            id=shown.id,
            kind=shown.kind,
            repository=shown.repository,
            artifact=shown.artifact,
            tries=shown.tries,
            interrupted=shown.interrupted,
            inside=shown.inside,
            resumed=shown.resumed,
            batch=batch,
        )
        if self.keeps or shown.state is not State.CANCELLED:
            fresh = replace(fresh, received=shown.received, total=shown.total, problem=shown.problem)
        return DownloadJob(fresh, order, self._notifier, self._clock, record=self.record, archive=archive, after=self)

    def tidier(self) -> DownloadJob:
        """Return a job that shows this one's final state and removes its files."""
        shown = replace(self.snapshot(), kept=False)
        tidier = DownloadJob(shown, self.order, self._notifier, self._clock, record=self.record, after=self)
        tidier.started = True
        return tidier

    def wait_for_predecessor(self) -> None:
        """Wait until the predecessor's thread has closed the part file; raise :class:`Stopped`."""
        before, self._after = self._after, None
        if before is not None and before.started:
            with before._ended:
                self.wait_on(before._ended, lambda: before._has_ended)

    def thread_ended(self) -> None:
        """Let the successor begin: the thread of this job has cleaned up."""
        with self._ended:
            self._has_ended = True
            self._ended.notify_all()

    def wait_on(self, condition: threading.Condition, is_met: Callable[[], bool]) -> None:
        """Wait for ``condition``, which the calling thread holds; raise :class:`Stopped`."""
        with self._lock:
            self._check()
            self._awaited = condition
        try:
            condition.wait_for(lambda: self.stopped or is_met())
        finally:
            with self._lock:
                self._awaited = None
        self.raise_if_stopped()

    def set_state(self, state: State, **changes: Any) -> None:
        """Change to another state; raise :class:`Stopped`."""
        with self._lock:
            self._check()
            self._shown = replace(self._shown, state=state, **changes)
            if state is State.DOWNLOADING:
                self._rate_meter.reset(self._clock.monotonic(), self._shown.received)
        self._notifier.moved()

    def update(self, **changes: Any) -> None:
        """Change anything but the state; raise :class:`Stopped`."""
        with self._lock:
            self._check()
            self._shown = replace(self._shown, **changes)
        self._notifier.progressed()

    def add_progress(self, received: int) -> None:
        """Note that at least ``received`` bytes are on the disk; connections may report late. Raises Stopped."""
        with self._lock:
            self._check()
            received = max(received, self._shown.received)
            self._shown = replace(self._shown, received=received)
            self._rate_meter.add(self._clock.monotonic(), received)
        self._notifier.progressed()

    def wait(self, seconds: float, problem: str = "") -> None:
        """Wait in the state WAITING; raise :class:`Stopped` if stopped meanwhile."""
        self._wait_ends = self._clock.monotonic() + seconds
        self.set_state(State.WAITING, problem=problem)
        self._clock.wait(self._stop, seconds)
        self.raise_if_stopped()

    def park(self, until: datetime, seconds: float, problem: str) -> None:
        """End the thread; a successor resumes at ``until``, in so many seconds. Raises :class:`Stopped`."""
        self._wait_ends = self._clock.monotonic() + seconds
        self._parked_until = until
        self.set_state(State.PARKED, problem=problem, rate=0.0)

    def parked_for(self, now: datetime) -> float:
        """Return the seconds until it resumes, by the clock or the elapsed time, whichever is less."""
        return min((self._parked_until - now).total_seconds(), self._wait_ends - self._clock.monotonic())

    @contextmanager
    def holding(self, line: CancelScope) -> Iterator[None]:
        """Let stopping close ``line`` while a thread waits for its bytes."""
        with self._lock:
            self._check()
            self._lines.add(line)
        try:
            yield
        finally:
            with self._lock:
                self._lines.discard(line)

    @contextmanager
    def committed(self) -> Iterator[None]:
        """Mark the step that cannot be undone: stopping is refused, unless the step fails."""
        with self._lock:
            self._check()
            self._committed = True
        try:
            yield
        except BaseException:
            with self._lock:
                self._committed = False
            raise

    def end(self, state: State, **changes: Any) -> None:
        """Set the final state; a stopped job keeps its state."""
        with self._lock:
            if self._shown.finished or self._stop.is_set():
                return
            self._shown = ended = replace(self._shown, state=state, rate=0.0, seconds_left=None, **changes)
        self._notifier.ended(ended)

    def cancel(self, *, keeps: bool = False, **changes: Any) -> bool:
        """Cancel it; return False if it has ended or is committed."""
        return self._halt(State.CANCELLED, keeps, changes)

    def pause(self) -> bool:
        """Pause it for a successor; return False as :meth:`cancel` does, or if it is paused."""
        return self._halt(State.PAUSED, True, {})

    def raise_if_stopped(self) -> None:
        """Raise :class:`Stopped` if it was stopped."""
        with self._lock:
            self._check()

    def _halt(self, state: State, keeps: bool, changes: dict[str, Any]) -> bool:
        with self._lock:
            if self._shown.finished or self._committed or self._shown.state is state:
                return False
            self._stop.set()
            self.keeps = keeps
            if self._shown.state in _CONNECTED and self._shown.attempts:
                changes["interrupted"] = self._shown.interrupted + 1
            self._shown = replace(self._shown, state=state, rate=0.0, seconds_left=None, **changes)
            lines, awaited = tuple(self._lines), self._awaited
        for line in lines:
            line.close()
        if awaited is not None:
            with awaited:
                awaited.notify_all()
        self._notifier.moved()
        return True

    def _check(self) -> None:
        if self._stop.is_set():
            raise Stopped
