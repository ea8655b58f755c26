"""A deletion in progress: how far it is, how to stop it at any time, and the report at its end."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from textual.containers import Container
from textual.content import Content
from textual.getters import query_one
from textual.reactive import reactive
from textual.widget import Widget

from artifact_tui.domain.provider import Provider, ProviderError
from artifact_tui.keymap import bindings
from artifact_tui.screens.deletion import report
from artifact_tui.screens.engine_events import RetryDeletes
from artifact_tui.screens.list_screen import ListScreen, fits
from artifact_tui.screens.session import Session
from artifact_tui.screens.transfer_names import names_of
from artifact_tui.storage.quota import Saving, estimate_saving
from artifact_tui.text import printable
from artifact_tui.transfers.deletions.models import Deletion, DeletionState, in_short, short_names
from artifact_tui.transfers.models import Outcome, Transfer
from artifact_tui.widgets.detail_pane import DetailPane, Field
from artifact_tui.widgets.row_table import RowTable


class DeletionHead(Widget):
    """Two lines: what happens now, and how far it is."""

    deletion: reactive[Deletion | None] = reactive[Deletion | None](None)

    def render(self) -> Content:
        """Return the lines, as wide as the widget."""
        if self.deletion is None:
            return Content("")
        width = max(1, self.size.width)
        now = report.standing(self.deletion).truncate(width, ellipsis=True)
        return Content("\n").join([now, report.progress(self.deletion, width)])


class DeletionScreen(ListScreen):
    """The snapshots of one deletion; ``from_earlier`` means that no review looked up whether it is public."""

    BINDINGS = bindings("deletion")
    IS_OVER_ALL = True
    FILTER_HINT = "name or result"
    TELLS_ENDINGS = True

    head = query_one(DeletionHead)
    pane = query_one(DetailPane)

    def __init__(self, session: Session, deletion: Deletion, *, from_earlier: bool = False) -> None:
        super().__init__(session, in_short(deletion.repositories), "Deletion")
        self._deletion = deletion
        self._repositories = short_names(deletion.repositories)
        self._from_earlier = from_earlier
        self._saving: Saving | None = None
        self._names: dict[int, str] = {}

    def compose_body(self) -> Iterable[Widget]:
        """Yield the progress, the artifacts, and the report at the end."""
        columns = report.COLUMNS_ACROSS if len(self._deletion.repositories) > 1 else report.COLUMNS
        table = RowTable[Transfer](columns, key=lambda transfer: transfer.id, row=self._row)
        pane = DetailPane()
        pane.border_title = "Report"
        yield Container(DeletionHead(), table, pane, id="deletion-body")

    def _row(self, transfer: Transfer) -> report.DeletionRow:
        repository = self._repositories.get(transfer.repository, "")
        return report.DeletionRow(transfer, self._names.get(transfer.id, transfer.artifact.name), repository)

    def watch_deletions(self, deletions: tuple[Deletion, ...]) -> None:
        """Show new snapshots."""
        self._deletion = next((one for one in deletions if one.number == self._deletion.number), self._deletion)
        self.update_rows()

    async def fetch(self, provider: Provider) -> None:
        """Ask whether the repositories are public, where that is unknown."""
        if not self._from_earlier or not self.session.backend.kind.is_cloud:
            return
        for repository in self._deletion.repositories:
            if repository not in self.session.public:
                with suppress(ProviderError):  # then the report says that it is unknown
                    self.session.public[repository] = not (await provider.repository(repository)).private

    def watch_transfers(self, transfers: tuple[Transfer, ...]) -> None:
        """Show new snapshots of the artifacts."""
        self.update_rows()

    def update_rows(self) -> None:
        """Show the artifacts and the progress."""
        deletion, snapshots = self._deletion, self.session.transfers
        everything = report.of_deletion(deletion, self.transfers) or report.of_deletion(deletion, snapshots())
        self._names = names_of(everything, self.session.runs_of)
        words = self.filter_bar.text.casefold().split()
        rows = [one for one in everything if fits(_searched(one), words)]
        self.table.placeholder = "No artifact matches" if words else "The list of this deletion was cleared"
        self.table.renew(rows)
        self.head.deletion = deletion
        self.title_bar.summary = report.reached(deletion)
        self._show_report(deletion, everything)
        self.refresh_bindings()

    def _show_report(self, deletion: Deletion, transfers: tuple[Transfer, ...]) -> None:
        if not deletion.finished:
            self._saving = None
        elif self._saving is None:
            deleted = [one.artifact for one in transfers if one.outcome is Outcome.DELETED]
            self._saving = estimate_saving(deleted, self.session.clock())
        self.pane.show(self._report(self._saving) if self._saving else (), None)
        self.pane.set_class(self._saving is not None, "-shown")

    def _report(self, saving: Saving) -> tuple[Field, ...]:
        log = self.session.engine.deletions.log_path
        quota = report.quota_in_words(self.session, self._deletion.repositories)
        counted = saving if self.session.backend.kind.is_cloud else None
        return report.report(self._deletion, counted, quota, _from_home(log) if log else "")

    def open_item(self, item: Transfer) -> None:
        """Show the full result of an artifact."""
        text = f"{item.problem} {item.next_step}".strip() or (item.outcome.value if item.outcome else "not deleted yet")
        self.app.notify(printable(text, 600), title=printable(item.artifact.name, 60), markup=False, timeout=8)

    def action_pause(self) -> None:
        """Pause the deletion, or resume it."""
        deletions, deletion = self.session.engine.deletions, self._deletion
        change = deletions.resume if deletion.state is DeletionState.PAUSED else deletions.pause
        change(deletion.number)

    def action_stop(self) -> None:
        """Stop after the current request."""
        self.session.engine.deletions.stop(self._deletion.number)

    def action_retry(self) -> None:
        """Ask whether to retry the shown rows that failed or were not tried."""
        self.post_message(RetryDeletes(tuple(self.table.items)))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Return whether an action is available: a finished deletion can neither be paused nor stopped."""
        if action in {"pause", "stop"}:
            return not self._deletion.finished
        return action != "retry" or bool(self._deletion.finished and self._deletion.failed + self._deletion.not_tried)


def _from_home(path: Path) -> str:
    try:
        return f"~/{path.relative_to(Path.home())}"
    except (ValueError, RuntimeError):
        return str(path)


def _searched(transfer: Transfer) -> str:
    return f"{transfer.artifact.name} {transfer.outcome or transfer.state}"
