"""A queue of jobs and the threads that work on it, one for each job under way."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress

from artifact_tui.transfers.downloads.job import DownloadJob

_NICENESS = 10


class WorkerPool:
    """Runs jobs in order, at most ``width`` at a time; threads are started when there is work and end with it.

    A stopped job gives up its place at once, even while its thread is still blocked in a call to the system: it
    wakes up later, finds itself stopped, and cleans up.
    """

    def __init__(self, name: str, width: int, work: Callable[[DownloadJob], None]) -> None:
        self._name = name
        self._width = width
        self._work = work
        self._lock = threading.Lock()
        self._queue: list[DownloadJob] = []
        self._running: set[DownloadJob] = set()
        self._threads: set[threading.Thread] = set()

    def add(self, jobs: Iterable[DownloadJob]) -> None:
        """Append to the queue."""
        with self._lock:
            self._queue.extend(jobs)
            self._start()

    def push(self, job: DownloadJob) -> None:
        """Put one in front of the queue: it was under way before."""
        with self._lock:
            self._queue.insert(0, job)
            self._start()

    def drop(self, job: DownloadJob) -> None:
        """Forget a job: it does not wait and does not count any more."""
        with self._lock:
            if job in self._queue:
                self._queue.remove(job)
            self._running.discard(job)
            self._start()

    def move(self, job: DownloadJob, steps: int) -> bool:
        """Let a waiting job start so many places later, or earlier when negative; whether that changed anything."""
        with self._lock:
            if job not in self._queue:
                return False
            before = self._queue.index(job)
            after = min(max(0, before + steps), len(self._queue) - 1)
            self._queue.insert(after, self._queue.pop(before))
            return before != after

    def waiting(self) -> tuple[DownloadJob, ...]:
        """Those that have not started, in their order."""
        with self._lock:
            return tuple(self._queue)

    def take(self, which: Callable[[DownloadJob], bool] = lambda job: True) -> list[DownloadJob]:
        """Remove jobs from the queue, and give them."""
        with self._lock:
            taken = [job for job in self._queue if which(job)]
            self._queue = [job for job in self._queue if not which(job)]
            return taken

    def join(self, timeout: float) -> bool:
        """Wait until all threads have ended, at most ``timeout`` seconds; whether they have."""
        deadline = time.monotonic() + timeout
        while True:
            with self._lock:
                thread = next(iter(self._threads - {threading.current_thread()}), None)
            if thread is None:
                return True
            thread.join(max(0.0, deadline - time.monotonic()))
            if thread.is_alive():
                return False

    def _start(self) -> None:
        while self._queue and len(self._running) < self._width:
            job = self._queue.pop(0)
            job.started = True
            self._running.add(job)
            thread = threading.Thread(target=self._run, args=(job,), name=f"transfers: {self._name}", daemon=True)
            self._threads.add(thread)
            thread.start()

    def _run(self, job: DownloadJob) -> None:
        _step_back()
        try:
            self._work(job)
        finally:
            job.thread_ended()
            with self._lock:
                self._threads.discard(threading.current_thread())
                self._running.discard(job)
                self._start()


def _step_back() -> None:
    """Let other threads of the program go first, above all the one that draws: keys stay quick on a busy machine.

    Also for the threads that this one starts. On Linux each has a priority of its own (setpriority(2)).
    """
    if sys.platform != "linux":
        return
    thread = threading.get_native_id()
    with suppress(OSError):  # then all are equal
        os.setpriority(os.PRIO_PROCESS, thread, max(os.getpriority(os.PRIO_PROCESS, thread), _NICENESS))
