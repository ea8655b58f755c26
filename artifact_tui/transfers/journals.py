"""The journals of downloads and deletions, which share a file and a lock."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Final

from artifact_tui.text import count
from artifact_tui.transfers.deletions.journal import DeletionJournal
from artifact_tui.transfers.disk.database import in_words
from artifact_tui.transfers.disk.instance_lock import InstanceLock
from artifact_tui.transfers.downloads.journal import DownloadJournal
from artifact_tui.transfers.errors import JournalError

NOT_LASTING: Final = "Downloads cannot be resumed after the program ends."
"""The effect of a journal in memory."""


class Journals:
    """Both journals in ``path`` or memory; ``lasting``: the next program can read them. Raises JournalError."""

    def __init__(self, path: Path | None = None) -> None:
        self.lasting: Final = path is not None
        self._path = path
        with in_words(path):
            self._lock_file = InstanceLock(path.parent if path else None)
        self.downloads: Final = DownloadJournal(path, self._lock_file)
        self.deletions: Final = DeletionJournal(path, self._lock_file)

    def unreadable(self, host: str) -> str:
        """Return a sentence about unreadable entries of both, or an empty string; raise JournalError."""
        skipped = self.downloads.unreadable(host) + self.deletions.unreadable(host)
        if not skipped:
            return ""
        entries = count(skipped, "unreadable entry", "unreadable entries")
        return f"Skipped {entries} in {self._path}. The file is unchanged; a newer artifact-tui may read more."

    def close(self, timeout: float = -1) -> None:
        """Close both within ``timeout`` seconds, without limit if negative; the next program may take over."""
        deadline = time.monotonic() + timeout
        self.downloads.close(timeout)
        self.deletions.close(timeout if timeout < 0 else max(0.0, deadline - time.monotonic()))
        self._lock_file.end()


def downloading(path: Path | None, host: str) -> frozenset[int]:
    """Return the IDs of the artifacts that running programs download from a host; raise JournalError."""
    if path is None or not path.exists():
        return frozenset()
    journals = Journals(path)
    try:
        return journals.downloads.under_way(host)
    finally:
        journals.close()


def open_journals(path: Path | None) -> tuple[Journals, str]:
    """Return the journals at ``path``, or journals in memory and a sentence about the cause and the effect."""
    try:
        return Journals(path), ""
    except JournalError as trouble:
        return Journals(None), f"{trouble} {NOT_LASTING}"
