"""A file that grows under a name of its own and gets its final name in one step, or leaves nothing."""

from __future__ import annotations

import errno
import hashlib
import itertools
import os
from collections.abc import Iterator
from pathlib import Path

from artifact_tui.archive.unpack import sync

_NEW_FILE = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
_NO_HARD_LINKS = {
    errno.EPERM,
    errno.ENOSYS,
    errno.EMLINK,
    errno.EXDEV,
    getattr(errno, "ENOTSUP", errno.ENOSYS),
    getattr(errno, "EOPNOTSUPP", errno.ENOSYS),
}
_TAKEN = {errno.EEXIST, errno.ENOTEMPTY, errno.ENOTDIR, errno.EISDIR}


class PartFile:
    """Bytes on disk with their running sha256; every method may raise OSError."""

    def __init__(self, directory: Path, name: str) -> None:
        """Make a new empty file ``NAME.part``, or ``NAME (2).part`` where there is one, in the final directory."""
        for candidate in numbered(name, ".part"):
            try:
                descriptor = os.open(directory / candidate, _NEW_FILE, 0o644)
            except FileExistsError:
                continue
            break
        self.path = directory / candidate
        self._file = os.fdopen(descriptor, "w+b", buffering=0)
        self._status = os.fstat(descriptor)
        self._sha256 = hashlib.sha256()
        self.length = 0

    def write(self, chunk: bytes) -> None:
        """Append; ``length`` counts what has reached the file."""
        rest = memoryview(chunk)
        while rest:
            written = self._file.write(rest)
            self.length += written
            self._sha256.update(rest[:written])
            rest = rest[written:]

    def restart(self) -> None:
        """Forget all bytes."""
        self._file.seek(0)
        self._file.truncate()
        self._sha256 = hashlib.sha256()
        self.length = 0

    @property
    def sha256(self) -> str:
        """Of all bytes so far, in lower-case hex."""
        return self._sha256.hexdigest()

    def finish(self) -> None:
        """Wait until every byte is on the disk, and close."""
        os.fsync(self._file.fileno())
        self._file.close()

    def discard(self) -> None:
        """Remove the file unless it was published; nothing is left to say if that fails too.

        Once it was published, its old name is free and may be the part file of an artifact of the same name.
        """
        self._file.close()
        try:
            if os.path.samestat(self._status, self.path.lstat()):
                self.path.unlink()
        except OSError:
            return


def numbered(stem: str, ending: str = "") -> Iterator[str]:
    """``STEM``, ``STEM (2)``, ``STEM (3)``, each before the ending."""
    yield stem + ending
    yield from (f"{stem} ({number}){ending}" for number in itertools.count(2))


def publish(source: Path, stem: str, ending: str = "") -> Path:
    """Rename a file or directory to the first free name beside it, without ever replacing what is there."""
    rename = _rename_directory if source.is_dir() else _rename_file
    for name in numbered(stem, ending):
        target = source.with_name(name)
        if os.path.lexists(target):
            continue
        try:
            rename(source, target)
        except OSError as error:
            if error.errno not in _TAKEN:
                raise
            continue
        sync(target.parent)
        return target
    raise AssertionError("the numbers ended")


def _rename_directory(source: Path, target: Path) -> None:
    """On POSIX this fails on all that is there but an empty directory, and that loses nothing."""
    source.rename(target)


def _rename_file(source: Path, target: Path) -> None:
    """A rename replaces its target on POSIX, a hard link never does."""
    if os.name == "nt":
        source.rename(target)
        return
    try:
        os.link(source, target)
    except OSError as error:
        if error.errno not in _NO_HARD_LINKS:
            raise
        _rename_over_placeholder(source, target)
    else:
        source.unlink()


def _rename_over_placeholder(source: Path, target: Path) -> None:
    """For file systems without hard links: the name is taken first, then our own empty file is replaced."""
    os.close(os.open(target, _NEW_FILE, 0o644))
    source.replace(target)
