"""Keys that are unavailable: they say why, and the key line does not offer them."""

from __future__ import annotations

import pytest

from artifact_tui.transfers.models import State
from artifact_tui.widgets.status_bar import KeyLine
from tests.slow_cases import slow_but
from tests.ui.program import EMPTY, KESTREL, RECORDER, Program, open_with_keys, says, until
from tests.ui.transfer_states import SNAPSHOTS

VERIFIED = next(one for one in SNAPSHOTS if one.state is State.DONE)
RUNNING = next(one for one in SNAPSHOTS if one.state is State.DOWNLOADING)
PAUSED = next(one for one in SNAPSHOTS if one.state is State.PAUSED)
QUEUED = next(one for one in SNAPSHOTS if one.state is State.QUEUED)


@pytest.mark.parametrize(
    ("key", "sentence"),
    [
        ("space", "Only unfinished downloads can be paused."),
        ("x", "Only unfinished transfers can be cancelled."),
        ("X", "No unfinished transfers to cancel."),
        ("R", "Only failed or cancelled transfers can be retried."),
        ("u", "Only an archive over the size limit can be unpacked anyway."),
    ],
)
async def test_a_key_that_does_not_fit_a_finished_download_says_what_it_needs(key: str, sentence: str) -> None:
    program = Program(KESTREL)
    async with program.running("w") as pilot:
        program.app.transfers = (VERIFIED,)
        await says(pilot, "✓ verified")
        assert str(program.screen.query_one(KeyLine).render()).startswith("⏎ Path  / Filter  c Clear finished  3 ")
        await pilot.press(key)
        await says(pilot, sentence)


async def test_clearing_without_finished_transfers_says_what_it_needs() -> None:
    program = Program(KESTREL)
    async with program.running("w") as pilot:
        program.app.transfers = (RUNNING,)
        await says(pilot, "● downloading")
        await pilot.press("c")
        await says(pilot, "No finished transfers to remove.")


async def test_the_key_line_offers_to_resume_a_paused_download() -> None:
    program = Program(KESTREL)
    async with program.running("w") as pilot:
        program.app.transfers = (RUNNING, PAUSED)
        await says(pilot, "Space Pause")
        await pilot.press("j")
        await says(pilot, "Space Resume")
        await pilot.press("k")
        await says(pilot, "Space Pause")


async def test_the_question_before_cancelling_all_says_which_have_no_bytes_to_lose() -> None:
    program = Program(KESTREL)
    async with program.running("w") as pilot:
        program.app.transfers = (VERIFIED, RUNNING, PAUSED, QUEUED)
        await says(pilot, "○ queued")
        await pilot.press("X")
        await says(pilot, "Cancel 3 transfers?", "2 downloads, 38.4 MB of 80.0 MB on disk.")
        await says(pilot, "1 other transfer without bytes on disk will be")


@pytest.mark.parametrize("key", slow_but(3, ["d", "space", "D", "p", "y", "O", "i"]))
async def test_a_key_that_needs_a_row_says_that_there_is_none(key: str) -> None:
    program = Program(EMPTY)
    async with program.running("3", key) as pilot:
        await says(pilot, "The list is empty.")


@pytest.mark.parametrize("key", ["d", "p", "y"])
async def test_a_key_that_needs_a_row_names_the_filter_that_hides_all(key: str) -> None:
    program = Program(RECORDER)
    async with program.running("3", "slash", *"zzz", "enter", key) as pilot:
        await says(pilot, "No row matches the filter. Esc clears it.")


@pytest.mark.parametrize("keys", [("3", "slash"), ("slash",), ("3", "f")], ids=["artifacts", "runs", "find"])
async def test_the_key_line_offers_no_filter_while_one_is_typed(keys: tuple[str, ...]) -> None:
    """The key would be a letter of it."""
    program = Program(RECORDER)
    async with program.running(*keys) as pilot:
        await until(pilot, lambda: program.screen.filter_bar.active)
        await until(pilot, lambda: "F1 Help" in str(program.screen.query_one(KeyLine).render()))
        assert "/" not in str(program.screen.query_one(KeyLine).render())
        await pilot.press(*"ok", "enter")
        await until(pilot, lambda: "/ Filter" in str(program.screen.query_one(KeyLine).render()))


@pytest.mark.parametrize("key", slow_but(1, ["o", "d", "question_mark"]), ids=["sort", "download", "help"])
async def test_the_key_line_below_a_dialog_is_empty(key: str) -> None:
    program = Program(KESTREL)
    async with program.running("3") as pilot:
        keys = program.screen.query_one(KeyLine)
        before = str(keys.render())
        assert "d Download" in before
        await open_with_keys(pilot, key)
        assert str(keys.render()) == ""
        assert "D Delete" not in program.text
        await open_with_keys(pilot, "escape")
        assert str(keys.render()) == before
        await says(pilot, "d Download")
