"""How transfers look while they run and when they have ended."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual.app import App
from textual.pilot import Pilot

from artifact_tui.demo.data import load_world
from artifact_tui.model import Artifact, RepositoryName
from artifact_tui.transfers.deletes import Outcome
from artifact_tui.transfers.transfer import Kind, State, Transfer
from artifact_tui.widgets.status_bar import bar
from tests.ui.program import KESTREL, LARGE, SMALL, Program, loaded, open_with_keys, until

REPOSITORY = RepositoryName("fernwood-labs", "kestrel")


def transfer(number: int, state: State, **fields: Any) -> Transfer:
    """A snapshot as the engine would give it, of one of the demo's artifacts."""
    made = load_world().artifacts[number * 7]
    artifact = Artifact(id=made.id, name=made.name, size_in_bytes=made.size)
    defaults = {"kind": Kind.DOWNLOAD, "total": 40_000_000, "repository": REPOSITORY}
    return Transfer(id=number, artifact=artifact, state=state, **{**defaults, **fields})


SNAPSHOTS = (
    transfer(1, State.DONE, received=40_000_000, verified=True, path=Path("/home/mira/dist/wheels"), tries=1),
    transfer(2, State.DOWNLOADING, received=26_400_000, rate=6_100_000.0, seconds_left=2.2, tries=1),
    transfer(3, State.VERIFYING, received=40_000_000, tries=1),
    transfer(4, State.UNPACKING, received=40_000_000, tries=1),
    transfer(5, State.WAITING, received=1_000_000, seconds_left=12.0, tries=2, problem="The connection broke off."),
    transfer(6, State.DOWNLOADING, received=900_000, total=None, rate=450_000.0, tries=1),
    transfer(7, State.FAILED, problem="The artifact has expired; its files are gone.", tries=1),
    transfer(8, State.CANCELLED, received=5_000_000),
    transfer(9, State.DONE, kind=Kind.DELETE, outcome=Outcome.DELETED),
    transfer(10, State.FAILED, kind=Kind.DELETE, outcome=Outcome.FAILED, problem="You may not delete artifacts here."),
    transfer(11, State.QUEUED),
)


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["80x24", "120x36"])
def test_transfers_in_every_state(snap_compare: Callable[..., bool], size: tuple[int, int]) -> None:
    """Each state by sign and word, with bar, bytes, rate and time left."""
    program = Program(KESTREL)

    async def show(pilot: Pilot[Any]) -> None:
        await open_with_keys(pilot, "w", "j")
        app: App[Any] = pilot.app
        app.transfers = SNAPSHOTS  # type: ignore[attr-defined]  # the app's own reactive
        await pilot.pause()
        await pilot.press("j")

    assert snap_compare(program.app, terminal_size=size, run_before=show)


async def test_a_download_is_followed_to_its_end(tmp_path: Path) -> None:
    program = Program(KESTREL, directory=tmp_path)
    async with program.app.run_test(size=SMALL) as pilot:
        await open_with_keys(pilot, "3", "d", "enter", "w")
        await until(pilot, lambda: [one.state for one in program.app.transfers] == [State.DONE])
        await loaded(pilot)
        assert program.app.transfers[0].verified
        assert "done" in "".join(str(cell) for cell in program.screen.table.items)
    assert [path.name for path in tmp_path.iterdir()] == ["test-results-ubuntu-24.04"]


@pytest.mark.parametrize(
    ("fraction", "drawn"),
    [(None, "╌╌╌╌"), (0.0, "────"), (0.5, "━━──"), (0.7, "━━╸─"), (1.0, "━━━━"), (7.0, "━━━━"), (-1.0, "────")],
)
def test_a_bar_is_a_line_of_text(fraction: float | None, drawn: str) -> None:
    assert bar(fraction, 4) == drawn
