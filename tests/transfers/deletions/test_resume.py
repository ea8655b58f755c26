"""What one program has left of a plan is offered by the next: gone on with or forgotten, never repeated or widened."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from artifact_tui.transfers.deletions.models import DeletionState, UnfinishedDeletion
from artifact_tui.transfers.models import Outcome
from tests.transfers.deletions.program import PassingTime, Program, adds_up
from tests.transfers.deletions.recording_server import KESTREL, Broken, RecordingServer, once, says

Start = Callable[..., Program]


def leave(server: RecordingServer, start: Start, count: int = 5, done: int = 2) -> None:
    """A program that is closed when so many of its plan are done."""
    planned = server.put(count)
    program = start(delete_interval=0.0)

    def slowly(method: str) -> None:
        if method == "DELETE" and len(server.sent("DELETE")) == done:
            program.engine.deletions.pause(1)

    server.before = slowly
    number = program.begin(*planned)
    program.until(lambda: program.look(number).state is DeletionState.PAUSED and program.look(number).done == done + 1)
    server.before = lambda method: None
    assert program.close()


def left_by(program: Program) -> UnfinishedDeletion:
    (left,) = program.engine.deletions.unfinished()
    return left


def test_d18_the_next_program_offers_the_rest_and_goes_on_with_it(server: RecordingServer, start: Start) -> None:
    leave(server, start)
    program = start()
    left = left_by(program)
    assert (left.planned, left.done, len(left.remaining)) == (5, 3, 2)
    assert left.repositories == (KESTREL,)
    assert len(program.engine.deletions.resume_unfinished(left.number)) == 5
    deletion = program.end_of(1)
    assert (deletion.done, deletion.planned) == (5, 5)
    assert adds_up(deletion)
    deletes = server.sent("DELETE")
    assert sorted(deletes) == sorted({item.artifact.id for item in left.items})
    server.judge(left.plan.artifacts)
    assert program.close()
    assert start().engine.deletions.unfinished() == ()
    assert [line["id"] for line in program.lines()] == deletes


def test_d18_what_is_forgotten_is_offered_no_more(server: RecordingServer, start: Start) -> None:
    leave(server, start)
    program = start()
    number = left_by(program).number
    assert program.engine.deletions.discard_unfinished(number)
    assert not program.engine.deletions.discard_unfinished(number)
    assert program.engine.deletions.unfinished() == ()
    assert program.close()
    assert start().engine.deletions.unfinished() == ()
    assert len(server.sent("DELETE")) == 3


def test_what_a_living_program_works_on_is_not_offered_to_another(server: RecordingServer, start: Start) -> None:
    leave(server, start)
    first, second = start(), start(delete_grace=1e6)
    number = left_by(first).number
    assert second.engine.deletions.resume_unfinished(number)
    assert first.engine.deletions.unfinished() == ()
    assert first.engine.deletions.resume_unfinished(number) == ()


def test_what_the_person_stopped_or_took_out_is_not_offered_again(server: RecordingServer, start: Start) -> None:
    program = start(delete_interval=1e6)
    number = program.begin(*server.put(3))
    program.until(lambda: program.look(number).done == 1)
    assert program.engine.deletions.stop(number)
    other = program.begin(*server.put(2))
    taken_out = program.look(other).ids[0]
    assert program.engine.cancel(taken_out)
    assert program.close()
    program = start()
    left = left_by(program)
    assert [item.outcome for item in left.items] == [Outcome.NOT_TRIED, None]
    program.engine.deletions.resume_unfinished(left.number)
    assert program.outcomes(program.end_of(1)) == [Outcome.NOT_TRIED, Outcome.DELETED]


def test_what_was_stopped_by_trouble_is_offered_again(server: RecordingServer, start: Start) -> None:
    planned = server.put(3)
    server.trouble = once(says(401, "Bad credentials"), number=planned[1].id)
    program = start()
    assert program.delete(*planned).not_tried == 1
    assert program.close()
    program = start()
    left = left_by(program)
    assert left.remaining == planned[1:]
    program.engine.deletions.resume_unfinished(left.number)
    assert program.end_of(1).done == 3
    server.judge(planned)


def test_a_request_without_an_answer_is_looked_at_by_the_next_program(server: RecordingServer, start: Start) -> None:
    planned = server.put(2)
    program = start(delete_interval=1e6)
    server.trouble = once(Broken(after=True))
    number = program.begin(*planned)
    program.until(lambda: program.look(number).state is DeletionState.WAITING)
    assert program.close()
    assert program.look(number).failed == 1
    assert program.lines() == []
    program = start()
    program.engine.deletions.resume_unfinished(left_by(program).number)
    assert program.end_of(1).done == 2
    assert [line["result"] for line in program.lines()] == ["deleted", "deleted"]
    assert server.sent("DELETE") == [artifact.id for artifact in planned]


def test_killed_between_log_and_journal_a_deletion_is_logged_once(
    server: RecordingServer, start: Start, tmp_path: Path
) -> None:
    planned = server.put(2)
    program = start(delete_interval=1e6)
    program.begin(*planned)
    program.until(lambda: program.look(1).done == 1)
    assert program.close()
    with sqlite3.connect(tmp_path / "state" / "transfers.sqlite") as connection:
        connection.execute("UPDATE deletion_item SET outcome = NULL WHERE outcome = 'deleted'")
    connection.close()
    program = start()
    assert left_by(program).done == 0
    program.engine.deletions.resume_unfinished(left_by(program).number)
    assert program.end_of(1).done == 2
    assert program.close()
    assert [line["id"] for line in program.lines()] == server.sent("DELETE") == [artifact.id for artifact in planned]


def test_one_that_failed_can_be_tried_again_in_the_same_program(server: RecordingServer, program: Program) -> None:
    planned = server.put(3)
    server.trouble = once(says(401, "Bad credentials"))
    deletion = program.delete(*planned)
    assert [program.engine.retry(number) for number in deletion.ids] == [True] * 3
    deletion = program.end_of(deletion.number)
    assert (deletion.done, deletion.problem) == (3, "")
    assert not program.engine.retry(deletion.ids[0])
    assert [line["result"] for line in program.lines()] == ["failed", "deleted", "deleted", "deleted"]


def test_clearing_takes_what_has_ended_off_the_list(server: RecordingServer, start: Start) -> None:
    program = start()
    number = program.begin(*server.put(2), grace=1e6)
    program.delete(*server.put(2))
    program.until(lambda: len(program.lines()) == 2)
    assert program.engine.cancel(program.look(number).ids[0])
    program.engine.clear_finished()
    assert [transfer.id for transfer in program.engine.transfers()] == [program.look(number).ids[1]]
    assert program.look(number).planned == 2


@pytest.mark.parametrize("spoilt", ["the journal", "the log"])
def test_what_cannot_be_written_down_is_not_done(
    server: RecordingServer, start: Start, tmp_path: Path, spoilt: str
) -> None:
    program = start()
    planned = server.put(3)
    if spoilt == "the journal":
        with sqlite3.connect(tmp_path / "state" / "transfers.sqlite") as connection:
            connection.execute("DROP TABLE deletion_item")
        connection.close()
    else:
        (tmp_path / "state" / "deletions.jsonl").mkdir()
    deletion = program.delete(*planned)
    assert adds_up(deletion)
    assert str(tmp_path) in deletion.problem
    assert len(server.sent("DELETE")) == (0 if spoilt == "the journal" else 1)
    assert deletion.not_tried == (3 if spoilt == "the journal" else 2)


def test_a_line_that_was_torn_by_a_power_loss_spoils_no_other(
    server: RecordingServer, start: Start, tmp_path: Path
) -> None:
    program = start()
    log = tmp_path / "state" / "deletions.jsonl"
    log.write_bytes(b'{"time": "2026-')
    log.chmod(0o644)
    program.delete(*server.put(2))
    torn, *lines = log.read_bytes().splitlines()
    assert torn == b'{"time": "2026-'
    assert len(lines) == 2
    assert log.stat().st_mode & 0o777 == 0o600


def test_a_plan_of_nothing_is_finished_at_once(program: Program) -> None:
    assert program.delete().finished


def test_time_left_is_told_while_it_runs(server: RecordingServer, start: Start) -> None:
    program = start(delete_interval=100.0)
    number = program.begin(*server.put(4))
    program.until(lambda: program.look(number).done == 1)
    shown = program.look(number)
    assert shown.state is DeletionState.RUNNING
    assert shown.seconds_left is not None
    assert 300 <= shown.seconds_left < 400


def test_a_closed_engine_takes_no_plan(server: RecordingServer, clock: PassingTime, start: Start) -> None:
    program = start(clock=clock)
    assert program.close()
    with pytest.raises(RuntimeError):
        program.begin(*server.put(1))
