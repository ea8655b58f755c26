"""How transfers look while they run and when they have ended."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from textual.app import App
from textual.pilot import Pilot

from artifact_tui.screens.dialogs.question import QuestionDialog
from artifact_tui.screens.leaving import quit_question
from artifact_tui.screens.resume import unfinished_question
from artifact_tui.transfers.models import DownloadOrder, State, Unfinished
from artifact_tui.widgets.status_bar import bar
from tests.ui.program import KESTREL, LARGE, SMALL, Program, artifacts_in, loaded, open_with_keys, until
from tests.ui.transfer_states import REPOSITORY, SNAPSHOTS

BOTH_SIZES = pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x36"])
Compare = Callable[..., bool]
Look = Callable[[Pilot[Any]], Awaitable[None]]


def showing(*keys: str, question: QuestionDialog | None = None) -> Look:
    """The transfers in every state, these keys pressed, and a question over them."""

    async def show(pilot: Pilot[Any]) -> None:
        await open_with_keys(pilot, "w")
        app: App[Any] = pilot.app
        app.transfers = SNAPSHOTS  # type: ignore[attr-defined]  # the app's own reactive
        await pilot.pause()
        await open_with_keys(pilot, *keys)
        if question is not None:
            await app.push_screen(question)

    return show


@BOTH_SIZES
def test_transfers_in_every_state(snap_compare: Compare, size: tuple[int, int]) -> None:
    """Each state by sign and word, with bar, rate and time left; what is over the limit offers to be unpacked."""
    assert snap_compare(Program(KESTREL).app, terminal_size=size, run_before=showing("j", "j"))


@BOTH_SIZES
def test_the_last_transfers(snap_compare: Compare, size: tuple[int, int]) -> None:
    """The rest of the states, on a terminal that does not hold all of them."""
    assert snap_compare(Program(KESTREL).app, terminal_size=size, run_before=showing("G", "k", "k", "k", "k"))


@BOTH_SIZES
def test_quit_dialog(snap_compare: Compare, size: tuple[int, int]) -> None:
    """The keyboard is on staying."""
    question = quit_question([one for one in SNAPSHOTS if not one.finished])
    assert snap_compare(Program(KESTREL).app, terminal_size=size, run_before=showing(question=question))


@BOTH_SIZES
def test_cancel_dialog(snap_compare: Compare, size: tuple[int, int]) -> None:
    """The keyboard is on not cancelling."""
    assert snap_compare(Program(KESTREL).app, terminal_size=size, run_before=showing("j", "j", "j", "x"))


@BOTH_SIZES
def test_unpack_dialog(snap_compare: Compare, size: tuple[int, int]) -> None:
    """With the numbers; the keyboard is on leaving it packed."""
    assert snap_compare(Program(KESTREL).app, terminal_size=size, run_before=showing("j", "j", "u"))


@BOTH_SIZES
def test_start_dialog(snap_compare: Compare, size: tuple[int, int]) -> None:
    """What an earlier start left; the keyboard is on going on."""
    order = DownloadOrder(repository=REPOSITORY, artifact=SNAPSHOTS[0].artifact, directory=Path("dist"))
    left = tuple(
        Unfinished(id=one.id, order=replace(order, artifact=one.artifact), received=one.received, total=one.total)
        for one in SNAPSHOTS[3:13]
    )

    async def show(pilot: Pilot[Any]) -> None:
        await open_with_keys(pilot)
        await pilot.app.push_screen(unfinished_question(left))

    assert snap_compare(Program(KESTREL).app, terminal_size=size, run_before=show)


async def test_a_download_is_followed_to_its_end(tmp_path: Path) -> None:
    program = Program(KESTREL, directory=tmp_path)
    async with program.app.run_test(size=SMALL) as pilot:
        await open_with_keys(pilot, "3", "d", "enter", "w")
        await until(pilot, lambda: [one.state for one in program.app.transfers] == [State.DONE])
        await loaded(pilot)
        assert program.app.transfers[0].verified
        assert "done" in "".join(str(cell) for cell in program.screen.table.items)
    assert artifacts_in(tmp_path) == ["test-results-ubuntu-24.04"]


@pytest.mark.parametrize(
    ("fraction", "drawn"),
    [(None, "╌╌╌╌"), (0.0, "────"), (0.5, "━━──"), (0.7, "━━╸─"), (1.0, "━━━━"), (7.0, "━━━━"), (-1.0, "────")],
)
def test_a_bar_is_a_line_of_text(fraction: float | None, drawn: str) -> None:
    assert bar(fraction, 4) == drawn


async def test_a_list_under_another_screen_waits_until_it_is_seen(tmp_path: Path) -> None:
    """A change there would repaint all of the screen above it, four times a second."""
    program = Program(KESTREL, directory=tmp_path)
    program.server.fault("GET blob:*", stall_at=1000)
    async with program.running("3") as pilot:
        below = program.screen
        await open_with_keys(pilot, "w")
        program.app.transfers = SNAPSHOTS
        await pilot.pause()
        assert (program.screen.transfers, below.transfers) == (SNAPSHOTS, ())
        await open_with_keys(pilot, "escape")
        assert below.transfers == SNAPSHOTS
        assert "5 of 12 transfers" in program.text
