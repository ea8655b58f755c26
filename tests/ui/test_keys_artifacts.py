"""What each key does among artifacts and their contents."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from pathlib import Path
from typing import Any

import pytest

from artifact_tui.config.settings import Settings
from artifact_tui.domain.models import Artifact
from artifact_tui.screens.artifacts.screen import ArtifactsScreen
from artifact_tui.screens.contents.preview import PreviewScreen
from artifact_tui.screens.contents.screen import ContentsScreen
from artifact_tui.screens.dialogs.detail import DetailDialog
from tests.ui.each_key import each_key_of, keys_of
from tests.ui.program import RECORDER, Program, open_with_keys, says, until


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return Program(RECORDER, directory=tmp_path)


def marked_rows(program: Program) -> list[int]:
    """The indexes of the rows that carry the sign of a mark."""
    table = program.screen.table
    return [index for index, one in enumerate(table.items) if one.id in table.marks]


@each_key_of("artifacts.mark")
async def test_mark_and_move_on(program: Program, key: str) -> None:
    async with program.running("3", key, key) as pilot:
        assert (marked_rows(program), program.screen.table.cursor_row) == ([0, 1], 2)
        assert program.summary == "2 marked · 155 kB"
        await pilot.press("k", key)
        assert marked_rows(program) == [0]


@each_key_of("artifacts.mark_all")
async def test_mark_all_that_are_shown(program: Program, key: str) -> None:
    """And no more than that."""
    async with program.running("3") as pilot:
        await pilot.press("slash", *"cover", "enter", key, "escape")
        assert program.summary.startswith("29 marked")
        assert {program.screen.table.items[row].name for row in marked_rows(program)} == {"cover.out"}


@each_key_of("artifacts.invert")
async def test_mark_the_others(program: Program, key: str) -> None:
    """What a filter hides keeps its mark."""
    async with program.running("3", "j", "space", "k", "k") as pilot:
        await pilot.press("space", "slash", *"cover", "enter", key)
        assert program.summary.startswith("29 marked, 1 of them hidden")
        await pilot.press("escape")
        names = [program.screen.table.items[row].name for row in marked_rows(program)]
        assert (0 in marked_rows(program), names.count("go-test"), names.count("cover.out")) == (False, 1, 28)


@each_key_of("artifacts.range")
@pytest.mark.parametrize("move", ["jjj", "G"])
async def test_mark_a_range(program: Program, key: str, move: str) -> None:
    async with program.running("3", "j", key) as pilot:
        assert program.summary.startswith("range: move, then v")
        await pilot.press(*move, key)
        assert marked_rows(program) == list(range(1, program.screen.table.cursor_row + 1))


async def test_mark_a_range_upwards(program: Program) -> None:
    async with program.running("3", "j", "j", "j", "v", "k", "k", "v"):
        assert marked_rows(program) == [1, 2, 3]


@each_key_of("artifacts.next_mark")
async def test_next_mark(program: Program, key: str) -> None:
    """Below the cursor, then from the top; without marks, or with hidden ones, it says so."""
    async with program.running("3", key) as pilot:
        await says(pilot, "Nothing is marked.")
        await pilot.press("j", "space", "j", "space", "g")
        rows = []
        for _ in range(3):
            await pilot.press(key)
            rows.append(program.screen.table.cursor_row)
        assert rows == [1, 3, 1]
        await pilot.press("slash", *"no-such-name", "enter", key)
        await says(pilot, "The filter hides 2 marked artifacts.")


async def test_the_filter_word_marked_follows_the_marks(program: Program) -> None:
    """What is unmarked leaves the list at once, and the cursor stays where the next one comes up."""
    async with program.running("3", "j", "space", "j", "space", "slash", *"marked", "enter") as pilot:
        first, second = program.screen.table.items
        await pilot.press("g", "space")
        assert program.screen.table.items == (second,)
        assert program.screen.table.current == second
        await pilot.press("space")
        await says(pilot, "No match among 58", "Esc clears the filter")
        await pilot.press("escape")
        assert first in program.screen.table.items


@each_key_of("artifacts.download")
async def test_download(program: Program, key: str, tmp_path: Path) -> None:
    """The artifact under the cursor; the marked ones where there are any."""
    async with program.running("3", key) as pilot:
        await says(pilot, "Download 1 artifact", "cover.out", str(tmp_path)[:20])
        await open_with_keys(pilot, "escape", "j", "space", "space", "g", key)
        await says(pilot, "Download 2 artifacts")


@each_key_of("artifacts.delete")
async def test_delete(program: Program, key: str) -> None:
    async with program.running("3", key) as pilot:
        await says(pilot, f"{RECORDER} › Review", "1 to delete", "cover.out")
        await open_with_keys(pilot, "escape", "j", "space", "space", "g", key)
        await says(pilot, "2 to delete")


def occupied(artifact: Artifact) -> int:
    """Return what it takes of the storage: nothing once it has expired."""
    return 0 if artifact.expired else artifact.size_in_bytes


@each_key_of("artifacts.sort")
async def test_sort_menu(program: Program, key: str) -> None:
    """The cursor stays on its artifact."""
    async with program.running("3", "j") as pilot:
        before = program.screen.table.current
        await open_with_keys(pilot, key, "down", "enter")
        sizes = [occupied(one) for one in program.screen.table.items]
        assert sizes == sorted(sizes, reverse=True)
        assert program.screen.table.current == before


@pytest.mark.parametrize(
    ("column", "downwards", "key"),
    [
        *((occupied, True, key) for key in keys_of("artifacts.sort_size")),
        *((attrgetter("name"), False, key) for key in keys_of("artifacts.sort_name")),
        *((attrgetter("created_at"), False, key) for key in keys_of("artifacts.sort_time")),
        *((attrgetter("expires_at"), False, key) for key in keys_of("artifacts.sort_expiry")),
    ],
)
async def test_sort(program: Program, column: Callable[[Artifact], Any], downwards: bool, key: str) -> None:
    """By its column, again turns it round; the age is what the list begins with, so its key turns at once."""
    async with program.running("3", "j") as pilot:
        before = program.screen.table.current
        for reverse in (downwards, not downwards):
            await pilot.press(key)
            values = [column(one) for one in program.screen.table.items]
            assert values == sorted(values, reverse=reverse)
            assert program.screen.table.current == before


@each_key_of("artifacts.preview")
async def test_look_inside(program: Program, key: str) -> None:
    async with program.running("3", "j", key) as pilot:
        assert isinstance(program.screen, ContentsScreen)
        await says(pilot, "junit.xml")
        await open_with_keys(pilot, "escape")
        assert isinstance(program.screen, ArtifactsScreen)


@each_key_of("contents.preview")
async def test_look_into_a_file(program: Program, key: str) -> None:
    async with program.running("3", "j", "p", key) as pilot:
        assert isinstance(program.app.screen, PreviewScreen)
        await says(pilot, "durations.bin", "000000")


@each_key_of("artifacts.details")
async def test_details(program: Program, key: str) -> None:
    """They fold and unfold, and the artifact is asked for anew."""
    async with program.running("3", key) as pilot:
        pane = program.screen.query_one("DetailPane")
        await until(pilot, lambda: not pane.display)
        assert program.sent("GET")[-1].endswith("/actions/artifacts/7709142578")
        await open_with_keys(pilot, key)
        await until(pilot, lambda: pane.display)


@each_key_of("artifacts.details")
async def test_details_where_there_is_no_room(program: Program, key: str) -> None:
    """Over the list, and Esc closes them."""
    async with program.running("3", size=(40, 12)) as pilot:
        assert not program.screen.query_one("DetailPane").display
        await open_with_keys(pilot, key)
        assert isinstance(program.app.screen, DetailDialog)
        await says(pilot, "Digest sha256:4acab3826b")
        await open_with_keys(pilot, "escape")
        assert isinstance(program.screen, ArtifactsScreen)


@each_key_of("artifacts.copy")
async def test_copy(program: Program, key: str) -> None:
    """Each line of the menu, exactly."""
    repository, number = "fernwood-labs/flight-recorder", 7709142578
    wanted = [
        str(number),
        "cover.out",
        f"https://github.com/{repository}/actions/runs/27675403813/artifacts/{number}",
        "sha256:4acab3826b847c0c2a796bae7facd4445d50e7e12fd7ce5cd48d73ddc54e1ec4",
        f"gh run download 27675403813 --repo {repository} --name=cover.out",
    ]
    async with program.running("3") as pilot:
        for place, value in enumerate(wanted):
            await open_with_keys(pilot, key, *["down"] * place, "enter")
            assert program.app.clipboard == value
            await open_with_keys(pilot, "escape")
        await open_with_keys(pilot, key, "end", "enter")
        assert program.app.clipboard.startswith("curl ")
        assert "$GH_TOKEN" in program.app.clipboard


@each_key_of("artifacts.address")
async def test_address(program: Program, key: str) -> None:
    async with program.running("3", key, "enter"):
        page = "https://github.com/fernwood-labs/flight-recorder/actions/runs/27675403813/artifacts/7709142578"
        assert program.app.clipboard == page


async def test_read_only_offers_no_delete(tmp_path: Path) -> None:
    """Neither key nor palette, and nothing but GET is sent."""
    program = Program(RECORDER, settings=Settings(read_only=True), directory=tmp_path)
    async with program.running("3") as pilot:
        assert "D Delete" not in program.text
        await says(pilot, "read-only")
        await open_with_keys(pilot, "D", "delete", "a", "D")
        assert isinstance(program.screen, ArtifactsScreen)
        await open_with_keys(pilot, "colon", *"delete")
        assert "Delete this artifact" not in program.text
        await open_with_keys(pilot, "enter", "escape")
        assert {request.method for request in program.server.requests} == {"GET"}
