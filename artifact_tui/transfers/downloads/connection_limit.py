"""The limit of connections that are open for bytes at once."""

from __future__ import annotations

import threading

from artifact_tui.transfers.downloads.job import DownloadJob


class ConnectionLimiter:
    """How many connections may be open for bytes at once.

    Each download needs one; the ones beside it make way for a download that has none.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._open = 0
        self._without = 0
        self._leaving = 0
        self._changed = threading.Condition()

    def take(self) -> bool:
        """Count one beside a download's first; return False if there are enough."""
        with self._changed:
            if self._open >= self._most or self._without:
                return False
            self._open += 1
            return True

    def take_first(self, job: DownloadJob) -> None:
        """Wait for the one that a download needs; raises :class:`~artifact_tui.transfers.errors.Stopped`."""
        with self._changed:
            self._without += 1
            try:
                job.wait_on(self._changed, lambda: self._open < self._most)
                self._open += 1
            finally:
                self._without -= 1

    def must_leave(self) -> bool:
        """Return whether the asking connection, which is not the first of its download, is to end now."""
        if not self._without:
            return False
        with self._changed:
            if self._leaving >= self._without:
                return False
            self._leaving += 1
            return True

    def give(self, *, left: bool = False) -> None:
        """Count one less; ``left`` says that it was told to end."""
        with self._changed:
            self._open -= 1
            self._leaving -= left
            self._changed.notify_all()
