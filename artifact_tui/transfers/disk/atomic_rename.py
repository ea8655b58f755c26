"""Renames to final names: in one step, never through a link, and never over a file without consent."""

from __future__ import annotations

import errno
import itertools
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from artifact_tui.fsync import sync

_NEW_FILE = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
_NO_HARD_LINKS = {errno.EPERM, errno.ENOSYS, errno.EMLINK, errno.EXDEV, errno.ENOTSUP, errno.EOPNOTSUPP}
_TAKEN = {errno.EEXIST, errno.ENOTEMPTY, errno.ENOTDIR, errno.EISDIR}
Intend = Callable[[Path], None]  # called with each name right before it is tried, for the next program after a crash


class NotSettled(OSError):
    """The final rename succeeded, but may not survive a power loss."""


def numbered(stem: str, ending: str = "") -> Iterator[str]:
    """Yield ``STEM``, ``STEM (2)``, ``STEM (3)``, each before the ending."""
    yield stem + ending
    yield from (f"{stem} ({number}){ending}" for number in itertools.count(2))


def publish(source: Path, directory: Path, stem: str, ending: str = "", intend: Intend = lambda target: None) -> Path:
    """Rename to the first free name in ``directory`` on the same disk; raise OSError, or NotSettled when done."""
    # Renaming a directory fails if the target exists, unless that is an empty directory, which loses nothing.
    rename = Path.rename if source.is_dir() else rename_new
    for name in numbered(stem, ending):
        target = directory / name
        if os.path.lexists(target):
            continue
        intend(target)
        try:
            rename(source, target)
        except OSError as error:
            if error.errno not in _TAKEN:
                raise
            continue
        settle(directory)
        return target
    raise AssertionError("the numbers ended")


def replace_target(source: Path, target: Path, aside: Path, intend: Intend = lambda target: None) -> None:
    """Rename over ``target``; an old directory is moved to ``aside`` on the same file system, then removed.

    :func:`~artifact_tui.transfers.receipts.verify.why_not_replaced` must allow it. Raises OSError after restoring the
    old target, or :class:`NotSettled` after the rename.
    """
    intend(target)
    if not source.is_dir():
        source.replace(target)
    elif not os.path.lexists(target):
        source.rename(target)
    else:
        target.rename(aside)
        try:
            source.rename(target)
        except OSError:
            aside.rename(target)
            raise
        shutil.rmtree(aside, ignore_errors=True)
    settle(target.parent)


def settle(directory: Path) -> None:
    """Wait until the names in a directory are on the disk; raise :class:`NotSettled`."""
    try:
        sync(directory)
    except OSError as error:
        raise NotSettled(*error.args) from None


def rename_new(source: Path, target: Path) -> None:
    """Rename a file to a free name; raise FileExistsError if it is taken, or another OSError.

    A hard link never replaces its target; without hard links, a placeholder takes the name first.
    """
    try:
        os.link(source, target)
    except OSError as error:
        if error.errno not in _NO_HARD_LINKS:
            raise
        os.close(os.open(target, _NEW_FILE, 0o644))
        source.replace(target)
    else:
        with suppress(OSError):  # it has its new name; its owner removes the old one
            source.unlink()
