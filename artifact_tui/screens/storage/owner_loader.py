"""The loading of an owner's storage: the stored scan, the scan of all repositories, the caches and the bill."""

from __future__ import annotations

import asyncio
import threading
from collections import defaultdict
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing, suppress
from datetime import datetime
from math import inf
from typing import TypeVar, cast

from textual import work
from textual.events import Key
from textual.timer import Timer

from artifact_tui.daemon_thread import in_daemon_thread
from artifact_tui.domain.models import Page, Place, Repository, RepositoryName
from artifact_tui.domain.provider import Provider, ProviderError
from artifact_tui.domain.storage_models import CacheUsage
from artifact_tui.screens.list_screen import ListScreen
from artifact_tui.screens.server_list import known
from artifact_tui.screens.session import Session
from artifact_tui.screens.storage.owner_details import ScanState
from artifact_tui.screens.storage.owner_list import OwnerList
from artifact_tui.screens.storage.owner_rows import OwnerRow, OwnerRowKind
from artifact_tui.storage.bill import Bill, OwnerBill
from artifact_tui.storage.scan import OwnerScan
from artifact_tui.storage.scan_file import KnownCaches, load_scan, save_scan
from artifact_tui.transfers.models import Outcome, Transfer

Thing = TypeVar("Thing")
SHOW_EVERY = 0.5
"""Seconds between two updates of the rows while a scan runs, and after a key, so that they stay while it is held."""
REST_AFTER_MOVES = 2.0
"""Seconds after an update that has moved rows in the window, which sends all their lines anew."""
SAVE_EVERY = 30.0
"""Seconds between two files of a running scan."""
LONGEST_ORDERING = 3.0
"""Seconds that a scan waits for the bill and the caches, which only change its order."""
AT_REST = 0.25
"""Seconds without another key, after which what only the row under the cursor shows is requested."""
MOST_VIEWED = 20
"""The biggest repositories, whose retention is requested after a scan."""


