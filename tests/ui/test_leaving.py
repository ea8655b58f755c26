"""Quitting with downloads under way, and what the next start says of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from artifact_tui.screens.artifacts import ArtifactsScreen
from artifact_tui.screens.dialogs import QuestionDialog
from tests.ui.deleting import delete
from tests.ui.program import RECORDER, Program, artifacts_in, open_with_keys, says, until

KEPT = ["cover.out.zip.part"]


def program_in(tmp_path: Path, *, stalls: bool = True, run: int | None = None) -> Program:
    journal = tmp_path / "state" / "transfers.sqlite"
    program = Program(RECORDER, directory=tmp_path / "dl", journal=journal, run=run)
    if stalls:
        program.server.fault("GET blob:*", stall_at=1000, times=99)
    return program


def parts(tmp_path: Path) -> list[str]:
    return [name for name in artifacts_in(tmp_path / "dl") if name.endswith(".part")]


async def leave_unfinished(tmp_path: Path) -> None:
    """A start of the program that ends with a download under way, as a signal would end it."""
    async with program_in(tmp_path).running("3", "d", "enter", "w") as pilot:
        await says(pilot, "1,000 of")


@pytest.mark.parametrize(
    ("answer", "leaves", "left"),
    [
        (["enter"], True, KEPT),
        (["tab", "enter"], True, []),
        (["tab", "tab", "enter"], False, KEPT),
        (["escape"], False, KEPT),
    ],
    ids=["keep", "remove", "stay", "esc"],
)
async def test_quit_while_a_download_is_under_way(
    tmp_path: Path, answer: list[str], leaves: bool, left: list[str]
) -> None:
    """It asks, and the keyboard is on keeping what is there."""
    program = program_in(tmp_path)
    async with program.running("3", "d", "enter", "w") as pilot:
        await says(pilot, "1,000 of")
        await pilot.press("q")
        await says(pilot, "1 download is not finished: 1.0 kB of 57.8 kB are on the disk.", "Keep for next time")
        await pilot.press(*answer)
        await until(pilot, lambda: not isinstance(program.app.screen, QuestionDialog))
        assert program.app._exit is leaves
    assert parts(tmp_path) == left


async def test_quit_while_only_deletes_are_under_way(tmp_path: Path) -> None:
    """Those cannot be kept for later: the keyboard is on staying."""
    program = program_in(tmp_path)
    program.server.fault("GET */artifacts/*", delay=60.0)
    async with program.running("3") as pilot:
        await delete(pilot, program)
        await pilot.press("q")
        await says(pilot, "1 artifact is still to be deleted; the next start")
        assert "Keep for next time" not in program.text
        await pilot.press("enter")
        assert not program.app._exit


async def test_ctrl_c_twice_keeps(tmp_path: Path) -> None:
    program = program_in(tmp_path)
    async with program.running("3", "d", "enter", "w") as pilot:
        await says(pilot, "1,000 of")
        await pilot.press("ctrl+c", "ctrl+c")
        await until(pilot, lambda: program.app._exit)
    assert parts(tmp_path) == KEPT


async def test_the_next_start_goes_on(tmp_path: Path) -> None:
    """The list is loaded beside the question, and only what is missing is fetched."""
    await leave_unfinished(tmp_path)
    program = program_in(tmp_path, stalls=False)
    async with program.running() as pilot:
        await says(pilot, "1 download was not finished: 1.0 kB of 57.8 kB are on the disk.", "cover.out")
        await until(pilot, lambda: program.app.screen_stack[0].query_one("RowTable").items)  # type: ignore[attr-defined]  # of a RowTable
        await pilot.press("enter")
        await open_with_keys(pilot, "w")
        await says(pilot, "✓ verified")
    ranges = [request.headers.get("range", "") for request in program.server.requests if request.place == "blob"]
    assert [one.partition("-")[0] for one in ranges] == ["bytes=1000"]
    assert (tmp_path / "dl" / "cover.out").is_file()
    assert parts(tmp_path) == []


async def test_the_question_stays_over_the_run_that_was_asked_for(tmp_path: Path) -> None:
    await leave_unfinished(tmp_path)
    repository = program_in(tmp_path).server.store.repository(RECORDER)
    assert repository is not None
    run = program_in(tmp_path).server.store.repository_artifacts(repository.id)[0].run
    program = program_in(tmp_path, stalls=False, run=run)
    async with program.running() as pilot:
        await says(pilot, "1 download was not finished")
        await until(pilot, lambda: isinstance(program.app.screen_stack[0], ArtifactsScreen))
        await pilot.press("enter")
        await open_with_keys(pilot, "w")
        await says(pilot, "✓ verified")


async def test_the_next_start_forgets(tmp_path: Path) -> None:
    """The parts go, and the start after it asks nothing."""
    await leave_unfinished(tmp_path)
    program = program_in(tmp_path)
    async with program.running() as pilot:
        await says(pilot, "Forget them")
        await pilot.press("tab", "tab", "enter")
        await until(pilot, lambda: not parts(tmp_path))
    await nothing_is_asked(tmp_path)


async def test_what_is_forgotten_is_not_offered_any_more(tmp_path: Path) -> None:
    await leave_unfinished(tmp_path)
    program = program_in(tmp_path)
    async with program.running() as pilot:
        await says(pilot, "Forget them")
        await pilot.press("tab", "enter")
        await open_with_keys(pilot, "w")
        await says(pilot, "U shows what an earlier start did not finish")
        await open_with_keys(pilot, "U")
        await pilot.press("tab", "tab", "enter")
        await until(pilot, lambda: "U shows" not in program.text and "Nothing downloaded" in program.text)


async def test_what_is_left_for_later_is_asked_again(tmp_path: Path) -> None:
    await leave_unfinished(tmp_path)
    for _ in range(2):
        async with program_in(tmp_path).running() as pilot:
            await says(pilot, "Go on with earlier downloads?")
            await pilot.press("tab", "enter")
    assert parts(tmp_path) == KEPT


async def nothing_is_asked(tmp_path: Path) -> None:
    program = program_in(tmp_path)
    async with program.running() as pilot:
        await until(pilot, lambda: not [worker for worker in program.app.workers if worker.group == "unfinished"])
        assert not isinstance(program.app.screen, QuestionDialog)
        assert program.app.session.unfinished == ()


async def test_without_a_journal_nothing_is_looked_for(tmp_path: Path) -> None:
    await nothing_is_asked(tmp_path)
    assert not (tmp_path / "state").exists()


async def test_who_types_a_filter_is_only_told(tmp_path: Path) -> None:
    """The keys that follow belong to the filter and not to a question that comes up under them."""
    await leave_unfinished(tmp_path)
    program = program_in(tmp_path)
    async with program.app.run_test(size=(80, 24), notifications=True) as pilot:
        await pilot.press("slash")
        await says(pilot, "1 download was not finished")
        assert not isinstance(program.app.screen, QuestionDialog)
        program.app.session.stop_transfers(timeout=5)


async def test_a_journal_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "transfers.sqlite").write_bytes(b"no database" * 1000)
    async with program_in(tmp_path).running() as pilot:
        await says(pilot, "transfers.sqlite cannot be used", "Downloads cannot be resumed")
