"""How each screen looks, loaded, empty, loading and in error, at 80x24 and 120x36."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from tests.double import faults
from tests.ui.program import EMPTY, HOSTILE, KESTREL, Program, loaded, open_with_keys
from tests.ui.sizes import SIZES

pytestmark = SIZES
Compare = Callable[..., bool]


def after(*keys: str) -> Callable[[Pilot[Any]], Awaitable[None]]:
    """Press these keys, each once the one before has had its effect."""

    async def run(pilot: Pilot[Any]) -> None:
        await open_with_keys(pilot, *keys)

    return run


def test_repositories(snap_compare: Compare, size: tuple[int, int]) -> None:
    """Those that the account can reach, most recently pushed first."""
    assert snap_compare(Program().app, terminal_size=size, run_before=after())


def test_repositories_filtered_to_none(snap_compare: Compare, size: tuple[int, int]) -> None:
    """The list does not hold it: Enter would search."""
    assert snap_compare(Program().app, terminal_size=size, run_before=after("slash", *"nowhere"))


def test_repositories_without_a_token(snap_compare: Compare, size: tuple[int, int]) -> None:
    """Nothing to list, but any name can be opened."""
    assert snap_compare(Program(token=None).app, terminal_size=size, run_before=after())


def test_runs(snap_compare: Compare, size: tuple[int, int]) -> None:
    """Status and conclusion by sign and word."""
    assert snap_compare(Program(KESTREL).app, terminal_size=size, run_before=after())


def test_runs_filter_as_understood(snap_compare: Compare, size: tuple[int, int]) -> None:
    """While it is typed, the title says what Enter would ask for."""
    keys = ("slash", *"release", "space", *"main", "space", *"ok")
    assert snap_compare(Program(KESTREL).app, terminal_size=size, run_before=after(*keys))


def test_runs_of_an_empty_repository(snap_compare: Compare, size: tuple[int, int]) -> None:
    """No runs yet, and the way on."""
    assert snap_compare(Program(EMPTY).app, terminal_size=size, run_before=after())


def test_artifacts(snap_compare: Compare, size: tuple[int, int]) -> None:
    """All artifacts of a repository, with details."""
    assert snap_compare(Program(KESTREL).app, terminal_size=size, run_before=after("3"))


def test_artifacts_marked_and_filtered(snap_compare: Compare, size: tuple[int, int]) -> None:
    """Two marked, the filter open."""
    keys = ("3", "space", "space", "slash", *"wheel", "enter")
    assert snap_compare(Program(KESTREL).app, terminal_size=size, run_before=after(*keys))


def test_artifacts_wrong_filter(snap_compare: Compare, size: tuple[int, int]) -> None:
    """The wrong word is pointed at."""
    keys = ("3", "slash", *"wheel", "space", *"size", "greater_than_sign", *"big")
    assert snap_compare(Program(KESTREL).app, terminal_size=size, run_before=after(*keys))


def test_artifacts_with_hostile_names(snap_compare: Compare, size: tuple[int, int]) -> None:
    """Control characters, markup, wide letters: one line each, columns aligned."""
    assert snap_compare(Program(HOSTILE).app, terminal_size=size, run_before=after("3"))


def test_artifacts_of_an_empty_repository(snap_compare: Compare, size: tuple[int, int]) -> None:
    """None, and the way on."""
    assert snap_compare(Program(EMPTY).app, terminal_size=size, run_before=after("3"))


def test_artifacts_not_reachable(snap_compare: Compare, size: tuple[int, int]) -> None:
    """No network: what is wrong and what to do."""
    program = Program(KESTREL)
    program.server.fault("GET */actions/artifacts*", broken="dns", times=99)
    assert snap_compare(program.app, terminal_size=size, run_before=after("3"))


def test_wrong_token(snap_compare: Compare, size: tuple[int, int]) -> None:
    """401 in plain words."""
    assert snap_compare(Program(KESTREL, token="wrong-token-of-nobody").app, terminal_size=size, run_before=after())


def test_storage(snap_compare: Compare, size: tuple[int, int]) -> None:
    """Bars in two parts, sums and growth."""
    assert snap_compare(Program(KESTREL).app, terminal_size=size, run_before=after("4", "j", "space"))


def test_storage_of_a_group(snap_compare: Compare, size: tuple[int, int]) -> None:
    """A family by branch, and what it is."""
    assert snap_compare(Program(KESTREL).app, terminal_size=size, run_before=after("4", "j", "enter"))


def test_download_dialog(snap_compare: Compare, size: tuple[int, int]) -> None:
    """Where to, and what becomes of zips."""
    program = Program(KESTREL, directory=Path("artifacts"))
    assert snap_compare(program.app, terminal_size=size, run_before=after("3", "space", "space", "d"))


def test_sort_menu(snap_compare: Compare, size: tuple[int, int]) -> None:
    """Every column."""
    assert snap_compare(Program(KESTREL).app, terminal_size=size, run_before=after("3", "o"))


def test_copy_menu(snap_compare: Compare, size: tuple[int, int]) -> None:
    """What can be copied."""
    assert snap_compare(Program(KESTREL).app, terminal_size=size, run_before=after("3", "y"))


def test_help(snap_compare: Compare, size: tuple[int, int]) -> None:
    """Every key."""
    assert snap_compare(Program(KESTREL).app, terminal_size=size, run_before=after("question_mark"))


def test_palette(snap_compare: Compare, size: tuple[int, int]) -> None:
    """Everything that can be done here."""
    assert snap_compare(Program(KESTREL).app, terminal_size=size, run_before=after("3", "colon", *"sort"))


def test_no_transfers(snap_compare: Compare, size: tuple[int, int]) -> None:
    """Nothing yet."""
    assert snap_compare(Program(KESTREL).app, terminal_size=size, run_before=after("w"))


def test_light_theme(snap_compare: Compare, size: tuple[int, int]) -> None:
    """The same in daylight."""
    assert snap_compare(Program(KESTREL).app, terminal_size=size, run_before=after("3", "T"))


def test_service_trouble(snap_compare: Compare, size: tuple[int, int]) -> None:
    """HTML instead of JSON."""
    program = Program()
    program.server.fault("GET /user/repos*", times=99, **faults.UNICORN)
    assert snap_compare(program.app, terminal_size=size, run_before=after())


async def test_too_small_is_no_crash(size: tuple[int, int]) -> None:
    """Down to one cell."""
    async with Program(KESTREL).app.run_test(size=size) as pilot:
        await loaded(pilot)
        for shape in ((40, 12), (20, 5), (3, 2), (1, 1), size):
            await pilot.resize_terminal(*shape)
            await pilot.press("3", "w", "escape", "2")
        await loaded(pilot)
        assert pilot.app.is_running
