"""A directory to work in beside the final one, which goes when the work ends, however it ends."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

_PREFIX = ".unpacking-"
_TREE = "tree"


@contextmanager
def workplace(parent: Path) -> Iterator[Path]:
    """Make a path in a new directory in ``parent`` that only this user can enter; may raise OSError.

    While the work lasts the directory is locked, so that those left behind by a program that was killed are known by
    having no lock, and are removed here.
    """
    clear_abandoned(parent)
    work = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=parent))
    with ExitStack() as cleaning:
        cleaning.callback(shutil.rmtree, work, ignore_errors=True)
        with suppress(OSError):  # there are file systems without locks; nothing is cleared there
            cleaning.callback(os.close, _lock(work, wait=True))
        yield work / _TREE


def clear_abandoned(parent: Path) -> None:
    """Remove what unpacking into ``parent`` left behind when it was killed.

    An empty directory stays: it may be one that is just about to be locked.
    """
    for work in parent.glob(f"{_PREFIX}*"):
        try:
            lock = _lock(work, wait=False)
        except OSError:
            continue
        if (work / _TREE).is_dir() and work.stat().st_uid == os.getuid():
            shutil.rmtree(work, ignore_errors=True)
        os.close(lock)


def _lock(directory: Path, *, wait: bool) -> int:
    """Return the open directory, locked until it is closed.

    Raises OSError where it cannot be, also while another has it.
    """
    opened = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(opened, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(opened)
        raise
    return opened
