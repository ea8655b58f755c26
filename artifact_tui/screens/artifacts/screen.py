"""The Artifacts screen: all artifacts of a repository, or those of one workflow run."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from functools import partial
from operator import attrgetter

from textual import work
from textual.containers import Container
from textual.widget import Widget

from artifact_tui.cache.list_cache import Saved
from artifact_tui.domain.list_extent import Extent
from artifact_tui.domain.models import Artifact, RepositoryName, RunFilter, WorkflowRun
from artifact_tui.domain.provider import Provider, ProviderError
from artifact_tui.domain.urls import artifact_page, to_copy
from artifact_tui.keymap import bindings
from artifact_tui.screens.artifact_columns import ArtifactRow, columns_of
from artifact_tui.screens.artifacts.listing import ArtifactListing
from artifact_tui.screens.artifacts.marking import MarkingScreen
from artifact_tui.screens.dialogs.copy import AddressDialog, CopyDialog
from artifact_tui.screens.filter_input import FILTER_HINT, read_filter
from artifact_tui.screens.list_screen import STOPPED
from artifact_tui.screens.server_list import extent_of
from artifact_tui.screens.session import Session
from artifact_tui.storage.quota_words import expired_words
from artifact_tui.terminal.memory import LONG, give_back
from artifact_tui.transfers.deletions.models import DeletePlan
from artifact_tui.transfers.models import Kind, Outcome, Transfer
from artifact_tui.widgets.detail_pane import DetailPane
from artifact_tui.widgets.row_table import RowTable

SHOW_EVERY = 0.25  # seconds between two updates of the rows while pages arrive
TIDY_AFTER = 0.4  # seconds without another change of the filter or the list
READ_ONLY = "Read-only mode: nothing is deleted. Turn it off on the command line, in config.toml or the environment."
RUN_PAGES = 10  # the most pages of workflow runs to read for the names of the artifacts' runs
NEED_ROWS = frozenset(
    {"mark", "mark_all", "invert", "range", "download", "delete", "policies", "sort", "preview", "find"}
)
"""Actions that need artifacts."""


class ArtifactsScreen(MarkingScreen):
    """Loads and filters artifacts, and acts on those chosen when the key was pressed."""

    BINDINGS = bindings("artifacts")
    ABOVE = "runs"
    SAVED = Artifact
    NOUNS = "artifacts"
    FILTER_HINT = FILTER_HINT

    def __init__(self, session: Session, repository: RepositoryName, run: WorkflowRun | None = None) -> None:
        super().__init__(session, repository, title_of(run))
        self.listing: ArtifactListing = self._new_listing()
        self.workflow_run = run
        self._asked_name = ""
        self._named: set[int] = set()  # the IDs of workflow runs that were requested, found or not
        self._runs_ended = False  # whether the last page of runs was read, or the limit of pages is reached

    def compose_body(self) -> Iterable[Widget]:
        """Yield the table, and the details beside or below it, depending on the terminal's size."""
        columns, shown = columns_of(self.workflow_run, self.session.settings.columns.artifacts)
        table = RowTable[Artifact](columns, key=attrgetter("id"), row=self._row, shown=shown)
        yield Container(table, DetailPane(), id="artifacts-body")

    def _row(self, artifact: Artifact) -> ArtifactRow:
        return ArtifactRow(artifact, self.run_of(artifact), self.session.clock())

    async def fetch(self, provider: Provider) -> None:
        """Show pages as they arrive; a reload replaces the list once it is complete or has loaded more."""
        await self.saved_shown()
        self._runs_ended = False
        run_id, now = self.workflow_run.id if self.workflow_run else None, self.session.clock()
        etag = self.listing.etag_to_send(now)
        ask = partial(provider.artifacts, self.repository, run_id, name=self._asked_name, etag=etag)
        gone = self._gone(self.session.transfers())
        clock, shown = asyncio.get_running_loop().time, -SHOW_EVERY
        try:
            async for _ in self.listing.pages(ask, now):
                if clock() - shown >= SHOW_EVERY:
                    self._show_progress(self.listing.rows)
                    shown = clock()
        except ProviderError:
            self._keep_longer(gone)
            raise
        self._take_over(gone)

    def _keep_longer(self, gone: frozenset[int]) -> None:
        """Show what a load that broke off has read, unless an earlier list has more."""
        rows, extent = self.listing.rows, self.listing.extent
        if rows and (len(rows) >= len(self.list) or extent.is_whole):
            self._take_over(gone)
        else:
            self.list.extent = self.list.extent.outdated_by(extent)

    def _show_progress(self, rows: dict[int, Artifact]) -> None:
        if len(self.list) and not self.list.holds(rows):  # an earlier list is shown
            self.list.extent = self.list.extent.outdated_by(self.listing.extent)
            self.show_title()
            return
        if not self.list.holds(rows):
            self.list.replace(rows, self.listing.extent)
        self.list.extent = self.listing.extent
        self._show(self.list.select_added(self.session.clock(), self.session.runs_of(self.repository)))
        self._name_runs()

    def _take_over(self, gone: frozenset[int]) -> None:
        """Show what is loaded. Deletions since ``gone`` may have moved artifacts into pages already read."""
        self.saved_at = None
        self.list.replace(self.listing.rows, self.listing.extent)
        deleted = self._gone(self.session.transfers())
        self.list.remove(deleted, uncounted=deleted - gone)
        self._name_runs()
        self._save()
        self._give_back_at_rest()

    @work(exclusive=True, group="memory")
    async def _give_back_at_rest(self) -> None:
        """Return memory to the system after a long list was loaded, stored or filtered."""
        if len(self.list) >= LONG:
            await asyncio.sleep(TIDY_AFTER)
            give_back()

    @property
    def saved_name(self) -> str:  # type: ignore[override]  # changes with the filter
        """The cache name of all artifacts of the repository, or of those of one workflow run."""
        run = self.workflow_run
        return "" if self._asked_name else f"artifacts of {self.repository} {run.id if run else ''}"

    def show_saved(self, saved: Saved[Artifact]) -> None:
        """Show a cached list with its workflow runs; runs loaded since are newer."""
        known = self.session.runs_of(self.repository)
        known.update((run.id, run) for run in saved.runs if run.id not in known)
        rows, extent = {artifact.id: artifact for artifact in saved.items}, extent_of(saved)
        self.list.replace(rows, extent)
        self.listing.adopt(rows, extent, saved.etag)
        self._named |= self.list.run_ids if saved.is_named else set()
        if self.workflow_run is not None:
            self.set_run(known.get(self.workflow_run.id, self.workflow_run))

    def set_run(self, run: WorkflowRun) -> None:
        """Show a newer state of the workflow run; only its ID may have been known."""
        if run == self.workflow_run:
            return
        self.workflow_run = self.session.runs_of(self.repository)[run.id] = run
        self.trail = self.title_bar.trail = (*self.trail[:-1], title_of(run))
        self.table.choose(columns_of(run, self.session.settings.columns.artifacts)[1])
        self.show_details()
        if not self.loading_rows and self.saved_at is None and len(self.list):
            self._save()

    def _save(self) -> None:
        known = self.session.runs_of(self.repository)
        ids, etag = self.list.run_ids, self.listing.etag
        runs = (known[number] for number in ids & known.keys())
        self.save(self.list.newest, self.extent, runs, etag, is_named=ids <= known.keys() | self._named)

    def _name_runs(self) -> None:
        known = self.session.runs_of(self.repository)
        own = {self.workflow_run.id} if self.workflow_run is not None else set()
        if self.workflow_run is not None and self.workflow_run.run_number:  # without it, only the ID is known
            known.setdefault(self.workflow_run.id, self.workflow_run)
        is_asking = any(worker.group == "runs" and not worker.is_finished for worker in self.workers)
        if self._runs_ended:
            self._named |= self.list.run_ids
        elif not (is_asking or self.list.run_ids <= known.keys() | self._named | own):
            self._ask_for_runs(known)

    @work(group="runs")
    async def _ask_for_runs(self, known: dict[int, WorkflowRun]) -> None:
        """Load the workflow runs of the artifacts for their names, numbers and attempts; ignore errors."""
        pages = 0
        try:
            provider = await self.session.provider()
            async for page in provider.runs(self.repository, RunFilter()):
                known.update((run.id, run) for run in page.items)
                self.table.refit()
                self.show_details()
                pages += 1
                if pages == RUN_PAGES or self.list.run_ids <= known.keys() | self._named:
                    break
        except ProviderError:
            return
        self._runs_ended = not self.list.run_ids <= known.keys() | self._named
        if not self.loading_rows:
            self._name_runs()
            self._save()

    def update_rows(self, *, filtered: bool = False, sorted_anew: bool = False) -> None:
        """Filter, sort and show the rows, and update the title and the details."""
        if self.list.holds(self.listing.rows):
            self.list.extent = self.listing.extent
        rows = self.list.select(self.session.clock(), self.session.runs_of(self.repository))
        self._show(rows, filtered=filtered, sorted_anew=sorted_anew)

    def _show(self, rows: tuple[Artifact, ...], *, filtered: bool = False, sorted_anew: bool = False) -> None:
        kind = self.session.backend.kind
        expired = expired_words(kind) if kind.is_cloud else ""
        placeholder = self.list.placeholder(self.loading_rows, self.workflow_run is not None, expired)
        self.table.placeholder = STOPPED if self.is_stopped and not len(self.list) else self.problem or placeholder
        self.table.sorted_by = (self.list.query.sort.id, self.list.query.descending)
        if sorted_anew:
            self.table.reorder(rows)
        elif not filtered or rows is not self.table.items:
            self.table.show(rows, filtered=filtered)
        self.show_marks()
        if not filtered or self.table.current is None:  # otherwise they follow the cursor
            self.show_details()

    def watch_transfers(self, transfers: tuple[Transfer, ...]) -> None:
        """Remove deleted artifacts from the list."""
        super().watch_transfers(transfers)
        if self.list.remove(self._gone(transfers)):
            self.update_rows()

    def _gone(self, transfers: tuple[Transfer, ...]) -> frozenset[int]:
        """Return the IDs of deleted artifacts; pages requested earlier may still list them."""
        ours = (one for one in transfers if one.repository == self.repository)
        return frozenset(one.artifact.id for one in ours if one.outcome in {Outcome.DELETED, Outcome.ALREADY_GONE})

    def action_filter(self) -> None:
        """Open the filter line, and prepare the list for the first letter."""
        super().action_filter()
        self.call_after_refresh(self.list.prepare_filter, self.session.clock())

    def filter_rows(self, text: str) -> None:
        """Filter as you type; an invalid term is underlined and ignored until you fix it."""
        self.list.query, self.filter_bar.problem = read_filter(self.list.query, text)
        if self._asked_name and self.list.query.exact_name != self._asked_name:
            self._ask("")
        self.update_rows(filtered=True)
        self._give_back_at_rest()

    def submit_filter(self, text: str) -> None:
        """Ask the server for an exact name while the list is incomplete; that is faster than loading the rest."""
        if self.list.query.exact_name and (self.loading_rows or not self.extent.is_whole):
            self._ask(self.list.query.exact_name)

    def _new_listing(self) -> ArtifactListing:
        return ArtifactListing(drops_expired=self.session.backend.kind.is_cloud)

    def _ask(self, name: str) -> None:
        self._asked_name = name
        self.listing = self._new_listing()
        self.list.replace({}, Extent())
        self.load()

    def action_download(self) -> None:
        """Ask where to download the chosen artifacts."""
        from artifact_tui.screens.download.flow import DownloadFlow

        if chosen := self.chosen():
            flow = DownloadFlow(self.app, self.session)
            self.app.run_worker(flow.run(self.repository, chosen), group="download")
        else:
            self.current_or_say()

    def action_delete(self) -> None:
        """Freeze a plan of the chosen artifacts and review it."""
        if self.is_refused("delete") or self.is_in_doubt():
            return
        from artifact_tui.screens.deletion.review import ReviewScreen

        chosen = self.chosen()
        going = self.session.under_way(Kind.DELETE, self.repository)
        free = tuple(artifact for artifact in chosen if artifact.id not in going)
        if free:
            plan = DeletePlan(self.repository, free)
            total = len(self.list) if self.extent.is_whole else 0
            hidden, part = self.list.hidden_marks, self.extent.part()
            self.app.push_screen(ReviewScreen(self.session, plan, hidden, total, part=part))
        elif chosen:
            self.app.notify("Already being deleted. W shows the progress.", markup=False, timeout=4)

    def open_item(self, item: Artifact) -> None:
        """Open the contents of an artifact."""
        from artifact_tui.screens.contents.screen import ContentsScreen

        self.app.push_screen(ContentsScreen(self.session, self.repository, item))

    def action_find(self) -> None:
        """Find files by name in all shown artifacts."""
        from artifact_tui.screens.contents.find import FindScreen

        shown, part = tuple(self.table.items), self.extent.part()
        self.app.push_screen(FindScreen(self.session, self.repository, shown, part=part))

    def action_compare(self) -> None:
        """Compare two marked artifacts, or the one under the cursor with the previous one of its name."""
        from artifact_tui.screens.contents.compare import CompareScreen

        chosen = self.chosen()
        if len(chosen) > 2:
            self.app.notify("Mark two artifacts to compare them.", markup=False, timeout=4)
        elif chosen:
            self.app.push_screen(CompareScreen(self.session, self.repository, chosen))

    def why_not(self, action: str) -> str:
        """Return why an action is unavailable, such as deleting in read-only mode."""
        if action.partition("(")[0] in NEED_ROWS and self.is_mounted and not self.table.items:
            return "" if len(self.list.marks) else "The list is empty."
        return READ_ONLY if action == "delete" and self.session.settings.read_only else super().why_not(action)

    def action_copy(self) -> None:
        """Show the values of the artifact to copy."""
        artifact, backend = self.current_or_say(), self.session.backend
        if artifact is not None:
            values = to_copy(artifact, self.repository, backend.host, backend.web_url, backend.api_url)
            self.app.push_screen(CopyDialog(values))

    def action_address(self) -> None:
        """Show the address of the artifact's page."""
        artifact, web_url = self.current_or_say(), self.session.backend.web_url
        if artifact is not None:
            address = artifact_page(artifact, self.repository, web_url) or f"{web_url}/{self.repository}/actions"
            self.app.push_screen(AddressDialog(address, self.session.remote))


def title_of(run: WorkflowRun | None) -> str:
    """Return the title for all artifacts or for a workflow run, of which only the ID may be known."""
    if run is None:
        return "All artifacts"
    return f"{run.name or 'run'} #{run.run_number}" if run.name or run.run_number else f"run {run.id}"
