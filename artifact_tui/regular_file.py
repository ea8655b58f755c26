"""Opens files of our own that may be something else by mistake: a FIFO would block for ever, a device never end."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path


def open_regular(path: Path, flags: int = os.O_RDONLY, mode: int = 0o600) -> int:
    """Open a file without waiting and return its descriptor; OSError when it is not a regular file, or as usual."""
    opened = os.open(path, flags | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC, mode)
    if not stat.S_ISREG(os.fstat(opened).st_mode):
        os.close(opened)
        raise OSError(errno.EINVAL, "it is not a regular file", str(path))
    return opened


def read_regular(path: Path) -> bytes:
    """Read all of a regular file; OSError as :func:`open_regular`."""
    with open(open_regular(path), "rb") as file:
        return file.read()
