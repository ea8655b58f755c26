"""State shared by all downloads of an engine."""

from __future__ import annotations

from dataclasses import dataclass

from artifact_tui.archive.errors import Limits
from artifact_tui.transfers.context import EngineContext
from artifact_tui.transfers.disk.free_space import FreeSpace
from artifact_tui.transfers.downloads.connection_limit import ConnectionLimiter
from artifact_tui.transfers.downloads.journal import DownloadJournal


@dataclass(frozen=True)
class DownloadContext:
    """The state shared with deletions in ``engine``, plus the journal, the limits and the disk."""

    engine: EngineContext
    journal: DownloadJournal
    connections: ConnectionLimiter
    limits: Limits
    free_space: FreeSpace
