"""Screens and dialogs that were opened and closed leave nothing behind."""

from __future__ import annotations

import ast
import asyncio
import ctypes
import gc
import os
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from threading import active_count
from typing import Any, NamedTuple

import pytest
from textual.pilot import Pilot
from textual.screen import Screen

import artifact_tui.screens
from artifact_tui.terminal import terminal_app
from tests.collection import PROGRAM
from tests.slow_cases import slow_but
from tests.ui.places import PLACES, Place, open_and_close, walk
from tests.ui.program import KESTREL, Program, open_with_keys, until

WARM, BATCH, BATCHES = 4, 6, 4
MOST_BATCHES = 16
"""Threads that end leave gaps in the memory of the C library, up to 3 MB more or less from batch to batch."""
ALL = 500
"""Openings that may take :data:`MOST_BYTES` together."""
OFTEN = {"commands": ALL // 4, "transfers": ALL // 4}
"""The batches of a dialog and a screen that are opened that often indeed.

The others are opened 24 times, as an opening takes a tenth of a second, and what they take is multiplied.
"""
MOST_OBJECTS = 100
"""For each opening: more than come and go with timers; a closed screen that stays is thousands."""
MOST_BYTES = 10_000_000
STATM = Path("/proc/self/statm")


def resident() -> int:
    """In bytes, without what threads have freed and the C library keeps for later ones; 0 where there is no /proc."""
    if not STATM.exists():
        return 0
    if hasattr(ctypes.CDLL(None), "malloc_trim"):
        ctypes.CDLL(None).malloc_trim(0)
    return int(STATM.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.fixture(autouse=True)
def collects_like_a_program() -> Iterator[None]:
    """Garbage that waits longer than in the program takes memory that the program would not."""
    before = gc.get_threshold()
    gc.set_threshold(*PROGRAM)
    yield
    gc.set_threshold(*before)


class Left(NamedTuple):
    """What openings have left; ``to_end`` are the widgets, tasks and threads that an exit has to end."""

    objects: int
    size: int
    to_end: int


def now(program: Program) -> Left:
    """What there is."""
    gc.collect()
    return Left(
        len(gc.get_objects()), resident(), len(program.app._registry) + len(asyncio.all_tasks()) + active_count()
    )


async def repeat(pilot: Pilot[int], program: Program, place: Place, times: int) -> Left:
    """Open and close a place; return what that leaves.

    Messages of the program and the server's log of requests do not count: they go with time, or are the test's.
    """
    before = now(program)
    for _ in range(times):
        await open_and_close(pilot, program, place)
        program.server.requests.clear()
        program.app.clear_notifications()
        await program.app.screen.query("ToastHolder").remove()  # clearing leaves them, the end of their time does not
    after = now(program)
    return Left(*(there - was for there, was in zip(after, before, strict=True)))


def constructed() -> set[type[Screen[Any]]]:
    """The screens and dialogs that the program makes anywhere, by its source."""
    names: set[str] = set()
    kinds: dict[str, type[Screen[Any]]] = {}
    for info in walk_packages(artifact_tui.screens.__path__, "artifact_tui.screens."):
        module = import_module(info.name)
        kinds |= {
            name: kind for name, kind in vars(module).items() if isinstance(kind, type) and issubclass(kind, Screen)
        }
    for path in Path(artifact_tui.__file__).parent.rglob("*.py"):
        calls = [node.func for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)]
        names |= {called.id for called in calls if isinstance(called, ast.Name)}
        names |= {called.attr for called in calls if isinstance(called, ast.Attribute)}
    return {kinds[name] for name in names & kinds.keys()}


def test_every_screen_and_dialog_of_the_program_is_among_the_places() -> None:
    opened = {place.opens for place in PLACES.values()}
    assert constructed() == opened


@pytest.mark.slow
@pytest.mark.skipif(not STATM.exists(), reason="there is no /proc on this system")
@pytest.mark.parametrize("name", PLACES)
async def test_500_openings_leave_less_than_10_mb_and_nothing_to_end_at_the_exit(name: str, tmp_path: Path) -> None:
    """What is left is left by each batch of openings; what only one of them leaves is a cache that fills up."""
    place, batch = PLACES[name], OFTEN.get(name, BATCH)
    program = await place.program(tmp_path)
    async with program.running(size=place.size) as pilot:
        await walk(pilot, *place.way)
        await repeat(pilot, program, place, WARM)
        before = resident()
        left = [await repeat(pilot, program, place, batch) for _ in range(BATCHES)]
        while min(one.size for one in left) * ALL / batch >= MOST_BYTES and len(left) < MOST_BATCHES:
            left.append(await repeat(pilot, program, place, batch))
        assert min(one.objects for one in left) < MOST_OBJECTS * batch, left
        assert min(one.to_end for one in left) < batch, left
        assert min(one.size for one in left) * ALL / batch < MOST_BYTES, left
        assert resident() - before < MOST_BYTES


@pytest.mark.parametrize("name", slow_but(1, ["help", "commands", "transfers"]))
async def test_a_screen_that_was_closed_is_gone(name: str, tmp_path: Path) -> None:
    place = PLACES[name]
    program = await place.program(tmp_path)
    async with program.running() as pilot:
        await walk(pilot, *place.way)
        await repeat(pilot, program, place, 3)
        left = [await repeat(pilot, program, place, 2) for _ in range(BATCHES)]
        assert min(one.objects for one in left) < 2 * 2 * MOST_OBJECTS


@pytest.mark.slow
@pytest.mark.skipif(not STATM.exists(), reason="there is no /proc on this system")
async def test_500_different_runs_take_less_than_10_mb() -> None:
    """Beyond those that stay loaded."""
    program = Program(KESTREL)
    async with program.running("2") as pilot:

        async def open_runs(number: int) -> None:
            for _ in range(number):
                await open_with_keys(pilot, "enter", "2", "j")
                program.server.requests.clear()
            gc.collect()

        await open_runs(30)
        before = resident()
        await open_runs(470)
        assert resident() - before < MOST_BYTES


async def test_the_garbage_collector_that_is_off_during_the_start_is_turned_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terminal_app, "STARTED", 0.001)  # of 1 s
    gc.disable()
    try:
        async with Program(KESTREL).running() as pilot:
            await until(pilot, gc.isenabled)
    finally:
        gc.enable()
