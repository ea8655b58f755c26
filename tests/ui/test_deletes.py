"""Nothing is deleted but what was shown in the question, and only after a clear yes."""

from __future__ import annotations

import pytest
from textual.events import Key, Paste
from textual.widgets import Button

from artifact_tui.config.settings import Settings
from artifact_tui.demo.data import DemoArtifact
from artifact_tui.domain.models import Artifact, RepositoryName
from artifact_tui.screens.artifacts.screen import ArtifactsScreen
from artifact_tui.screens.deletion.confirm import ConfirmDialog
from artifact_tui.screens.dialogs.keypress_guard import LULL
from artifact_tui.screens.download.dialog import artifact_table
from artifact_tui.transfers.deletions.models import DeletePlan
from tests.slow_cases import slow_but
from tests.ui.deleting import answer, ask, confirm, cursor_id, delete, deleted, question_of, review, review_of, settled
from tests.ui.program import HOSTILE, KESTREL, NOW, RECORDER, Program, loaded, open_with_keys, says, send, until

GOING = "3", "j", "j", "j", "j"
"""To an artifact that nothing protects."""


@pytest.fixture
def program() -> Program:
    return Program(RECORDER)


@pytest.mark.parametrize(
    "keys",
    slow_but(
        1,
        [
            ["enter"],
            ["y", "Y", "D", "delete", "d", "space", "x", "n"],
            ["tab"] * 3 + ["enter"],
            ["escape"],
            ["tab", "enter"],
        ],
    ),
    ids="-".join,
)
async def test_anything_but_a_clear_yes_deletes_nothing(program: Program, keys: list[str]) -> None:
    """The keyboard is on Cancel, and Enter, y and the key that asked confirm nothing."""
    async with program.running(*GOING) as pilot:
        await ask(pilot, program)
        await answer(pilot, program, *keys)
        if isinstance(program.app.screen, ConfirmDialog):
            await settled(pilot, program.app.screen)
        assert program.app.session.transfers() == ()
    assert deleted(program) == []


BURSTS = {
    "twice": ["D", "D", "E", "E", "E", "D", "D", "E"],
    "cursor keys cut in two": ["escape", *"[A", "escape", *"[B", "D", "escape", *"[3~", "E"],
    "the opening key held down": ["D"] * 90,
    "Delete, Enter, Enter, Enter": ["delete", "enter", "enter", "enter"],
    "opening and confirming": ["D", "D", "E"],
    "a paste without brackets": [*"DDE the quick brown fox DDE jumps over the lazy dog E DDE " * 9],
    "a reply with letters": [*"]11;rgb:dddd/EEEE/DDDD"],
}


@pytest.mark.parametrize("keys", slow_but(1, BURSTS.values()), ids=BURSTS.keys())
async def test_keys_that_come_at_once_delete_nothing(program: Program, keys: list[str]) -> None:
    async with program.running(*GOING) as pilot:
        for _ in range(2):
            send(program.app, *keys)
            await pilot.pause(0)
            await program.app.type_ahead.idle()
        if isinstance(program.app.screen, ConfirmDialog):
            await settled(pilot, program.app.screen)
        assert program.app.session.transfers() == ()
    assert deleted(program) == []


async def test_a_burst_into_the_open_question_deletes_nothing(program: Program) -> None:
    """Whatever stands around the key that confirms; alone it does."""
    async with program.running(*GOING) as pilot:
        wanted = cursor_id(program)
        await ask(pilot, program)
        question = question_of(program)
        for burst in (["E", "E"], ["x", "E"], ["E", "x"], [*"tEst"], ["E", "E", "E", "E"]):
            await until(pilot, lambda: question.is_listening)
            send(program.app, *burst)
            await pilot.pause(0)
            await program.app.type_ahead.idle()
            await settled(pilot, question)
            assert program.app.screen is question
        assert deleted(program) == []
        await confirm(pilot, program)
        await until(pilot, lambda: deleted(program) == [wanted])


async def test_exactly_the_wanted_digits_count_however_fast_they_are_typed(program: Program) -> None:
    """Other bursts do not, nor do pastes; and the key that confirms still comes alone."""
    async with program.running("3", "a") as pilot:
        await ask(pilot, program)
        question = question_of(program)
        wanted = str(question.planned)
        for burst in ("42", f"{wanted}0", f"9{wanted}", f"{wanted}E"):
            await until(pilot, lambda: question.is_listening)
            send(program.app, *burst)
            await says(pilot, f"Typed too fast: type the count {wanted} digit by digit.")
        await until(pilot, lambda: question.is_listening)
        question.post_message(Paste(wanted))
        await pilot.pause(0)
        assert question.query_one("#delete", Button).disabled
        send(program.app, *wanted)
        await until(pilot, lambda: not question.query_one("#delete", Button).disabled)
        await answer(pilot, program, "E")
        await until(pilot, lambda: program.app.screen is not question)
        await until(pilot, lambda: deleted(program))


