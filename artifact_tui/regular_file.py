"""Opening of the program's own files only if they are regular: a FIFO would block, a device never end."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path


def open_regular(path: Path, flags: int = os.O_RDONLY, mode: int = 0o600) -> int:
    """Open a file without blocking and return its descriptor; raises OSError unless it is a regular file."""
    opened = os.open(path, flags | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC, mode)
    if not stat.S_ISREG(os.fstat(opened).st_mode):
        os.close(opened)
        raise OSError(errno.EINVAL, "it is not a regular file", str(path))
    return opened


def read_regular(path: Path) -> bytes:
    """Return the content of a regular file; raises OSError as :func:`open_regular` does."""
    with open(open_regular(path), "rb") as file:
        return file.read()
