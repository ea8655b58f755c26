"""State that outlives a screen: connection, transfers, clock, and remembered choices."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from artifact_tui.cache.list_cache import LastLists
from artifact_tui.config.paths import MemoryFile, user_path
from artifact_tui.config.settings import Settings
from artifact_tui.daemon_thread import in_daemon_thread
from artifact_tui.domain.backend import Backend
from artifact_tui.domain.models import Connection, RepositoryName, WorkflowRun
from artifact_tui.domain.provider import ArtifactStore, Provider
from artifact_tui.keymap import default_keys
from artifact_tui.transfers.deletions.models import Deletion, DeletionState, UnfinishedDeletion
from artifact_tui.transfers.models import Kind, Transfer, Unfinished

if TYPE_CHECKING:
    from artifact_tui.screens.artifact_listing import KeptList
    from artifact_tui.storage.bill import Bill, OwnerBill
    from artifact_tui.storage.bill_reader import BillReader
    from artifact_tui.transfers.engine import Engine


class SharedStorage:
    """One artifact store for all threads, created by the first that needs it."""

    def __init__(self, make: Callable[[], ArtifactStore]) -> None:
        self._make = make
        self._made: ArtifactStore | None = None
        self._lock = threading.Lock()

    def __call__(self) -> ArtifactStore:
        """Return the store; may block, and raise :class:`~artifact_tui.domain.provider.ProviderError`."""
        with self._lock:
            if self._made is None:
                self._made = self._make()
            return self._made

    def close(self) -> None:
        """Close the store if it exists; reads in other threads end at once."""
        made = self._made
        if made is not None:
            made.close()


class SharedProvider:
    """One provider for the event loop, created in a thread by the first call; after a failure, the next call retries.

    It waits for :meth:`begin`, because loading its libraries would delay the first frame.
    """

    def __init__(self, make: Callable[[], Provider], changed: Callable[[Connection], None]) -> None:
        self._make = make
        self._changed = changed
        self._begun = asyncio.Event()
        self._made: asyncio.Task[Provider] | None = None

    async def __call__(self) -> Provider:
        """Return the provider; raises :class:`~artifact_tui.domain.provider.ProviderError`."""
        if self._made is None or (self._made.done() and self._made.exception() is not None):
            self._made = asyncio.create_task(self._connect())
        return await asyncio.shield(self._made)

    def begin(self) -> None:
        """Allow the provider to be created, after the first frame."""
        self._begun.set()

    async def _connect(self) -> Provider:
        await self._begun.wait()
        provider = await in_daemon_thread(self._make)
        provider.watch(self._changed)
        self._changed(provider.connection)
        return provider

    async def close(self) -> None:
        """Close the provider if it exists."""
        if self._made is not None and self._made.done() and self._made.exception() is None:
            await self._made.result().close()


@dataclass(kw_only=True)
class Session:
    """State that the app owns and hands to every screen."""

    backend: Backend
    provider: SharedProvider
    storage: SharedStorage
    open_engine: Callable[[], Engine]
    """Opens the transfer engine, which is loaded only when something is transferred."""
    clock: Callable[[], datetime]
    settings: Settings
    memory: MemoryFile
    directory: Path | None = None  # the download directory from the command line; it overrides the remembered one
    remote: bool = True  # whether a browser on this machine would be out of the user's sight
    journal: Path | None = None  # the journal of transfers; the logs are beside it
    lists: LastLists | None = None  # the cached lists; None without a cache
    unfinished: tuple[Unfinished, ...] = ()  # undecided downloads of an earlier session, and kept ones
    unfinished_deletions: tuple[UnfinishedDeletion, ...] = ()  # confirmed plans of an earlier session
    keeps_parts: bool = True  # whether part files stay for the next session; only an explicit answer removes them
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep  # waits some seconds, for rate-limited lists
    last_write: float = float("-inf")  # when a setting was last sent, in seconds of a monotonic clock
    public: dict[RepositoryName, bool] = field(default_factory=dict)
    """Whether a repository is public, where known; a quota certainly counts private ones."""
    kept_list: KeptList | None = None  # the artifacts that another screen may show too
    _bills: BillReader | None = None
    _runs: dict[RepositoryName, dict[int, WorkflowRun]] = field(default_factory=dict)
    _engine: Engine | None = None

    @property
    def engine(self) -> Engine:
        """The transfer engine, opened on first use."""
        if self._engine is None:
            self._engine = self.open_engine()
        return self._engine

    def transfers(self) -> tuple[Transfer, ...]:
        """Return snapshots of all transfers, oldest first."""
        return self._engine.transfers() if self._engine else ()

    def deletions(self) -> tuple[Deletion, ...]:
        """Return snapshots of all deletions, oldest first."""
        return self._engine.deletions.snapshots() if self._engine else ()

    @property
    def in_grace(self) -> bool:
        """Whether a confirmed deletion is about to begin and can still be stopped completely."""
        return any(one.state is DeletionState.GRACE for one in self.deletions())

    def under_way(self, kind: Kind, repository: RepositoryName) -> frozenset[int]:
        """Return the IDs of artifacts with an unfinished download, or a confirmed deletion that has not ended."""
        unfinished = (one for one in self.transfers() if one.kind is kind and not one.finished)
        return frozenset(one.artifact.id for one in unfinished if one.repository == repository)

    async def bill(self, owner: str) -> OwnerBill:
        """Return the bill of an owner, or why it cannot be read; it is requested at most once an hour."""
        return await (await self._bill_reader()).read(owner)

    async def bill_before(self, read: OwnerBill) -> Bill | None:
        """Return the bill of the month before one that was read; None if there is none."""
        return await (await self._bill_reader()).earlier(read)

    async def _bill_reader(self) -> BillReader:
        if self._bills is None:
            from artifact_tui.storage.bill_reader import BillReader

            self._bills = BillReader(await self.provider(), self.clock, self.lists)
        return self._bills

    def runs_of(self, repository: RepositoryName) -> dict[int, WorkflowRun]:
        """Return the known runs of a repository by ID, so that artifacts can name theirs; screens add to it."""
        return self._runs.setdefault(repository, {})

    def key_of(self, name: str) -> str:
        """Return the first key of a binding, as the user has set it."""
        return self.settings.keys.get(name, default_keys()[name]).split(",")[0].strip()

    @property
    def delete_interval(self) -> float:
        """Seconds between two deletes on this server."""
        return self.settings.delete_interval_at(self.backend.host, is_cloud=self.backend.kind.is_cloud)

    def download_directory(self, repository: RepositoryName) -> Path:
        """Return the directory that download dialogs propose for a repository."""
        remembered = self.memory.value.directory_of(self.backend.label, str(repository))
        chosen = str(self.directory or remembered or self.settings.directory or "artifacts")
        return user_path(chosen) or Path(chosen)

    def stop_transfers(self, timeout: float) -> None:
        """Stop all transfers, and wait at most ``timeout`` seconds for the cleanup."""
        if self._engine is not None:
            self._engine.close(timeout, keep=self.keeps_parts)
