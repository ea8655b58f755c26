"""The Artifacts screen: all artifacts of a repository, or those of one workflow run."""

from __future__ import annotations

from collections.abc import Iterable
from operator import attrgetter

from textual.containers import Container
from textual.widget import Widget

from artifact_tui.cache.list_cache import Saved
from artifact_tui.domain.list_extent import Extent
from artifact_tui.domain.models import Artifact, RepositoryName, WorkflowRun
from artifact_tui.domain.urls import artifact_page, to_copy
from artifact_tui.keymap import bindings
from artifact_tui.screens.artifact_columns import ArtifactRow, columns_of
from artifact_tui.screens.artifact_loader import READ_ONLY
from artifact_tui.screens.artifacts.marking import MarkingScreen
from artifact_tui.screens.dialogs.copy import AddressDialog, CopyDialog
from artifact_tui.screens.filter_input import FILTER_HINT, read_filter
from artifact_tui.screens.list_screen import STOPPED
from artifact_tui.screens.session import Session
from artifact_tui.storage.quota_words import expired_words
from artifact_tui.widgets.detail_pane import DetailPane
from artifact_tui.widgets.row_table import RowTable

NEED_ROWS = frozenset(
    {"mark", "mark_all", "invert", "range", "download", "delete", "policies", "sort", "preview", "find"}
)
"""Actions that need artifacts."""


class ArtifactsScreen(MarkingScreen):
    """Loads and filters artifacts, and acts on those chosen when the key was pressed."""

    BINDINGS = bindings("artifacts")
    ABOVE = "runs"
    FILTER_HINT = FILTER_HINT

    def __init__(
        self, session: Session, repository: RepositoryName, run: WorkflowRun | None = None, *, filled: str = ""
    ) -> None:
        """Show all artifacts or those of one run; with the filter ``filled``, Esc leaves rather than clears it."""
        super().__init__(session, repository, title_of(run), run)
        self._filled = filled

    def on_mount(self) -> None:
        """Show the filter that the list opens with."""
        if self._filled:
            self.filter_bar.text = self._filled
            self.filter_bar.add_class("-open")

    def action_back(self) -> None:
        """Close the filter, undo what the screen has on top, or leave the screen."""
        if self._filled and self.filter_bar.text == self._filled and not self.filter_bar.active:
            if not self.step_back():
                self.post_message(self.Up())
        else:
            super().action_back()

    def compose_body(self) -> Iterable[Widget]:
        """Yield the table, and the details beside or below it, depending on the terminal's size."""
        columns, shown = columns_of(self.workflow_run, self.session.settings.columns.artifacts)
        table = RowTable[Artifact](columns, key=attrgetter("id"), row=self._row, shown=shown)
        yield Container(table, DetailPane(), id="artifacts-body")

    def _row(self, artifact: Artifact) -> ArtifactRow:
        return ArtifactRow(artifact, self.run_of(artifact), self.session.clock())

    def show_added(self) -> None:
        """Show artifacts that the list has gained."""
        self._show(self.list.select_added(self.session.clock(), self.session.runs_of(self.repository)))

    def show_runs(self) -> None:
        """Show the names of workflow runs that have just been loaded."""
        self.table.refit()
        self.show_details()

    def show_saved(self, saved: Saved[Artifact]) -> None:
        """Show a cached list, and the newest known state of its workflow run."""
        super().show_saved(saved)
        known = self.session.runs_of(self.repository)
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
            self.save_list()

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

    def action_filter(self) -> None:
        """Open the filter line, and prepare the list for the first letter."""
        super().action_filter()
        self.call_after_refresh(self.list.prepare_filter, self.session.clock())

    def filter_rows(self, text: str) -> None:
        """Filter as you type; an invalid term is underlined and ignored until you fix it."""
        self.list.query, self.filter_bar.problem = read_filter(self.list.query, text)
        if self.asked_name and self.list.query.exact_name != self.asked_name:
            self._ask("")
        self.update_rows(filtered=True)
        self.give_back_at_rest()

    def submit_filter(self, text: str) -> None:
        """Ask the server for an exact name while the list is incomplete; that is faster than loading the rest."""
        if self.list.query.exact_name and (self.loading_rows or not self.extent.is_whole):
            self._ask(self.list.query.exact_name)

    def _ask(self, name: str) -> None:
        self.asked_name = name
        self.listing = self.new_listing()
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
        self.review(self.chosen(), self.list.hidden_marks)

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
