"""The one way in which tests build engines."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

from msgspec.structs import replace

from artifact_tui.clock import Clock
from artifact_tui.config.settings import Settings
from artifact_tui.domain.provider import ArtifactStore
from artifact_tui.retry import DOWNLOAD, RetryPolicy
from artifact_tui.transfers.context import EngineContext
from artifact_tui.transfers.disk.free_space import FreeSpace, free_space
from artifact_tui.transfers.engine import Engine

QUICK = replace(DOWNLOAD, base=0.001, cap=0.002, tries=4, second_look=0.0)
"""For tests that meet errors and have nothing to see while they are waited for."""


def make_engine(
    storage: Callable[[], ArtifactStore],
    *,
    changed: Callable[[], None] = lambda: None,
    crashed: Callable[[Exception], None] | None = None,
    host: str = "",
    journal: Path | None = None,
    policy: RetryPolicy = QUICK,
    clock: Clock | None = None,
    delete_interval: float = 0.0,
    free_space: FreeSpace = free_space,
    **settings: Any,
) -> Engine:
    """An engine that waits for nothing it is not told to; ``settings`` are those of the program."""
    context = EngineContext(
        host=host,
        make_storage=storage,
        policy=policy,
        random=Random(1),
        clock=clock or Clock(),
        crashed=crashed or _raise,
    )
    return Engine(
        context=context,
        settings=Settings(**{"delete_grace": 0.0, **settings}),
        delete_interval=delete_interval,
        journal=journal,
        free_space=free_space,
        changed=changed,
    )


def under_way(engine: Engine) -> int:
    """How many transfers are queued or under way."""
    return sum(not transfer.finished for transfer in engine.transfers())


def _raise(error: Exception) -> None:
    raise error
