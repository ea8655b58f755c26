"""What each key does among the transfers."""

from __future__ import annotations

from pathlib import Path

import pytest

from artifact_tui.config.settings import Settings
from artifact_tui.screens.dialogs.copy import PathDialog
from artifact_tui.screens.dialogs.question import QuestionDialog
from artifact_tui.screens.transfers.screen import TransfersScreen
from artifact_tui.transfers.models import State
from tests.double.faults import Fault
from tests.slow_cases import slow_but
from tests.ui.deleting import delete
from tests.ui.each_key import each_key_of
from tests.ui.program import RECORDER, Program, artifacts_in, open_with_keys, says, until
from tests.ui.transfer_states import SNAPSHOTS


@pytest.fixture
def program(tmp_path: Path) -> Program:
    return Program(RECORDER, directory=tmp_path / "dl", settings=Settings(concurrency=1, delete_interval=0.0))


def stall(program: Program, at: int = 1000) -> Fault:
    """From now on downloads stop after so many bytes; setting ``times`` to 0 ends that."""
    return program.server.fault("GET blob:*", stall_at=at, times=999)


def states(program: Program) -> list[State]:
    return [one.state for one in program.app.session.transfers()]


def files(tmp_path: Path) -> list[str]:
    return artifacts_in(tmp_path / "dl")


@each_key_of("transfers.pause")
async def test_pause_and_go_on(program: Program, key: str, tmp_path: Path) -> None:
    """What is there stays, and going on begins behind it."""
    stalled = stall(program)
    async with program.running("3", "d", "enter", "w") as pilot:
        await says(pilot, "● downloading", "1,000 of")
        await pilot.press(key)
        await says(pilot, "‖ paused", "1 paused")
        assert files(tmp_path) == ["cover.out.zip.part"]
        stalled.times = 0
        await pilot.press(key)
        await says(pilot, "✓ verified")
        assert "attempt" not in program.text
        assert files(tmp_path) == ["cover.out"]


async def test_the_status_bar_leaves_the_progress_to_the_list(program: Program) -> None:
    stalled = stall(program)
    async with program.running("3", "d", "enter", "w") as pilot:
        await says(pilot, "● downloading", "1,000 of")
        assert "transfer" not in program.text.splitlines()[-1]
        await pilot.press("space")
        await says(pilot, "‖ paused", "1 paused")
        assert "transfer" not in program.text.splitlines()[-1]
        stalled.times = 0


@each_key_of("transfers.pause")
async def test_a_delete_cannot_be_paused(program: Program, key: str) -> None:
    program.server.fault("GET */artifacts/*", held=True)
    async with program.running("3") as pilot:
        await delete(pilot, program)
        await pilot.press("w")
        await says(pilot, "● deleting")
        await pilot.press(key)
        await says(pilot, "This cannot be paused. x cancels it, W shows the deletion.")


@each_key_of("transfers.cancel")
async def test_cancel_without_bytes_asks_nothing(program: Program, key: str) -> None:
    program.server.fault("GET */zip", delay=60.0)
    async with program.running("3", "d", "enter", "w") as pilot:
        await says(pilot, "● connecting")
        await pilot.press(key)
        await says(pilot, "– cancelled")


@pytest.mark.parametrize(
    ("answer", "state", "left"),
    slow_but(
        2,
        [
            (["enter"], State.DOWNLOADING, ["cover.out.zip.part"]),
            (["tab", "tab", "enter"], State.CANCELLED, []),
            (["escape"], State.DOWNLOADING, ["cover.out.zip.part"]),
            (["tab", "enter"], State.CANCELLED, ["cover.out.zip.part"]),
        ],
    ),
    ids=["go on", "remove", "esc", "keep"],
)
@each_key_of("transfers.cancel")
async def test_cancel_with_bytes_asks(
    program: Program, key: str, tmp_path: Path, answer: list[str], state: State, left: list[str]
) -> None:
    """The keyboard is on going on."""
    stall(program)
    async with program.running("3", "d", "enter", "w") as pilot:
        await says(pilot, "1,000 of")
        await pilot.press(key)
        await says(pilot, "Cancel cover.out?", "1.0 kB of 57.8 kB on disk.")
        await pilot.press(*answer)
        await until(pilot, lambda: isinstance(program.app.screen, TransfersScreen))
        await until(pilot, lambda: (states(program), files(tmp_path)) == ([state], left))


