"""The Transfers screen: what each download and delete is doing, and the keys to change it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from textual import events, on, work
from textual.containers import Container
from textual.getters import query_one
from textual.widget import Widget

from artifact_tui.domain.provider import Provider
from artifact_tui.keymap import bindings
from artifact_tui.screens.dialogs.copy import PathDialog
from artifact_tui.screens.engine_events import RetryDeletes
from artifact_tui.screens.list_screen import ListScreen, fits
from artifact_tui.screens.session import Session
from artifact_tui.screens.transfer_names import names_of
from artifact_tui.screens.transfers.details import transfer_fields
from artifact_tui.screens.transfers.questions import cancel_question, unpack_question
from artifact_tui.screens.transfers.rows import COLUMNS, STATE_WIDTH, TransferRow, state_words, summary, why_no_files
from artifact_tui.text import printable
from artifact_tui.transfers.models import Kind, State, Totals, Transfer
from artifact_tui.widgets.detail_pane import DetailPane
from artifact_tui.widgets.row_table import RowTable
from artifact_tui.widgets.total_line import TotalLine

NEEDS = {
    "pause": "Only unfinished downloads can be paused.",
    "cancel": "Only unfinished transfers can be cancelled.",
    "cancel_all": "No unfinished transfers to cancel.",
    "retry": "Only failed or cancelled transfers can be retried.",
    "clear": "No finished transfers to remove.",
    "unpack_anyway": "Only an archive over the size limit can be unpacked anyway.",
}
"""What a key needs, by its action."""


class TransfersScreen(ListScreen):
    """Shows the engine's snapshots; the engine never waits for it."""

    BINDINGS = bindings("transfers")
    IS_OVER_ALL = True
    PLACE = "transfers"
    FILTER_HINT = "name, repository or state"

    pane = query_one(DetailPane)
    total_line = query_one(TotalLine)

    def __init__(self, session: Session) -> None:
        super().__init__(session, session.backend.host, "Transfers")
        self._keys: Sequence[object] = ()  # what the key line depends on
        self._names: dict[int, str] = {}

    def compose_body(self) -> Iterable[Widget]:
        """Yield the table, the total below it, and the details of the row under the cursor."""
        table = RowTable[Transfer](COLUMNS, key=lambda transfer: transfer.id, row=self._row)
        yield Container(table, TotalLine(), DetailPane(), id="transfers-body")

    def _row(self, transfer: Transfer) -> TransferRow:
        name = self._names.get(transfer.id, transfer.title)
        return TransferRow(transfer, name, self.table.width_of("state") or STATE_WIDTH, self.session.clock())

    async def fetch(self, provider: Provider) -> None:
        """Load nothing: the engine's snapshots are the list."""

    @on(events.ScreenResume)
    def _look_again(self) -> None:
        self.call_after_refresh(self.update_rows)

    def watch_transfers(self, transfers: tuple[Transfer, ...]) -> None:
        """Show new snapshots, at most three a second."""
        self.update_rows()

    def _show_activity(self) -> None:
        """Leave the status bar without activity, which the totals show."""

    def update_rows(self) -> None:
        """Show the transfers, oldest first, and the totals."""
        words = self.filter_bar.text.casefold().split()
        self._names = names_of(self.transfers, self.session.runs_of)
        rows = [one for one in self.transfers if fits(self._searched(one), words)]
        self.table.placeholder = "No transfer matches" if words else self._nothing()
        self.table.renew(rows)
        self.title_bar.summary = summary(self.transfers)
        self.total_line.totals = totals = Totals.of(self.transfers)
        self.total_line.set_class(totals.total != 0, "-shown")
        self._show_details()

    def _searched(self, transfer: Transfer) -> str:
        name = self._names.get(transfer.id, transfer.title)
        return f"{name} {transfer.repository} {state_words(transfer, self.session.clock())}"

    def _nothing(self) -> str:
        session = self.session
        has_left = session.unfinished or session.unfinished_deletions
        left = f"{session.key_of('app.unfinished')} resumes or discards what is unfinished\n" if has_left else ""
        history = f"{session.key_of('app.history')} shows the history\n"
        return f"No transfers in the list\n\n{left}{history}Esc goes back"

    def open_item(self, item: Transfer) -> None:
        """Show the path of the files to copy, and offer to open their folder where there is a desktop."""
        if item.path is None:
            self.app.notify(why_no_files(item), title=printable(item.artifact.name, 60), markup=False)
        else:
            self.app.push_screen(PathDialog(str(item.path), self.session.remote))

    def action_pause(self) -> None:
        """Pause the download under the cursor, or resume it."""
        transfer, downloads = self.table.current, self.session.engine.downloads
        if self.is_refused("pause") or transfer is None:
            return
        if not (downloads.resume if transfer.state is State.PAUSED else downloads.pause)(transfer.id):
            delete = "This cannot be paused. x cancels it, W shows the deletion."
            reason = delete if transfer.kind is Kind.DELETE else "This cannot be paused. x cancels it."
            self.app.notify(reason, markup=False, timeout=4)

    def action_cancel(self) -> None:
        """Cancel the transfer under the cursor."""
        if not self.is_refused("cancel") and self.table.current is not None:
            self._cancel((self.table.current,))

    def action_cancel_all(self) -> None:
        """Cancel all transfers, active and queued."""
        if not self.is_refused("cancel_all"):
            self._cancel(self.transfers)

    @work(group="cancel")
    async def _cancel(self, transfers: tuple[Transfer, ...]) -> None:
        """Cancel at once, unless bytes would be lost: then ask first."""
        unended = tuple(one for one in transfers if not one.finished)
        question = cancel_question(unended)
        answer = await self.app.push_screen_wait(question) if question else "remove"
        if answer in {"remove", "keep"}:
            for transfer in unended:
                self.session.engine.cancel(transfer.id, keep=answer == "keep")

    def action_retry(self) -> None:
        """Retry a failed or cancelled transfer; for a delete, ask first."""
        transfer = self.table.current
        if self.is_refused("retry") or transfer is None:
            return
        if transfer.kind is Kind.DELETE:
            self.post_message(RetryDeletes((transfer,)))
        else:
            self.session.engine.retry(transfer.id)

    def action_clear(self) -> None:
        """Remove finished transfers from the list."""
        if not self.is_refused("clear"):
            self.session.engine.clear_finished()

    def action_move(self, steps: int) -> None:
        """Move a queued download by ``steps``."""
        transfer = self.table.current
        if transfer is not None and not self.session.engine.downloads.move(transfer.id, steps):
            self.app.notify("Only queued downloads can be moved.", markup=False, timeout=4)

    @work(group="unpack")
    async def action_unpack_anyway(self) -> None:
        """Unpack an archive over the size limit, after a question with the numbers."""
        transfer = self.table.current
        if self.is_refused("unpack_anyway") or transfer is None:
            return
        if await self.app.push_screen_wait(unpack_question(transfer)) == "unpack":
            self.session.engine.downloads.unpack_anyway(transfer.id)

    def why_not(self, action: str) -> str:
        """Return what an action needs, or an empty string if it is available."""
        if not self.is_mounted:
            return ""
        current, finished = self.table.current, sum(one.finished for one in self.transfers)
        is_unfinished = current is not None and not current.finished
        available = {
            "pause": is_unfinished,
            "cancel": is_unfinished,
            "cancel_all": finished < len(self.transfers),
            "retry": current is not None and current.finished and current.state is not State.DONE,
            "clear": finished > 0,
            "unpack_anyway": current is not None and current.over_limit,
        }
        return "" if available.get(action, True) else NEEDS[action]

    @property
    def also_shown(self) -> dict[str, str]:
        """The labels for the row under the cursor, beside those of every list."""
        current = self.table.current if self.is_mounted else None
        labels = {"table.open": "Path" if current is not None and current.path else ""}
        if current is not None and current.state is State.PAUSED:
            labels["transfers.pause"] = "Resume"
        if current is not None and current.kept:
            labels["transfers.retry"] = "Resume"
        return super().also_shown | labels

    @on(RowTable.RowHighlighted)
    def _show_details(self) -> None:
        transfer = self.table.current
        self.pane.show(transfer_fields(transfer, self.session.clock()) if transfer else (), transfer and transfer.id)
        keys = [*self.also_shown.items(), *(action for action in NEEDS if self.why_not(action))]
        if keys != self._keys:
            self._keys = keys
            self.refresh_bindings()
