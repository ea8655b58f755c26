"""The list of every screen, used by keyboard and mouse."""

import asyncio
import re
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.style import Style
from textual import on
from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.pilot import Pilot
from textual.widgets import DataTable

from artifact_tui.widgets.row_layout import ASCII, UNICODE, Cell, Column, Signs
from artifact_tui.widgets.row_table import RowTable

COLUMNS = (
    Column("name", "Name", 20, flexible=True),
    Column("size", "Size", 9, justify="right"),
    Column("age", "Created", 12, priority=1),
    Column("branch", "Branch", 16, priority=2),
)


def texts(number: int) -> Sequence[str | Cell]:
    return [f"artifact {number}", f"{number} kB", "2 days ago", "main"]


class Shown(App[None]):
    """A list of numbers, and what it says about them."""

    BINDINGS = [Binding("left", "note_left")]

    def __init__(
        self,
        items: Sequence[int] = (),
        cells: Callable[[int], Sequence[str | Cell]] = texts,
        placeholder: str = "",
        signs: Signs = UNICODE,
        cursor: int | None = None,
    ) -> None:
        super().__init__()
        self.animation_level = "none"
        self.table: RowTable[int] = RowTable(
            COLUMNS, key=lambda number: number, cells=cells, placeholder=placeholder, signs=signs
        )
        self.first = items, cursor
        self.said: list[tuple[str, object]] = []

    def compose(self) -> ComposeResult:
        yield self.table

    def on_mount(self) -> None:
        self.table.show(*self.first)

    @on(DataTable.RowHighlighted)
    def note_highlight(self, event: RowTable.RowHighlighted) -> None:
        self.said.append(("highlighted", event.item))

    def on_data_table_row_selected(self, event: RowTable.RowSelected) -> None:
        self.said.append(("selected", event.item))

    def on_data_table_header_selected(self, event: DataTable.HeaderSelected) -> None:
        self.said.append(("header", event.column_key.value))

    def action_note_left(self) -> None:
        self.said.append(("left", None))

    @property
    def lines(self) -> list[str]:
        return [self.table.render_line(y).text for y in range(self.table.size.height)]

    @property
    def cursor_line(self) -> str:
        return next(line for line in self.lines if line.startswith(UNICODE.cursor))


class Reference:
    """Where the cursor must be: by key, else by index, remembered over an empty list."""

    def __init__(self) -> None:
        self.items: list[int] = []
        self.row = 0
        self.anchor: tuple[int | None, int] = (None, 0)

    def show(self, items: list[int], cursor: int | None) -> None:
        if self.items:
            self.anchor = self.items[self.row], self.row
        wanted, here = self.anchor
        wanted = wanted if cursor is None else cursor
        self.items = items
        self.row = items.index(wanted) if wanted in items else max(0, min(here, len(items) - 1))

    def press(self, key: str) -> None:
        last = max(0, len(self.items) - 1)
        self.row = {"j": min(last, self.row + 1), "k": max(0, self.row - 1), "g": 0, "G": last}[key]


lists = st.lists(st.integers(0, 30), unique=True, max_size=31)
steps = st.lists(
    st.one_of(st.sampled_from(["j", "k", "g", "G"]), st.tuples(lists, st.none() | st.integers(0, 30))),
    max_size=8,
)


@settings(deadline=None, max_examples=15)
@given(steps=steps)
async def test_the_cursor_stays_on_its_item_whatever_is_shown(
    steps: list[str | tuple[list[int], int | None]],
) -> None:
    app, reference = Shown(), Reference()
    async with app.run_test(size=(60, 8)) as pilot:
        for step in steps:
            if isinstance(step, str):
                reference.press(step)
                await pilot.press(step)
            else:
                reference.show(*step)
                app.table.show(*step)
                await pilot.pause()
            assert list(app.table.items) == reference.items
            assert app.table.cursor_row == reference.row
            if reference.items:
                assert app.table.current == reference.items[reference.row]
                assert app.cursor_line.split()[2] == str(app.table.current)
            else:
                assert app.table.current is None


async def test_the_cursor_keeps_its_line_of_the_screen_when_rows_come_in_above() -> None:
    app = Shown(range(100, 200))
    async with app.run_test(size=(60, 12)) as pilot:
        await pilot.press("pagedown", "pagedown", "k", "k")
        before = app.lines.index(app.cursor_line)
        app.table.show(range(200))
        await pilot.pause()
        assert app.table.current == 120
        assert app.lines.index(app.cursor_line) == before


