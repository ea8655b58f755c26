"""The log of deletions: one line of JSON for each artifact with an outcome."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from artifact_tui.domain.models import Artifact, RepositoryName
from artifact_tui.redaction import redact
from artifact_tui.transfers.disk.json_lines import locked, object_of, write_line
from artifact_tui.transfers.models import Outcome


class AuditLog:
    """The log of deletions at ``path``, mode 0600; several programs may append at once, and each line is synced.

    Methods raise OSError. Without a path there is no log.
    """

    def __init__(self, path: Path | None, host: str, now: Callable[[], datetime]) -> None:
        self.path = path
        self._host = host
        self._now = now

    def append(
        self, repository: RepositoryName, artifact: Artifact, outcome: Outcome, problem: str, *, once: bool = False
    ) -> None:
        """Append a line; with ``once`` only if a killed program has not written the same."""
        if self.path is None:
            return
        line = {
            "time": self._now().astimezone(UTC).isoformat(timespec="milliseconds"),
            "host": self._host,
            "repository": str(repository),
            "id": artifact.id,
            "name": artifact.name,
            "size": artifact.size_in_bytes,
            "digest": artifact.digest,
            "result": outcome.value,
            "problem": redact(problem),
        }
        with locked(self.path) as file:
            if not (once and _holds(file, line)):
                write_line(file, line)


def _holds(file: int, line: dict[str, Any]) -> bool:
    """Return whether there is a line with the same content, except for the time."""
    same = {key: value for key, value in line.items() if key != "time"}
    with os.fdopen(os.dup(file), "rb") as lines:
        lines.seek(0)
        return any(_said(text) == same for text in lines)


def _said(text: bytes) -> dict[str, Any]:
    return {key: value for key, value in (object_of(text) or {}).items() if key != "time"}
