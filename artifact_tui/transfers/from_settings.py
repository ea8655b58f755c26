"""The engine as the program wants it: with its journal on disk, and what the settings say."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random

from artifact_tui.clock import Clock
from artifact_tui.config.settings import Settings
from artifact_tui.domain.backend import Backend
from artifact_tui.retry import DOWNLOAD
from artifact_tui.transfers.context import EngineContext
from artifact_tui.transfers.disk.free_space import free_space
from artifact_tui.transfers.engine import Engine


def open_engine(
    backend: Backend,
    settings: Settings,
    journal: Path | None,
    *,
    changed: Callable[[], None],
    crashed: Callable[[Exception], None],
    clock: Clock,
) -> Engine:
    """Return the engine for a screen or the command line, which is told of changes and of the engine's own bugs.

    Its waits are spent by ``clock``. It says in ``journal_problem`` if the journal cannot be used.
    """
    context = EngineContext(
        host=backend.host,
        make_storage=backend.storage,
        policy=DOWNLOAD,
        random=Random(),  # noqa: S311 - spreads retries, keeps no secret
        clock=clock,
        crashed=crashed,
    )
    return Engine(
        context=context,
        settings=settings,
        delete_interval=settings.delete_interval_at(backend.host, is_cloud=backend.kind.is_cloud),
        journal=journal,
        free_space=free_space,
        changed=changed,
    )