async def test_a_list_shown_before_the_first_layout_opens_at_its_cursor() -> None:
    app = Shown(range(1000), cursor=700)
    async with app.run_test(size=(60, 12)):
        assert app.table.current == 700
        assert "artifact 700" in app.cursor_line


async def test_the_cursor_stays_in_view_when_the_terminal_shrinks() -> None:
    app = Shown(range(100))
    async with app.run_test(size=(60, 24)) as pilot:
        await pilot.press("pagedown")
        await pilot.resize_terminal(40, 8)
        assert "artifact 23" in app.cursor_line


async def test_messages_carry_the_item_and_tell_when_another_takes_its_place() -> None:
    app = Shown(range(5))
    async with app.run_test() as pilot:
        await pilot.press("j", "enter")
        app.table.show([0, 2, 3, 4])
        await pilot.pause()
        app.table.show([0, 2, 3])
        await pilot.pause()
        assert app.said == [
            ("highlighted", 0),
            ("highlighted", 1),
            ("selected", 1),
            ("highlighted", 2),
        ]


async def test_nothing_can_be_chosen_in_an_empty_list() -> None:
    app = Shown([])
    async with app.run_test() as pilot:
        await pilot.press("enter", "j", "G", "pagedown", "ctrl+u")
        await pilot.click(app.table, offset=(5, 3))
        assert app.said == []


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


async def test_only_visible_rows_are_ever_asked_for_their_texts() -> None:
    asked: set[int] = set()

    def counting(number: int) -> Sequence[str | Cell]:
        asked.add(number)
        return texts(number)

    app = Shown(range(100_000), counting)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("G", "k", "g", "j")
        app.table.show(range(99_999, -1, -1))
        await pilot.pause()
        assert len(asked) <= 4 * 23


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


@settings(deadline=None, max_examples=40)
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


async def test_plain_characters_can_stand_for_the_signs() -> None:
    app = Shown(range(3), signs=ASCII)
    async with app.run_test() as pilot:
        app.table.marks = frozenset({0})
        app.table.sorted_by = ("size", True)
        await pilot.pause()
        assert all(line.isascii() for line in app.lines)
        assert app.lines[1].startswith(">* artifact 0")


@pytest.mark.parametrize(
    ("keys", "row"),
    [
        ("j", 1),
        ("down", 1),
        ("j j k", 1),
        ("down down up", 1),
        ("G", 99),
        ("end", 99),
        ("ctrl+end k", 98),
        ("G g", 0),
        ("end home", 0),
        ("ctrl+end ctrl+home", 0),
        ("pagedown", 10),
        ("pagedown pagedown pageup", 10),
        ("ctrl+d", 5),
        ("ctrl+d ctrl+d ctrl+u", 5),
        ("G ctrl+d", 99),
        ("ctrl+u", 0),
    ],
)
async def test_keys_move_the_cursor(keys: str, row: int) -> None:
    app = Shown(range(100))
    async with app.run_test(size=(60, 11)) as pilot:
        await pilot.press(*keys.split())
        assert app.table.cursor_row == row
        assert f"artifact {row} " in app.cursor_line


async def test_left_belongs_to_the_screen() -> None:
    app = Shown(range(3))
    async with app.run_test() as pilot:
        await pilot.press("left")
        assert ("left", None) in app.said


async def test_keys_can_be_bound_anew() -> None:
    app = Shown(range(100))
    app.set_keymap({"table.down": "n"})
    async with app.run_test() as pilot:
        await pilot.press("n", "n", "j", "down")
        assert app.table.cursor_row == 2


async def test_a_click_moves_the_cursor_and_a_second_one_chooses() -> None:
    app = Shown(range(100))
    async with app.run_test(size=(80, 12)) as pilot:
        await pilot.press("pagedown", "pagedown")
        app.said.clear()
        await pilot.click(app.table, offset=(30, 3))
        clicked = app.table.current
        await pilot.click(app.table, offset=(60, 3))
        assert f"artifact {clicked} " in app.lines[3]
        assert app.said == [("highlighted", clicked), ("selected", clicked)]


async def test_a_click_on_a_label_names_its_column_and_one_beside_it_nothing() -> None:
    app = Shown(range(3))
    async with app.run_test(size=(60, 12)) as pilot:
        app.said.clear()
        await pilot.click(app.table, offset=(app.lines[0].index("Size"), 0))
        await pilot.click(app.table, offset=(app.lines[0].index("Created"), 0))
        await pilot.click(app.table, offset=(0, 0))
        await pilot.click(app.table, offset=(10, 8))
        assert app.said == [("header", "size"), ("header", "age")]


