"""What outlives a screen: the connection, the transfers, the clock and what is remembered."""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from artifact_tui.model import RepositoryName, WorkflowRun
from artifact_tui.provider import Provider, Storage
from artifact_tui.settings import MemoryFile, Settings
from artifact_tui.transfers.engine import Engine


class SharedStorage:
    """One storage for all who ask, made by the first thread that does: its libraries take time to load."""

    def __init__(self, make: Callable[[], Storage]) -> None:
        self._make = make
        self._made: Storage | None = None
        self._lock = threading.Lock()

    def __call__(self) -> Storage:
        """The storage; may block, and raise :class:`~artifact_tui.provider.ProviderError`."""
        with self._lock:
            if self._made is None:
                self._made = self._make()
            return self._made

    def close(self) -> None:
        """Close it, if there is one; reads under way in other threads end at once."""
        made = self._made
        if made is not None:
            made.close()


@dataclass
class Session:
    """Handed to every screen by the app, which owns it."""

    provider: Callable[[], Awaitable[Provider]]
    """The provider, made when it is first asked for: its libraries load behind the first frame."""
    storage: Callable[[], Storage]
    """The blocking storage, for threads; made when it is first asked for."""
    engine: Engine
    clock: Callable[[], datetime]
    settings: Settings
    memory: MemoryFile
    host: str
    web_url: str
    api_url: str
    directory: Path | None = None
    """The download directory of the command line, which wins over the remembered one."""
    remote: bool = True
    """Whether a browser on this machine would be out of the user's sight."""
    runs: dict[RepositoryName, dict[int, WorkflowRun]] = field(default_factory=dict)
    """The workflow runs seen so far, by repository and id, so that artifacts can name theirs."""

    def runs_of(self, repository: RepositoryName) -> dict[int, WorkflowRun]:
        """The runs seen so far of one repository; screens add to it."""
        return self.runs.setdefault(repository, {})

    def download_directory(self) -> Path:
        """Where downloads go unless the user says otherwise."""
        chosen = self.directory or self.memory.value.directory or self.settings.directory
        return Path(chosen or "artifacts").expanduser()

    def unpacks(self) -> bool:
        """Whether zips are extracted unless the user says otherwise."""
        remembered = self.memory.value.unpack
        return self.settings.unpack if remembered is None else remembered