async def test_the_key_that_confirms_counts_from_three_tenths_of_a_second_after_the_digits() -> None:
    """By the clock that the question was given."""
    planned = tuple(Artifact(id=number, name=f"log-{number}") for number in range(1, 13))
    plan = DeletePlan.of(RepositoryName("octocat", "hello"), planned)
    question = ConfirmDialog(plan, artifact_table(planned, {}, NOW, 4), (), "E", clock=lambda: 100.0)
    program = Program(RECORDER)
    async with program.running() as pilot:
        program.app.push_screen(question)
        await says(pilot, "Delete 12 artifacts?")
        for key, moment in (("1", 101.0), ("2", 101.01), ("E", 101.3)):
            await press_at(program, key, moment)
            assert not question.is_confirming
        await says(pilot, "Too soon after another key: press E again.")
        await press_at(program, "E", 101.61)
        assert question.is_confirming


async def press_at(program: Program, key: str, moment: float) -> None:
    """Press a key at this moment on the clock of events."""
    event = Key(key, key)
    event.time = moment
    event.set_sender(program.app)
    program.app.type_ahead.add(event)
    await program.app.type_ahead.idle()


async def test_the_question_is_deaf_at_first(program: Program) -> None:
    """A key that was on its way when it opened is for whatever was there before."""
    async with program.running(*GOING) as pilot:
        await review(pilot, program)
        await pilot.press("D", "E")
        question = question_of(program)
        assert not question.is_listening
        await until(pilot, lambda: question.is_listening)
        assert program.app.screen is question
    assert deleted(program) == []


async def test_escape_always_closes(program: Program) -> None:
    async with program.running(*GOING) as pilot:
        await review(pilot, program)
        await pilot.press("D", "escape")
        review_of(program)


async def test_only_what_was_shown_is_deleted_whatever_the_list_does(program: Program) -> None:
    """While it goes on, the list is sorted, filtered and refreshed."""
    program.server.fault("DELETE *", delay=0.3, status=502, body="{}")
    async with program.running("3", "j", "j") as pilot:
        wanted = cursor_id(program)
        await delete(pilot, program)
        await pilot.press("escape", "s", "G", "slash", *"cover", "enter", "r", "g")
        await until(pilot, lambda: wanted not in program.server.store.artifacts)
        await open_with_keys(pilot, "escape")
        await until(pilot, lambda: program.summary.startswith("57 artifacts"))
    assert set(deleted(program)) == {wanted}


async def test_the_question_is_about_what_was_there_when_it_was_planned(program: Program) -> None:
    """A list that grows under the review changes nothing in it."""
    async with program.running("3") as pilot:
        wanted = cursor_id(program)
        newest = program.server.store.artifacts[wanted]
        await review(pilot, program)
        program.server.store.add(with_id(newest, newest.id + 1))
        await open_with_keys(pilot, "r")
        await pilot.press("D")
        await confirm(pilot, program)
        await until(pilot, lambda: deleted(program) == [wanted])
        await open_with_keys(pilot, "escape", "r")
        assert program.summary.startswith("58 artifacts")


def with_id(artifact: DemoArtifact, number: int) -> DemoArtifact:
    values = {name: getattr(artifact, name) for name in artifact.__struct_fields__}
    return DemoArtifact(**values | {"id": number})


async def test_marks_that_a_filter_hides_are_counted_and_named(program: Program) -> None:
    """In the review and once more in the question."""
    async with program.running("3", "space", "space", "space") as pilot:
        wanted = {one.id for one in program.screen.table.items[:3]}
        await pilot.press("slash", *"cover", "enter")
        await review(pilot, program)
        await says(pilot, "Hidden 1 by the filter of the list: go-test (1)", "hidden")
        await pilot.press("D")
        await says(pilot, "Delete 3 artifacts?", "1 is hidden by the filter of the list.")
        await confirm(pilot, program)
        await until(pilot, lambda: len(deleted(program)) == 3)
        await open_with_keys(pilot, "escape")
        await until(pilot, lambda: not program.screen.table.marks)
    assert set(deleted(program)) == wanted


async def test_more_than_ten_need_their_count_typed(program: Program) -> None:
    """A wrong count and the bare key do nothing; the right one unlocks."""
    async with program.running("3", "a") as pilot:
        await ask(pilot, program)
        await says(pilot, "Delete 56 artifacts?", "Type the count to unlock: 56")
        question = question_of(program)
        await answer(pilot, program, "E")
        await says(pilot, "Type 56 first.")
        await answer(pilot, program, *"5", "E", *"88", "E", "backspace", "backspace", *"7", "E")
        assert program.app.screen is question
        assert deleted(program) == []
        await answer(pilot, program, "backspace")
        await confirm(pilot, program, "6")
        await until(pilot, lambda: len(deleted(program)) == 56)
    assert len(set(deleted(program))) == 56


