"""Downloads and deletes: what each is doing, in words and as a bar."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from textual import on
from textual.containers import Container
from textual.getters import query_one

from artifact_tui.provider import Provider
from artifact_tui.screens.list_screen import ListScreen
from artifact_tui.text import clock_time, printable, size
from artifact_tui.transfers.transfer import Kind, State, Totals, Transfer
from artifact_tui.widgets.detail_pane import DetailPane, Field
from artifact_tui.widgets.keys import bindings
from artifact_tui.widgets.row_layout import Cell, Column, Tone
from artifact_tui.widgets.row_table import RowTable
from artifact_tui.widgets.status_bar import bar

if TYPE_CHECKING:
    from textual.widget import Widget

BAR_WIDTH = 14
COLUMNS = (
    Column("name", "Name", 26, flexible=True),
    Column("state", "State", 14),
    Column("bar", "", BAR_WIDTH, tone="accent", priority=2),
    Column("percent", "", 5, justify="right"),
    Column("bytes", "Bytes", 8, justify="right", tone="muted", priority=4),
    Column("rate", "Rate", 10, justify="right", tone="muted", priority=3),
    Column("left", "Left", 7, justify="right", tone="muted", priority=1),
)
_TONES: dict[State, Tone] = {
    State.DONE: "success",
    State.FAILED: "error",
    State.WAITING: "warning",
    State.CANCELLED: "muted",
    State.QUEUED: "muted",
}
_SIGNS = {State.DONE: "✓", State.FAILED: "✗", State.CANCELLED: "–", State.QUEUED: "○", State.WAITING: "!"}


def row(transfer: Transfer) -> tuple[str | Cell, ...]:
    """The texts of a row, in the order of :data:`COLUMNS`; only what is under way has a bar."""
    sign, tone = _SIGNS.get(transfer.state, "●"), _TONES.get(transfer.state, "accent")
    if transfer.state is State.DONE and transfer.problem:
        sign, tone = "!", "warning"
    fraction = transfer.fraction
    is_download = transfer.kind is Kind.DOWNLOAD
    return (
        printable(transfer.title),
        Cell(f"{sign} {_word(transfer)}", tone),
        bar(fraction, BAR_WIDTH) if is_download and transfer.active else "",
        f"{int(fraction * 100)} %" if is_download and fraction else "",
        size(transfer.received if is_download else transfer.artifact.size_in_bytes),
        f"{size(int(transfer.rate))}/s" if transfer.rate else "",
        "" if transfer.seconds_left is None else clock_time(transfer.seconds_left),
    )


def _word(transfer: Transfer) -> str:
    if transfer.outcome:
        return transfer.outcome.value
    return "verified" if transfer.state is State.DONE and transfer.verified else transfer.state.value


def _summary(transfers: tuple[Transfer, ...]) -> str:
    totals = Totals.of(transfers)
    ended = [(totals.done, "done"), (totals.failed, "failed"), (totals.cancelled, "cancelled")]
    parts = [f"{number:,} {word}" for number, word in [(totals.active + totals.queued, "under way"), *ended] if number]
    if totals.active and totals.total:
        parts.append(f"{size(totals.received)} of {size(totals.total)}")
    return " · ".join(parts)


class TransfersScreen(ListScreen):
    """Reads the engine's snapshots; the engine never waits for it."""

    BINDINGS = bindings("transfers")
    FILTER_HINT = "words of the name or the state"

    pane = query_one(DetailPane)

    @property
    def trail(self) -> tuple[str, ...]:
        """A place of its own, reached from everywhere."""
        return (self.session.host, "Transfers")

    def compose_body(self) -> Iterable[Widget]:
        """The table, and all that is known of the row under the cursor."""
        table = RowTable[Transfer](COLUMNS, key=lambda transfer: transfer.id, cells=row)
        yield Container(table, DetailPane(), id="transfers-body")

    async def fetch(self, provider: Provider) -> None:
        """Nothing comes from the server: the engine's snapshots are the list."""

    def watch_transfers(self, transfers: tuple[Transfer, ...]) -> None:
        """New snapshots: at most four times a second."""
        super().watch_transfers(transfers)
        self.update_rows()

    def update_rows(self) -> None:
        """Newest orders last, as they are worked on."""
        words = self.filter_bar.text.casefold().split()
        rows = [
            one
            for one in self.transfers
            if all(word in f"{one.artifact.name} {_word(one)}".casefold() for word in words)
        ]
        self.table.placeholder = (
            "No transfer matches" if words else "Nothing downloaded or deleted yet\n\nEsc goes back"
        )
        self.table.show(rows)
        self.title_bar.summary = _summary(self.transfers)
        self._show_details()

    def filter_rows(self, text: str) -> None:
        """By words."""
        self.update_rows()

    def open_item(self, item: Transfer) -> None:
        """Say where the files are."""
        where = printable(str(item.path), 400) if item.path else "There are no files yet"
        self.app.notify(where, title=printable(item.artifact.name, 60), markup=False)

    def action_cancel(self) -> None:
        """Cancel the transfer under the cursor."""
        if self.table.current is not None:
            self.session.engine.cancel(self.table.current.id)

    def action_cancel_all(self) -> None:
        """Stop everything: what waits does not start, what is under way ends."""
        for transfer in self.transfers:
            if not transfer.finished:
                self.session.engine.cancel(transfer.id)

    def action_retry(self) -> None:
        """Try again what has failed or was cancelled."""
        if self.table.current is not None:
            self.session.engine.retry(self.table.current.id)

    def action_clear(self) -> None:
        """Take what has ended off the list."""
        self.session.engine.clear_finished()

    @on(RowTable.RowHighlighted)
    def _row_highlighted(self) -> None:
        self._show_details()

    def _show_details(self) -> None:
        transfer = self.table.current
        self.pane.fields = _fields(transfer) if transfer else ()


def _fields(transfer: Transfer) -> tuple[Field, ...]:
    verified = {
        True: "yes: sha256 is the digest",
        False: "no: sha256 is not the digest",
        None: "not by digest: its length was right, and the checksums within a zip",
    }
    fields = [("Name", printable(transfer.title, 2000)), ("State", _word(transfer))]
    if transfer.problem:
        fields.append(("Problem", f"{transfer.problem} {transfer.next_step}".strip()))
    if transfer.kind is Kind.DOWNLOAD:
        total = "?" if transfer.total is None else f"{transfer.total:,}"
        fields.append(("Bytes", f"{transfer.received:,} of {total}"))
        if transfer.finished and transfer.path:
            fields.extend((("Verified", verified[transfer.verified]), ("Path", printable(str(transfer.path), 2000))))
    fields.append(("Repository", printable(str(transfer.repository))))
    fields.append(("Artifact id", str(transfer.artifact.id)))
    if transfer.tries > 1:
        fields.append(("Tries", str(transfer.tries)))
    return tuple(fields)
