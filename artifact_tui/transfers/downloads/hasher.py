"""The SHA-256 of a part file while it is written, and regular waits for the disk."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable

from artifact_tui.transfers.downloads.job import DownloadJob
from artifact_tui.transfers.downloads.part_file import PartFile

_STEP = 1024 * 1024
SYNC_EVERY = 128 * 1024 * 1024  # bytes between two waits for the disk; a power loss costs at most twice this


class Hasher:
    """Hashes the contiguous bytes in the calling thread, while they are in the page cache; for small files.

    It also calls ``sync`` every 128 MiB. Both methods raise OSError.
    """

    def __init__(self, part: PartFile, sync: Callable[[], None]) -> None:
        self._part = part
        self._sync = sync
        self._sha256 = hashlib.sha256()
        self._hashed = self._synced_at = 0
        self._stopped = False

    def reach(self, contiguous: int) -> None:
        """Note that the first ``contiguous`` bytes are written."""
        self._follow(contiguous, lambda: None)
        self._sync_if_due()

    def finish(self, total: int, job: DownloadJob) -> str:
        """Return the SHA-256 of all ``total`` bytes in lower-case hex; raise Stopped for ``job`` as well."""
        self._follow(total, job.raise_if_stopped)
        return self._sha256.hexdigest()

    def stop(self) -> None:
        """Stop reading the part file."""
        self._stopped = True

    def _follow(self, reached: int, check: Callable[[], None]) -> None:
        hashed = self._hashed
        while hashed < reached and not self._stopped:
            check()
            data = self._part.read(hashed, min(_STEP, reached - hashed))
            if not data:
                raise OSError(0, "another program truncated the part file")
            self._sha256.update(data)
            hashed += len(data)
        self._hashed = hashed

    def _sync_if_due(self) -> None:
        if self._hashed - self._synced_at >= SYNC_EVERY and not self._stopped:
            self._synced_at = self._hashed
            self._sync()


class StreamHasher(Hasher):
    """Hashes in a separate thread, because several connections write a large file in any order."""

    def __init__(self, part: PartFile, sync: Callable[[], None]) -> None:
        super().__init__(part, sync)
        self._condition = threading.Condition()
        self._reached = self._ready = 0
        self._error: OSError | None = None
        self._thread = threading.Thread(target=self._run, name="transfers: sha256", daemon=True)
        self._thread.start()

    def reach(self, contiguous: int) -> None:
        """Let the thread hash the first ``contiguous`` bytes; the error of the thread is raised at the end."""
        if contiguous - self._reached >= _STEP:
            with self._condition:
                self._reached = contiguous
                self._condition.notify_all()

    def finish(self, total: int, job: DownloadJob) -> str:
        """Wait for the thread."""
        with self._condition:
            self._reached = total
            self._condition.notify_all()
            job.wait_on(self._condition, lambda: self._ready >= total or self._error is not None)
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
        try:
            while (reached := self._next()) is not None:
                self._follow(reached, lambda: None)
                with self._condition:
                    self._ready = self._hashed
                    self._condition.notify_all()
                self._sync_if_due()
        except OSError as error:
            with self._condition:
                self._error = error
                self._condition.notify_all()

    def _next(self) -> int | None:
        with self._condition:
            self._condition.wait_for(lambda: self._stopped or self._ready < self._reached)
            return None if self._stopped else self._reached
