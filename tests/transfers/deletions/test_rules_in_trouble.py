"""The rules of deleting where the server refuses, fails or says nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from artifact_tui.demo.messages import DemoAnswer
from artifact_tui.transfers.models import Outcome
from tests.transfers.deletions.program import PassingTime, Program
from tests.transfers.deletions.recording_server import Broken, RecordingServer, Trouble, once, says

Start = Callable[..., Program]


@pytest.mark.parametrize("method", ["GET", "DELETE"])
@pytest.mark.parametrize("status", [401, 403])
def test_d13_d16_a_token_that_is_refused_stops_all_and_the_permission_is_named(
    server: RecordingServer, program: Program, status: int, method: str
) -> None:
    planned = server.put(3)
    server.trouble = once(says(status, "Resource not accessible by personal access token"), method, planned[1].id)
    deletion = program.delete(*planned)
    assert program.outcomes(deletion) == [Outcome.DELETED, Outcome.FAILED, Outcome.NOT_TRIED]
    assert "Actions: write" in deletion.next_step
    assert program.engine.transfers()[2].problem == f"Not tried: {deletion.problem}"
    assert len(server.sent("DELETE")) == (2 if method == "DELETE" else 1)


def test_d16_being_signed_out_stops_every_plan(server: RecordingServer, start: Start) -> None:
    program = start(delete_grace=0.0)
    waiting = program.begin(*server.put(2), grace=1e6)
    server.trouble = once(says(401, "Bad credentials"))
    program.delete(*server.put(2))
    assert program.end_of(waiting).not_tried == 2


@pytest.mark.parametrize(
    "trouble",
    [Broken(after=False), Broken(after=True), says(502, "Bad gateway"), says(504), says(200, "What?")],
    ids=["reset before", "reset after", "502", "504", "nonsense"],
)
def test_d15_after_an_answer_that_leaves_it_open_a_look_decides(
    server: RecordingServer, program: Program, trouble: Trouble
) -> None:
    planned = server.put(3)
    server.trouble = once(trouble, number=planned[1].id)
    deletion = program.delete(*planned)
    assert deletion.done == 3
    second = [seen.method for seen in server.seen if seen.artifact == planned[1].id]
    deleted = trouble == Broken(after=True)
    assert second == (["GET", "DELETE", "GET", "GET"] if deleted else ["GET", "DELETE", "GET", "DELETE"])
    server.judge(planned)


def test_d15_what_stays_open_is_said_to_be_unknown(server: RecordingServer, clock: PassingTime, start: Start) -> None:
    program = start(clock=clock)
    planned = server.put(2)

    def silent(method: str, number: int, plain: Callable[[], DemoAnswer]) -> DemoAnswer:
        if number == planned[0].id and server.sent("DELETE"):
            return says(502)(method, number, plain)
        return Broken(after=False)(method, number, plain) if method == "DELETE" and number == planned[0].id else plain()

    server.trouble = silent
    deletion = program.delete(*planned)
    assert program.outcomes(deletion) == [Outcome.FAILED, Outcome.DELETED]
    assert program.engine.transfers()[0].problem.startswith("Deletion not confirmed by GitHub.")
    assert server.sent("DELETE") == [artifact.id for artifact in planned]
