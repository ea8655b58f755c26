"""The log of deletions: one line of JSON for each artifact with an outcome."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from artifact_tui.domain.models import Artifact, RepositoryName
from artifact_tui.redaction import redact
from artifact_tui.transfers.disk.json_lines import locked, object_of, write_line
from artifact_tui.transfers.models import Outcome


@dataclass(frozen=True)
class AuditLog:
    """The log at ``path``, if any, with mode 0600; several programs may append. Methods sync and raise OSError."""

    path: Path | None
    host: str
    now: Callable[[], datetime]

    def append(
        self, repository: RepositoryName, artifact: Artifact, outcome: Outcome, problem: str, *, once: bool = False
    ) -> None:
        """Append a line; with ``once`` only if a killed program has not written the same."""
        if self.path is None:
            return
        line = {
            "time": self.now().astimezone(UTC).isoformat(timespec="milliseconds"),
            "host": self.host,
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
    with os.fdopen(os.dup(file), "rb") as lines:
        lines.seek(0)
        return any({**(object_of(text) or {}), "time": line["time"]} == line for text in lines)
