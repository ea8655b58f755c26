"""Columns give way by what the rows hold: what is the same in all rows first."""

from typing import Any

from artifact_tui.widgets.column_shares import Contents, look_at, share_columns
from artifact_tui.widgets.row_layout import Column, fit_columns

COLUMNS = (
    Column[Any]("name", "Name", 20, flexible=True, essential=True),
    Column[Any]("size", "Size", 8, essential=True),
    Column[Any]("branch", "Branch", 10, priority=1),
    Column[Any]("age", "Age", 6, priority=2),
)
NOTE = Column[Any]("note", "Note", 14, flexible=True)


def shown(rows: list[tuple[str, ...]], width: int, columns: tuple[Column[Any], ...] = COLUMNS) -> dict[str, int]:
    placed = share_columns(columns, look_at(rows, lambda row: row), width)
    assert [one.x for one in placed] == [sum(two.width + 2 for two in placed[:at]) for at in range(len(placed))]
    return {one.column.id: one.width for one in placed}


def rows(*changes: dict[int, str]) -> list[tuple[str, ...]]:
    usual = ("n" * 30, "1 kB", "main", "2 d")
    return [tuple(change.get(at, text) for at, text in enumerate(usual)) for change in changes]


def test_a_column_with_one_text_in_all_rows_gives_way_before_less_important_ones() -> None:
    assert list(shown(rows({3: "1 d"}, {}), 46)) == ["name", "size", "age"]
    assert list(shown(rows({2: "next"}, {}), 46)) == ["name", "size", "branch"]


def test_it_gives_way_to_a_name_that_would_be_cut() -> None:
    assert shown(rows({}, {}), 47) == {"name": 37, "size": 8}
    assert list(shown(rows({}, {}), 60)) == ["name", "size", "branch", "age"]


def test_an_essential_column_stays_whatever_it_holds() -> None:
    assert list(shown(rows({}, {}), 30)) == ["name", "size"]


def test_one_row_alone_has_nothing_to_be_compared_with() -> None:
    assert list(shown(rows({}), 60)) == list(shown([], 60)) == ["name", "size", "branch", "age"]


def test_a_flexible_column_gives_the_cells_it_does_not_need_to_one_that_is_cut() -> None:
    columns = (COLUMNS[0], NOTE)
    assert shown([("n" * 30, "kept"), ("n" * 28, "")], 46, columns) == {"name": 30, "note": 14}
    assert shown([("n" * 50, "kept"), ("n" * 28, "")], 46, columns) == {"name": 39, "note": 5}
    assert shown([("n" * 12, "kept"), ("n" * 12, "")], 46, columns) == {"name": 25, "note": 19}


def test_without_rows_the_widths_of_the_columns_decide() -> None:
    assert share_columns(COLUMNS, Contents(), 44) == fit_columns(COLUMNS, 44)


def test_a_number_that_gets_shorter_moves_no_column() -> None:
    before, wide, narrow = Contents((12, 8)), Contents((14, 8)), Contents((3, 7))
    assert Contents((11, 8)).after(before).widths == (12, 8)
    assert wide.after(before).widths == (14, 8)
    assert narrow.after(before).widths == (3, 8)
