"""Rows at 80x24 can be told apart: names keep what differs, columns that say nothing give way."""

from __future__ import annotations

from pathlib import Path

from tests.ui.deleting import review
from tests.ui.program import KESTREL, Program, open_with_keys, says, until

WHEELS = ("slash", *"wheel", "enter")


def rows_of(program: Program) -> list[str]:
    """The lines of the list, without the signs before them."""
    table = program.screen.table
    lines = program.text.split("\n")[2 : 2 + min(len(table.items), table.size.height - 1)]
    return [line[3:] for line in lines]


async def test_the_groups_of_a_deletion_have_six_different_names() -> None:
    program = Program(KESTREL)
    async with program.running("3", *WHEELS, "a") as pilot:
        await review(pilot, program)
        names = [row.split("  ")[0] for row in rows_of(program)]
        assert len(set(names)) == 6
        assert all("protected" in row for row in rows_of(program))


async def test_transfers_of_one_name_say_of_which_run_they_are(tmp_path: Path) -> None:
    """What has ended needs few words, so names have the room."""
    program = Program(KESTREL, directory=tmp_path)
    async with program.running("3", *WHEELS, *["space"] * 12, "d", "enter") as pilot:
        await until(pilot, lambda: [one for one in program.app.transfers if one.finished][11:])
        await open_with_keys(pilot, "w", "i")
        await says(pilot, "✓ verified")
        await until(pilot, lambda: len(set(rows_of(program))) == len(rows_of(program)) > 9)
        assert any("#2331" in row for row in rows_of(program))


async def test_files_found_in_artifacts_of_like_names_can_be_told_apart() -> None:
    program = Program(KESTREL)
    async with program.running("3", *WHEELS, "f", *"whl") as pilot:
        await until(pilot, lambda: len(program.screen.table.items) == 76)
        rows = rows_of(program)
        artifacts = [row[28:].split("  ")[0] for row in rows]
        assert len({*artifacts}) == len({hit.artifact.name for hit in program.screen.table.items[: len(rows)]})
        assert len(set(rows)) == len(rows)


async def test_the_list_of_a_workflow_run_does_not_repeat_the_run() -> None:
    program = Program(KESTREL)
    async with program.running("slash", *"release ok", "enter", "enter", size=(140, 30)) as pilot:
        await says(pilot, "wheel-cp311-abi3-win_amd64")
        header = program.text.split("\n")[1]
        assert header.split("│")[0].split() == ["Name", "Size", "Age▼", "Expires"]


async def test_it_tells_the_attempts_of_the_run_apart() -> None:
    program = Program(KESTREL)
    async with program.running("slash", *"release ok", "enter", "j", "enter", size=(140, 30)) as pilot:
        await says(pilot, "Release #2331", "Attempt")
        assert {row.split("│")[0].split()[-1] for row in rows_of(program)} == {"1", "2"}
