"""The one list of keys: all of it is tested, works on any terminal, and can be changed by the user."""

from __future__ import annotations

import re

import pytest

from artifact_tui.config.keymap_rules import check_keys
from artifact_tui.config.settings import Settings
from artifact_tui.keymap import KEYS, default_keys, key_name
from artifact_tui.screens.repositories import RepositoriesScreen
from tests.ui import (
    each_key,
    test_caches,
    test_deletion_screen,
    test_help,
    test_hosts,
    test_incomplete_lists,
    test_keys_artifacts,
    test_keys_everywhere,
    test_keys_inside,
    test_keys_lists,
    test_keys_transfers,
    test_menus,
    test_orders,
    test_policies,
    test_retention,
    test_review,
    test_sign_in,
    test_storage,
    test_storage_owner,
)
from tests.ui.program import RECORDER, SMALL, Program, open_with_keys, says

WITH_TESTS = (
    test_caches,
    test_deletion_screen,
    test_help,
    test_hosts,
    test_incomplete_lists,
    test_keys_artifacts,
    test_keys_everywhere,
    test_keys_inside,
    test_keys_lists,
    test_keys_transfers,
    test_menus,
    test_orders,
    test_policies,
    test_retention,
    test_review,
    test_sign_in,
    test_storage,
    test_storage_owner,
)
NEVER_ARRIVE = {
    "ctrl+s": "stops the output of many terminals",
    "ctrl+q": "starts it again",
    "ctrl+a": "is the prefix of screen",
    "ctrl+b": "is the prefix of tmux",
    "ctrl+i": "is Tab",
    "ctrl+m": "is Enter",
    "ctrl+h": "is Backspace on some terminals",
}


def test_every_binding_has_its_test() -> None:
    assert all(module.__doc__ for module in WITH_TESTS)
    assert {key.id for key in KEYS} - each_key.covered == set()


@pytest.mark.parametrize("key", [(one.id, key) for one in KEYS for key in one.keys.split(",")], ids="=".join)
def test_keys_reach_the_program_on_every_terminal(key: tuple[str, str]) -> None:
    """No Alt, no function key beyond F1, none that a terminal or a multiplexer keeps for itself."""
    name = key[1]
    assert name not in NEVER_ARRIVE
    assert not re.search(r"alt\+|meta\+|super\+|shift\+|hyper\+", name)
    assert not re.fullmatch(r"f([2-9]|\d\d)", name)


def test_ids_are_unique_and_named_for_their_screen() -> None:
    names = [key.id for key in KEYS]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z]+\.[a-z_]+", name) for name in names)
    assert all(key.help for key in KEYS)


async def test_keys_can_be_changed() -> None:
    """The new ones work, the old ones do not any more; key line, help and palette show them."""
    keys = {"artifacts.download": "b,f5", "table.last": "Z", "app.repositories": "0", "list.filter": "ctrl+f"}
    program = Program(RECORDER, settings=Settings(keys=keys))
    async with program.running("3", "Z", size=(120, 190)) as pilot:
        assert program.screen.table.cursor_row == 57
        assert "b Download" in program.text
        assert "Ctrl+F Filter" in program.text
        for old in ("d", "slash", "1"):
            await open_with_keys(pilot, old)
            assert program.screen.trail == (RECORDER, "All artifacts")
            assert program.screen.table.cursor_row == 57
        await open_with_keys(pilot, "question_mark")
        for shown, meaning in (
            ("b F5", "Download this artifact"),
            ("Z", "Last row"),
            ("Ctrl+F", "Filter the list"),
            ("0", "Go to the repositories"),
        ):
            assert re.search(rf"{re.escape(shown)} +{meaning}", program.text)
        await open_with_keys(pilot, "escape", "colon", *"download")
        assert re.search(r"Download this artifact, or the marked ones +b", program.text)
        await open_with_keys(pilot, "escape", "home", "f5")
        await says(pilot, "Download 1 artifact")
        await open_with_keys(pilot, "escape", "ctrl+f", *"cover", "enter")
        assert program.summary.startswith("29 of 58")
        await open_with_keys(pilot, "0")
        assert isinstance(program.screen, RepositoriesScreen)


async def test_a_key_line_has_no_more_than_there_is_room_for() -> None:
    """Help stays, since it leads to all others."""
    program = Program(RECORDER)
    async with program.running("3", size=SMALL) as pilot:
        for width in (80, 60, 40, 30):
            await pilot.resize_terminal(width, 24)
            await says(pilot, "? Help")


def test_each_key_may_be_written_down_as_it_is() -> None:
    """Whoever changes one of two keys repeats the other."""
    known = default_keys()
    for name, keys in known.items():
        check_keys({name: keys}, known, key_name)