@each_key_of("transfers.cancel")
async def test_what_was_kept_is_not_fetched_again(program: Program, key: str) -> None:
    """A later download of the same artifact into the same directory goes on from the part."""
    stalled = stall(program)
    async with program.running("3", "d", "enter", "w") as pilot:
        await says(pilot, "1,000 of")
        await pilot.press(key, "tab", "enter")
        await says(pilot, "‖ kept")
        stalled.times = 0
        await open_with_keys(pilot, "escape", "d", "enter", "w")
        await says(pilot, "✓ verified")
        assert "kept" not in program.text
        fetched = [request.headers.get("range", "") for request in program.server.requests if request.place == "blob"]
        assert fetched[-1].startswith("bytes=1000-")


@each_key_of("transfers.cancel_all")
async def test_cancel_all_transfers(program: Program, key: str, tmp_path: Path) -> None:
    """What is under way and what waits; one question for all."""
    stall(program)
    async with program.running("3", "a", "d", "enter", "w") as pilot:
        await says(pilot, "1,000 of", "○ queued")
        await pilot.press(key)
        await says(pilot, "Cancel 58 transfers?", "1.0 kB of 57.8 kB on disk.")
        await pilot.press("tab", "tab", "enter")
        await until(pilot, lambda: set(states(program)) == {State.CANCELLED})
        await until(pilot, lambda: not files(tmp_path))


async def test_the_question_before_a_cancel_follows_the_downloads(tmp_path: Path) -> None:
    program = Program(RECORDER, directory=tmp_path / "dl")
    stall(program)
    held = program.server.fault("GET blob:*.zip", held=True)
    async with program.running("3", "space", "space", "d", "enter", "w") as pilot:
        await says(pilot, "1,000 of")
        await pilot.press("X")
        await says(pilot, "Cancel 2 transfers?", "1 other transfer without bytes")
        held.held = False
        await says(pilot, "1 download, 1.0 kB of", "1 transfer has ended.")


@each_key_of("transfers.retry")
async def test_retry_a_transfer(program: Program, key: str, tmp_path: Path) -> None:
    program.server.fault("GET */zip", status=404, body="{}")
    async with program.running("3", "d", "enter", "w") as pilot:
        await says(pilot, "✗ failed")
        await pilot.press(key)
        await says(pilot, "✓ verified")
        assert "cover.out" in files(tmp_path)


@each_key_of("transfers.clear")
async def test_clear_what_has_ended(program: Program, key: str) -> None:
    async with program.running("3", "d", "enter", "w") as pilot:
        await says(pilot, "✓ verified")
        await pilot.press(key)
        await says(pilot, "No transfers in the list", "L shows the history")


def ids(program: Program) -> list[int]:
    return [one.id for one in program.screen.table.items]


def cursor_id(program: Program) -> int:
    current = program.screen.table.current
    assert current is not None
    return int(current.id)


@each_key_of("transfers.earlier")
async def test_move_up_the_queue(program: Program, key: str) -> None:
    """The cursor goes with it; what is under way stays where it is."""
    stall(program)
    async with program.running("3", "space", "space", "space", "d", "enter", "w") as pilot:
        await says(pilot, "1,000 of", "○ queued")
        await pilot.press("G", key)
        await until(pilot, lambda: ids(program) == [1, 3, 2])
        assert cursor_id(program) == 3
        await pilot.press(key)
        await says(pilot, "Only queued downloads can be moved")
        assert ids(program) == [1, 3, 2]


@each_key_of("transfers.later")
async def test_move_down_the_queue(program: Program, key: str) -> None:
    stall(program)
    async with program.running("3", "space", "space", "space", "d", "enter", "w") as pilot:
        await says(pilot, "1,000 of", "○ queued")
        await pilot.press("j", key)
        await until(pilot, lambda: ids(program) == [1, 3, 2])
        assert cursor_id(program) == 2


@each_key_of("transfers.unpack")
async def test_unpack_anyway_is_offered_for_what_is_over_the_limit(program: Program, key: str) -> None:
    """With the numbers, the keyboard on leaving it; elsewhere the key does nothing."""
    async with program.running("w") as pilot:
        program.app.transfers = SNAPSHOTS
        await pilot.press(key)
        assert isinstance(program.app.screen, TransfersScreen)
        assert "Unpack anyway" not in program.text
        await pilot.press("j", "j")
        await says(pilot, f"{key} Unpack anyway")
        await pilot.press(key)
        assert isinstance(program.app.screen, QuestionDialog)
        await says(pilot, "31.0 GB, more than the limit of 20.0", "Leave it packed")


