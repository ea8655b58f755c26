"""How each list looks while it waits for the server, and when the server or the way to it fails."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from math import inf
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.double import faults
from tests.slow_cases import slow_but
from tests.ui.program import KESTREL, Keyboard, Program, open_with_keys, says, until
from tests.ui.sizes import SIZES

Compare = Callable[..., bool]
LISTS = {
    "repositories": ("", (), "GET /user/repos"),
    "runs": (KESTREL, (), "GET */actions/runs"),
    "artifacts": (KESTREL, ("3",), "GET */actions/artifacts"),
    "contents": (KESTREL, ("3", "enter"), "GET blob:*"),
}
TROUBLES: dict[str, dict[str, Any]] = {
    "no-network": {"broken": "dns"},
    "server-error": faults.UNICORN,
    "single-sign-on": faults.SSO,
}

pytestmark = [
    SIZES,
    pytest.mark.parametrize("name", LISTS),
]


def test_while_it_loads(snap_compare: Compare, name: str, size: tuple[int, int]) -> None:
    """It says what it waits for, and takes keys."""
    start, keys, match = LISTS[name]
    program = Program(start)
    fault = program.server.fault(match, delay=3600.0, times=99)

    async def wait(pilot: Pilot[Any]) -> None:
        if keys:
            await open_with_keys(pilot, *keys[:-1])
            await pilot.press(keys[-1])
        await until(pilot, lambda: fault.times < 99)
        await until(pilot, lambda: program.screen.loading_rows)

    assert snap_compare(program.app, terminal_size=size, run_before=wait)


async def test_when_it_is_stopped(name: str, size: tuple[int, int]) -> None:
    """That nothing is there is not said of what never came; contents are left at once instead."""
    start, keys, match = LISTS[name]
    program = Program(start)
    fault = program.server.fault(match, held=True, times=99)
    async with program.app.run_test(size=size):
        pilot = Keyboard(program.app)
        if keys:
            await open_with_keys(pilot, *keys[:-1])
            await pilot.press(keys[-1])
        await until(pilot, lambda: fault.times < 99 and program.screen.loading_rows)
        fault.times = 0
        await pilot.press("escape")
        if name != "contents":
            await says(pilot, "Loading cancelled", "r refreshes")
            assert program.summary == "stopped"
            await pilot.press("r")
            await until(pilot, lambda: program.screen.table.items)
        else:
            await says(pilot, "All artifacts")


@pytest.mark.parametrize("trouble", slow_but(1, TROUBLES))
def test_when_it_fails(snap_compare: Compare, name: str, trouble: str, size: tuple[int, int]) -> None:
    """What is wrong, what to do, and that r retries."""
    start, keys, match = LISTS[name]
    program = Program(start)
    program.server.fault(match, times=inf, **TROUBLES[trouble])
    assert snap_compare(program.app, terminal_size=size, run_before=_after(*keys))


def _after(*keys: str) -> Callable[[Pilot[Any]], Awaitable[None]]:
    async def run(pilot: Pilot[Any]) -> None:
        await open_with_keys(pilot, *keys)

    return run
