"""A scratch directory beside the final one, removed at any end of the work."""

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
    """Yield a path in a new, locked directory in ``parent``, and remove unlocked ones first; may raise OSError."""
    clear_abandoned(parent)
    work = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=parent))
    with ExitStack() as cleaning:
        cleaning.callback(shutil.rmtree, work, ignore_errors=True)
        with suppress(OSError):  # some file systems have no locks; nothing is removed there
            cleaning.callback(os.close, _lock(work, wait=True))
        yield work / _TREE


def clear_abandoned(parent: Path) -> None:
    """Remove scratch directories of killed programs; an empty one stays, because it may be about to be locked."""
    for work in parent.glob(f"{_PREFIX}*"):
        try:
            lock = _lock(work, wait=False)
        except OSError:
            continue
        if (work / _TREE).is_dir() and work.stat().st_uid == os.getuid():
            shutil.rmtree(work, ignore_errors=True)
        os.close(lock)


def _lock(directory: Path, *, wait: bool) -> int:
    """Return the open directory, locked until it is closed; raise OSError if it cannot be locked."""
    opened = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(opened, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(opened)
        raise
    return opened
