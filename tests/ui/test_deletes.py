"""Nothing is deleted but what was shown in the question, and only after a clear yes."""

from __future__ import annotations

import pytest

from artifact_tui.demo.data import DemoArtifact
from tests.ui.program import RECORDER, Program, open_with_keys, says, until


def deleted(program: Program) -> list[int]:
    """The ids that the server was told to delete, in order."""
    return [int(path.rpartition("/")[2]) for path in program.sent("DELETE")]


def cursor_id(program: Program) -> int:
    current = program.screen.table.current
    assert current is not None
    return int(current.id)


@pytest.fixture
def program() -> Program:
    return Program(RECORDER)


@pytest.mark.parametrize("answer", [["enter"], ["escape"], ["tab", "tab", "tab", "enter"]], ids="-".join)
async def test_anything_but_a_clear_yes_deletes_nothing(program: Program, answer: list[str]) -> None:
    """The keyboard is on Cancel."""
    async with program.running("3", "a", "D", *answer):
        assert program.summary.startswith("60 marked")
        assert program.app.session.transfers() == ()
    assert deleted(program) == []


async def test_a_burst_of_keys_deletes_nothing(program: Program) -> None:
    """Delete, Enter, Enter, Enter: the first Enter cancels, the others look inside."""
    async with program.running("3") as pilot:
        await pilot.press("delete", "enter", "enter", "enter")
        await open_with_keys(pilot)
    assert deleted(program) == []


async def test_only_what_was_shown_is_deleted_whatever_the_list_does(program: Program) -> None:
    """While it goes on, the list is sorted, filtered and refreshed."""
    program.server.fault("DELETE *", delay=0.3, status=502, body="{}")
    async with program.running("3", "j", "j") as pilot:
        wanted = cursor_id(program)
        await pilot.press("D", "tab", "enter", "s", "G", "slash", *"cover", "enter", "r", "g")
        await until(pilot, lambda: wanted not in program.server.store.artifacts)
        await open_with_keys(pilot, "escape")
        await until(pilot, lambda: program.summary.startswith("59 artifacts"))
    assert set(deleted(program)) == {wanted}


async def test_the_question_is_about_what_was_marked_when_it_was_asked(program: Program) -> None:
    """A list that grows under the question changes nothing in it."""
    async with program.running("3") as pilot:
        wanted = cursor_id(program)
        newest = program.server.store.artifacts[wanted]
        await pilot.press("r", "D")
        program.server.store.add(with_id(newest, newest.id + 1))
        await pilot.press("tab", "enter")
        await until(pilot, lambda: deleted(program) == [wanted])
        await open_with_keys(pilot, "r")
        assert program.summary.startswith("60 artifacts")


def with_id(artifact: DemoArtifact, number: int) -> DemoArtifact:
    values = {name: getattr(artifact, name) for name in artifact.__struct_fields__}
    return DemoArtifact(**values | {"id": number})


async def test_marks_that_a_filter_hides_are_counted_in_the_question(program: Program) -> None:
    async with program.running("3", "space", "space", "space") as pilot:
        wanted = {one.id for one in program.screen.table.items[:3]}
        await pilot.press("slash", *"cover", "enter", "D")
        await says(pilot, "Delete 3 artifacts?", "1 of them is hidden by the filter.")
        await pilot.press("tab", "enter")
        await until(pilot, lambda: len(deleted(program)) == 3)
        await until(pilot, lambda: not program.screen.table.marks)
    assert set(deleted(program)) == wanted


async def test_the_cursor_goes_to_the_neighbour(program: Program) -> None:
    """The row below comes up; at the end of the list the one above."""
    async with program.running("3", "j") as pilot:
        below = program.screen.table.items[2].id
        await pilot.press("D", "tab", "enter")
        await until(pilot, lambda: program.summary.startswith("59 artifacts"))
        assert (cursor_id(program), program.screen.table.cursor_row) == (below, 1)
        await open_with_keys(pilot, "G")
        above = program.screen.table.items[-2].id
        await pilot.press("D", "tab", "enter")
        await until(pilot, lambda: program.summary.startswith("58 artifacts"))
        assert cursor_id(program) == above


async def test_an_artifact_that_somebody_else_deleted_is_gone_too(program: Program) -> None:
    """Nothing is sent for it, and the row goes away."""
    async with program.running("3", "j") as pilot:
        program.server.store.delete_artifact(cursor_id(program))
        await pilot.press("D", "tab", "enter")
        await until(pilot, lambda: program.summary.startswith("59 artifacts"))
        await open_with_keys(pilot, "w")
        await says(pilot, "✓ already gone")
    assert deleted(program) == []


async def test_a_delete_that_is_refused_keeps_the_row_and_says_why(program: Program) -> None:
    program.server.fault("DELETE *", status=404, body="{}", times=99)
    async with program.running("3", "D", "tab", "enter") as pilot:
        await says(pilot, "✗ 1 failed, w shows why")
        await open_with_keys(pilot, "w")
        await says(pilot, "This token may see the artifact but not delete it.", "permission Actions: write")
        await open_with_keys(pilot, "escape")
        assert program.summary.startswith("60 artifacts")
