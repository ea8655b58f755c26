"""Screens may be opened and left in any order, at any size, while lists load and a deletion goes on: none of it ends
the program, and without the key that confirms nothing more is deleted.
"""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from textual.pilot import Pilot

from artifact_tui.config.settings import Settings
from artifact_tui.screens.deletion.confirm import ConfirmDialog
from tests.ui.deleting import delete, deleted
from tests.ui.program import RECORDER, Program, send, text_of

KEYS = (
    *("1", "2", "3", "w", "W", "D", "D", "K", "S", "escape", "escape", "escape", "enter", "enter", "space", "a", "u"),
    *("n", "d", "z", "x", "R", "slash", "r", "j", "G", "g", "tab", "question_mark", "colon", "i", "p", "y", "O", "f"),
    *("equals_sign", "v", "s", "c", "U", "m", "backspace", "down", "up", "right", "left", "pagedown", "5", "delete"),
)
"""All that lead somewhere, but for those that quit and the one that confirms."""
SIZES = ((80, 24), (20, 5), (120, 40), (10, 3), (1, 1), (40, 12), (80, 6), (200, 60))
STEPS = 90
SEEDS = (0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (1, 2, 3)))


async def walk(pilot: Pilot[int], program: Program, dice: random.Random) -> None:
    """Keys one by one or in bursts, sizes, and artifacts that somebody else deletes."""
    for _ in range(STEPS):
        chance = dice.random()
        if chance < 0.08:
            await pilot.resize_terminal(*dice.choice(SIZES))
        elif chance < 0.12:
            program.server.store.artifacts.pop(dice.choice([*program.server.store.artifacts]))
        elif chance < 0.3:
            send(program.app, *dice.choices(KEYS, k=dice.randint(2, 6)))
        else:
            await pilot.press(dice.choice(KEYS))
        assert program.app.is_running
    for size in SIZES:
        await pilot.resize_terminal(*size)
        text_of(program.app)


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Walks may end in a download, into a directory of whatever name was typed."""
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("seed", SEEDS)
async def test_without_the_confirming_key_any_walk_deletes_nothing(seed: int) -> None:
    dice = random.Random(seed)
    program = Program(RECORDER)
    program.server.fault("GET *", delay=0.05, times=400, skip=seed)
    async with program.running("3") as pilot:
        await walk(pilot, program, dice)
        assert program.app.return_code is None
    assert deleted(program) == []


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
async def test_any_walk_around_a_deletion_adds_nothing_to_it(seed: int) -> None:
    """It is under way while its screen, the lists and the questions come and go."""
    dice = random.Random(seed)
    program = Program(RECORDER, settings=Settings(delete_interval=0.02, delete_grace=0.1))
    async with program.running("3", *["space"] * 9) as pilot:
        planned = {one.id for one in program.screen.list.marks.artifacts}  # type: ignore[attr-defined]  # it is a list of artifacts
        await delete(pilot, program)
        await walk(pilot, program, dice)
        while isinstance(program.app.screen, ConfirmDialog):
            await pilot.press("escape")
    assert set(deleted(program)) <= planned
    assert len(deleted(program)) == len(set(deleted(program)))