async def test_an_empty_list_says_so_in_the_middle() -> None:
    app = Shown([], placeholder="No [b]artifacts[/b] here\nr refreshes")
    async with app.run_test(size=(60, 11)) as pilot:
        assert app.lines[0].split() == ["Name", "Size", "Created"]
        said = {y: line.strip() for y, line in enumerate(app.lines) if y and line.strip()}
        assert said == {5: "No [b]artifacts[/b] here", 6: "r refreshes"}
        assert all(
            abs(len(app.lines[y]) - len(app.lines[y].lstrip()) - (60 - len(text)) / 2) <= 1
            for y, text in said.items()
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


def test_stock_calls_that_change_single_rows_say_what_to_do_instead() -> None:
    table: RowTable[int] = RowTable(COLUMNS, key=int, cells=texts)
    for call in (
        table.add_row,
        table.remove_row,
        table.update_cell,
        table.sort,
        table.clear,
        table.get_row_at,
    ):
        with pytest.raises(TypeError, match=r"call show\(\)"):
            call("name")


class Stock(App[None]):
    """The same list in a stock DataTable, or in ours, and all it says and shows."""

    CSS = "DataTable { height: 1fr; }"

    def __init__(self, table: DataTable[str], fill: Callable[[], None]) -> None:
        super().__init__()
        self.animation_level = "none"
        self.table = table
        self.fill = fill
        self.said: list[tuple[object, ...]] = []

    def compose(self) -> ComposeResult:
        yield self.table

    def on_mount(self) -> None:
        self.fill()

    def on_data_table_row_highlighted(self, event: DataTable.RowHighlighted) -> None:
        self.said.append(("highlighted", event.cursor_row, event.row_key.value))

    def on_data_table_row_selected(self, event: DataTable.RowSelected) -> None:
        self.said.append(("selected", event.cursor_row, event.row_key.value))

    def on_data_table_header_selected(self, event: DataTable.HeaderSelected) -> None:
        self.said.append(("header", event.column_index, event.column_key.value, event.label.plain))

    @property
    def rows(self) -> list[str | None]:
        lines = (self.table.render_line(y).text for y in range(self.table.size.height))
        return [match.group() if (match := re.search(r"artifact \d+|Name", line)) else None for line in lines]


def stock(count: int, header: bool) -> Stock:
    table: DataTable[str] = DataTable(cursor_type="row", show_header=header)

    def fill() -> None:
        table.add_column("Name", width=20, key="name")
        table.add_column("Size", width=9, key="size")
        for number in range(count):
            table.add_row(f"artifact {number}", f"{number} kB", key=str(number))

    return Stock(table, fill)


def ours(count: int, header: bool) -> Stock:
    table: RowTable[int] = RowTable(COLUMNS[:2], key=lambda number: number, cells=texts, show_header=header)
    return Stock(table, lambda: table.show(range(count)))


acts = st.lists(
    st.one_of(
        st.sampled_from(
            ["down", "up", "pagedown", "pageup", "ctrl+home", "ctrl+end", "home", "end", "enter", "right"]
        ),
        st.integers(0, 9),
    ),
    max_size=10,
)


async def outcome(app: Stock, acts: list[str | int]) -> list[object]:
    seen: list[object] = []
    async with app.run_test(size=(60, 10)) as pilot:
        seen.append(app.rows)
        for act in acts:
            await perform(pilot, app, act)
            seen.append((app.rows, app.table.cursor_row, app.table.row_count, app.table.scroll_offset.y))
    return [*seen, app.said]


async def perform(pilot: Pilot[None], app: Stock, act: str | int) -> None:
    if isinstance(act, int):
        await pilot.click(app.table, offset=(5, act))
    elif act not in ("home", "end") or isinstance(app.table, RowTable):
        await pilot.press(act)
    else:
        # Stock scrolls sideways with these; here lines are never wider than the window.
        await pilot.press(f"ctrl+{act}")
    await pilot.pause()


@settings(deadline=None, max_examples=15)
@given(count=st.sampled_from([1, 3, 8, 9, 40]), header=st.booleans(), acts=acts)
async def test_keys_and_clicks_do_what_they_do_in_the_stock_table(
    count: int, header: bool, acts: list[str | int]
) -> None:
    mine, theirs = await asyncio.gather(
        outcome(ours(count, header), acts), outcome(stock(count, header), acts)
    )
    assert mine == theirs
