"""Which programs are alive: each holds a lock on a file of its own, and the system lets go of it whatever happens."""

from __future__ import annotations

import fcntl
import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Final

_ENDING = ".running"


class InstanceLock:
    """Our own program among those that use one directory; without a directory it is the only one.

    Raises OSError. A process id would not do: it is given again, and means nothing in another container.
    """

    def __init__(self, directory: Path | None) -> None:
        self.name: Final = f"{os.getpid()}-{secrets.token_hex(4)}"
        self._directory = directory
        self._descriptor: int | None = None
        if directory is not None:
            directory.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._descriptor = self._hold(directory)

    def is_alive(self, name: str) -> bool:
        """Whether the program of that name lives; the file of a dead one is removed."""
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
        """Let go; from now on we are not alive."""
        if self._descriptor is None or self._directory is None:
            return
        with suppress(OSError):  # without its lock the file says nothing, and whoever looks at it removes it
            (self._directory / (self.name + _ENDING)).unlink()
        os.close(self._descriptor)
        self._descriptor = None

    def _hold(self, directory: Path) -> int:
        """Locked before it has its name, so that nobody ever finds it without its lock."""
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
