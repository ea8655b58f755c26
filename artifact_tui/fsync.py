"""Waiting until files and their names are on disk, before the program reports them."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

SYNC_AT_ONCE = 64
"""Files, or directories, from which on one wait for the whole file system is quicker than one for each of them."""

_NOT_SUPPORTED = {
    errno.EINVAL,
    errno.ENOSYS,
    errno.ENOTTY,
    errno.EBADF,
    errno.EISDIR,
    errno.EACCES,
    errno.EPERM,
    errno.ENOTSUP,
    errno.EOPNOTSUPP,
}
"""What file systems answer that cannot sync a directory (SMB, DrvFs, FUSE), and systems that do not open one.

PostgreSQL ignores EBADF, EINVAL, EISDIR and EACCES of directories too (``fsync_fname_ext``).
"""


def sync(path: Path) -> None:
    """Wait until a file or a directory's list of names is on the disk; raises OSError.

    Where directories cannot be synced there is nothing to wait for: that is no failure.
    """
    is_directory = path.is_dir()
    try:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        if not is_directory or error.errno not in _NOT_SUPPORTED:
            raise


def sync_tree(root: Path, paths: Iterable[Path], *, at_once: bool, step: Callable[[], None]) -> None:
    """Wait until a directory and the ``paths`` below it, which are all there is, are on the disk; raises OSError.

    With ``at_once`` the whole file system is synced instead, where the system can. ``step`` is called before each
    wait and may raise.
    """
    step()
    if at_once and _sync_file_system(root):
        return
    for path in paths:
        step()
        sync(path)
    sync(root)


def _sync_file_system(directory: Path) -> bool:
    """Wait for all of the file system that holds a directory (syncfs(2)); False where that cannot be asked for."""
    if sys.platform != "linux":
        return False
    try:
        import ctypes

        syncfs = ctypes.CDLL(None, use_errno=True).syncfs
    except (ImportError, OSError, AttributeError):
        return False
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        failed = syncfs(descriptor) != 0
        number = ctypes.get_errno()
    finally:
        os.close(descriptor)
    if failed and number not in _NOT_SUPPORTED:
        raise OSError(number, os.strerror(number), str(directory))
    return not failed
