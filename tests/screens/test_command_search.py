"""The palette finds commands by any of their words, and forgives small typos."""

from __future__ import annotations

import pytest
from textual.dom import DOMNode

from artifact_tui.keymap import KEYS
from artifact_tui.screens.command_search import SYNONYMS, Command, distance, search
from artifact_tui.widgets.status_bar import key_sign
from tests.ui.program import RECORDER, Program, open_with_keys, says, until

PLACES = ("artifacts", "list", "table", "app")
COMMANDS = [
    Command(key.help, key_sign(key.keys.partition(",")[0]), key.action, DOMNode(), key.id, key.label)
    for place in PLACES
    for key in KEYS
    if key.id.startswith(f"{place}.")
]


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("transfers", "Show downloads and deletions"),
        ("help", "Show every key"),
        ("theme", "Switch between dark and light"),
        ("token", "Sign in, or change the token"),
        ("quota", "Mark by a policy"),
        ("tranfsers", "Show downloads and deletions"),
        ("downlod", "Download this artifact"),
        ("hepl", "Show every key"),
        ("sort size", "Sort by size"),
        ("D", "Delete this artifact"),
        ("ctrl+l", "Redraw the screen"),
        ("clipboard", "Copy ID"),
        ("srtbysz", "Sort by size"),
    ],
)
def test_a_command_is_found_by(words: str, first: str) -> None:
    assert search(COMMANDS, words)[0].help.startswith(first)


async def test_the_best_match_is_the_first_row_of_the_palette() -> None:
    program = Program(RECORDER)
    async with program.running("3", "colon", *"tranfsers") as pilot:
        await until(pilot, lambda: program.text.split("\n")[5].count("Show downloads and deletions"))


async def test_nothing_is_offered_for_words_that_mean_nothing() -> None:
    program = Program(RECORDER)
    async with program.running("3", "colon", *"zzzqqq") as pilot:
        await says(pilot, "No matching command")


def test_synonyms_are_of_bindings_that_exist() -> None:
    assert SYNONYMS.keys() <= {key.id for key in KEYS}


@pytest.mark.parametrize(
    ("one", "other", "typos"),
    [
        ("help", "help", 0),
        ("hlep", "help", 1),
        ("theem", "theme", 1),
        ("toke", "token", 1),
        ("", "ab", 2),
        ("ab", "ba", 1),
    ],
)
def test_the_distance_of_two_words(one: str, other: str, typos: int) -> None:
    assert distance(one, other) == distance(other, one) == typos


async def test_the_best_match_is_under_the_cursor() -> None:
    program = Program(RECORDER)
    async with program.running("3", "colon", *"theme") as pilot:
        before = program.app.theme
        await open_with_keys(pilot, "enter")
        await until(pilot, lambda: program.app.theme != before)
