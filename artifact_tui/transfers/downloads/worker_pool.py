"""A queue of jobs, and one thread for each running job."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial

from artifact_tui.transfers.downloads.job import DownloadJob

_NICENESS = 10
_SMALL_IN_SLOT = 3


class WorkerPool:
    """Runs jobs in order, at most ``width`` at a time; threads start when there is work and end with it.

    Three small jobs share a slot, unless there is only one slot: they spend most of their time waiting for responses.
    A stopped job gives up its slot at once, even while its thread is blocked in a system call. A job that has received
    everything moves to one of as many slots for unpacking, if one is free (``DownloadJob.give_way``).
    """

    def __init__(self, name: str, width: int, work: Callable[[DownloadJob], None]) -> None:
        self._name = name
        self._width = width
        self._work = work
        self._lock = threading.Lock()
        self._queue: list[DownloadJob] = []
        self._running: set[DownloadJob] = set()
        self._finishing: set[DownloadJob] = set()
        self._threads: set[threading.Thread] = set()

    def add(self, jobs: Iterable[DownloadJob]) -> None:
        """Append jobs to the queue."""
        with self._lock:
            self._queue.extend(jobs)
            self._start()

    def push(self, job: DownloadJob) -> None:
        """Put a job in front of the queue."""
        with self._lock:
            self._queue.insert(0, job)
            self._start()

    def drop(self, job: DownloadJob) -> None:
        """Remove a job from the queue and from the running ones."""
        with self._lock:
            if job in self._queue:
                self._queue.remove(job)
            self._running.discard(job)
            self._start()

    def move(self, job: DownloadJob, steps: int) -> bool:
        """Move a waiting job so many places back, or forward if negative; return whether it moved."""
        with self._lock:
            if job not in self._queue:
                return False
            before = self._queue.index(job)
            after = min(max(0, before + steps), len(self._queue) - 1)
            self._queue.insert(after, self._queue.pop(before))
            return before != after

    def waiting(self) -> tuple[DownloadJob, ...]:
        """Return the jobs that have not started, in order."""
        with self._lock:
            return tuple(self._queue)

    def take(self) -> list[DownloadJob]:
        """Remove all jobs from the queue and return them."""
        with self._lock:
            taken, self._queue = self._queue, []
            return taken

    def join(self, timeout: float) -> bool:
        """Wait at most ``timeout`` seconds for all threads; return whether they have ended."""
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
        while self._queue and self._has_slot(self._running, self._queue[0]):
            job = self._queue.pop(0)
            job.started = True
            job.give_way = partial(self._release, job)
            self._running.add(job)
            thread = threading.Thread(target=self._run, args=(job,), name=f"transfers: {self._name}", daemon=True)
            self._threads.add(thread)
            thread.start()

    def _has_slot(self, taken: set[DownloadJob], job: DownloadJob) -> bool:
        used = sum(1 if each.is_small and self._width > 1 else _SMALL_IN_SLOT for each in (*taken, job))
        return used <= _SMALL_IN_SLOT * self._width

    def _release(self, job: DownloadJob) -> None:
        with self._lock:
            if job in self._running and self._has_slot(self._finishing, job):
                self._running.remove(job)
                self._finishing.add(job)
                self._start()

    def _run(self, job: DownloadJob) -> None:
        _step_back()
        try:
            self._work(job)
        finally:
            job.thread_ended()
            with self._lock:
                self._threads.discard(threading.current_thread())
                self._running.discard(job)
                self._finishing.discard(job)
                self._start()


def _step_back() -> None:
    """Lower the priority of this thread and its children (setpriority(2)), so that the UI stays quick."""
    if sys.platform != "linux":
        return
    thread = threading.get_native_id()
    with suppress(OSError):  # then all threads have the same priority
        os.setpriority(os.PRIO_PROCESS, thread, max(os.getpriority(os.PRIO_PROCESS, thread), _NICENESS))
