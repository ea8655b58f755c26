"""The engine as the program wants it: with its journal on the disk, and what the settings say."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from artifact_tui.archive.errors import Limits
from artifact_tui.clock import Clock
from artifact_tui.config.settings import Settings
from artifact_tui.domain.backend import Backend
from artifact_tui.transfers.engine import Engine
from artifact_tui.transfers.journals import open_journals


def open_engine(
    backend: Backend,
    settings: Settings,
    journal: Path | None,
    *,
    changed: Callable[[], None],
    crashed: Callable[[Exception], None],
    clock: Clock,
) -> tuple[Engine, str]:
    """Return the engine, and a sentence if its journal cannot be used and is kept in memory instead.

    The logs of downloads and deletions lie beside the journal, with the demo's own names for the demo's.
    """
    kept, problem = open_journals(journal) if journal is not None else (None, "")
    engine = Engine(
        backend.storage,
        host=backend.host,
        journal=kept,
        deletion_log=_log_beside(journal, "deletions") if journal is not None else None,
        download_log=_log_beside(journal, "downloads") if journal is not None else None,
        limits=Limits(bytes=settings.unpack_limit),
        concurrency=settings.concurrency,
        connections=settings.connections,
        delete_interval=settings.delete_interval_at(backend.host, is_cloud=backend.kind.is_cloud),
        delete_grace=settings.delete_grace,
        read_only=settings.read_only,
        changed=changed,
        crashed=crashed,
        clock=clock,
    )
    return engine, problem


def _log_beside(journal: Path, what: str) -> Path:
    """``deletions.jsonl`` beside ``transfers.sqlite``; what comes before those words stays."""
    return journal.with_name(f"{journal.stem.removesuffix('transfers')}{what}.jsonl")
