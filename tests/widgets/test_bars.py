"""Bars: never wider than their cells, never empty when there is something to show, never longer by rounding."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from artifact_tui.terminal.ascii_fallback import plain
from artifact_tui.widgets.bars import share_bar

SIZES = st.integers(0, 20) | st.integers(0, 2**60)
ROWS = st.lists(st.lists(SIZES, min_size=1, max_size=3), min_size=1, max_size=8)


@pytest.mark.parametrize(
    ("parts", "drawn", "in_ascii"),
    [
        ((1_050, 1_050), "██████▓▓▓▓▓▓", "######======"),
        ((380, 126), "██▓", "##="),
        ((400, 11), "██▍", "##"),
        ((360, 51), "██▓", "##"),
        ((118, 0), "▋", "#"),
        ((0, 96), "▓", "="),
        ((62, 0), "▍", "#"),
        ((1, 0), "▏", "#"),
        ((30, 66), "▓", "="),
        ((210, 0), "█▎", "#"),
        ((300, 5), "█▊", "##"),
        ((0, 0), "", ""),
        ((0, 700, 1_400), "▓▓▓▓░░░░░░░░", "====........"),
    ],
)
def test_a_bar_shows_what_stays_and_what_expires_soon(parts: tuple[int, ...], drawn: str, in_ascii: str) -> None:
    assert share_bar(parts, 2_100, 12) == drawn
    assert share_bar(parts, 2_100, 12, is_ascii=True) == in_ascii


def test_the_parts_of_a_header_have_the_signs_of_bars_in_ascii() -> None:
    assert plain("Stays, ▓ 7 d, ░ expired") == "Stays, = 7 d, . expired"


@given(ROWS, st.integers(1, 40), st.booleans())
def test_any_bar_fits_and_tells_something_from_nothing(rows: list[list[int]], cells: int, is_ascii: bool) -> None:
    biggest = max(map(sum, rows))
    for parts in rows:
        bar = share_bar(parts, biggest, cells, is_ascii=is_ascii)
        assert bool(bar) == (sum(parts) > 0)
        assert cell_len(bar) <= cells
        assert abs(cell_len(bar) - sum(parts) * cells / max(1, biggest)) <= 1
        assert all(number > 0 for number, sign in zip(parts, "█▓░", strict=False) if sign in bar)
        assert not is_ascii or bar.isascii()
        if sum(parts) == biggest > 0:
            assert len(bar) == cells
