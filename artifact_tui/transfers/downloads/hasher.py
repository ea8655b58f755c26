"""The SHA-256 of a part file while it is written, and regular waits for the disk."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable

from artifact_tui.transfers.downloads.job import DownloadJob
from artifact_tui.transfers.downloads.part_file import PartFile

_STEP = 1024 * 1024
SYNC_EVERY = 128 * 1024 * 1024  # bytes between two waits for the disk; a power loss costs at most twice this


class StreamHasher:
    """A thread that hashes the contiguous bytes while they are in the page cache: connections write in any order.

    It also calls ``sync`` every 128 MiB. :meth:`finish` raises its OSError.
    """

    def __init__(self, part: PartFile, sync: Callable[[], None]) -> None:
        self._part = part
        self._sync = sync
        self._sha256 = hashlib.sha256()
        self._condition = threading.Condition()
        self._reached = self._hashed = 0
        self._synced_at = 0
        self._stopped = False
        self._error: OSError | None = None
        self._thread = threading.Thread(target=self._run, name="transfers: sha256", daemon=True)
        self._thread.start()

    def reach(self, contiguous: int) -> None:
        """Note that the first ``contiguous`` bytes are written."""
        if contiguous - self._reached >= _STEP:
            with self._condition:
                self._reached = contiguous
                self._condition.notify_all()

    def finish(self, total: int, job: DownloadJob) -> str:
        """Return the SHA-256 of all ``total`` bytes in lower-case hex; raise OSError, or Stopped for ``job``."""
        with self._condition:
            self._reached = total
            self._condition.notify_all()
            job.wait_on(self._condition, lambda: self._hashed >= total or self._error is not None)
        self.stop()
        if self._error is not None:
            raise self._error
        return self._sha256.hexdigest()

    def stop(self) -> None:
        """End the thread and wait until it no longer reads the part file."""
        with self._condition:
            self._stopped = True
            self._condition.notify_all()
        self._thread.join()

    def _run(self) -> None:
        while (reached := self._next()) is not None:
            try:
                self._follow(reached)
            except OSError as error:
                with self._condition:
                    self._error = error
                    self._condition.notify_all()
                return

    def _next(self) -> int | None:
        with self._condition:
            self._condition.wait_for(lambda: self._stopped or self._hashed < self._reached)
            return None if self._stopped else self._reached

    def _follow(self, reached: int) -> None:
        hashed = self._hashed
        while hashed < reached and not self._stopped:
            data = self._part.read(hashed, min(_STEP, reached - hashed))
            if not data:
                raise OSError(0, "another program truncated the part file")
            self._sha256.update(data)
            hashed += len(data)
        with self._condition:
            self._hashed = hashed
            self._condition.notify_all()
        if hashed - self._synced_at >= SYNC_EVERY and not self._stopped:
            self._synced_at = hashed
            self._sync()
