"""Keys that are unavailable: they say why, and the key line does not offer them."""

from __future__ import annotations

import pytest

from artifact_tui.transfers.models import State
from artifact_tui.widgets.status_bar import KeyLine
from tests.ui.program import KESTREL, Program, open_with_keys, says
from tests.ui.transfer_states import SNAPSHOTS

VERIFIED = next(one for one in SNAPSHOTS if one.state is State.DONE)
RUNNING = next(one for one in SNAPSHOTS if one.state is State.DOWNLOADING)


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
        assert str(program.screen.query_one(KeyLine).render()).startswith("⏎ Open  / Filter  c Clear finished  3 ")
        await pilot.press(key)
        await says(pilot, sentence)


async def test_clearing_without_finished_transfers_says_what_it_needs() -> None:
    program = Program(KESTREL)
    async with program.running("w") as pilot:
        program.app.transfers = (RUNNING,)
        await says(pilot, "● downloading")
        await pilot.press("c")
        await says(pilot, "No finished transfers to remove.")


@pytest.mark.parametrize("key", ["d", "o", "question_mark"], ids=["download", "sort", "help"])
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
