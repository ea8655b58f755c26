"""The rules of deleting, each against a server that remembers every request; more of them in the files beside."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest

from artifact_tui.demo.accounts import READ_ONLY_TOKEN
from artifact_tui.demo.messages import DemoAnswer
from artifact_tui.transfers.deletions.models import ConfirmedPlan, DeletePlan, DeletionState, planned_requests
from artifact_tui.transfers.models import Outcome
from tests.transfers.deletions.program import PassingTime, Program
from tests.transfers.deletions.recording_server import KESTREL, RecordingServer, hold, once

Start = Callable[..., Program]


def test_d1_only_a_plan_that_was_confirmed_with_its_count_can_be_deleted(
    server: RecordingServer, program: Program
) -> None:
    plan = DeletePlan.of(KESTREL, server.put(3))
    with pytest.raises(ValueError, match="2 confirmed, 3 planned"):
        plan.confirm(2)
    with pytest.raises(TypeError):
        ConfirmedPlan(plan, object())
    assert server.seen == []


def test_d5_d7_what_was_planned_is_deleted_whatever_comes_and_goes_meanwhile(
    server: RecordingServer, start: Start
) -> None:
    planned = server.put(4)
    program = start(delete_grace=1e6)
    number = program.begin(*planned)
    later = server.put(2)
    server.store.delete_artifact(planned[1].id)
    program.engine.deletions.stop(number)
    for transfer in program.engine.transfers():
        assert transfer.artifact in planned
    deletion = program.delete(*planned, grace=0.0)
    assert (deletion.done, deletion.already_gone) == (3, 1)
    assert not {artifact.id for artifact in later} & set(server.sent("DELETE"))
    server.judge(planned)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": "release"}, "it is now called release"),
        ({"size": 7}, "instead of"),
        ({"created_at": "2020-01-01T00:00:00Z"}, "it has a different creation time"),
    ],
    ids=["name", "size", "created"],
)
def test_d6_what_is_not_what_was_shown_any_more_is_skipped_and_said(
    server: RecordingServer, program: Program, change: dict[str, object], said: str
) -> None:
    planned = server.put(2)
    row = server.store.artifacts[planned[0].id]
    server.store.artifacts[row.id] = msgspec.structs.replace(row, **change)
    deletion = program.delete(*planned)
    assert program.outcomes(deletion) == [Outcome.SKIPPED, Outcome.DELETED]
    assert said in program.engine.transfers()[0].problem
    assert server.sent("DELETE") == [planned[1].id]


def test_d9_a_dry_run_names_exactly_what_would_be_sent_and_sends_nothing(
    server: RecordingServer, program: Program
) -> None:
    planned = server.put(5)
    plan = DeletePlan.of(KESTREL, planned)
    requests = planned_requests(plan)
    assert server.seen == []
    program.delete(*planned)
    assert [(seen.method, seen.path) for seen in server.seen] == [tuple(request) for request in requests]
    assert str(requests[1]) == f"DELETE /repos/fernwood-labs/kestrel/actions/artifacts/{planned[0].id}"


def test_d10_stopping_lets_the_current_one_end_and_sends_no_other(server: RecordingServer, program: Program) -> None:
    planned = server.put(5)
    came, go = hold(server, planned[1].id)
    number = program.begin(*planned)
    assert came.wait(20)
    assert program.engine.deletions.stop(number)
    assert program.look(number).state is DeletionState.STOPPING
    assert not program.engine.deletions.stop(number)
    go.set()
    deletion = program.end_of(number)
    assert (deletion.done, deletion.not_tried, deletion.problem) == (2, 3, "")
    assert server.sent("DELETE") == [artifact.id for artifact in planned[:2]]


@pytest.mark.parametrize("stopped", [True, False], ids=["stopped", "taken out"])
def test_d10_what_is_only_looked_at_can_still_be_saved(
    server: RecordingServer, program: Program, stopped: bool
) -> None:
    planned = server.put(2)
    came, go = hold(server, planned[0].id, "GET")
    number = program.begin(*planned)
    assert came.wait(20)
    engine = program.engine
    assert engine.deletions.stop(number) if stopped else engine.cancel(program.look(number).ids[0])
    go.set()
    assert program.end_of(number).not_tried == (2 if stopped else 1)
    assert program.close()
    assert server.sent("DELETE") == ([] if stopped else [planned[1].id])


def test_d10_a_pause_holds_everything_until_it_is_over(server: RecordingServer, program: Program) -> None:
    planned = server.put(5)
    came, go = hold(server, planned[1].id)
    number = program.begin(*planned)
    assert came.wait(20)
    assert program.engine.deletions.pause(number)
    assert not program.engine.deletions.pause(number)
    go.set()
    program.until(lambda: program.look(number).done == 2)
    other = program.delete(*server.put(1))
    assert other.done == 1
    assert program.look(number).state is DeletionState.PAUSED
    assert len(server.sent("DELETE")) == 3
    assert program.engine.deletions.resume(number)
    assert not program.engine.deletions.resume(number)
    assert program.end_of(number).done == 5


def test_grace_sends_nothing_and_stopping_in_it_deletes_nothing(server: RecordingServer, start: Start) -> None:
    program = start(delete_grace=1e6)
    number = program.begin(*server.put(3))
    shown = program.look(number)
    assert shown.state is DeletionState.GRACE
    assert shown.seconds_left is not None
    assert 9e5 < shown.seconds_left <= 1e6
    assert program.engine.deletions.stop(number)
    assert program.look(number).not_tried == 3
    assert program.close()
    assert server.seen == []
    assert start().engine.deletions.unfinished() == ()


def test_after_five_seconds_of_grace_it_begins(server: RecordingServer, clock: PassingTime, start: Start) -> None:
    program = start(clock=clock, delete_grace=5.0)
    assert program.delete(*server.put(1)).done == 1
    assert (server.seen[0].at - PassingTime().now()).total_seconds() == 5


def test_d11_no_content_is_success_and_told_by_count_and_bytes(server: RecordingServer, program: Program) -> None:
    planned = server.put(3)
    deletion = program.delete(*planned)
    total = sum(artifact.size_in_bytes for artifact in planned)
    assert (deletion.done, deletion.planned, deletion.bytes_freed, deletion.bytes_planned) == (3, 3, total, total)
    assert deletion.problem == ""


def test_d12_what_somebody_else_deleted_is_already_gone(server: RecordingServer, program: Program) -> None:
    first, second, third = planned = server.put(3)
    server.store.delete_artifact(first.id)

    def race(method: str, number: int, plain: Callable[[], DemoAnswer]) -> DemoAnswer:
        server.store.delete_artifact(number)
        return plain()

    server.trouble = once(race, number=second.id)
    deletion = program.delete(*planned)
    assert program.outcomes(deletion) == [Outcome.ALREADY_GONE, Outcome.ALREADY_GONE, Outcome.DELETED]
    assert deletion.bytes_freed == third.size_in_bytes
    assert [seen.path for seen in server.seen].count(f"/repos/{KESTREL}") == 4
    server.judge(planned)


def test_d12_without_access_to_the_repository_nothing_more_is_tried(server: RecordingServer, program: Program) -> None:
    planned = server.put(4)
    server.fault("GET /repos/fernwood-labs/kestrel", status=404, body='{"message": "Not Found"}', times=9)
    server.fault("* /repos/fernwood-labs/kestrel/*", status=404, body='{"message": "Not Found"}', skip=2, times=99)
    deletion = program.delete(*planned)
    assert (deletion.done, deletion.failed, deletion.not_tried) == (1, 1, 2)
    assert deletion.problem == "fernwood-labs/kestrel was not found, or this account can no longer access it."
    assert server.sent("DELETE") == [planned[0].id]


def test_d12_a_token_that_may_see_but_not_delete_stops_all_and_the_permission_is_named(
    server: RecordingServer, start: Start
) -> None:
    deletion = start(token=READ_ONLY_TOKEN).delete(*server.put(3))
    assert (deletion.failed, deletion.not_tried) == (1, 2)
    assert "Actions: write" in deletion.next_step
    assert len(server.sent("DELETE")) == 1
