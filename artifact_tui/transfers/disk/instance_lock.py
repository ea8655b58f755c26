"""Detection of running programs: each holds a lock on its own file, which the system releases at any end."""

from __future__ import annotations

import fcntl
import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Final

_ENDING = ".running"


class InstanceLock:
    """The lock of this program in a directory, if any. Unlike process IDs, locks are not reused. Raises OSError."""

    def __init__(self, directory: Path | None) -> None:
        self.name: Final = f"{os.getpid()}-{secrets.token_hex(4)}"
        self._directory = directory
        self._descriptor: int | None = None
        if directory is not None:
            directory.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._descriptor = self._hold(directory)

    def is_alive(self, name: str) -> bool:
        """Return whether the program of that name runs; the file of an ended one is removed."""
        if name == self.name or self._directory is None:
            return True
        path = self._directory / (name + _ENDING)
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink(missing_ok=True)
        except BlockingIOError:
            return True
        finally:
            os.close(descriptor)
        return False

    def end(self) -> None:
        """Release the lock: this program is no longer running."""
        if self._descriptor is None or self._directory is None:
            return
        with suppress(OSError):  # another program removes an unlocked file
            (self._directory / (self.name + _ENDING)).unlink()
        os.close(self._descriptor)
        self._descriptor = None

    def _hold(self, directory: Path) -> int:
        """Lock the file before it gets its name, so no other program finds it unlocked."""
        path = directory / (self.name + _ENDING)
        fresh = path.with_suffix(".starting")
        descriptor = os.open(fresh, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            fresh.rename(path)
        except OSError as error:
            os.close(descriptor)
            with suppress(OSError):
                fresh.unlink()
            raise OSError(error.errno, f"no file locks: {error.strerror}", str(path)) from None
        return descriptor
