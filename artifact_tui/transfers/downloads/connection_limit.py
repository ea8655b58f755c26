"""The limit of open connections for downloads, shared fairly."""

from __future__ import annotations

import threading

from artifact_tui.transfers.downloads.job import DownloadJob


class ConnectionLimiter:
    """The limit of connections of all downloads together; a free one goes to the download with the fewest.

    A download gives up additional connections, one by one, for another that has at least two fewer and wants more.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._open = 0
        self._wanted: dict[DownloadJob, int] = {}
        self._held: dict[DownloadJob, int] = {}  # without connections that have to end
        self._changed = threading.Condition()

    def take_first(self, job: DownloadJob) -> None:
        """Wait for the first connection of a download; raise Stopped."""
        with self._changed:
            self._wanted[job], self._held[job] = 1, 0
            try:
                job.wait_on(self._changed, lambda: self._open < self._most)
            except BaseException:
                self._drop(job)
                raise
            self._open += 1
            self._held[job] = 1

    def take(self, job: DownloadJob, wanted: int) -> bool:
        """Take one more of ``wanted`` connections for a download that has one; return False if none is free for it."""
        with self._changed:
            self._wanted[job] = wanted
            held = self._held[job]
            if self._open >= self._most or held >= wanted or self._is_any_below(held):
                return False
            self._open += 1
            self._held[job] += 1
            return True

    def settle(self, job: DownloadJob) -> None:
        """Note that a download has nothing to fetch with more connections than it has."""
        with self._changed:
            self._wanted[job] = self._held[job]

    def must_leave(self, job: DownloadJob) -> bool:
        """Return whether the calling connection, an additional one, has to end now."""
        if len(self._held) == 1:
            return False
        with self._changed:
            if sum(self._held.values()) < self._most or not self._is_any_below(self._held[job] - 1):
                return False
            self._held[job] -= 1
            return True

    def give(self, job: DownloadJob, *, left: bool = False) -> None:
        """Give a connection back; ``left`` means that it had to end."""
        with self._changed:
            self._open -= 1
            if not left:
                self._held[job] -= 1
                self._wanted[job] = min(self._wanted[job], self._held[job])  # until it asks for more
                if not self._held[job]:
                    self._drop(job)
            self._changed.notify_all()

    def _is_any_below(self, number: int) -> bool:
        """Return whether a download wants more connections than it has, and has fewer than ``number``."""
        return any(held < min(number, self._wanted[job]) for job, held in self._held.items())

    def _drop(self, job: DownloadJob) -> None:
        del self._wanted[job], self._held[job]
