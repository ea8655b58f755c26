"""A file that grows under a name of its own until all of it is proven: ``NAME.part`` beside the target."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
from pathlib import Path
from typing import Final

from artifact_tui.transfers.disk.atomic_rename import numbered

_FLAGS = os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC
_NO_LOCKS = {errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL}


class PartBusy(Exception):
    """Another transfer, of this program or of another one, is writing this part file."""


class PartFile:
    """Bytes at their places on disk; several threads may write and read at once.

    Locked as long as it is open (``flock``), where the file system has locks. Every method may raise OSError.
    """

    def __init__(self, path: Path, descriptor: int) -> None:
        self.path: Final = path
        self._descriptor = descriptor
        self._status = os.fstat(descriptor)
        self._open = True

    @classmethod
    def create(cls, directory: Path, name: str) -> PartFile:
        """Return a new empty file ``NAME.part``, or ``NAME (2).part`` where there is one."""
        for candidate in numbered(name, ".part"):
            try:
                descriptor = os.open(directory / candidate, _FLAGS | os.O_CREAT | os.O_EXCL, 0o644)
            except FileExistsError:
                continue
            return cls._locked(directory / candidate, descriptor)
        raise AssertionError("the numbers ended")

    @classmethod
    def reopen(cls, path: Path) -> PartFile | None:
        """One that an earlier transfer left; None when it is gone or no regular file; raises :class:`PartBusy`."""
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
    def identity(self) -> int:
        """The number of its inode, by which it is known again under another name."""
        return self._status.st_ino

    @property
    def length(self) -> int:
        """Up to its last byte in bytes; there may be gaps before."""
        return os.fstat(self._descriptor).st_size

    def write(self, offset: int, data: bytes) -> None:
        """Write all of ``data``."""
        rest = memoryview(data)
        while rest:
            written = os.pwrite(self._descriptor, rest, offset)
            offset += written
            rest = rest[written:]

    def read(self, offset: int, length: int) -> bytes:
        """At most ``length`` bytes; fewer only at the end."""
        return os.pread(self._descriptor, length, offset)

    def truncate(self) -> None:
        """Forget all bytes."""
        os.ftruncate(self._descriptor, 0)

    def sync(self) -> None:
        """Wait until every byte so far is on the disk."""
        os.fsync(self._descriptor)

    def close(self) -> None:
        """Leave the file where it is, free for the next who reopens it."""
        if self._open:
            self._open = False
            os.close(self._descriptor)

    def discard(self) -> None:
        """Close, and remove the file unless it was published.

        Once it was published, its old name is free and may be the part file of an artifact of the same name. Nothing
        is left to say if removing fails.
        """
        try:
            if self._is_at(self.path):
                self.path.unlink()
        except OSError:
            return
        finally:
            self.close()

    def _is_at(self, path: Path) -> bool:
        try:
            return os.path.samestat(self._status, path.lstat())
        except OSError:
            return False
