"""The engine built from the settings, with its journal on disk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import SystemRandom

from artifact_tui.clock import Clock
from artifact_tui.config.settings import Settings
from artifact_tui.domain.backend import Backend
from artifact_tui.retry import DOWNLOAD, RetryPolicy
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
    policy: RetryPolicy = DOWNLOAD,
) -> Engine:
    """Return the engine for the screen or line mode; ``clock`` spends its waits."""
    host, random = backend.host, SystemRandom()
    return Engine(
        context=EngineContext(
            host=host, make_storage=backend.storage, policy=policy, random=random, clock=clock, crashed=crashed
        ),
        settings=settings,
        delete_interval=settings.delete_interval_at(host, is_cloud=backend.kind.is_cloud),
        journal=journal,
        free_space=free_space,
        changed=changed,
    )
