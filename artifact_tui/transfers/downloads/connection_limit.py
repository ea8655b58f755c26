"""The limit of open connections for downloads."""

from __future__ import annotations

import threading

from artifact_tui.transfers.downloads.job import DownloadJob


class ConnectionLimiter:
    """The limit of connections; additional ones of a download make way for a download that has none."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._open = 0
        self._without = 0
        self._leaving = 0
        self._changed = threading.Condition()

    def take(self) -> bool:
        """Take an additional connection for a download; return False if there are enough."""
        with self._changed:
            if self._open >= self._most or self._without:
                return False
            self._open += 1
            return True

    def take_first(self, job: DownloadJob) -> None:
        """Wait for the first connection of a download; raise Stopped."""
        with self._changed:
            self._without += 1
            try:
                job.wait_on(self._changed, lambda: self._open < self._most)
                self._open += 1
            finally:
                self._without -= 1

    def must_leave(self) -> bool:
        """Return whether the calling connection, an additional one, has to end now."""
        if not self._without:
            return False
        with self._changed:
            if self._leaving >= self._without:
                return False
            self._leaving += 1
            return True

    def give(self, *, left: bool = False) -> None:
        """Give a connection back; ``left`` means that it had to end."""
        with self._changed:
            self._open -= 1
            self._leaving -= left
            self._changed.notify_all()
