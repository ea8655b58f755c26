"""The row of a transfer: its state in words, with the last problem or a progress bar."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from artifact_tui.text import clause, clock_time, printable, size, span
from artifact_tui.transfers.models import Kind, State, Totals, Transfer
from artifact_tui.widgets.row_layout import Cell, Column, Tone
from artifact_tui.widgets.status_bar import bar

STATE_WIDTH = 44
NOT_VERIFIED = "not verified by digest"
_WORD_WIDTH = len("● downloading")
_RATE_WIDTH = len("99.9 MB/s")
_LEFT_WIDTH = len("2:05:00")
_GAPS = 3 * 2
_BAR_WIDTHS = (8, 24)
_SIGNS: dict[State, tuple[str, Tone]] = {
    State.DONE: ("✓", "success"),
    State.FAILED: ("✗", "error"),
    State.WAITING: ("!", "warning"),
    State.PARKED: ("!", "warning"),
    State.PAUSED: ("‖", "muted"),
    State.CANCELLED: ("–", "muted"),
    State.QUEUED: ("○", "muted"),
}
_WITH_BAR = frozenset({State.CONNECTING, State.DOWNLOADING, State.VERIFYING, State.UNPACKING})


class TransferRow(NamedTuple):
    """A transfer with its distinct title, the width of its state, and the time."""

    transfer: Transfer
    name: str
    state_width: int
    now: datetime


def percent(fraction: float | None) -> str:
    """Return ``45 %``; empty while the total is unknown."""
    return "" if fraction is None else f"{int(fraction * 100)} %"


def is_unproven(transfer: Transfer) -> bool:
    """Return whether nothing verified a finished download; for files out of an artifact, their checksums do."""
    is_proven = transfer.verified or (transfer.verified is None and transfer.inside)
    return transfer.kind is Kind.DOWNLOAD and transfer.state is State.DONE and not is_proven


def _signed_state(row: TransferRow) -> Cell:
    transfer = row.transfer
    sign, tone = _SIGNS.get(State.PAUSED if transfer.kept else transfer.state, ("●", "accent"))
    if transfer.state is State.DONE and (transfer.problem or is_unproven(transfer)):
        sign, tone = "!", "warning"
    return Cell(f"{sign} {_state(transfer, row.state_width, row.now)}", tone)


def _state(transfer: Transfer, width: int, now: datetime) -> str:
    words = state_words(transfer, now)
    if transfer.problem and transfer.state not in _WITH_BAR:
        return f"{words}: {clause(transfer.problem)}"
    if transfer.kind is not Kind.DOWNLOAD or transfer.state not in _WITH_BAR:
        return words
    room = width - _WORD_WIDTH - _RATE_WIDTH - _LEFT_WIDTH - _GAPS
    drawn = bar(transfer.fraction, min(max(room, _BAR_WIDTHS[0]), _BAR_WIDTHS[1]))
    rate = f"{size(int(transfer.rate))}/s" if transfer.rate else ""
    left = "" if transfer.seconds_left is None else clock_time(transfer.seconds_left)
    return f"{words:<{_WORD_WIDTH - 2}}  {drawn}  {rate:>{_RATE_WIDTH}}  {left:>{_LEFT_WIDTH}}".rstrip()


def state_words(transfer: Transfer, now: datetime) -> str:
    """Return the state in words, with the end of a wait: ``waiting 12 s``, ``waiting until 14:05``."""
    seconds = transfer.seconds_left
    if transfer.outcome:
        return transfer.outcome.value
    if transfer.state is State.DONE:
        if transfer.verified is None and transfer.inside:
            return "done, checksum matches"
        return "verified" if transfer.verified else f"done, {NOT_VERIFIED}"
    if transfer.state is State.WAITING and seconds is not None:
        return f"waiting {span(timedelta(seconds=seconds)) if seconds < 60 else clock_time(seconds)}"
    if transfer.state is State.PARKED and seconds is not None:
        return f"waiting until {(now + timedelta(seconds=seconds)).astimezone():%H:%M}"
    return "kept" if transfer.kept else transfer.state.value


def why_no_files(transfer: Transfer) -> str:
    """Return why a transfer has no path."""
    if transfer.kind is Kind.DELETE:
        return "A deletion saves no files."
    ended = "kept for later" if transfer.kept else transfer.state.value
    return f"No files: {ended}." if transfer.finished else "No files yet."


def _percent(row: TransferRow) -> str:
    transfer = row.transfer
    return percent(transfer.fraction) if transfer.kind is Kind.DOWNLOAD and transfer.received else ""


def _repository(row: TransferRow) -> str:
    return printable(str(row.transfer.repository))


def _bytes(row: TransferRow) -> str:
    transfer = row.transfer
    if transfer.kind is not Kind.DOWNLOAD:
        return size(transfer.artifact.size_in_bytes)
    if transfer.total is None or transfer.received == transfer.total:
        return size(transfer.received)
    return f"{size(transfer.received)} of {size(transfer.total)}"


COLUMNS = (
    Column[TransferRow](
        "name", "Name", 22, cell=lambda row: printable(row.name), flexible=True, keeps_end=True, essential=True
    ),
    Column("repository", "Repository", 26, cell=_repository, tone="muted", priority=4, keeps_end=True),
    Column("percent", "", 5, cell=_percent, justify="right", priority=1),
    Column("state", "State", STATE_WIDTH, cell=_signed_state, flexible=True, essential=True),
    Column("bytes", "Bytes", 18, cell=_bytes, justify="right", tone="muted", priority=3),
    Column[TransferRow](
        "tries",
        "Tries",
        5,
        cell=lambda row: f"{row.transfer.attempts or ''}",
        justify="right",
        tone="muted",
        priority=2,
    ),
)


def summary(transfers: tuple[Transfer, ...]) -> str:
    """Return how many transfers are in each state."""
    totals = Totals.of(transfers)
    counts = {"active": totals.active, "queued": totals.queued, "paused": totals.paused, "done": totals.done}
    counts |= {"failed": totals.failed, "kept": totals.kept, "cancelled": totals.cancelled - totals.kept}
    return " · ".join(f"{number:,} {state}" for state, number in counts.items() if number)
