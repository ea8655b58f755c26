"""Columns and texts fitted into the cells of a terminal."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len

from artifact_tui.terminal.ascii_fallback import plain
from artifact_tui.widgets.row_layout import ELLIPSIS, GAP, Cell, Column, fit_columns, fit_text, fold_text
from artifact_tui.widgets.row_lines import (
    ASCENDING,
    CURSOR,
    DESCENDING,
    GUTTER,
    MARK,
    header_line,
    message_line,
    row_line,
)

NAME = Column[Any]("name", "Name", 20, flexible=True)
SIZE = Column[Any]("size", "Size", 9, justify="right")
AGE = Column[Any]("age", "Created", 12, priority=1)
BRANCH = Column[Any]("branch", "Branch", 16, priority=2)
COLUMNS = (NAME, SIZE, BRANCH, AGE)

columns = st.lists(
    st.builds(
        Column,
        id=st.uuids().map(str),
        label=st.text(max_size=12),
        width=st.integers(1, 30),
        justify=st.sampled_from(["left", "right"]),
        priority=st.integers(0, 4),
        flexible=st.booleans(),
    ),
    max_size=8,
).map(tuple)
any_text = st.text(st.characters(), max_size=40)


def ids(width: int) -> list[str]:
    return [placed.column.id for placed in fit_columns(COLUMNS, width)]


def test_columns_of_less_importance_go_first_when_the_terminal_gets_narrow() -> None:
    assert ids(63) == ["name", "size", "branch", "age"]
    assert ids(62) == ["name", "size", "age"]
    assert ids(45) == ["name", "size", "age"]
    assert ids(44) == ["name", "size"]


def test_columns_that_must_stay_are_squeezed_at_last() -> None:
    assert [(placed.column.id, placed.width) for placed in fit_columns(COLUMNS, 20)] == [
        ("name", 9),
        ("size", 9),
    ]
    assert [(placed.column.id, placed.width) for placed in fit_columns(COLUMNS, 8)] == [
        ("name", 1),
        ("size", 5),
    ]
    assert [(placed.column.id, placed.width) for placed in fit_columns(COLUMNS, 1)] == [("name", 1)]
    assert fit_columns(COLUMNS, 0) == ()


def test_flexible_columns_share_what_is_left() -> None:
    title = Column[Any]("title", "Title", 10, flexible=True)
    assert [placed.width for placed in fit_columns((NAME, title), 41)] == [24, 15]


@given(columns=columns, width=st.integers(0, 250))
def test_columns_never_overlap_nor_leave_the_width(columns: tuple[Column[Any], ...], width: int) -> None:
    placed = fit_columns(columns, width)
    edges = [(column.x, column.x + column.width) for column in placed]
    assert all(start < end <= width for start, end in edges)
    assert all(end + GAP == start for (_, end), (start, _) in pairwise(edges))
    assert [column.index for column in placed] == sorted(column.index for column in placed)


@pytest.mark.parametrize("other", [Column[Any]("tag", "T", 1), Column[Any]("tag", "T", 1, priority=1)])
def test_where_two_columns_cannot_be_the_flexible_one_has_all_the_width(other: Column[Any]) -> None:
    title = Column[Any]("title", "Title", 1, flexible=True)
    for both in ((title, other), (other, title)):
        assert [(placed.column.id, placed.width) for placed in fit_columns(both, 3)] == [("title", 3)]


def test_a_column_that_must_stay_has_a_cell_beside_a_wide_one() -> None:
    assert [placed.width for placed in fit_columns((SIZE, Column[Any]("title", "Title", 9, flexible=True)), 9)] == [
        6,
        1,
    ]


NARROW = Column[Any]("a", "A", 1)
NARROW_FLEXIBLE = Column[Any]("b", "B", 1, flexible=True)


@given(columns=columns, width=st.integers(0, 250))
@example(columns=(NARROW_FLEXIBLE, NARROW), width=3)
@example(columns=(Column[Any]("a", "A", 1, priority=1), NARROW_FLEXIBLE), width=3)
@example(columns=(NARROW, NARROW_FLEXIBLE, NARROW), width=6)
@example(columns=(Column[Any]("a", "A", 10, flexible=True), NARROW_FLEXIBLE, NARROW), width=8)
def test_a_flexible_column_fills_the_width(columns: tuple[Column[Any], ...], width: int) -> None:
    placed = fit_columns(columns, width)
    if any(column.column.flexible for column in placed):
        assert placed[-1].x + placed[-1].width == width


@given(columns=columns, width=st.integers(0, 250))
def test_a_column_that_must_stay_is_gone_only_where_not_even_a_cell_is_left_for_each(
    columns: tuple[Column[Any], ...], width: int
) -> None:
    musts = [index for index, column in enumerate(columns) if not column.priority]
    shown = {placed.index for placed in fit_columns(columns, width)}
    if len(musts) + GAP * (len(musts) - 1) <= width:
        assert shown >= set(musts)
    elif any(columns[index].flexible for index in musts) and shown:
        assert any(columns[index].flexible for index in shown)


@given(text=any_text, width=st.integers(0, 30), justify=st.sampled_from(["left", "right"]), part=st.integers(1, 9))
def test_any_text_covers_exactly_its_cells_and_holds_nothing_unprintable(
    text: str, width: int, justify: str, part: int
) -> None:
    fitted = fit_text(text, width, "right" if justify == "right" else "left", end=width // (part + 1))
    assert cell_len(fitted) == width
    assert fitted.isprintable()


@given(text=st.text(st.characters(codec="ascii", categories=["L", "N", "P", "S", "Zs"]), max_size=40))
def test_plain_text_that_fits_is_shown_whole(text: str) -> None:
    assert fit_text(text, 40) == text.ljust(40)
    assert fit_text(text, 40, "right") == text.rjust(40)


def test_what_is_cut_ends_in_an_ellipsis() -> None:
    assert fit_text("coverage-report", 8) == "coverag…"
    assert fit_text("覆盖率报告", 6) == "覆盖… "
    assert fit_text("覆盖率报告", 6, "right") == " 覆盖…"
    assert fit_text("e\N{COMBINING ACUTE ACCENT}" * 3, 3) == "e\N{COMBINING ACUTE ACCENT}" * 3
    assert fit_text("abc", 1) == "…"


def test_of_a_text_that_loses_its_middle_both_ends_stay() -> None:
    names = "wheels-manylinux-x86_64-py3.11", "wheels-manylinux-x86_64-py3.12"
    assert [fit_text(name, 20, end=6) for name in names] == ["wheels-manyli…py3.11", "wheels-manyli…py3.12"]
    assert fit_text("wheels", 20, end=6) == "wheels" + " " * 14
    assert fit_text("覆盖率报告甲", 8, end=3) == "覆盖…甲 "
    assert fit_text("覆盖率e\N{COMBINING ACUTE ACCENT}", 5, end=1) == "覆…e\N{COMBINING ACUTE ACCENT} "
    assert fit_text("abc", 1, end=0) == "…"


def test_control_characters_cannot_reach_the_terminal() -> None:
    assert fit_text("\x1b[2Jname\r\n\x9b", 12) == "�[2Jname��� "
    assert fit_text("\u202egpj.exe", 8) == "�gpj.exe"
    assert fit_text("\ud800", 2) == "� "


def test_the_sort_sign_stands_behind_the_label_even_when_that_is_cut() -> None:
    placed = fit_columns((NAME, Column[Any]("size", "Size of it", 6, justify="right")), 28)
    assert header_line(placed, ("size", True)) == " " * GUTTER + "Name".ljust(20) + "  " + "Size…▼"
    assert header_line(placed, ("name", False)) == " " * GUTTER + "Name▲".ljust(20) + "  " + "Size …"


def test_cells_of_one_tone_are_one_run() -> None:
    placed = fit_columns((NAME, SIZE), 31)
    plain = row_line(placed, ["log", "1 kB"], cursor=False)
    assert [(run.text, run.tone) for run in plain] == [("   log" + " " * 19 + "     1 kB", None)]
    toned = row_line(placed, [Cell("log", "error"), "1 kB"], cursor=True, mark=MARK)
    assert [run.tone for run in toned] == [None, "accent", "error", None]


@given(width=st.integers(1, 60), height=st.integers(1, 20), message=any_text)
def test_a_message_stays_inside_its_window(width: int, height: int, message: str) -> None:
    for y in range(height):
        line = message_line(message, y, width, height)
        assert cell_len(line) <= width
        assert line.isprintable()


def test_a_message_is_wrapped_and_centered() -> None:
    shown = [message_line("No artifacts here\n\nr refreshes", y, 21, 7) for y in range(7)]
    assert shown == ["", "", "  No artifacts here", "", "     r refreshes", "", ""]
    assert [message_line("No artifacts", y, 14, 2) for y in range(2)] == ["      No", "  artifacts"]


def test_every_sign_is_one_cell_wide() -> None:
    signs = CURSOR, MARK, ASCENDING, DESCENDING, ELLIPSIS
    assert [cell_len(sign) for sign in signs] == [1] * 5
    assert [cell_len(plain(sign)) for sign in signs] == [1] * 5


@given(st.text(), st.integers(6, 60))
def test_a_folded_text_loses_nothing_and_fits(text: str, width: int) -> None:
    lines = fold_text(text, width, indent="  ")
    assert lines[0] + "".join(line.removeprefix("  ") for line in lines[1:]) == text
    assert all(cell_len(line) <= width for line in lines)


def test_a_text_is_folded_at_blanks() -> None:
    assert fold_text("a quick brown fox jumps", 12) == ["a quick ", "  brown fox ", "  jumps"]


def test_a_text_without_blanks_near_the_end_of_the_line_is_folded_where_it_is_full() -> None:
    assert fold_text("a verylongwordwithoutend", 12) == ["a verylongwo", "  rdwithoute", "  nd"]


def test_a_word_that_fits_on_a_line_is_never_broken() -> None:
    assert fold_text("ab averylongword more", 16) == ["ab ", "  averylongword ", "  more"]
    assert fold_text("    indented averylongword", 20) == ["    indented ", "  averylongword"]
    assert fold_text("          averylongword", 15) == ["          avery", "  longword"]
