"""Files with one JSON object per line, to which several programs may append at once."""

from __future__ import annotations

import fcntl
import json
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_FLAGS = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK


@contextmanager
def locked(path: Path) -> Iterator[int]:
    """Open a file for appending with mode 0600 and hold its writers' lock; raises OSError.

    A writer that has replaced the file while this one waited is followed to the new one.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    while True:
        file = os.open(path, _FLAGS, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            if not is_at(file, path):
                continue
            os.fchmod(file, 0o600)
            yield file
            return
        finally:
            os.close(file)


def is_at(file: int, path: Path) -> bool:
    """Return whether an open file is still the one at ``path``."""
    try:
        return os.path.samestat(os.fstat(file), path.stat(follow_symlinks=False))
    except FileNotFoundError:
        return False


def write_line(file: int, said: dict[str, Any]) -> None:
    """Append one line and wait for the disk; raises OSError.

    Names are exact, and escaped so that no terminal obeys them.
    """
    line = json.dumps(said).encode("ascii") + b"\n"
    length = os.fstat(file).st_size
    if length and os.pread(file, 1, length - 1) != b"\n":
        line = b"\n" + line  # a power loss has torn the last one
    while line:
        line = line[os.write(file, line) :]
    os.fsync(file)


def object_of(line: bytes) -> dict[str, Any] | None:
    """Return the object in a line; None if the line is damaged."""
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def tail_of(path: Path, most: int) -> list[bytes]:
    """Return the whole lines in the last ``most`` bytes of a file, oldest first; none if it does not exist.

    Raises OSError, also for what is not a regular file.
    """
    try:
        file = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    except FileNotFoundError:
        return []
    with os.fdopen(file, "rb") as stream:
        status = os.fstat(file)
        if not stat.S_ISREG(status.st_mode):
            raise OSError(f"{path} is not a regular file")
        start = max(0, status.st_size - most)
        stream.seek(max(0, start - 1))
        lines = stream.read(most + 1).split(b"\n")
    return [line for line in (lines[1:] if start else lines) if line.strip()]