async def test_more_than_a_gigabyte_needs_the_count_typed() -> None:
    """Although it is one artifact."""
    program = Program(KESTREL)
    async with program.running("3", "slash", *"size>1G", "enter") as pilot:
        await ask(pilot, program)
        await says(pilot, "Delete 1 artifact?", "Type the count to unlock: 1")
        await confirm(pilot, program, "1")
        await until(pilot, lambda: len(deleted(program)) == 1)


async def test_the_mouse_may_confirm_what_can_be_seen(program: Program) -> None:
    """Not in the first moment, not while the count is missing, and not on a name that looks like a link."""
    async with program.running(*GOING) as pilot:
        wanted = cursor_id(program)
        await review(pilot, program)
        await pilot.press("D")
        question = question_of(program)
        button = question.query_one("#delete", Button)
        early = Button.Pressed(button)
        early.time = 0.0  # before the question was shown: a busy machine would take too long for a click
        button.post_message(early)
        await settled(pilot, question)
        await until(pilot, lambda: question.is_listening)
        assert program.app.screen is question
        assert deleted(program) == []
        await pilot.click("#delete")
        await until(pilot, lambda: program.app.screen is not question)
        await until(pilot, lambda: deleted(program) == [wanted])


async def test_cancel_by_the_mouse_takes_back_the_key_that_confirms(program: Program) -> None:
    """In the moment in which that waits for others."""
    async with program.running(*GOING) as pilot:
        await ask(pilot, program)
        question = question_of(program)
        await answer(pilot, program, "E")
        assert question.is_confirming
        await pilot.click("#cancel")
        await until(pilot, lambda: program.app.screen is not question)
        assert not question.is_confirming
        await pilot.pause(LULL * 2)
        assert program.app.session.deletions() == ()
    assert deleted(program) == []


async def test_the_mouse_cannot_leave_out_the_count(program: Program) -> None:
    async with program.running("3", "a") as pilot:
        await ask(pilot, program)
        question = question_of(program)
        await until(pilot, lambda: question.is_listening)
        await pilot.click("#delete")
        await settled(pilot, question)
        assert program.app.screen is question
    assert deleted(program) == []


async def test_a_click_on_a_name_made_of_markup_deletes_nothing() -> None:
    program = Program(HOSTILE)
    async with program.running("3", "slash", *"click", "enter") as pilot:
        assert "[@click=" in program.text
        await pilot.click("RowTable", offset=(8, 1))
        await open_with_keys(pilot, "escape", "a")
        await review(pilot, program)
        plan = review_of(program)
        for line in range(1, 9):
            await pilot.click("RowTable", offset=(10, line))
            await open_with_keys(pilot, *([] if program.app.screen is plan else ["escape"]))
        assert program.app.session.transfers() == ()
    assert deleted(program) == []


@pytest.mark.parametrize(("width", "height"), slow_but(2, [(80, 6), (20, 24), (30, 5), (10, 3)]))
async def test_what_cannot_be_seen_cannot_be_confirmed(program: Program, width: int, height: int) -> None:
    async with program.running(*GOING) as pilot:
        await ask(pilot, program)
        question = question_of(program)
        await pilot.resize_terminal(width, height)
        await pilot.pause()
        is_seen = "E  Delete 1 artifact" in program.text
        await answer(pilot, program, "E")
        await settled(pilot, question)
        assert is_seen == (program.app.screen is not question)
    assert is_seen or deleted(program) == []


async def test_the_cursor_goes_to_the_neighbor(program: Program) -> None:
    """The row below comes up; at the end of the list the one above."""
    async with program.running("3", "j") as pilot:
        below = program.screen.table.items[2].id
        await delete(pilot, program)
        await pilot.press("escape")
        await until(pilot, lambda: program.summary.startswith("57 artifacts"))
        assert (cursor_id(program), program.screen.table.cursor_row) == (below, 1)
        await open_with_keys(pilot, "G")
        above = program.screen.table.items[-2].id
        await delete(pilot, program)
        await pilot.press("escape")
        await until(pilot, lambda: program.summary.startswith("56 artifacts"))
        assert cursor_id(program) == above


async def test_closing_the_program_in_the_question_deletes_nothing(program: Program) -> None:
    async with program.running(*GOING) as pilot:
        await ask(pilot, program)
        assert isinstance(program.app.screen, ConfirmDialog)
    assert deleted(program) == []


async def test_read_only_knows_no_delete_even_before_it_is_connected() -> None:
    program = Program(RECORDER, settings=Settings(read_only=True))
    async with program.app.run_test() as pilot:
        await pilot.press("3", "D", "delete", "D", "E")
        await loaded(pilot)
        assert isinstance(program.screen, ArtifactsScreen)
    assert {request.method for request in program.server.requests} == {"GET"}
