"""Screens and dialogs that were opened and closed leave nothing behind."""

from __future__ import annotations

import ctypes
import gc
import os
import sys
from pathlib import Path

import pytest

from tests.ui.program import RECORDER, Keyboard, Program, open_with_keys

PLACES: dict[str, tuple[str, str, str]] = {
    "help": ("3", "question_mark", "escape"),
    "commands": ("3", "colon", "escape"),
    "transfers": ("3", "w", "escape"),
    "review": ("3 space", "D", "escape"),
    "confirmation": ("3 D", "D", "escape"),
    "dry run": ("3 D", "n", "escape"),
    "policies": ("3", "K", "escape"),
    "download": ("3", "d", "escape"),
    "copy": ("3", "y", "escape"),
    "order": ("3", "o", "escape"),
    "address": ("3", "O", "escape"),
    "contents": ("3", "p", "escape"),
    "file": ("3 p", "p", "escape"),
    "find": ("3", "f", "escape"),
    "compare": ("3 space down space", "equals_sign", "escape"),
    "save": ("3 p", "d", "escape"),
    "run": ("2", "enter", "escape"),
    "places": ("3", "1 2", "3"),
    "theme": ("3", "T", "T"),
    "history": ("3", "L", "escape"),
}
"""Keys that lead there, that open it, and that close it again."""
WARM, MEASURED = 4, 26
OFTEN = 500
"""Openings of the places that people come to all the time; of the others the objects tell, which need fewer."""
COUNTS = 5
MOST_OBJECTS = 100
"""More than come and go with timers; a closed screen that stays is thousands."""
MOST_BYTES = 10_000_000


def resident() -> int:
    """In bytes, without what threads have freed and the C library keeps for later ones."""
    if hasattr(ctypes.CDLL(None), "malloc_trim"):
        ctypes.CDLL(None).malloc_trim(0)
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


async def open_and_close(pilot: Keyboard, program: Program, opening: str, closing: str, times: int) -> None:
    for _ in range(times):
        await open_with_keys(pilot, *opening.split())
        await open_with_keys(pilot, *closing.split())
        program.server.requests.clear()
    gc.collect()


async def objects_left(pilot: Keyboard, program: Program, opening: str, closing: str, times: int) -> int:
    """Return how many objects so many openings leave: the fewest of a few counts, as Textual's caches vary."""
    before = len(gc.get_objects())
    await open_and_close(pilot, program, opening, closing, times)
    counts = [len(gc.get_objects()) - before]
    for _ in range(COUNTS - 1):
        await open_and_close(pilot, program, opening, closing, 1)
        counts.append(len(gc.get_objects()) - before)
    return min(counts)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
@pytest.mark.parametrize(
    ("name", "times"), [(name, OFTEN if name in {"help", "commands", "transfers"} else MEASURED) for name in PLACES]
)
async def test_a_place_that_is_opened_again_and_again_leaves_no_objects_and_less_than_10_mb(
    name: str, times: int
) -> None:
    way, opening, closing = PLACES[name]
    program = Program(RECORDER)
    async with program.running(*way.split()) as pilot:
        assert isinstance(pilot, Keyboard)
        await open_and_close(pilot, program, opening, closing, WARM)
        before = resident()
        assert await objects_left(pilot, program, opening, closing, times) < MOST_OBJECTS * MEASURED
        assert resident() - before < MOST_BYTES


@pytest.mark.parametrize("key", ["question_mark", "colon", "w"])
async def test_a_screen_that_was_closed_is_gone(key: str) -> None:
    program = Program(RECORDER)
    async with program.running("3") as pilot:
        assert isinstance(pilot, Keyboard)
        await open_and_close(pilot, program, key, "escape", 3)
        assert await objects_left(pilot, program, key, "escape", 5) < 5 * 2 * MOST_OBJECTS
