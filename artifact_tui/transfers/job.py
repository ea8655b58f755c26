"""One transfer while it is under way: its thread tells, everybody else looks or cancels."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from msgspec.structs import replace

from artifact_tui.provider import Body
from artifact_tui.transfers.herald import Herald
from artifact_tui.transfers.meter import Meter
from artifact_tui.transfers.transfer import ConfirmedPlan, DownloadOrder, Kind, Outcome, State, Transfer


class Cancelled(Exception):
    """The transfer was cancelled; its thread cleans up and says no more."""


class Job:
    """The changing side of a :class:`Transfer`; safe from any thread.

    Cancelling takes effect here and at once, whatever the thread is blocked in. From then on each thing the thread
    tells raises :class:`Cancelled` there.
    """

    def __init__(
        self,
        transfer: Transfer,
        order: DownloadOrder | ConfirmedPlan,
        herald: Herald,
        monotonic: Callable[[], float],
    ) -> None:
        self.id = transfer.id
        self.order = order
        self._shown = transfer
        self._herald = herald
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._committed = False
        self._body: Body | None = None
        self._meter = Meter()
        self._wait_ends = 0.0
        self._if_cancelled: dict[str, Any] = {"outcome": Outcome.NOT_TRIED} if transfer.kind is Kind.DELETE else {}

    def look(self) -> Transfer:
        """A snapshot; the same object as long as nothing changes."""
        with self._lock:
            now = self._monotonic()
            if self._shown.state is State.WAITING:
                return replace(self._shown, seconds_left=max(0.0, self._wait_ends - now))
            if self._shown.state is not State.DOWNLOADING:
                return self._shown
            received, total = self._shown.received, self._shown.total
            rate = self._meter.rate(now, received)
            left = (total - received) / rate if total is not None and rate else None
            return replace(self._shown, rate=rate, seconds_left=left)

    @property
    def cancelled(self) -> bool:
        """Whether somebody cancelled it."""
        return self._stop.is_set()

    def enter(self, state: State, **changes: Any) -> None:
        """Go on to another state; raises :class:`Cancelled`."""
        with self._lock:
            self._check()
            self._shown = replace(self._shown, state=state, **changes)
            if state is State.DOWNLOADING:
                self._meter.reset(self._monotonic(), self._shown.received)
        self._herald.moved()

    def advance(self, received: int) -> None:
        """So many bytes are on the disk now; raises :class:`Cancelled`."""
        with self._lock:
            self._check()
            self._shown = replace(self._shown, received=received)
            self._meter.add(self._monotonic(), received)
        self._herald.progressed()

    def wait(self, seconds: float, problem: str = "") -> None:
        """Let time pass in the state "waiting", and end early only by raising :class:`Cancelled`."""
        self._wait_ends = self._monotonic() + seconds
        self.enter(State.WAITING, problem=problem)
        self._stop.wait(seconds)
        with self._lock:
            self._check()

    @contextmanager
    def holding(self, body: Body) -> Iterator[None]:
        """While the thread waits for bytes of ``body``, cancelling closes its socket."""
        with self._lock:
            self._check()
            self._body = body
        try:
            yield
        finally:
            with self._lock:
                self._body = None

    @contextmanager
    def committed(self) -> Iterator[None]:
        """The one step that cannot be taken back: from here on cancelling is refused, unless the step fails."""
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
        """The final state; what was cancelled stays cancelled."""
        with self._lock:
            if self._shown.finished:
                return
            self._shown = replace(self._shown, state=state, rate=0.0, seconds_left=None, **changes)
        self._herald.moved()

    def if_cancelled(self, **changes: Any) -> None:
        """What cancelling would mean from now on; it takes precedence over what the canceller says."""
        with self._lock:
            self._if_cancelled = changes

    def cancel(self, **changes: Any) -> bool:
        """End it now; False when it is finished or past the step that cannot be taken back."""
        with self._lock:
            if self._shown.finished or self._committed:
                return False
            self._stop.set()
            final = {**changes, **self._if_cancelled}
            self._shown = replace(self._shown, state=State.CANCELLED, rate=0.0, seconds_left=None, **final)
            body = self._body
        if body is not None:
            body.close()
        self._herald.moved()
        return True

    def _check(self) -> None:
        if self._stop.is_set():
            raise Cancelled
