"""The log of deletions: one line of JSON for each artifact that was deleted, or was to be."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from artifact_tui.model import Artifact, RepositoryName
from artifact_tui.redaction import redact
from artifact_tui.transfers.deleting.deletes import Outcome


class DeletionLog:
    """Appends to ``path``, readable by its owner only, and waits for the disk; several programs may at once.

    Names are exact, and escaped so that no terminal obeys them. Methods raise OSError. Without a path there is no log.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path

    def append(
        self,
        host: str,
        repository: RepositoryName,
        artifact: Artifact,
        outcome: Outcome,
        problem: str,
        now: datetime,
        *,
        once: bool = False,
    ) -> None:
        """One more line; with ``once`` none where a program that was killed has written it already."""
        if self.path is None:
            return
        line = {
            "time": now.astimezone(UTC).isoformat(timespec="milliseconds"),
            "host": host,
            "repository": str(repository),
            "id": artifact.id,
            "name": artifact.name,
            "size": artifact.size_in_bytes,
            "digest": artifact.digest,
            "result": outcome.value,
            "problem": redact(problem),
        }
        with self._locked(self.path) as file:
            if not (once and _holds(file, line)):
                _write(file, json.dumps(line).encode("ascii") + b"\n")

    @contextmanager
    def _locked(self, path: Path) -> Iterator[int]:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            os.fchmod(file, 0o600)
            yield file
        finally:
            os.close(file)


def _write(file: int, line: bytes) -> None:
    length = os.fstat(file).st_size
    if length and os.pread(file, 1, length - 1) != b"\n":
        line = b"\n" + line  # a power loss has torn the last one
    while line:
        line = line[os.write(file, line) :]
    os.fsync(file)


def _holds(file: int, line: dict[str, Any]) -> bool:
    """Whether there is a line that says the same of the same artifact, at whatever time."""
    same = {key: value for key, value in line.items() if key != "time"}
    with os.fdopen(os.dup(file), "rb") as lines:
        lines.seek(0)
        return any(_said(text) == same for text in lines)


def _said(text: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):  # a torn line, or one of somebody else's
        return None
    return {key: value for key, value in found.items() if key != "time"} if isinstance(found, dict) else None
