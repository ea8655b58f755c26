"""Help: this screen's keys first, two columns where they fit, and a search."""

from __future__ import annotations

import re

import pytest

from artifact_tui.keymap import KEYS
from artifact_tui.widgets.status_bar import key_sign
from tests.slow_cases import slow_but
from tests.ui.each_key import each_key_of
from tests.ui.program import RECORDER, Program, says, until


@pytest.mark.parametrize(
    ("way", "title"),
    slow_but(
        2,
        [
            ((), "Workflow runs"),
            (("3", "enter"), "Contents of an artifact"),
            (("3",), "Artifacts"),
            (("w",), "Transfers"),
        ],
    ),
)
async def test_the_keys_of_the_screen_come_first(way: tuple[str, ...], title: str) -> None:
    program = Program(RECORDER)
    async with program.running(*way, "question_mark") as pilot:
        await says(pilot, "Keys and filters", title)
        first = next(line for line in program.text.split("\n")[2:] if re.search(r"│ +\w", line))
        assert title in first


async def test_there_are_two_columns_where_they_fit() -> None:
    program = Program(RECORDER)
    async with program.running("3", "question_mark", size=(170, 40)) as pilot:
        await says(pilot, "Keys and filters")
        assert re.search(r"Artifacts {20,}\w", program.text)
        await pilot.resize_terminal(100, 40)
        await until(pilot, lambda: not re.search(r"│ *Artifacts {20,}\w", program.text))


@each_key_of("help.search")
async def test_help_can_be_searched(key: str) -> None:
    """Esc takes the search away, then the help."""
    program = Program(RECORDER)
    async with program.running("3", "question_mark", key, *"timestamps") as pilot:
        await says(pilot, "Hide or show the timestamps of a log")
        await until(pilot, lambda: "Mark this artifact" not in program.text)
        await pilot.press("escape")
        await says(pilot, "Mark this artifact and move on")
        await pilot.press("escape")
        await until(pilot, lambda: "Keys and filters" not in program.text)


async def test_a_search_without_a_match_says_so() -> None:
    program = Program(RECORDER)
    async with program.running("3", "question_mark", "slash", *"xyzzy") as pilot:
        await says(pilot, "No matching key or filter")


def test_no_key_is_shown_by_the_name_that_only_programs_give_it() -> None:
    signs = {key_sign(name) for key in KEYS for name in key.keys.split(",")}
    assert not [sign for sign in signs if "_" in sign]
    assert key_sign("equals_sign") == "="
    assert key_sign("ctrl+left_square_bracket") == "Ctrl+["
    assert key_sign("full_stop") == "."
    assert key_sign("plus") == "+"
