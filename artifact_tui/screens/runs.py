"""The Runs screen: workflow runs of a repository, loaded page by page as you scroll."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

from textual import on, work
from textual.message import Message
from textual.widget import Widget

from artifact_tui.cache.list_cache import Saved
from artifact_tui.domain.list_extent import Extent
from artifact_tui.domain.models import RepositoryName, RunFilter, WorkflowRun
from artifact_tui.domain.provider import Provider, ProviderError
from artifact_tui.domain.run_filter import describe
from artifact_tui.domain.urls import run_page
from artifact_tui.keymap import bindings
from artifact_tui.screens.list_loader import Listing
from artifact_tui.screens.list_screen import STOPPED
from artifact_tui.screens.run_columns import COLUMNS, RunRow
from artifact_tui.screens.run_filter_input import RunLine
from artifact_tui.screens.server_list import ServerList, extent_of
from artifact_tui.screens.session import Session
from artifact_tui.text import count
from artifact_tui.widgets.row_table import RowTable

AHEAD = 20  # how many rows before the end the next page loads
RUNS_LISTED = 1000  # the most runs of a filtered list (documentation of "List workflow runs for a repository")


class RunsScreen(ServerList):
    """Workflow runs, newest first; the filter line becomes query parameters."""

    BINDINGS = bindings("runs")
    ABOVE = "repositories"
    SAVED = WorkflowRun
    NOUNS = "workflow runs"
    FILTER_HINT = "release main ok · workflow: branch: event: @actor status: age>30d #412"

    @dataclass
    class Open(Message):
        """A request to open the artifacts of a workflow run."""

        repository: RepositoryName
        run: WorkflowRun

    @dataclass
    class Listed(Message):
        """The server has listed workflow runs of the repository for the first time."""

        repository: RepositoryName

    def __init__(self, session: Session, repository: RepositoryName) -> None:
        super().__init__(session, str(repository), "Runs")
        self.repository = repository
        self._runs: dict[int, WorkflowRun] = {}
        self._line = RunLine(session, repository)
        self._is_new_filter = self._is_listed = False
        self._only = RunFilter()
        self._text = self._asked_text = ""
        self._wanted = asyncio.Event()

    def compose_body(self) -> Iterable[Widget]:
        """Yield the table."""
        shown = self.session.settings.columns.runs
        clock = self.session.clock
        yield RowTable[WorkflowRun](COLUMNS, key=lambda run: run.id, row=lambda run: RunRow(run, clock()), shown=shown)

    async def fetch(self, provider: Provider) -> None:
        """Load a page, and the next one when the cursor nears the end."""
        ask = partial(provider.runs, self.repository, self._only)
        try:
            async for page in self.listing.pages(ask, self.session.clock()):
                self._wanted.clear()
                self.loading_rows = False
                if not self._is_listed:
                    self._is_listed = True
                    self.post_message(self.Listed(self.repository))
                self._take_over()
                self.update_rows()
                if page.rest is not None and not self._is_near_end():
                    await self._wanted.wait()
                self.loading_rows = True
        except ProviderError:
            if self.listing.rows:
                self._take_over()
            raise
        self._take_over()

    def _take_over(self) -> None:
        self._runs, self._extent, self.saved_at = self.listing.rows.copy(), self.listing.extent, None
        self.session.runs_of(self.repository).update(self._runs)
        self.save(self._runs.values(), self._extent)

    def action_refresh(self) -> None:
        """Load from the newest run, or only the missing runs after an incomplete load."""
        if not (self.is_stopped or self._extent.is_incomplete or self.retry_at):
            self.listing.forget_place()
        super().action_refresh()

    @property
    def saved_name(self) -> str:  # type: ignore[override]  # the filter may change
        """The cache name of the unfiltered list."""
        return f"runs of {self.repository}" if self._only == RunFilter() else ""

    def show_saved(self, saved: Saved[WorkflowRun]) -> None:
        """Show as many runs as last time."""
        self._runs, self._extent = {run.id: run for run in saved.items}, extent_of(saved)
        known = self.session.runs_of(self.repository)
        known.update((run.id, run) for run in saved.items if run.id not in known)

    def _is_near_end(self) -> bool:
        return self.table.cursor_row >= len(self._runs) - AHEAD

    @on(RowTable.RowHighlighted)
    def _page_on(self) -> None:
        if self._is_near_end():
            self._wanted.set()

    def update_rows(self) -> None:
        """Show the rows and their number."""
        rows = tuple(self._runs.values())
        self.table.placeholder = self._placeholder()
        self.table.show(rows, filtered=self._is_new_filter)
        self._is_new_filter = self._is_new_filter and not rows
        self.show_title()

    def show_title(self) -> None:
        """Show in the title how many of how many runs are shown."""
        if self.filter_bar.active and self._text.strip():
            return  # the title shows what Enter does
        rows, extent = len(self._runs), self._extent
        if not rows and (self.loading_rows or self.is_stopped):
            self.title_bar.summary = "loading…" if self.loading_rows else "stopped"
        elif extent.is_incomplete:
            self.title_bar.summary = self.dated(extent.title(self.retry_words))
        else:
            self.title_bar.summary = self.dated(f"{extent.share()} runs" if extent.missing else count(rows, "run"))

    def _placeholder(self) -> str:
        if self.loading_rows:
            return "Loading workflow runs…"
        if self.is_stopped and self._extent.total is None:
            return STOPPED
        if self.problem:
            return self.problem
        if self._extent.part():
            return f"No workflow runs could be listed\n\n{self._extent.title('r retries')}"
        if self._only != RunFilter():
            return f"No workflow run matches {describe(self._only)}\n\nEsc clears the filter"
        return "This repository has no workflow runs yet\n\n1 goes to the repositories"

    def action_filter(self) -> None:
        """Open the filter line, and load the names that a bare word may match."""
        super().action_filter()
        self.call_after_refresh(lambda: self.filter_rows(self.filter_bar.text))
        if not self._line.is_learned:
            self._learn_names()

    @work(exclusive=True, group="names")
    async def _learn_names(self) -> None:
        await self._know_names()
        self.filter_rows(self.filter_bar.text)

    async def _know_names(self) -> None:
        if error := await self._line.learn():
            self.app.notify(str(error), severity="warning", markup=False)

    def filter_rows(self, text: str) -> None:
        """Show how the line is read; only Enter sends a request."""
        self._text = text
        read = self._line.read(text)
        is_active = self.filter_bar.active
        self.filter_bar.offer = read.offer if is_active else None
        self.filter_bar.problem = read.problem if self._line.was_asked else ("", 0)
        if is_active:
            self.title_bar.summary = read.summary
        elif not text and self._only != RunFilter():
            self._ask(RunFilter())
        else:
            self.show_title()

    @work(exclusive=True, group="ask")
    async def submit_filter(self, text: str) -> None:  # type: ignore[override]  # a worker is started, not awaited
        """Turn the line into query parameters, or open a run, once the names are known."""
        self.filter_bar.offer = None
        if text.strip():
            await self._know_names()
        read = self._line.read(text)
        if read.problem[0]:
            self.filter_bar.problem = read.problem
            self.filter_bar.open()
        elif isinstance(read.wanted, WorkflowRun):
            self._open_from_line(read.wanted)
        else:
            self._asked_text = text
            self._ask(read.wanted)

    def _open_from_line(self, run: WorkflowRun) -> None:
        """Open a run, and restore the filter of the list that is shown."""
        if self._asked_text:
            self.filter_bar.text = self._asked_text
        else:
            self.filter_bar.close()
        self.open_item(run)

    def _ask(self, only: RunFilter) -> None:
        if only == self._only:
            self.update_rows()
            return
        self._only, self._runs, self._extent = only, {}, Extent()
        self.listing = Listing(limit=0 if only == RunFilter() else RUNS_LISTED)
        self._is_new_filter = True
        self.load()

    def action_back(self) -> None:
        """Go back; from a filter, to all runs."""
        had_filter = self.filter_bar.has_class("-open")
        super().action_back()
        if had_filter:
            self._asked_text = ""
            self._ask(RunFilter())

    def open_item(self, item: WorkflowRun) -> None:
        """Open its artifacts."""
        self.post_message(self.Open(self.repository, item))

    def action_address(self) -> None:
        """Show the address of the run's page."""
        from artifact_tui.screens.dialogs.copy import AddressDialog

        run = self.current_or_say()
        if run is not None:
            self.app.push_screen(AddressDialog(self._address(run), self.session.remote))

    def action_copy(self) -> None:
        """Show the values of the run to copy."""
        from artifact_tui.screens.dialogs.copy import CopyDialog

        run = self.current_or_say()
        if run is None:
            return
        command = f"gh run view {run.id} --repo {self.repository}"
        title, address = run.display_title or "", self._address(run)
        values = {"Run ID": str(run.id), "Title": title, "Address": address, "gh line": command}
        self.app.push_screen(CopyDialog(values))

    def _address(self, run: WorkflowRun) -> str:
        return run_page(self.repository, run.id, self.session.backend.web_url)
