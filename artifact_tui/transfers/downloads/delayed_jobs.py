"""Jobs with long waits: they use no thread and no slot, and are requeued when they are due."""

from __future__ import annotations

import threading
from collections.abc import Callable

from artifact_tui.clock import Clock
from artifact_tui.transfers.downloads.job import DownloadJob

_LONGEST_NAP = 60.0  # seconds after which the clock is read again: a sleeping machine stops other waits


class DelayedJobs:
    """Calls ``due`` with each parked job when its wait is over, in one thread that lives while any job waits."""

    def __init__(self, due: Callable[[DownloadJob], None], clock: Clock) -> None:
        self._due = due
        self._clock = clock
        self._lock = threading.Lock()
        self._news = threading.Event()
        self._jobs: set[DownloadJob] = set()
        self._is_running = self._closed = False

    def park(self, job: DownloadJob) -> None:
        """Requeue a job when it is due."""
        with self._lock:
            if self._closed:
                return
            self._jobs.add(job)
            if not self._is_running:
                self._is_running = True
                threading.Thread(target=self._run, name="transfers: delay", daemon=True).start()
        self._news.set()

    def close(self) -> None:
        """Requeue nothing more."""
        with self._lock:
            self._closed = True
        self._news.set()

    def _run(self) -> None:
        while True:
            self._news.clear()
            now = self._clock.now()
            with self._lock:
                left = {job: job.parked_for(now) for job in self._jobs if not job.stopped}
                self._jobs = {job for job, seconds in left.items() if seconds > 0}
                self._is_running = bool(self._jobs) and not self._closed
                if self._closed:
                    return
                waits = [seconds for seconds in left.values() if seconds > 0]
            for job, seconds in left.items():
                if seconds <= 0:
                    self._due(job)
            if not waits:
                return
            self._clock.wait(self._news, min(*waits, _LONGEST_NAP))
