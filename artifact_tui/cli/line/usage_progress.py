"""The progress of the scan of an owner on standard error: a line that is redrawn, lines, or JSON lines."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import datetime

from artifact_tui.cli.line.failures import rfc3339
from artifact_tui.cli.line.progress_forms import EVENT_EVERY, LINE_EVERY, LONGEST_BAR
from artifact_tui.storage.scan import OwnerScan
from artifact_tui.text import count
from artifact_tui.transfers.models import Transfer

_NEVER = -LINE_EVERY


class ScanProgress:
    """Tells how many repositories and artifacts were read, as a :class:`~.progress_forms.ProgressForm`."""

    def __init__(self, form: str, width: int, scan: Callable[[], OwnerScan], requests: Callable[[], int]) -> None:
        self._form = form
        self._width = max(1, min(width - 1, LONGEST_BAR))  # the last column of a terminal would wrap
        self._scan = scan
        self._requests = requests
        self._told = _NEVER if form == "json" else 0.0
        self._drawn = ""

    def tick(self, transfers: Sequence[Transfer], elapsed: float, now: datetime) -> str:
        """Return what to write now; transfers are ignored."""
        if self._form == "bar":
            return self._redrawn()
        if elapsed - self._told < (EVENT_EVERY if self._form == "json" else LINE_EVERY):
            return ""
        self._told = elapsed
        if self._form == "lines":
            return f"artifact-tui: {self._words()}\n"
        event = {"event": "progress", "time": rfc3339(now)} | self._sums()
        return json.dumps(event, separators=(",", ":")) + "\n"

    def erase(self) -> str:
        """Return what removes the line that is redrawn."""
        blank, self._drawn = " " * len(self._drawn), ""
        return f"\r{blank}\r" if blank else ""

    def _redrawn(self) -> str:
        line = self._words()[: self._width]
        if line == self._drawn:
            return ""
        text = f"\r{line:<{len(self._drawn)}}"
        self._drawn = line
        return text

    def _words(self) -> str:
        sums = self._sums()
        repositories = f"{sums['read']:,} of {count(sums['repositories'], 'repository', 'repositories')} read"
        return f"{repositories}, {count(sums['artifacts'], 'artifact')}, {count(sums['requests'], 'request')}"

    def _sums(self) -> dict[str, int]:
        found = list(self._scan().repositories)
        return {
            "repositories": len(found),
            "read": sum(each.reading is not None for each in found),
            "artifacts": sum(len(each.columns) for each in found),
            "requests": self._requests(),
        }
