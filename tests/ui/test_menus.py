"""What each key does in a menu: the same as in a list."""

from __future__ import annotations

from artifact_tui.widgets.menu import Menu
from tests.ui.each_key import each_key_of, keys_of
from tests.ui.program import RECORDER, Program, open_with_keys

LAST = 5
PLACES = {
    "menu.down": (0, 1),
    "menu.up": (3, 2),
    "menu.first": (3, 0),
    "menu.last": (1, LAST),
    "menu.page_down": (0, LAST),
    "menu.page_up": (LAST, 0),
}


KEYS = [(key, *PLACES[name]) for name in PLACES for key in keys_of(name)]


async def test_moving_in_a_menu() -> None:
    """The menu of what can be copied, which fits."""
    program = Program(RECORDER)
    async with program.running("3") as pilot:
        for key, start, wanted in KEYS:
            await open_with_keys(pilot, "y", *["down"] * start)
            await pilot.press(key)
            assert program.app.screen.query_one(Menu).highlighted == wanted, key
            await open_with_keys(pilot, "escape")


@each_key_of("menu.select")
async def test_taking_a_line_of_a_menu(key: str) -> None:
    program = Program(RECORDER)
    async with program.running("3", "y", "j") as pilot:
        await open_with_keys(pilot, key)
        assert program.app.clipboard == "cover.out"
