"""The limiter of all requests to one server: lists, downloads and deletes."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import datetime, timedelta
from typing import Final

from artifact_tui.domain.provider import BudgetSpent
from artifact_tui.github.rate_limit import limited
from artifact_tui.github.server_info import ServerInfo
from artifact_tui.retry import API_READ

IN_FLIGHT: Final = 16
"""Concurrent requests; GitHub allows 100 (documentation, "Rate limits for the REST API", secondary limits)."""
SCANS_IN_FLIGHT: Final = 8
"""Concurrent requests of scans on an Enterprise Server, which has no rate limits by default."""
MOST_POINTS: Final = 800
"""Points in any :data:`WINDOW` for lists; GitHub allows 900 (same source)."""
MOST_OF_SCANS: Final = 700
"""Points after which scans wait, so that the user can still open lists."""
MOST_OF_THREADS: Final = 880
"""Points after which downloads and deletes wait too."""
WINDOW: Final = 60.0
"""Seconds."""
WRITE_POINTS: Final = 5
"""The points of a request other than GET; a GET costs 1 (same source)."""


class RequestLimiter:
    """Limits concurrent requests, and points in any 60 s if the server limits them.

    Hosts that GitHub runs limit points; other servers do if they send rate-limit headers. Requests of the event loop
    wait for a turn, scans after all others. Requests of threads count too but never wait for a turn, because there are
    few, and a long list must not delay a download or a delete. ``monotonic`` returns seconds. ``budget`` is the number
    of requests to send at most; the next one raises :class:`BudgetSpent`.
    """

    def __init__(
        self,
        record: ServerInfo,
        monotonic: Callable[[], float] = time.monotonic,
        *,
        is_metered: bool = True,
        budget: int | None = None,
    ) -> None:
        self._record = record
        self._is_metered = is_metered  # not in the demo, whose clock stands still
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._sent: deque[tuple[float, int]] = deque()
        self._points = self._in_flight = self._scans = self._counted = 0
        self._budget = budget
        self._waiting: tuple[deque[asyncio.Future[None]], deque[asyncio.Future[None]]] = (deque(), deque())

    @property
    def sent(self) -> int:
        """The number of requests so far."""
        return self._counted

    @asynccontextmanager
    async def turn(
        self, method: str, clock: Callable[[], datetime], sleep: Callable[[float], Awaitable[object]], *, is_scan: bool
    ) -> AsyncGenerator[None, None]:
        """Wait for a turn in the event loop.

        Raises :class:`RateLimited` if points take more than 5 s, but a scan waits for them, without a turn.
        """
        await self._enter(is_scan)
        while (seconds := self._spend(method, MOST_OF_SCANS if is_scan else MOST_POINTS)) > 0:
            self._leave(is_scan)
            await sleep(seconds if is_scan else _short(seconds, clock))
            await self._enter(is_scan)
        try:
            self._count()
            yield
        finally:
            self._leave(is_scan)

    @contextmanager
    def turn_of_thread(
        self, method: str, clock: Callable[[], datetime], sleep: Callable[[float], object]
    ) -> Generator[None, None, None]:
        """Count a thread's request; wait for points, or raise :class:`RateLimited`, as :meth:`turn` does."""
        while (seconds := self._spend(method, MOST_OF_THREADS)) > 0:
            sleep(_short(seconds, clock))
        self._count()
        with self._lock:
            self._in_flight += 1
        try:
            yield
        finally:
            self._leave(is_scan=False)

    def _count(self) -> None:
        with self._lock:
            if self._budget is not None and self._counted >= self._budget:
                raise BudgetSpent(f"The limit of --max-requests ({self._budget:,}) is reached.", "Allow more requests.")
            self._counted += 1

    def _spend(self, method: str, most: int) -> float:
        """Spend the points of a request and return 0, or return the seconds until they are free."""
        is_limited = self._record.host.kind.is_cloud or self._record.connection.rate_limit
        if not (self._is_metered and is_limited):
            return 0.0
        cost = 1 if method == "GET" else WRITE_POINTS
        with self._lock:
            now = self._monotonic()
            while self._sent and self._sent[0][0] <= now - WINDOW:
                self._points -= self._sent.popleft()[1]
            if self._points + cost > most:
                return self._sent[0][0] + WINDOW - now
            self._sent.append((now, cost))
            self._points += cost
        return 0.0

    async def _enter(self, is_scan: bool) -> None:
        with self._lock:
            if self._is_free(is_scan):
                self._take(is_scan)
                return
            turn = asyncio.get_running_loop().create_future()
            self._waiting[is_scan].append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            with self._lock:
                is_waiting = turn in self._waiting[is_scan]
                if is_waiting:
                    self._waiting[is_scan].remove(turn)
            if not is_waiting:
                self._leave(is_scan)
            raise

    def _leave(self, is_scan: bool) -> None:
        with self._lock:
            self._in_flight -= 1
            self._scans -= is_scan
            for kind in (False, True):
                while self._waiting[kind] and self._is_free(kind):
                    self._take(kind)
                    turn = self._waiting[kind].popleft()
                    with suppress(RuntimeError):  # its loop has ended
                        turn.get_loop().call_soon_threadsafe(_grant, turn)

    def _is_free(self, is_scan: bool) -> bool:
        few = is_scan and not self._record.host.kind.is_cloud and self._scans >= SCANS_IN_FLIGHT
        return self._in_flight < IN_FLIGHT and not few

    def _take(self, is_scan: bool) -> None:
        self._in_flight += 1
        self._scans += is_scan


def _grant(turn: asyncio.Future[None]) -> None:
    if not turn.done():
        turn.set_result(None)


def _short(seconds: float, clock: Callable[[], datetime]) -> float:
    """Return a short wait; raise the error for a long one, because the user should see the time."""
    if seconds <= API_READ.longest_wait:
        return seconds
    sentence = f"artifact-tui spends at most {MOST_POINTS} points per minute."
    raise limited(sentence, "Try again in a minute.", timedelta(seconds=seconds), clock())
