"""What the download dialog asks: the directory, zips, and what becomes of what already exists."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from textual.screen import ModalScreen

from artifact_tui.config.settings import Settings
from artifact_tui.demo.accounts import DEMO_TOKEN
from artifact_tui.screens.dialogs.question import QuestionDialog
from artifact_tui.screens.sign_in import KeepDialog
from artifact_tui.transfers.models import State
from artifact_tui.widgets.choice import Choice
from tests.slow_cases import slow_but
from tests.ui.deleting import answer, ask
from tests.ui.each_key import each_key_of
from tests.ui.places import PLACES, press, walk
from tests.ui.program import RECORDER, Program, artifacts_in, says, until


def program_in(directory: Path, **settings: object) -> Program:
    return Program(RECORDER, directory=directory, settings=Settings(delete_interval=0.0, **settings))  # type: ignore[arg-type]  # msgspec checks them


@pytest.fixture
def taken(tmp_path: Path) -> Path:
    """A directory where something already has the name of the second artifact."""
    (tmp_path / "go-test").mkdir()
    (tmp_path / "go-test" / "mine").write_text("mine")
    return tmp_path


@each_key_of("choice.next")
async def test_the_next_choice(tmp_path: Path, key: str) -> None:
    """Round and round."""
    async with program_in(tmp_path).running("3", "d", "tab", "tab") as pilot:
        choice = pilot.app.screen.query_one(Choice)
        seen = []
        for _ in range(4):
            await pilot.press(key)
            seen.append(choice.value)
        assert seen == ["skip", "overwrite", "ask", "keep both"]


@each_key_of("choice.previous")
async def test_the_choice_before(tmp_path: Path, key: str) -> None:
    async with program_in(tmp_path).running("3", "d", "tab", "tab", key) as pilot:
        await says(pilot, "( ) keep both ( ) skip ( ) overwrite (•) ask")


async def test_a_choice_is_taken_by_the_mouse(tmp_path: Path) -> None:
    async with program_in(tmp_path).running("3", "d") as pilot:
        await pilot.click(Choice, offset=(18, 0))
        await says(pilot, "( ) keep both (•) skip")


@pytest.mark.parametrize(
    ("setting", "left", "state"),
    slow_but(
        2,
        [
            ("skip", {"go-test"}, State.CANCELLED),
            ("overwrite", {"go-test", "go-test (2)"}, State.DONE),
            ("keep both", {"go-test", "go-test (2)"}, State.DONE),
        ],
    ),
)
async def test_what_is_there_already(taken: Path, setting: str, left: set[str], state: State) -> None:
    """As ``on-existing`` says, unless the dialog says otherwise."""
    program = program_in(taken, on_existing=setting)
    async with program.running("3", "j", "d", "enter") as pilot:
        await until(pilot, lambda: [one.state for one in program.app.transfers] == [state])
    assert set(artifacts_in(taken)) == left
    assert (taken / "go-test" / "mine").exists()


async def test_overwriting_says_what_it_left_alone(taken: Path) -> None:
    async with program_in(taken, on_existing="overwrite").running("3", "j", "d", "enter", "w") as pilot:
        await says(pilot, "Not overwritten: go-test was not created by artifact-tui. Saved as go-test (2).")


async def test_overwriting_replaces_what_was_downloaded_before(tmp_path: Path) -> None:
    program = program_in(tmp_path, on_existing="overwrite")
    async with program.running("3", "j", "d", "enter") as pilot:
        await until(pilot, lambda: [one.state for one in program.app.transfers] == [State.DONE])
        await pilot.press("d", "enter")
        await until(pilot, lambda: [one.state for one in program.app.transfers] == [State.DONE] * 2)
    assert artifacts_in(tmp_path) == ["go-test"]


@pytest.mark.parametrize(
    ("answer", "left"),
    [
        (["enter"], {"go-test", "go-test (2)"}),
        (["tab", "enter"], {"go-test"}),
        (["tab", "tab", "enter"], {"go-test", "go-test (2)"}),
    ],
    ids=["keep both", "skip", "overwrite"],
)
async def test_asking_lists_what_is_there(taken: Path, answer: list[str], left: set[str]) -> None:
    """Only when there is something to ask about; the keyboard is on keeping both."""
    program = program_in(taken, on_existing="ask")
    async with program.running("3", "j", "d", "enter") as pilot:
        await says(pilot, "1 of 1 download already exists", "go-test")
        await pilot.press(*answer)
        await until(pilot, lambda: program.app.transfers and program.app.transfers[0].finished)
    assert set(artifacts_in(taken)) == left
    assert (taken / "go-test" / "mine").exists()


async def test_nothing_is_asked_where_nothing_is_in_the_way(tmp_path: Path) -> None:
    program = program_in(tmp_path, on_existing="ask")
    async with program.running("3", "j", "d", "enter") as pilot:
        await until(pilot, lambda: program.app.transfers and program.app.transfers[0].finished)
    assert artifacts_in(tmp_path) == ["go-test"]


async def test_the_question_can_be_left_without_an_order(taken: Path) -> None:
    program = program_in(taken, on_existing="ask")
    async with program.running("3", "j", "d", "enter", "escape") as pilot:
        await until(pilot, lambda: not isinstance(program.app.screen, QuestionDialog))
        assert program.app.session.transfers() == ()


async def test_however_many_there_are_the_answers_can_be_seen(tmp_path: Path) -> None:
    async with program_in(tmp_path).running("3", "a", "d") as pilot:
        for size in ((80, 24), (120, 36), (60, 16)):
            await pilot.resize_terminal(*size)
            await says(pilot, "Download 5", "(•) keep both", "Cancel")


@each_key_of("tick.toggle")
async def test_a_checkbox_is_turned_on_and_off(tmp_path: Path, key: str) -> None:
    async with program_in(tmp_path).running("3", "d", "tab") as pilot:
        await says(pilot, "[x] unpack zips")
        await pilot.press(key)
        await says(pilot, "[ ] unpack zips")
        await pilot.press(key)
        await says(pilot, "[x] unpack zips")


@pytest.mark.parametrize(
    "way", slow_but(2, [[], ["shift+tab"], ["tab"], ["tab", "tab"]]), ids=["line", "list", "box", "choice"]
)
@each_key_of("dialog.submit")
async def test_enter_answers_from_anywhere_in_the_dialog(tmp_path: Path, way: list[str], key: str) -> None:
    program = program_in(tmp_path)
    async with program.running("3", "d", *way) as pilot:
        await pilot.press(key)
        await until(pilot, lambda: [one.state for one in program.app.transfers] == [State.DONE])
        assert len(artifacts_in(tmp_path)) == 1


def ordered(program: Program, times: int) -> bool:
    return len(program.app.session.transfers()) == times


SUBMITTED: dict[str, tuple[str, int, str, Callable[[Program, int], object]]] = {
    "contents, save": ("", 3, "", ordered),
    "sign in": (DEMO_TOKEN, 2, "escape", lambda program, _: isinstance(program.app.screen, KeepDialog)),
    "policies": ("down down down", 2, "escape", lambda program, _: " marked" in program.summary),
    "download twice": ("", 1, "", lambda program, times: ordered(program, times + 1)),
}
"""What is typed, the stops of Tab before the second button, how to go back, and what Enter does, by place."""


@pytest.mark.parametrize("name", slow_but(1, SUBMITTED))
async def test_enter_submits_from_every_stop_of_the_other_dialogs(tmp_path: Path, name: str) -> None:
    place, (typed, stops, back, is_submitted) = PLACES[name], SUBMITTED[name]
    program = await place.program(tmp_path)
    async with program.running(size=place.size) as pilot:
        await walk(pilot, *place.way)
        for stop in range(stops):
            await press(pilot, place.opening)
            await until(pilot, lambda: type(program.app.screen) is place.opens)
            await press(pilot, f"{typed} {'tab ' * stop} enter")
            await until(pilot, lambda times=stop + 1: is_submitted(program, times))  # type: ignore[misc]  # bound now
            await press(pilot, back)


async def test_enter_in_the_list_of_a_deletion_cancels_it() -> None:
    program = Program(RECORDER)
    async with program.running("3") as pilot:
        await ask(pilot, program)
        await answer(pilot, program, "shift+tab", "enter")
        await until(pilot, lambda: not isinstance(pilot.app.screen, ModalScreen))
        assert program.sent("DELETE") == []
