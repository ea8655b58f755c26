"""What the list shows, and which of its lines it repaints."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.style import Style

from artifact_tui.terminal.ascii_fallback import plain
from artifact_tui.widgets.column_shares import MOST_ROWS
from artifact_tui.widgets.row_layout import Cell
from tests.examples import examples
from tests.widgets.shown_list import Shown, texts


async def test_marks_are_shown_by_a_sign() -> None:
    app = Shown(range(5))
    async with app.run_test() as pilot:
        app.table.marks = frozenset({0, 3})
        await pilot.pause()
        assert [line[1] for line in app.lines[1:6]] == ["●", " ", " ", "●", " "]
        app.table.marks = frozenset({3, 4})
        await pilot.pause()
        assert [line[1] for line in app.lines[1:6]] == [" ", " ", " ", "●", "●"]


async def test_a_mark_repaints_its_line_alone_and_a_set_changed_in_place_all_that_is_visible() -> None:
    asked: list[int] = []

    def counting(number: int) -> Sequence[str | Cell]:
        asked.append(number)
        return texts(number)

    app = Shown(range(10_000), counting)
    async with app.run_test(size=(80, 24)) as pilot:
        marks: set[int] = set()
        asked.clear()
        app.table.marks = frozenset({7, 9_000})
        await pilot.pause()
        assert asked == [7]
        app.table.marks = marks
        await pilot.pause()
        asked.clear()
        marks.update({3, 4})
        app.table.marks = marks
        await pilot.pause()
        assert sorted(asked) == list(range(23))


async def test_of_a_long_list_only_visible_rows_and_a_few_others_are_asked_for_their_texts() -> None:
    """Those few decide which columns are needed; how many they are does not depend on the length of the list."""
    asked: set[int] = set()

    def counting(number: int) -> Sequence[str | Cell]:
        asked.add(number)
        return texts(number)

    app = Shown(range(100_000), counting)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("G", "k", "g", "j")
        app.table.show(range(99_999, -1, -1))
        await pilot.pause()
        assert len(asked) <= 4 * 23 + 2 * MOST_ROWS


async def test_the_mouse_moving_over_the_list_repaints_nothing() -> None:
    asked: list[int] = []

    def counting(number: int) -> Sequence[str | Cell]:
        asked.append(number)
        return texts(number)

    app = Shown(range(100), counting)
    async with app.run_test() as pilot:
        await pilot.hover(app.table, offset=(5, 5))
        asked.clear()
        await pilot.hover(app.table, offset=(9, 9))
        await pilot.hover(app.table, offset=(9, 10))
        assert asked == []


async def test_a_cursor_key_repaints_two_lines() -> None:
    asked: list[int] = []

    def counting(number: int) -> Sequence[str | Cell]:
        asked.append(number)
        return texts(number)

    app = Shown(range(100), counting)
    async with app.run_test() as pilot:
        await pilot.press("j")
        asked.clear()
        await pilot.press("j")
        assert sorted(set(asked)) == [1, 2]


@pytest.mark.parametrize(
    ("size", "header"),
    [
        ((200, 50), ["Name", "Size", "Created", "Branch"]),
        ((80, 24), ["Name", "Size", "Created", "Branch"]),
        ((60, 24), ["Name", "Size", "Created"]),
        ((40, 12), ["Name", "Size"]),
        ((14, 6), ["…", "Size"]),
        ((3, 2), []),
    ],
)
async def test_the_least_important_columns_go_when_the_terminal_is_narrow(
    size: tuple[int, int], header: list[str]
) -> None:
    app = Shown(range(100))
    async with app.run_test(size=(100, 30)) as pilot:
        await pilot.resize_terminal(*size)
        await pilot.pause()
        assert app.lines[0].split() == header
        assert {cell_len(line) for line in app.lines} == {app.table.scrollable_content_region.width}


any_text = st.text(st.characters(), max_size=40)


@settings(deadline=None, max_examples=examples(40))
@given(rows=st.lists(st.tuples(any_text, any_text, any_text, any_text), max_size=6))
async def test_lines_stay_aligned_and_printable_whatever_the_texts_hold(
    rows: list[tuple[str, str, str, str]],
) -> None:
    app = Shown(range(len(rows)), lambda number: rows[number])
    async with app.run_test(size=(80, 10)):
        width = app.table.scrollable_content_region.width
        for line in app.lines:
            assert cell_len(line) == width
            assert line.isprintable()
            assert line.endswith(" ")


async def test_names_are_never_read_as_markup() -> None:
    app = Shown([0], lambda _: ["[red]x[/red] [@click=app.bell]y", "[/nope]", "", ""])
    async with app.run_test():
        assert "[red]x[/red] [@click=app.bell]y" in app.lines[1]
        assert "[/nope]" in app.lines[1]


async def test_the_header_shows_the_sort_and_can_be_hidden() -> None:
    app = Shown(range(3))
    async with app.run_test() as pilot:
        app.table.sorted_by = ("size", True)
        await pilot.pause()
        assert app.lines[0].split() == ["Name", "Size▼", "Created", "Branch"]
        app.table.sorted_by = ("name", False)
        await pilot.pause()
        assert app.lines[0].split() == ["Name▲", "Size", "Created", "Branch"]
        app.table.show_header = False
        await pilot.pause()
        assert "artifact 0" in app.lines[0]


async def test_the_signs_have_ascii_characters() -> None:
    app = Shown(range(3))
    async with app.run_test() as pilot:
        app.table.marks = frozenset({0})
        app.table.sorted_by = ("size", True)
        await pilot.pause()
        assert "Sizev" in plain(app.lines[0])
        assert plain(app.lines[1]).startswith("># artifact 0")


async def test_an_empty_list_says_so_in_the_middle() -> None:
    app = Shown([], placeholder="No [b]artifacts[/b] here\nr refreshes")
    async with app.run_test(size=(60, 11)) as pilot:
        assert app.lines[0].split() == ["Name", "Size", "Created"]
        said = {y: line.strip() for y, line in enumerate(app.lines) if y and line.strip()}
        assert said == {5: "No [b]artifacts[/b] here", 6: "r refreshes"}
        assert all(
            abs(len(app.lines[y]) - len(app.lines[y].lstrip()) - (60 - len(text)) / 2) <= 1 for y, text in said.items()
        )
        app.table.placeholder = "Loading…"
        await pilot.pause()
        assert any("Loading…" in line for line in app.lines)
        app.table.show([1])
        await pilot.pause()
        assert not any("Loading…" in line for line in app.lines)


def styles(app: Shown, y: int) -> dict[str, Style]:
    return {segment.text.strip(): segment.style or Style() for segment in app.table.render_line(y)}


@pytest.mark.parametrize("theme", ["textual-dark", "textual-light", "nord", "ansi-dark"])
async def test_tones_follow_the_theme_and_give_way_on_the_cursor_row(theme: str) -> None:
    app = Shown(range(3), lambda number: ["log", Cell("12 kB", "error"), Cell("old", "warning"), "main"])
    async with app.run_test() as pilot:
        app.theme = theme
        await pilot.pause()
        cursor, plain = app.table.render_line(1), styles(app, 2)
        assert len(list(cursor)) == 1
        assert len({str(plain[text].color) for text in ("log", "12 kB", "old")}) == 3
        assert plain["log"] == plain["main"]
        assert styles(app, 1) != plain
