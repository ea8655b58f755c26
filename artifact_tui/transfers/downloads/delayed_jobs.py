"""Jobs that wait for longer than minutes: they keep no thread and no place, and come back by themselves."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime

from artifact_tui.transfers.downloads.job import DownloadJob

_LONGEST_NAP = 60.0
"""Seconds: the time is looked at this often, for a machine may sleep meanwhile and its timers with it."""


class DelayedJobs:
    """Calls ``due`` with each parked job when its time has come, in a thread of its own."""

    def __init__(self, due: Callable[[DownloadJob], None], now: Callable[[], datetime]) -> None:
        self._due = due
        self._now = now
        self._lock = threading.Lock()
        self._timers: set[threading.Timer] = set()
        self._closed = False

    def park(self, job: DownloadJob) -> None:
        """Look at it again when it may be due."""
        timer = threading.Timer(min(max(0.0, job.parked_for(self._now())), _LONGEST_NAP), self._look, (job,))
        timer.daemon = True
        with self._lock:
            if self._closed:
                return
            self._timers = {other for other in self._timers if other.is_alive()}
            self._timers.add(timer)
            timer.start()

    def close(self) -> None:
        """Nothing comes back any more."""
        with self._lock:
            self._closed = True
            timers, self._timers = self._timers, set()
        for timer in timers:
            timer.cancel()

    def _look(self, job: DownloadJob) -> None:
        if job.stopped:
            return
        if job.parked_for(self._now()) > 0:
            self.park(job)
        else:
            self._due(job)
