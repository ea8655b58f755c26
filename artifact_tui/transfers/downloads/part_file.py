"""The part file: ``NAME.part`` beside the target, until all of it is verified."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import Final

from artifact_tui.transfers.disk.atomic_rename import numbered

_FLAGS = os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC
_NO_LOCKS = {errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL}


class PartBusy(Exception):
    """Another transfer, of this program or another one, writes this part file."""


class PartFile:
    """Random-access bytes on disk, locked while open if possible; any thread may call, and all may raise OSError."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self.path: Final = path
        self._descriptor = descriptor
        self._status = os.fstat(descriptor)
        self._open = True

    @classmethod
    def create(cls, directory: Path, name: str) -> PartFile:
        """Create an empty file ``NAME.part``, or ``NAME (2).part`` if that exists."""
        for candidate in numbered(name, ".part"):
            try:
                descriptor = os.open(directory / candidate, _FLAGS | os.O_CREAT | os.O_EXCL, 0o644)
            except FileExistsError:
                continue
            return cls._locked(directory / candidate, descriptor)
        raise AssertionError("the numbers ended")

    @classmethod
    def reopen(cls, path: Path | None) -> PartFile | None:
        """Open an existing part file; return None without a regular file; raise :class:`PartBusy`."""
        if path is None:
            return None
        try:
            descriptor = os.open(path, _FLAGS | os.O_NONBLOCK)
        except OSError as error:
            if error.errno in {errno.ENOENT, errno.ELOOP, errno.ENOTDIR, errno.EISDIR, errno.ENXIO}:
                return None
            raise
        part = cls._locked(path, descriptor)
        if stat.S_ISREG(part._status.st_mode) and part._is_at(path):
            return part
        part.close()
        return None

    @classmethod
    def _locked(cls, path: Path, descriptor: int) -> PartFile:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            raise PartBusy from None
        except OSError as error:
            if error.errno not in _NO_LOCKS:
                os.close(descriptor)
                raise
        return cls(path, descriptor)

    @property
    def length(self) -> int:
        """The file size in bytes; there may be gaps."""
        return os.fstat(self._descriptor).st_size

    def write(self, offset: int, data: bytes) -> None:
        """Write all of ``data``."""
        rest = memoryview(data)
        while rest:
            written = os.pwrite(self._descriptor, rest, offset)
            offset += written
            rest = rest[written:]

    def read(self, offset: int, length: int) -> bytes:
        """Return at most ``length`` bytes; fewer only at the end."""
        return os.pread(self._descriptor, length, offset)

    def truncate(self) -> None:
        """Remove all bytes."""
        os.ftruncate(self._descriptor, 0)

    def sync(self) -> None:
        """Wait until all bytes are on the disk."""
        os.fsync(self._descriptor)

    def close(self) -> None:
        """Close the file and leave it for a later download."""
        if self._open:
            self._open = False
            os.close(self._descriptor)

    def discard(self) -> None:
        """Close the file and remove it if possible."""
        with suppress(OSError):
            self.remove()

    def remove(self) -> None:
        """Close and remove the file; raise OSError.

        After the final rename, its old name may belong to another artifact.
        """
        try:
            if self._is_at(self.path):
                self.path.unlink()
        finally:
            self.close()

    def _is_at(self, path: Path) -> bool:
        try:
            return os.path.samestat(self._status, path.lstat())
        except OSError:
            return False
