"""The words of a transfer: its state, what went wrong, how much is there."""

from __future__ import annotations

from typing import Any

import pytest

from artifact_tui.demo.fixed_clock import DEMO_NOW
from artifact_tui.screens.transfers.details import transfer_fields
from artifact_tui.screens.transfers.questions import cancel_question
from artifact_tui.screens.transfers.rows import COLUMNS, TransferRow, state_words, summary
from artifact_tui.text import clause
from artifact_tui.transfers.models import Kind, Outcome, State, Totals
from artifact_tui.widgets.row_layout import Cell
from artifact_tui.widgets.status_bar import percent_of, transfers_line
from tests.ui.transfer_states import SNAPSHOTS, transfer


@pytest.mark.parametrize(
    ("state", "fields", "words"),
    [
        (State.WAITING, {"seconds_left": 12.3}, "waiting 12 s"),
        (State.WAITING, {"seconds_left": 75.0}, "waiting 1:15"),
        (State.PARKED, {"seconds_left": 3600.0}, "waiting until 10:00"),
        (State.DONE, {"verified": True}, "verified"),
        (State.DONE, {"verified": None}, "done, not verified by digest"),
        (State.DONE, {"verified": None, "inside": "logs/one.log"}, "done, checksum matches"),
        (State.DONE, {"kind": Kind.DELETE, "outcome": Outcome.ALREADY_GONE}, "already gone"),
        (State.PAUSED, {}, "paused"),
        (State.UNPACKING, {}, "unpacking"),
        (State.CANCELLED, {"kept": True}, "kept"),
    ],
)
def test_states_in_words(state: State, fields: dict[str, Any], words: str) -> None:
    """A wait says how long or until when; "done" says whether that was proven."""
    assert state_words(transfer(1, state, **fields), DEMO_NOW) == words


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("The request timed out.", "the request timed out"),
        ("GitHub returned an error. Try again.", "GitHub returned an error"),
        ("Not enough free space.", "not enough free space"),
        ("Digest mismatch twice: wrong.", "Digest mismatch twice: wrong"),
    ],
)
def test_a_sentence_behind_a_colon(sentence: str, said: str) -> None:
    """Names keep their capital."""
    assert clause(sentence) == said


def cell_of(column: str, row: TransferRow) -> str | Cell:
    return next(one for one in COLUMNS if one.id == column).cell(row)


@pytest.mark.parametrize("width", [20, 44, 60, 200])
def test_a_bar_has_room_for_rate_and_time(width: int) -> None:
    """It is drawn in what they leave, and is at least long enough to be one."""
    wide = transfer(4, State.DOWNLOADING, received=26_400_000, rate=99_900_000.0, seconds_left=7500.0)
    cell = cell_of("state", TransferRow(wide, wide.title, width, DEMO_NOW))
    assert isinstance(cell, Cell)
    assert cell.text.endswith("99.9 MB/s  2:05:00")
    assert len(cell.text) <= max(width, 43)
    assert sum(cell.text.count(sign) for sign in "━╸─") >= 8


def test_nothing_but_proven_bytes_is_all_there_is() -> None:
    """While one is verified the whole stands at 99 percent, alone and with the others."""
    verifying = transfer(6, State.VERIFYING, received=40_000_000)
    assert cell_of("percent", TransferRow(verifying, verifying.title, 44, DEMO_NOW)) == "99 %"
    assert percent_of(Totals.of((SNAPSHOTS[0], verifying))) == 99


def test_the_meter_is_not_about_what_ended_before_this_batch() -> None:
    """What was ordered while nothing of these ran says nothing about how far they are."""
    done = transfer(1, State.DONE, received=38_000_000, total=38_000_000, verified=True)
    begun = transfer(2, State.DOWNLOADING, received=1_440_000, batch=1)
    others = (
        transfer(3, State.FAILED, received=9_000_000),
        transfer(4, State.CANCELLED, received=9_000_000),
        transfer(10, State.PAUSED, received=30_000_000),
        transfer(13, State.DONE, kind=Kind.DELETE, outcome=Outcome.DELETED),
    )
    assert transfers_line((done, begun, *others)) == "1 transfer ────────── 3 %"
    waiting = transfer(15, State.QUEUED, total=32_000_000, batch=1)
    assert transfers_line((done, begun, waiting, *others)) == "2 transfers ────────── 2 %"
    totals = Totals.of((done, begun, waiting, *others))
    assert (totals.received, totals.total, totals.done) == (1_440_000, 72_000_000, 2)


def test_the_meter_does_not_run_backwards_when_a_download_ends() -> None:
    """The sums are those of the batch; what ended or is paused has nothing left to receive."""
    rest = transfer(2, State.DOWNLOADING, received=10_000_000)
    for state, received, line in (
        (State.DOWNLOADING, 39_000_000, "2 transfers ━━━━━━──── 61 %"),
        (State.DONE, 40_000_000, "1 of 2 transfers ━━━━━━──── 62 %"),
        (State.FAILED, 10_000_000, "1 of 2 transfers ━━━━────── 40 %"),
        (State.PAUSED, 10_000_000, "1 transfer ━━━━────── 40 %"),
    ):
        assert transfers_line((transfer(1, state, received=received), rest)) == line


def test_paused_downloads_are_not_forgotten() -> None:
    assert transfers_line((transfer(10, State.PAUSED, received=1),)) == "‖ 1 paused, w shows them"
    assert summary(SNAPSHOTS) == "5 active · 2 queued · 1 paused · 4 done · 2 failed · 1 cancelled"


def test_details_say_which_connection_it_is() -> None:
    shown = dict(transfer_fields(transfer(4, State.DOWNLOADING, tries=3), DEMO_NOW))
    assert shown["State"] == "downloading · attempt 3"


def test_only_what_has_bytes_is_asked_about() -> None:
    assert cancel_question((transfer(15, State.QUEUED),)) is None
    assert cancel_question((transfer(13, State.DELETING, kind=Kind.DELETE),)) is None
    assert cancel_question((transfer(15, State.QUEUED), transfer(10, State.PAUSED, received=1))) is not None
