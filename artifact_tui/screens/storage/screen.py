"""The Storage screen of a repository: its artifacts by group, the biggest first."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from msgspec.structs import replace
from textual import on, work
from textual.containers import Container
from textual.getters import query_one
from textual.message import Message
from textual.widget import Widget

from artifact_tui.daemon_thread import in_daemon_thread
from artifact_tui.domain.models import RepositoryName
from artifact_tui.domain.provider import Provider
from artifact_tui.keymap import bindings
from artifact_tui.screens.dialogs.detail import DetailDialog
from artifact_tui.screens.dialogs.question import ChoiceDialog
from artifact_tui.screens.list_screen import STOPPED
from artifact_tui.screens.server_list import known
from artifact_tui.screens.session import Session
from artifact_tui.screens.storage.details import Facts, group_fields, repository_fields
from artifact_tui.screens.storage.list_model import StorageList
from artifact_tui.screens.storage.rows import DrawnRow, RowKind, StorageRow, columns_of
from artifact_tui.screens.storage.setting_actions import SettingActions
from artifact_tui.storage.families import family
from artifact_tui.storage.groupings import FAMILY, GROUPINGS
from artifact_tui.terminal.terminal_app import TerminalApp
from artifact_tui.text import printable
from artifact_tui.transfers.models import Outcome
from artifact_tui.widgets.detail_pane import DetailPane, Field
from artifact_tui.widgets.row_layout import Column
from artifact_tui.widgets.row_table import RowTable
from artifact_tui.widgets.status_bar import key_sign
from artifact_tui.widgets.title_bar import TitleBar

AT_ONCE = 20_000
"""The most names whose families are found without a thread, in 50 ms."""
REST = 10
"""How many times the duration of an update passes until the next one, while pages arrive."""


class StorageScreen(SettingActions):
    """What uses the storage of a repository. A group opens as a list of artifacts or, if no filter says it, in groups.

    The levels are one screen, so that a page that arrives counts at every level.
    """

    BINDINGS = bindings("storage")
    ABOVE = "leave_storage"
    FILTER_HINT = "part of a name"
    KEY_PLACES: ClassVar = {"filter": 0.5}  # in the key line, after the keys of this screen

    pane = query_one(DetailPane)

    @dataclass
    class OpenOwner(Message):
        """A request to show the storage of all repositories of the owner."""

        repository: RepositoryName

    @dataclass
    class Open(Message):
        """A request to list the artifacts that a filter selects."""

        repository: RepositoryName
        filter: str

    def __init__(self, session: Session, repository: RepositoryName) -> None:
        grouping = GROUPINGS.get(session.memory.value.grouping, FAMILY)
        super().__init__(session, repository, f"Storage by {grouping.by}")
        self.list: StorageList = StorageList(grouping)
        self._facts = Facts(session.public.get(repository))
        self._biggest = 0
        self._next_update = 0.0
        self._knows_families = False  # of a list with so many names that a thread finds them

    def compose_body(self) -> Iterable[Widget]:
        """Yield the table, and where the space goes below or beside it."""
        columns, shown = self._columns()
        table = RowTable[StorageRow](columns, key=lambda row: row.key, row=self._drawn, shown=shown)
        yield Container(table, DetailPane(), id="storage-body")

    def _columns(self) -> tuple[tuple[Column[DrawnRow], ...], tuple[str, ...]]:
        is_cloud, wanted = self.session.backend.kind.is_cloud, self.session.settings.columns.storage
        return columns_of(self.list.grouping, wanted, lists_expired=not is_cloud)

    def _drawn(self, row: StorageRow) -> DrawnRow:
        is_whole, app = self.extent.is_whole, self.app
        return DrawnRow(
            row,
            self.session.clock(),
            self._biggest,
            self.list.total.live_bytes,
            is_complete=is_whole,
            knows_growth=self.list.knows_growth,
            lists_expired=self.lists_expired,
            is_ascii=isinstance(app, TerminalApp) and app.is_ascii,
        )

    async def fetch(self, provider: Provider) -> None:
        """Load all artifacts, and meanwhile what else the server knows about the storage."""
        self.ask_for_facts(provider)
        await super().fetch(provider)

    @work(exclusive=True, group="facts")
    async def ask_for_facts(self, provider: Provider) -> None:
        """Load visibility and, with a token, retention, caches and bill; what cannot be read is left out."""
        name, facts = self.repository, self._facts
        found = known(provider.repository(name))
        if provider.connection.token_source or self.session.backend.sign_in is None:
            repository, retention, caches, bill = await asyncio.gather(
                found,
                known(provider.retention(name)),
                known(provider.cache_usage(name)),
                self.session.bill(name.owner),
            )
            facts = Facts(None, retention, caches, bill)
        else:
            repository = await found
        if repository is not None:
            self.session.public[name] = not repository.private
        self._facts = facts._replace(is_public=self.session.public.get(name))
        self.show_details()

    @property
    def wants_runs(self) -> bool:
        """Whether workflows or runs are shown."""
        return self.list.needs_runs or bool(self.list.steps)

    def show_added(self) -> None:
        """Show artifacts that the list has gained, unless the last update took long and just ended."""
        clock = asyncio.get_running_loop().time
        began = clock()
        if began < self._next_update:
            self.show_title()
            return
        self.update_rows()
        self._next_update = clock() + REST * (clock() - began)

    def show_runs(self) -> None:
        """Show groups by workflow or run as they are now known."""
        if not self.list.needs_runs:
            self.show_details()
        elif not self.loading_rows:
            self.update_rows()

    def update_rows(self, *, filtered: bool = False, sorted_anew: bool = False) -> None:
        """Count and sort the groups, and show them with their sum."""
        if self.list.holds(self.listing.rows):
            self.list.extent = self.listing.extent
        if not self._knows_families and len(names := self.list.uncounted) > AT_ONCE:
            self.table.placeholder = self._placeholder()
            self._learn_families(names)
            return
        rows = self.list.select(self.session.clock(), self.session.runs_of(self.repository))
        parts = 3 if self.lists_expired else 2
        self._biggest = max((sum(row.group.parts[:parts]) for row in self.list.shown), default=0)
        self.table.placeholder = STOPPED if self.is_stopped and not rows else self.problem or self._placeholder()
        self.table.sorted_by = (self.list.sort.id, self.list.descending)
        if sorted_anew:
            self.table.reorder(rows)
        else:
            self.table.show(rows, filtered=filtered)
        self.show_marks()
        self.show_details()

    @work(exclusive=True, group="families")
    async def _learn_families(self, names: tuple[str, ...]) -> None:
        """Find the families of many names in a thread, because that takes longer than a key may wait."""
        await in_daemon_thread(lambda: [family(name) for name in names])
        self._knows_families = True
        self.update_rows()

    def _placeholder(self) -> str:
        if self.loading_rows:
            return "Loading artifacts…"
        if self.extent.part():
            return f"No artifacts could be listed\n\n{self.extent.title('r retries')}"
        return "This repository has no artifacts\n\nEsc goes back"

    def show_title(self) -> None:
        """Show the levels, and how many artifacts are marked or shown."""
        steps, by = [step.label for step in self.list.steps], self.list.grouping.by
        here = (f"{printable(steps[-1], 60)} by {by}",) if steps else (f"Storage by {by}",)
        above = (self.repository.name, "Storage", *steps[:-1]) if steps else (str(self.repository),)
        self.trail = self.title_bar.trail = (*above, *here)
        progress = self.listing.extent if self.loading_rows and self.saved_at is None else None
        self.title_bar.summary = self.dated(self.list.summary(progress, self.is_stopped, self.retry_words))

    def show_details(self) -> None:
        """Show where the space goes, or what the opened group is."""
        if self.query(DetailPane):  # a list may be there before Textual calls the screen mounted
            steps = self.list.steps
            self.pane.border_title = printable(steps[-1].label, 60) if steps else "Where the space goes"
            self.pane.show(self._fields(), len(steps))

    def _fields(self) -> tuple[Field, ...]:
        kind, total = self.session.backend.kind, self.list.total
        if not (self.list.rows or self.extent.is_whole):
            return ()
        if self.list.steps:
            return group_fields(total, self.session.runs_of(self.repository), kind)
        has_deleted = any(
            one.repository == self.repository and one.outcome is Outcome.DELETED for one in self.session.transfers()
        )
        known = self.list.knows_growth
        return repository_fields(
            total,
            self.repository,
            self._facts,
            kind,
            knows_growth=known,
            has_deleted=has_deleted,
            caches_key=key_sign(self.session.key_of("storage.caches")),
        )

    def action_details(self) -> None:
        """Fold the pane, or show its text over the list where there is no pane."""
        if self.has_class("-tall") or self.has_class("-high"):
            self.toggle_class("-folded")
        elif self._fields():
            self.app.push_screen(DetailDialog(self._fields()))

    @work(group="group")
    async def action_group(self) -> None:
        """Ask what to group by; the choice for a repository is remembered."""
        if self.is_refused("group"):
            return
        now = self.list.grouping
        choices = {one.id: (one.words, "now" if one is now else "") for one in GROUPINGS.values()}
        answer = await self.app.push_screen_wait(ChoiceDialog("Group by", choices))
        chosen = GROUPINGS.get(answer or "")
        if chosen is None or chosen is now:
            return
        if not self.list.steps:
            self.session.memory.change(lambda memory: replace(memory, grouping=chosen.id))
        self.list.group_by(chosen)
        self._show_level()

    def action_owner(self) -> None:
        """Go to the storage of all repositories of the owner."""
        self.post_message(self.OpenOwner(self.repository))

    def _show_level(self, cursor: Any = None) -> None:
        """Show another level or grouping from its first row, or with the cursor on a row."""
        columns, shown = self._columns()
        self.table.choose(shown, columns)
        self.update_rows()
        self.name_runs()
        keys = [row.key for row in self.table.items]
        self.table.move_cursor(row=keys.index(cursor) if cursor in keys else 0)

    def open_item(self, item: StorageRow) -> None:
        """Open a group: as a list of artifacts, or as groups of another kind."""
        if item.kind is RowKind.FILTERED:
            self.app.notify("Esc clears the filter.", markup=False, timeout=4)
            return
        text = None if self.list.is_family(item) else self.list.filter_of(item)
        if text is not None:
            self.post_message(self.Open(self.repository, text))
        elif self.list.open(item):
            self.filter_bar.close()
            self._show_level()
        else:
            self.app.notify("No filter selects exactly this group.", markup=False, timeout=5)

    def filter_rows(self, text: str) -> None:
        """Show the groups whose names contain the words."""
        if (words := text.casefold().split()) != self.list.words:
            self.list.words = words
            self.update_rows(filtered=True)

    def step_back(self) -> bool:
        """Stop loading first, then remove the marks, then close an opened group."""
        if super().step_back():
            return True
        if self.list.clear_marks():
            self.marks_changed()
            return True
        return self._leave_level()

    def _leave_level(self) -> bool:
        key = self.list.leave()
        if key is not None:
            self._show_level(key)
        return key is not None

    @on(TitleBar.Clicked)
    def _level_clicked(self, event: TitleBar.Clicked) -> None:
        event.prevent_default()
        if not all(self._leave_level() for _ in range(event.steps)):
            self.post_message(self.Up())
