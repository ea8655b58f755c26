"""The time of the next DELETE to a host, shared by all programs of a user on this machine."""

from __future__ import annotations

import fcntl
import math
import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

from artifact_tui.regular_file import open_regular

_LONGEST, _BY_SERVER = 80, "limit"


class SharedPace:
    """A lock file that holds the time of the next request; one thread of each program uses it.

    The lock is held while a DELETE is sent, so a killed program frees it. The time is in seconds of a monotonic clock,
    which all programs of a machine share, together with the length of the wait. More than that wait is never left, so
    a time from before a restart of the machine is ignored. A wait that the server asked for is marked; of others,
    a program spends at most its own ``interval``. If the file cannot be used, each program keeps its own pace.
    """

    def __init__(self, path: Path, interval: float, monotonic: Callable[[], float]) -> None:
        self._path: Final = path
        self._interval: Final = interval
        self._monotonic: Final = monotonic
        self._file: int | None = None

    def left(self) -> float:
        """Return the seconds until the next request; reads the file without its lock."""
        try:
            file = open_regular(self._path)
        except OSError:
            return 0.0
        try:
            return self._left(file)
        finally:
            os.close(file)

    def take(self) -> bool:
        """Take the turn unless another program has it or the time has not come; return whether it is taken.

        :meth:`give_back` must follow. If this program is killed before, the next request still comes later.
        """
        try:
            self._file = open_regular(self._path, os.O_RDWR | os.O_CREAT)
        except OSError:
            return True
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._close()
            return False
        except OSError:  # a file system without locks
            self._close()
            return True
        if self._left(self._file) > 0:
            self._close()
            return False
        self._write(self._interval)
        return True

    def give_back(self) -> None:
        """Give the turn back after the request."""
        if self._file is not None:
            self._write(self._interval)
            self._close()

    def hold(self, seconds: float) -> None:
        """Let no program send anything for ``seconds``, because the server asks for that."""
        if self.left() < seconds and self.take():
            if self._file is not None:
                self._write(seconds, _BY_SERVER)
            self._close()

    def _left(self, file: int) -> float:
        try:
            due, wait, *mark = os.pread(file, _LONGEST, 0).decode().split()
            left, longest = float(due) - self._monotonic(), float(wait)
        except (OSError, ValueError):
            return 0.0
        most = longest if mark == [_BY_SERVER] else min(longest, self._interval)
        return min(left, most) if math.isfinite(longest) and 0 < left <= longest else 0.0

    def _write(self, seconds: float, mark: str = "") -> None:
        assert self._file is not None
        text = f"{self._monotonic() + seconds:.6f} {seconds:.6f} {mark}\n".encode()
        try:
            os.ftruncate(self._file, 0)
            os.pwrite(self._file, text, 0)
        except OSError:  # a full disk: the other programs keep their own pace
            return

    def _close(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None
