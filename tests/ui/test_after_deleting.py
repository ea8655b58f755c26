"""What a deletion leaves behind: marks, questions before another try, and a brake wherever one is."""

from __future__ import annotations

from pathlib import Path

import pytest

from artifact_tui.config.settings import Settings
from artifact_tui.screens.deletion.confirm import ConfirmDialog
from tests.ui.deleting import answer, ask, confirm, cursor_id, delete, deleted, question_of, review, review_of, settled
from tests.ui.program import KESTREL, RECORDER, Program, open_with_keys, says, send, until

GOING = "3", "j", "j", "j", "j"
"""To an artifact that nothing protects."""


async def test_all_that_there_are_need_their_count_typed() -> None:
    """Although they are few: three are left of the list, and all three are chosen."""
    program = Program(RECORDER)
    store = program.server.store
    repository = store.repository(RECORDER)
    assert repository is not None
    listed = filter(program.server.site.is_listed, store.repository_artifacts(repository.id))
    kept = sorted(listed, key=lambda row: row.created_at)[:3]
    for row in [row for row in store.repository_artifacts(repository.id) if row not in kept]:
        store.delete_artifact(row.id)
    async with program.running("3", "a") as pilot:
        await ask(pilot, program)
        await says(pilot, "Delete 3 artifacts?", "This is every artifact in the list.", "Type the count to unlock: 3")
        question = question_of(program)
        await answer(pilot, program, "E")
        await settled(pilot, question)
        assert program.app.screen is question
        assert deleted(program) == []
        await open_with_keys(pilot, "escape", "space")
        await pilot.press("D")
        await says(pilot, "Delete 2 artifacts?")
        assert "To unlock" not in program.text
        await pilot.press("escape", "k", "space", "D")
        await confirm(pilot, program, "3")
        await until(pilot, lambda: len(deleted(program)) == 3)


async def test_what_was_not_deleted_stays_marked() -> None:
    """Stopped in grace, all of it; so nobody has to choose again."""
    program = Program(RECORDER, settings=Settings(delete_interval=0.0, delete_grace=3600.0))
    async with program.running("3", "j", "j", "j", "space", "space") as pilot:
        marked = program.screen.table.marks
        await delete(pilot, program)
        await pilot.press("z")
        await until(pilot, lambda: program.app.deletions and program.app.deletions[-1].finished)
        await open_with_keys(pilot, "escape")
        assert program.screen.table.marks == marked
        assert program.summary.startswith("2 marked")
    assert deleted(program) == []


async def test_what_is_being_deleted_cannot_be_planned_twice() -> None:
    """Of what is chosen only the rest is planned."""
    program = Program(RECORDER, settings=Settings(delete_interval=0.0, delete_grace=3600.0))
    async with program.running(*GOING) as pilot:
        wanted = cursor_id(program)
        await delete(pilot, program)
        await open_with_keys(pilot, "escape")
        await pilot.press("D")
        await says(pilot, "Already being deleted. W shows the progress.")
        await pilot.press("space", "space")
        await review(pilot, program)
        assert wanted not in {one.id for one in review_of(program).plan.artifacts}
        assert len(review_of(program).plan.artifacts) == 1


async def test_keys_in_bursts_try_nothing_again() -> None:
    """After a deletion was stopped there is a question before anything is sent again."""
    program = Program(RECORDER, settings=Settings(delete_interval=0.0, delete_grace=0.0))
    program.server.fault("DELETE *", status=404, body="{}", times=2)
    async with program.running(*GOING) as pilot:
        await delete(pilot, program)
        await until(pilot, lambda: program.app.deletions and program.app.deletions[-1].finished)
        sent = deleted(program)
        for place in ([], ["escape", "w"]):
            await open_with_keys(pilot, *place)
            for burst in (["R"], ["R", "E"], ["R", "R", "E", "E"], [*"RERERE"], [*"a paste with RE and ER in it "]):
                send(program.app, *burst)
                await pilot.pause(0)
                await program.app.type_ahead.idle()
                while isinstance(program.app.screen, ConfirmDialog):
                    await settled(pilot, program.app.screen)
                    await pilot.press("escape")
                while len(program.app.screen_stack) > 2:
                    await open_with_keys(pilot, "escape")
                await open_with_keys(
                    pilot, *([] if len(program.app.screen_stack) == 2 else ["3", *(place[1:] or ["W"])])
                )
        assert deleted(program) == sent


@pytest.mark.parametrize(
    "within", [["enter"], ["slash", *"log", "enter", "enter"]], ids=["contents", "a filtered list"]
)
async def test_a_deletion_in_grace_can_be_stopped_inside_an_artifact(within: list[str]) -> None:
    """Where its key has another use, that waits until the deletion has begun; the key line says so."""
    program = Program(RECORDER, settings=Settings(delete_interval=0.0, delete_grace=3600.0))
    async with program.running(*GOING) as pilot:
        await delete(pilot, program)
        await open_with_keys(pilot, "escape", *within)
        await until(pilot, lambda: "z Stop deleting" in program.text)
        assert "z Fold" not in program.text
        await pilot.press("z")
        await until(pilot, lambda: program.app.deletions and program.app.deletions[-1].finished)
        assert program.app.deletions[-1].not_tried == 1
    assert deleted(program) == []


async def test_all_that_is_said_below_a_review_can_be_read() -> None:
    """In a low terminal by going to the pane and to its end."""
    program = Program(KESTREL)
    async with program.running("3", "a", size=(60, 18)) as pilot:
        await review(pilot, program)
        assert "stay until the month ends." not in program.text
        await pilot.press("tab", "end")
        await says(pilot, "stay until the month ends.")


async def test_all_of_a_report_can_be_read() -> None:
    program = Program("fernwood-labs/kestrel-studio", settings=Settings(delete_interval=0.0, delete_grace=0.0))
    async with program.running("3", "s", "g", size=(60, 18)) as pilot:
        await delete(pilot, program)
        await until(pilot, lambda: program.app.deletions and program.app.deletions[-1].finished)
        await says(pilot, "Total 1 deleted")
        assert "may differ." not in program.text
        await pilot.press("tab", "end")
        await says(pilot, "may differ.")


async def test_what_is_being_downloaded_is_said_before_another_try(tmp_path: Path) -> None:
    """It was not when the plan was confirmed first."""
    program = Program(RECORDER, directory=tmp_path, settings=Settings(delete_interval=0.0, delete_grace=3600.0))
    program.server.fault("GET */zip", delay=60.0, times=9)
    async with program.running(*GOING) as pilot:
        await delete(pilot, program)
        await pilot.press("z")
        await until(pilot, lambda: program.app.deletions and program.app.deletions[-1].finished)
        await open_with_keys(pilot, "escape", "d", "enter", "W", "R")
        await says(pilot, "Delete 1 artifact?", "1 is being downloaded here.")
    assert deleted(program) == []
