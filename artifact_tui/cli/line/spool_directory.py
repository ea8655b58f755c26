"""The private directory in which ``get -o`` downloads, the same for a repeated command, which so resumes."""

from __future__ import annotations

import fcntl
import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import Self

from artifact_tui.cli.line.failures import LineError
from artifact_tui.transfers.errors import disk_trouble, make_directory

_LOCK = ".lock"


class SpoolDirectory:
    """A context in which this command alone uses the directory; leaving it removes the directory if it is empty.

    Raises LineError: ``busy`` while another command uses it, ``unsafe`` if it is a link or not private to this
    user, and ``disk``.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = path / _LOCK
        self._descriptor = -1

    def __enter__(self) -> Self:
        """Create or check the directory, and lock it."""
        try:
            self._make()
            self._hold()
        except OSError as error:
            self._close()
            trouble = disk_trouble(error, self.path.parent)
            raise LineError("disk", trouble.sentence, trouble.next_step) from None
        except LineError:
            self._close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """Remove the directory if nothing is kept in it, and unlock it."""
        with suppress(OSError):
            if os.listdir(self.path) == [_LOCK]:  # noqa: PTH208  # names suffice
                self._lock.unlink()
                self.path.rmdir()
        self._close()

    def clear(self) -> None:
        """Remove the files; failures are ignored."""
        with suppress(OSError):
            for path in self.path.iterdir():
                if path != self._lock:
                    path.unlink()

    def _close(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)

    def _make(self) -> None:
        make_directory(self.path.parent)
        try:
            self.path.mkdir(mode=0o700)
        except FileExistsError:
            self._check()

    def _check(self) -> None:
        """Raise LineError unless only this user can write into a real directory; others could plant files there."""
        found = self.path.lstat()
        is_private = found.st_uid == os.geteuid() and not found.st_mode & 0o077
        if not (stat.S_ISDIR(found.st_mode) and is_private):
            raise LineError("unsafe", f"{self.path} is not a private directory of this user.", "Remove it.")

    def _hold(self) -> None:
        busy = LineError("busy", f"Another artifact-tui uses {self.path}.", "Wait until it has ended, then retry.")
        try:
            self._descriptor = os.open(self._lock, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            is_removed = not os.fstat(self._descriptor).st_nlink
        except (BlockingIOError, FileNotFoundError):
            raise busy from None
        if is_removed:  # by a command that has just ended
            raise busy
