"""Files with one JSON object per line, to which several programs may append."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from artifact_tui.regular_file import open_regular

_FLAGS = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK


def beside(journal: Path | None, name: str) -> Path | None:
    """Return a file beside ``transfers.sqlite``, with the same prefix, as for the demo."""
    return journal and journal.with_name(f"{journal.stem.removesuffix('transfers')}{name}")


@contextmanager
def locked(path: Path) -> Iterator[int]:
    """Open a file for appending with mode 0600, also if a writer just replaced it, and lock it; raise OSError."""
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
    """Append one line, escaped for terminals, and wait for the disk; raise OSError."""
    line = json.dumps(said).encode("ascii") + b"\n"
    length = os.fstat(file).st_size
    if length and os.pread(file, 1, length - 1) != b"\n":
        line = b"\n" + line  # a power loss truncated the last line
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
    """Return the whole lines in the last ``most`` bytes, oldest first; raise OSError if it is not a regular file."""
    try:
        file = open_regular(path)
    except FileNotFoundError:
        return []
    with os.fdopen(file, "rb") as stream:
        start = max(0, os.fstat(file).st_size - most)
        stream.seek(max(0, start - 1))
        lines = stream.read(most + 1).split(b"\n")
    return [line for line in (lines[1:] if start else lines) if line.strip()]
