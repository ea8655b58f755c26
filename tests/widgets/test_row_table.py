"""The list of every screen, used by keyboard and mouse."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from artifact_tui.widgets.row_lines import CURSOR
from artifact_tui.widgets.row_table import RowTable
from tests.examples import examples
from tests.widgets.shown_list import COLUMNS, Shown, texts


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


@settings(deadline=None, max_examples=examples(15))
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


@pytest.mark.parametrize(("end", "keys"), [("G", "Gj"), ("g", "gk")])
async def test_a_key_that_cannot_move_the_cursor_brings_it_into_view(end: str, keys: str) -> None:
    """The wheel scrolls without it."""
    app = Shown(range(100))
    async with app.run_test(size=(60, 12)) as pilot:
        for key in keys:
            await pilot.press(end)
            app.table.scroll_to(y=40, animate=False)
            await pilot.pause()
            assert not [line for line in app.lines if line.startswith(CURSOR)]
            await pilot.press(key)
            assert f"artifact {app.table.current}" in app.cursor_line


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


@pytest.mark.parametrize(
    ("keys", "row"),
    [
        ("j", 1),
        ("down", 1),
        ("j j k", 1),
        ("down down up", 1),
        ("G", 99),
        ("end", 99),
        ("end k", 98),
        ("G g", 0),
        ("end home", 0),
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


@pytest.mark.parametrize("key", ["enter", "l", "right"])
async def test_the_item_under_the_cursor_is_opened(key: str) -> None:
    app = Shown(range(3))
    async with app.run_test() as pilot:
        await pilot.press("j", key)
        assert app.said[-1] == ("selected", 1)


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


def test_stock_calls_that_change_single_rows_say_what_to_do_instead() -> None:
    table: RowTable[int] = RowTable(COLUMNS, key=int, row=texts)
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