class OwnerLoader(ListScreen):
    """A screen about all repositories of an owner; what a scan has read stays when it stops, and on disk."""

    list: OwnerList

    def __init__(self, session: Session, owner: str) -> None:
        super().__init__(session, owner, "Storage")
        self.owner = owner
        self.list = OwnerList()
        self.bill: OwnerBill | None = None
        self.earlier: Bill | None = None
        self.halted = ""
        """The sentence of the error that ended the scan before all was read."""
        self.keyed_at = -inf
        """When a key was pressed, on the clock of the event loop."""
        self._facts_read = asyncio.Event()
        self._listed_caches: dict[str, CacheUsage] | None = None
        self._known_at: datetime | None = None
        self._sent = self._begun_with = self._deleted = 0
        self._begun_at = session.clock()
        self._due: Timer | None = None
        self._next_at = self._stored_at = -inf
        self._storing = threading.Lock()

    def on_key(self, event: Key) -> None:
        """Remember when a key was pressed."""
        self.keyed_at = asyncio.get_running_loop().time()

    @property
    def state(self) -> ScanState:
        """How far the scan is."""
        connection, now = self.connection, self.session.clock()
        return ScanState(
            now,
            is_reading=self.list.is_reading,
            is_stopped=self.is_stopped,
            waits_until=self.retry_at,
            known_at=self._known_at,
            sent=self._sent,
            seconds=(now - self._begun_at).total_seconds(),
            begun_with=self._begun_with,
            limit=connection.rate_limit if connection else None,
            has_token=bool(connection and connection.token_source),
        )

    async def fetch(self, provider: Provider) -> None:
        """Read what is not read yet or, if nothing is left, all repositories again."""
        if self.list.scan is None:
            await self._show_stored()
        scan = self.list.scan
        if scan is None or self.list.is_complete:
            scan = self._new_scan(provider)
        self._begun_at, self._begun_with = self.session.clock(), self.list.read
        self.halted = ""
        try:
            if scan.listed_at is None:
                await self._list(provider, scan)
            await scan.run()
        except ProviderError as error:
            self.halted = str(error)
            raise
        finally:
            self._store()
        self._known_at = None

    def tell_end(self) -> None:
        """Request what is shown of the biggest repositories, which are known now."""
        self._view_biggest()

    def _new_scan(self, provider: Provider) -> OwnerScan:
        """Return a scan that knows what earlier ones have read."""
        before, now = self.list.scan, self.session.clock()
        if before is not None:
            self._known_at = before.listed_at
            self.list.remember(self.list.remembered(), now)
        self._sent = 0
        scan = OwnerScan(
            provider,
            self.owner,
            follow=self._follow,
            clock=self.session.clock,
            known=self.list.stored.readings,
            skips_idle=before is None or before.skips_idle,
            changed=lambda found: self._changed(),
            listed=self._changed,
        )
        self.list.begin(scan, now)
        return scan

    async def _list(self, provider: Provider, scan: OwnerScan) -> None:
        """List the repositories, and meanwhile read what their order depends on."""
        self._facts_read.clear()
        self._read_facts(provider, scan)
        await scan.list_all()
        self._know_caches()
        with suppress(TimeoutError):
            async with asyncio.timeout(LONGEST_ORDERING):
                await self._facts_read.wait()

    async def _follow(
        self, listing: Callable[[Place | None], AsyncIterator[Page[Thing]]]
    ) -> AsyncGenerator[Page[Thing], None]:
        """Yield the pages and count the requests; a rate limit ends the scan, and the screen resumes it."""
        try:
            async with aclosing(cast("AsyncGenerator[Page[Thing], None]", listing(None))) as pages:
                async for page in pages:
                    self._sent += 1
                    yield page
        except ProviderError as error:
            self._sent += error.status > 0
            raise

    async def _show_stored(self) -> None:
        """Show the stored scan, whose sums are made in a thread too."""
        lists, now = self.session.lists, self.session.clock()
        if lists is None:
            return

        def load() -> None:
            stored = load_scan(lists, self.owner, now)
            if stored.repositories:
                self.list.remember(stored, now)

        await in_daemon_thread(load)
        times = [reading.at for reading in self.list.stored.readings.values()]
        self._known_at = (self.list.stored.listed_at or max(times)) if times else None
        self.update_rows()

    def _store(self) -> None:
        """Store what was read; in a thread, unless the screen is being removed."""
        scan, lists = self.list.scan, self.session.lists
        self._stored_at = asyncio.get_running_loop().time()
        if scan is None or lists is None or not self.list.read:
            return
        if self.is_left:
            self._save(scan)
        else:
            threading.Thread(target=self._save, args=(scan,), name="scan", daemon=True).start()

    def _save(self, scan: OwnerScan) -> None:
        with self._storing:
            save_scan(self.session.lists, scan, self.list.stored, dict(self.list.caches), self.session.clock())

    def _changed(self) -> None:
        """Show what the scan has read, at most twice a second."""
        if self._due is None and not self.is_left:
            wait = self._next_at - asyncio.get_running_loop().time()
            if wait > 0:
                self._due = self.set_timer(wait, self._show_progress)
            else:
                self._show_progress()

    def _show_progress(self) -> None:
        self._due, now = None, asyncio.get_running_loop().time()
        if self.is_left or not self.loading_rows:
            return
        if now - self._stored_at > SAVE_EVERY and self._stored_at > 0:
            self._store()
        if now - self.keyed_at < SHOW_EVERY:
            self._due = self.set_timer(SHOW_EVERY, self._show_progress)
        elif self.app.screen is self:  # changes below another screen would repaint that one
            before = self.table.visible_keys
            self.update_rows()
            self._next_at = now + (SHOW_EVERY if self.table.visible_keys == before else REST_AFTER_MOVES)

    def watch_transfers(self, transfers: tuple[Transfer, ...]) -> None:
        """Remove deleted artifacts from the sums."""
        super().watch_transfers(transfers)
        deleted = [one for one in transfers if one.outcome in {Outcome.DELETED, Outcome.ALREADY_GONE}]
        if len(deleted) == self._deleted or not self.list.found:
            return
        self._deleted = len(deleted)
        gone: defaultdict[RepositoryName, set[int]] = defaultdict(set)
        for one in deleted:
            gone[one.repository].add(one.artifact.id)
        if self.list.remove(gone):
            self.update_rows()

    @work(exclusive=True, group="facts")
    async def _read_facts(self, provider: Provider, scan: OwnerScan) -> None:
        """Read the bill and the caches, which the order of the scan depends on, then the bill of the month before.

        Without a token, nothing is requested, because the server would ask for one.
        """
        bill, caches = OwnerBill(owner=self.owner, reason="token"), None
        if self._has_token(provider):
            bill, caches = await asyncio.gather(self.session.bill(self.owner), self._caches_of_all(provider))
        self.bill, self._listed_caches = bill, caches
        scan.billed = bill.hours()
        scan.caches = {name: usage.active_caches_size_in_bytes for name, usage in (caches or {}).items()}
        self._facts_read.set()
        self._know_caches()
        self.earlier = await self.session.bill_before(bill)
        self.show_details()

    def _has_token(self, provider: Provider) -> bool:
        return bool(provider.connection.token_source) or self.session.backend.sign_in is None

    async def _caches_of_all(self, provider: Provider) -> dict[str, CacheUsage] | None:
        """Return the usage of the repositories that have caches; None for a user or without the permission."""
        found: dict[str, CacheUsage] = {}
        with suppress(ProviderError):
            async for page in provider.owner_cache_usage(self.owner):
                found |= {usage.full_name.lower(): usage for usage in page.items}
            return found
        return None

    def _know_caches(self) -> None:
        if self._listed_caches is not None and self.list.is_listed:
            self.list.know_caches(self._listed_caches, self.session.clock())
            self._changed()

    @work(exclusive=True, group="biggest")
    async def _view_biggest(self) -> None:
        """Request the retention of the biggest repositories."""
        biggest = sorted(self.list.shown, key=lambda row: -row.usage.sums.live_bytes)[:MOST_VIEWED]
        repositories = [row.repository for row in biggest if row.repository is not None]
        with suppress(ProviderError):
            provider = await self.session.provider()
            await asyncio.gather(*(self._view(provider, each, has_caches=False) for each in repositories))
            self.update_rows()

    @work(exclusive=True, group="row")
    async def look_at(self, row: OwnerRow) -> None:
        """Request what only the row under the cursor shows: its retention and, of a user, its caches."""
        repository = row.repository
        if repository is None or row.kind is not OwnerRowKind.REPOSITORY:
            return
        if repository.id in self.list.keeps and repository.id in self.list.caches:
            return
        await asyncio.sleep(AT_REST)
        with suppress(ProviderError):
            await self._view(await self.session.provider(), repository, has_caches=True)
            self.update_rows()

    async def _view(self, provider: Provider, repository: Repository, *, has_caches: bool) -> None:
        name, number = repository.name, repository.id
        if not self._has_token(provider):
            return
        if number not in self.list.keeps:
            retention = await known(provider.retention(name))
            self.list.keeps[number] = retention.days if retention else None
        if has_caches:
            await self._facts_read.wait()
        if has_caches and number not in self.list.caches and self._listed_caches is None:
            usage = await known(provider.cache_usage(name))
            self.list.caches[number] = KnownCaches(self.session.clock(), usage or CacheUsage(full_name=str(name)))

    def show_details(self) -> None:
        """Show how far the scan is, or the bill."""
        raise NotImplementedError
