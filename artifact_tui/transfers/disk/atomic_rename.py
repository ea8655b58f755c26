"""Final names: taken in one step, and never through a link or over what nobody agreed to lose."""

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
Intend = Callable[[Path], None]
"""Told each name right before it is tried, so that a program that dies there can be understood later."""


class NotSettled(OSError):
    """It has its final name; whether that outlasts a power loss is not known."""


def numbered(stem: str, ending: str = "") -> Iterator[str]:
    """``STEM``, ``STEM (2)``, ``STEM (3)``, each before the ending."""
    yield stem + ending
    yield from (f"{stem} ({number}){ending}" for number in itertools.count(2))


def publish(source: Path, directory: Path, stem: str, ending: str = "", intend: Intend = lambda target: None) -> Path:
    """Rename a file or directory to the first free name in ``directory``, without ever replacing what is there.

    ``directory`` is on the same file system. Raises OSError, :class:`NotSettled` when it is done all the same.
    """
    # Of a directory, a rename fails on all that is there but an empty one, and that loses nothing.
    rename = Path.rename if source.is_dir() else _rename_file
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
    """Rename over ``target``; a directory is first moved to ``aside``, on the same file system, and removed after.

    :func:`~.replacing.why_not_replaced` must have had nothing to say. Raises OSError, and has then put the old one
    back; :class:`NotSettled` when it is done all the same.
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
    """Wait until the names in a directory are on the disk; raises :class:`NotSettled`."""
    try:
        sync(directory)
    except OSError as error:
        raise NotSettled(*error.args) from None


def _rename_file(source: Path, target: Path) -> None:
    """Rename by a hard link, which never replaces its target."""
    try:
        os.link(source, target)
    except OSError as error:
        if error.errno not in _NO_HARD_LINKS:
            raise
        _rename_over_placeholder(source, target)
    else:
        with suppress(OSError):  # it has its new name, and whoever made the old one removes it
            source.unlink()


def _rename_over_placeholder(source: Path, target: Path) -> None:
    """For file systems without hard links: the name is taken first, then our own empty file is replaced."""
    os.close(os.open(target, _NEW_FILE, 0o644))
    source.replace(target)
