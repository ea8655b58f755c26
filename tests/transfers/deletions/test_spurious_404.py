"""A server that answers 404 for what is there: no artifact that still exists is recorded as gone."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest

from artifact_tui.demo.messages import DemoAnswer
from artifact_tui.retry import DOWNLOAD
from artifact_tui.transfers.models import Outcome
from tests.slow_cases import slow_but
from tests.transfers.deletions.program import PassingTime, Program, adds_up
from tests.transfers.deletions.recording_server import KESTREL, Broken, RecordingServer, Trouble, once, says

Start = Callable[..., Program]
NOT_FOUND = says(404, "Not Found")
GONE = {Outcome.DELETED, Outcome.ALREADY_GONE}


def at_requests(*wanted: tuple[int, int]) -> Trouble:
    """404 for these requests: the n-th one about an artifact, both counted from 0."""
    counts: dict[int, int] = {}

    def answer(method: str, number: int, plain: Callable[[], DemoAnswer]) -> DemoAnswer:
        place = (number, counts.get(number, 0))
        counts[number] = place[1] + 1
        return NOT_FOUND(method, number, plain) if place in wanted else plain()

    return answer


@pytest.mark.parametrize("seed", slow_but(4, range(12)))
def test_no_artifact_that_still_exists_is_recorded_as_gone(server: RecordingServer, start: Start, seed: int) -> None:
    random, program = Random(seed), start()
    planned = server.put(24)
    deleted_by_others = random.sample(planned, 3)
    for artifact in deleted_by_others:
        server.store.delete_artifact(artifact.id)
    server.trouble = at_requests(*((one.id, random.randrange(3)) for one in random.sample(planned, 12)))
    deletion = program.delete(*planned)
    assert adds_up(deletion)
    for artifact, outcome in zip(planned, program.outcomes(deletion), strict=True):
        if artifact.id in server.store.artifacts:
            assert outcome not in GONE, artifact
    assert [line["result"] in GONE for line in program.lines()].count(True) == deletion.done + deletion.already_gone
    server.judge(planned)


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_after_one_spurious_404_it_is_deleted_all_the_same(
    server: RecordingServer, program: Program, method: str
) -> None:
    planned = server.put(3)
    server.trouble = once(NOT_FOUND, method, planned[1].id)
    deletion = program.delete(*planned)
    assert (deletion.done, deletion.already_gone, deletion.failed) == (3, 0, 0)
    assert not {one.id for one in planned} & server.store.artifacts.keys()
    server.judge(planned)


def test_a_spurious_404_after_a_lost_answer_does_not_count_as_deleted(
    server: RecordingServer, program: Program
) -> None:
    (artifact,) = planned = server.put(1)

    def lose_then_miss(method: str, number: int, plain: Callable[[], DemoAnswer]) -> DemoAnswer:
        if method == "DELETE" and server.sent("DELETE") == []:
            return Broken(after=False)(method, number, plain)
        return NOT_FOUND(method, number, plain) if len(server.sent("GET")) == 1 and method == "GET" else plain()

    server.trouble = lose_then_miss
    assert program.outcomes(program.delete(*planned)) == [Outcome.DELETED]
    assert artifact.id not in server.store.artifacts
    assert server.sent("DELETE") == [artifact.id] * 2


def test_the_second_look_comes_after_a_pause(server: RecordingServer, clock: PassingTime, start: Start) -> None:
    program = start(clock=clock, policy=DOWNLOAD)
    (artifact,) = planned = server.put(1)
    server.store.delete_artifact(artifact.id)
    assert program.delete(*planned).already_gone == 1
    first, second = (seen.at for seen in server.seen if seen.artifact)
    assert (second - first).total_seconds() >= 2


def test_a_repository_that_is_missing_once_does_not_stop_the_plan(server: RecordingServer, program: Program) -> None:
    planned = server.put(2)
    server.store.delete_artifact(planned[0].id)
    server.fault(f"GET /repos/{KESTREL}", status=404, body='{"message": "Not Found"}')
    deletion = program.delete(*planned)
    assert program.outcomes(deletion) == [Outcome.ALREADY_GONE, Outcome.DELETED]


def test_a_token_that_loses_its_permission_midway_is_told_after_two_deletes(
    server: RecordingServer, program: Program
) -> None:
    planned = server.put(4)
    lost = {one.id for one in planned[1:]}
    server.trouble = lambda method, number, plain: (
        NOT_FOUND(method, number, plain) if method == "DELETE" and number in lost else plain()
    )
    deletion = program.delete(*planned)
    assert (deletion.done, deletion.failed, deletion.not_tried) == (1, 1, 2)
    assert "Actions: write" in deletion.next_step
    assert server.sent("DELETE") == [planned[0].id, planned[1].id, planned[1].id]
    server.judge(planned)


def test_a_spurious_404_to_the_first_delete_of_a_plan_is_retried_after_a_pause(
    server: RecordingServer, clock: PassingTime, start: Start
) -> None:
    program = start(clock=clock, policy=DOWNLOAD)
    planned = server.put(3)
    server.trouble = once(NOT_FOUND, "DELETE", planned[0].id)
    deletion = program.delete(*planned)
    assert program.outcomes(deletion) == [Outcome.DELETED] * 3
    assert server.sent("DELETE") == [planned[0].id, *(one.id for one in planned)]
    first, second = (seen.at for seen in server.seen if seen.method == "DELETE" and seen.artifact == planned[0].id)
    assert (second - first).total_seconds() >= 2
    server.judge(planned)


@pytest.mark.parametrize("hidden", [(), (1,), (1, 2)], ids=["seen", "missed once", "missed twice"])
def test_a_second_404_to_the_first_delete_of_a_plan_stops_it(
    server: RecordingServer, program: Program, hidden: tuple[int, ...]
) -> None:
    """Two DELETEs at most, also if a check between them misses the artifact once; two misses in a row mean gone."""
    planned = server.put(3)
    checks = 0

    def answer(method: str, number: int, plain: Callable[[], DemoAnswer]) -> DemoAnswer:
        nonlocal checks
        if method == "GET":
            checks += 1
        return NOT_FOUND(method, number, plain) if method == "DELETE" or checks - 1 in hidden else plain()

    server.trouble = answer
    deletion = program.delete(*planned)
    sent = server.sent("DELETE")
    if hidden == (1, 2):
        assert program.outcomes(deletion)[0] is Outcome.ALREADY_GONE
        assert sent.count(planned[0].id) == 1
        return
    assert program.outcomes(deletion) == [Outcome.FAILED, Outcome.NOT_TRIED, Outcome.NOT_TRIED]
    assert deletion.problem == "This token can see the artifact but not delete it."
    assert "Actions: write" in deletion.next_step
    assert sent == [planned[0].id] * 2


@pytest.mark.parametrize("status", [405, 501])
def test_a_delete_that_does_not_get_through_is_sent_once_and_stops_the_plan(
    server: RecordingServer, program: Program, status: int
) -> None:
    planned = server.put(3)
    server.trouble = lambda method, number, plain: (
        DemoAnswer(status, {"Content-Type": "text/html"}, b"<html>Method not allowed</html>")
        if method == "DELETE"
        else plain()
    )
    deletion = program.delete(*planned)
    assert program.outcomes(deletion) == [Outcome.FAILED, Outcome.NOT_TRIED, Outcome.NOT_TRIED]
    assert "Deletes do not get through" in deletion.problem
    assert "proxy" in deletion.next_step
    assert server.sent("DELETE") == [planned[0].id]
