"""Quitting with downloads under way, and what the next start says of them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from textual.pilot import Pilot

from artifact_tui.screens.artifacts.screen import ArtifactsScreen
from artifact_tui.screens.dialogs.question import QuestionDialog
from tests.slow_cases import slow_but
from tests.ui.deleting import delete
from tests.ui.program import RECORDER, Program, artifacts_in, open_with_keys, says, send, until

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
    slow_but(
        2,
        [
            (["tab", "enter"], True, KEPT),
            (["tab", "tab", "enter"], True, []),
            (["enter"], False, KEPT),
            (["escape"], False, KEPT),
        ],
    ),
    ids=["keep", "remove", "stay", "esc"],
)
async def test_quit_while_a_download_is_under_way(
    tmp_path: Path, answer: list[str], leaves: bool, left: list[str]
) -> None:
    """It asks, and the keyboard is on staying; what loses bytes is last."""
    program = program_in(tmp_path)
    async with program.running("3", "d", "enter", "w") as pilot:
        await says(pilot, "1,000 of")
        await pilot.press("q")
        buttons = "Stay Keep for later Discard part files"
        await says(pilot, "1 unfinished download (1.0 kB of 57.8 kB on disk).", buttons)
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
        assert "Keep for later" not in program.text
        await pilot.press("enter")
        assert not program.app._exit


async def test_the_question_follows_what_goes_on_behind_it(tmp_path: Path) -> None:
    """Deletes go on while it is open; the focus stays where it is."""
    program = program_in(tmp_path)
    second = program.server.fault("DELETE *", held=True, skip=1)
    async with program.running("3", "space", "space", "space") as pilot:
        await delete(pilot, program)
        await until(pilot, lambda: len(program.sent("DELETE")) == 2)
        await open_with_keys(pilot, "q", "tab")
        await says(pilot, "2 artifacts are still to be deleted")
        focused = program.app.focused
        second.held = False
        await says(pilot, "All transfers have ended.")
        assert program.app.focused is focused is not None


async def test_ctrl_c_twice_keeps(tmp_path: Path) -> None:
    program = program_in(tmp_path)
    async with program.running("3", "d", "enter", "w") as pilot:
        await says(pilot, "1,000 of")
        await pilot.press("ctrl+c", "ctrl+c")
        await until(pilot, lambda: program.app._exit)
    assert parts(tmp_path) == KEPT


UNFINISHED = "1 unfinished download, 56.8 kB left · U"


async def test_the_next_start_says_what_is_unfinished_and_resumes_it(tmp_path: Path) -> None:
    """A line in the status bar takes no key; `U` asks, and only what is missing is downloaded."""
    await leave_unfinished(tmp_path)
    program = program_in(tmp_path, stalls=False)
    async with program.running() as pilot:
        await says(pilot, UNFINISHED)
        await pilot.press("enter", "escape", "j", "enter", "escape")
        assert program.app.session.unfinished
        assert not program.app.session.transfers()
        await pilot.press("U")
        await says(pilot, "1 unfinished download: 1.0 kB of 57.8 kB on disk.", "cover.out")
        await pilot.press("enter")
        await open_with_keys(pilot, "w")
        await says(pilot, "✓ verified")
        assert UNFINISHED not in program.text
    ranges = [request.headers.get("range", "") for request in program.server.requests if request.place == "blob"]
    assert [one.partition("-")[0] for one in ranges] == ["bytes=1000"]
    assert (tmp_path / "dl" / "cover.out").is_file()
    assert parts(tmp_path) == []


PLACES = [["3", "D"], [], ["3", "enter"], ["w"], ["1"], ["3"]]


@pytest.mark.parametrize("place", slow_but(1, PLACES), ids="-".join)
async def test_u_works_everywhere(tmp_path: Path, place: list[str]) -> None:
    """Also typed right after the key that leads to a place; the palette finds it too."""
    await leave_unfinished(tmp_path)
    program = program_in(tmp_path, stalls=False)
    async with program.running(*place) as pilot:
        await says(pilot, "1 unfinished download")
        send(program.app, "U", "escape", "colon", *"discard unfinished", "enter")
        await says(pilot, "Resume earlier downloads?", "Resume", "Later", "Discard")
        await pilot.press("escape")
        await says(pilot, "1 unfinished download")
    assert parts(tmp_path) == KEPT


async def test_keys_typed_at_the_start_go_to_the_list(tmp_path: Path) -> None:
    """However early they come, no question takes them."""
    await leave_unfinished(tmp_path)
    program = program_in(tmp_path)
    async with program.app.run_test(size=(80, 24), notifications=True) as pilot:
        send(program.app, "3", "j", "j", "space")
        await says(pilot, "1 unfinished download", "1 marked")
        assert program.screen.table.cursor_row == 3
        assert not isinstance(program.app.screen, QuestionDialog)
        program.app.session.stop_transfers(timeout=5)


async def test_the_line_is_there_over_the_run_that_was_asked_for(tmp_path: Path) -> None:
    await leave_unfinished(tmp_path)
    repository = program_in(tmp_path).server.store.repository(RECORDER)
    assert repository is not None
    run = program_in(tmp_path).server.store.repository_artifacts(repository.id)[0].run
    program = program_in(tmp_path, stalls=False, run=run)
    async with program.running() as pilot:
        await until(pilot, lambda: isinstance(program.app.screen, ArtifactsScreen))
        await says(pilot, UNFINISHED)


async def test_discarding_removes_the_parts(tmp_path: Path) -> None:
    """And the start after it says nothing of them."""
    await leave_unfinished(tmp_path)
    program = program_in(tmp_path)
    async with program.running() as pilot:
        await says(pilot, UNFINISHED)
        await pilot.press("U", "tab", "tab", "enter")
        await until(pilot, lambda: not parts(tmp_path) and "unfinished" not in program.text)
    await nothing_is_asked(tmp_path)


async def keep(pilot: Pilot[int]) -> None:
    """Cancel what is under the cursor, and keep its bytes."""
    await says(pilot, "1,000 of")
    await pilot.press("x")
    await says(pilot, "Keep the part file to resume with U.")
    await pilot.press("tab", "enter")
    await says(pilot, "‖ kept", "1 kept", UNFINISHED)


@pytest.mark.parametrize(
    ("answer", "ends", "left"), [(["enter"], "✓ verified", []), (["tab", "tab", "enter"], "– cancelled", [])]
)
async def test_what_a_cancel_kept_can_be_resumed_or_discarded(
    tmp_path: Path, answer: list[str], ends: str, left: list[str]
) -> None:
    """In the same session its row says so and is the one that goes on; the status bar offers it meanwhile."""
    program = program_in(tmp_path)
    async with program.running("3", "d", "enter", "w") as pilot:
        await keep(pilot)
        program.server.faults.clear()
        await pilot.press("U")
        await says(pilot, "1 unfinished download: 1.0 kB of 57.8 kB on disk.")
        await pilot.press(*answer)
        await says(pilot, ends)
        await until(pilot, lambda: "unfinished" not in program.text and parts(tmp_path) == left)
        assert len(program.app.transfers) == 1


async def test_the_next_start_offers_what_a_cancel_kept(tmp_path: Path) -> None:
    """Also after its row was removed from the list, and whether or not it was looked at."""
    async with program_in(tmp_path).running("3", "d", "enter", "w") as pilot:
        await keep(pilot)
        await pilot.press("c")
        await says(pilot, UNFINISHED)
    program = program_in(tmp_path, stalls=False)
    async with program.running("w") as pilot:
        await says(pilot, UNFINISHED)
        await pilot.press("U", "enter")
        await says(pilot, "✓ verified")
    ranges = [request.headers.get("range", "") for request in program.server.requests if request.place == "blob"]
    assert [one.partition("-")[0] for one in ranges] == ["bytes=1000"]


async def test_what_is_left_for_later_stays_in_the_status_bar(tmp_path: Path) -> None:
    await leave_unfinished(tmp_path)
    for _ in range(2):
        async with program_in(tmp_path).running() as pilot:
            await says(pilot, UNFINISHED)
            await pilot.press("U", "tab", "enter")
            await says(pilot, UNFINISHED)
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


async def test_a_journal_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "transfers.sqlite").write_bytes(b"no database" * 1000)
    async with program_in(tmp_path).running() as pilot:
        await says(pilot, "transfers.sqlite cannot be used", "Downloads cannot be resumed")


async def test_a_row_of_the_journal_that_cannot_be_read_is_counted_and_the_others_are_offered(tmp_path: Path) -> None:
    await leave_unfinished(tmp_path)
    journal = tmp_path / "state" / "transfers.sqlite"
    with closing(sqlite3.connect(journal)) as connection, connection:
        connection.execute("CREATE TABLE other AS SELECT * FROM download")
        connection.execute("UPDATE other SET id = 99, standing = 'resting'")
        connection.execute("INSERT INTO download SELECT * FROM other")
    async with program_in(tmp_path).running() as pilot:
        await says(pilot, "Skipped 1 unreadable entry in", "1 unfinished download")
