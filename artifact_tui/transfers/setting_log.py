"""The log of settings that this program changed on a server, with the values before."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from artifact_tui.domain.models import RepositoryName
from artifact_tui.redaction import redact
from artifact_tui.transfers.disk.json_lines import beside, locked, write_line
from artifact_tui.transfers.errors import JournalError


@dataclass(frozen=True)
class SettingLog:
    """``settings.jsonl`` beside the journal, if there is one, with mode 0600; several programs may append."""

    journal: Path | None
    host: str
    now: Callable[[], datetime]

    def append(self, repository: RepositoryName, before: int, days: int, result: str) -> None:
        """Append a line about the retention of a repository, and wait for the disk; raise JournalError."""
        path = beside(self.journal, "settings.jsonl")
        if path is None:
            return
        line = {
            "time": self.now().astimezone(UTC).isoformat(timespec="milliseconds"),
            "host": self.host,
            "repository": str(repository),
            "setting": "artifact-and-log-retention",
            "before": before,
            "days": days,
            "result": redact(result),
        }
        try:
            with locked(path) as file:
                write_line(file, line)
        except OSError as error:
            raise JournalError(f"{path} cannot be written: {os.strerror(error.errno or 0)}.") from None