@each_key_of("transfers.unpack")
async def test_what_is_over_the_limit_is_unpacked_anyway_when_asked(key: str, tmp_path: Path) -> None:
    """The archive stays beside what came out of it."""
    settings = Settings(unpack_limit=1_000)
    program = Program(RECORDER, directory=tmp_path / "dl", settings=settings)
    async with program.running("3", "j", "d", "enter", "w") as pilot:
        await says(pilot, "more than the limit of 1.0 kB", "Unpack anyway")
        assert files(tmp_path) == ["go-test.zip"]
        await pilot.press(key, "enter")
        await until(pilot, lambda: isinstance(program.app.screen, TransfersScreen))
        assert files(tmp_path) == ["go-test.zip"]
        await pilot.press(key, "tab", "enter")
        await says(pilot, "✓ verified")
    assert files(tmp_path) == ["go-test", "go-test.zip"]


@each_key_of("app.unfinished")
async def test_what_an_earlier_start_left_can_be_asked_for_again(key: str, tmp_path: Path) -> None:
    """After "later" it is still there, until it is decided; without anything left the key says so."""
    journal = tmp_path / "transfers.sqlite"
    first = Program(RECORDER, directory=tmp_path / "dl", journal=journal)
    stall(first)
    async with first.running("3", "d", "enter", "w") as pilot:
        await says(pilot, "1,000 of")
        await pilot.press(key)
        await says(pilot, "No unfinished downloads or deletions.")
        assert isinstance(first.app.screen, TransfersScreen)
    second = Program(RECORDER, journal=journal)
    async with second.running() as pilot:
        await pilot.press(key)
        await says(pilot, "Resume earlier downloads?")
        await open_with_keys(pilot, "tab", "enter", "w")
        await says(pilot, f"{key} resumes or discards what is unfinished")
        await pilot.press(key)
        await says(pilot, "Resume earlier downloads?", "1.0 kB of 57.8 kB")
        await pilot.press("enter")
        await says(pilot, "✓ verified")
    assert "cover.out" in files(tmp_path)


@each_key_of("table.open")
async def test_where_the_files_are(program: Program, key: str, tmp_path: Path) -> None:
    """Over SSH the path is shown and can be copied; no window is offered that nobody would see."""
    async with program.running("3", "d", "enter", "w") as pilot:
        await says(pilot, "✓ verified", "⏎ Path")
        await pilot.press(key)
        assert isinstance(program.app.screen, PathDialog)
        assert "Open directory" not in program.text
        await pilot.press("enter")
        assert program.app.clipboard == str(tmp_path / "dl" / "cover.out")


async def test_there_are_no_files_before_the_end(program: Program) -> None:
    stall(program)
    async with program.running("3", "d", "enter", "w") as pilot:
        await says(pilot, "1,000 of")
        assert "⏎" not in program.text
        await pilot.press("enter")
        await says(pilot, "No files yet.")


async def test_there_are_no_files_of_what_failed(program: Program) -> None:
    program.server.fault("GET */zip", status=404, body="{}")
    async with program.running("3", "d", "enter", "w") as pilot:
        await says(pilot, "✗ failed")
        assert "⏎" not in program.text
        await pilot.press("enter")
        await says(pilot, "No files: failed.")


async def test_the_folder_is_shown_on_a_desktop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the program that the desktop has for it, which may live as long as its window."""
    opener, opened = tmp_path / "xdg-open", tmp_path / "opened"
    opener.write_text(f'#!/bin/sh\nprintf %s "$1" > {opened}.new && mv {opened}.new {opened}\n')
    opener.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setattr("sys.platform", "linux")
    program = Program(RECORDER, directory=tmp_path / "dl", remote=False)
    async with program.running("3", "d", "enter", "w") as pilot:
        await says(pilot, "✓ verified")
        await pilot.press("enter", "tab")
        await says(pilot, "Open directory")
        await pilot.press("enter")
        await until(pilot, opened.exists)
    assert opened.read_text() == str(tmp_path / "dl")


async def test_without_a_file_manager_that_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = Program(RECORDER, directory=tmp_path / "dl", remote=False)
    async with program.running("3", "d", "enter", "w") as pilot:
        await says(pilot, "✓ verified")
        monkeypatch.setenv("PATH", str(tmp_path))
        monkeypatch.setattr("sys.platform", "linux")
        await pilot.press("enter", "tab", "enter")
        await says(pilot, "Cannot show the directory: xdg-open not found.")
