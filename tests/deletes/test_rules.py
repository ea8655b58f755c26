"""The rules of deleting, each against a server that remembers every request."""

from __future__ import annotations

import stat
import threading
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from artifact_tui.demo.accounts import DEMO_TOKEN, READ_ONLY_TOKEN
from artifact_tui.demo.loopback import Loopback
from artifact_tui.demo.messages import Answer
from artifact_tui.model import Artifact
from artifact_tui.transfers.deletes import (
    ConfirmedPlan,
    DeletePlan,
    DeletionState,
    Outcome,
    ReadOnly,
    planned_requests,
)
from artifact_tui.transfers.transfer import DownloadOrder
from tests.deletes.program import Clock, Program, adds_up
from tests.deletes.witness import KESTREL, Broken, Trouble, Witness, once, says

Start = Callable[..., Program]


def test_d1_only_a_plan_that_was_confirmed_with_its_count_can_be_deleted(server: Witness, program: Program) -> None:
    plan = DeletePlan(KESTREL, server.put(3))
    with pytest.raises(ValueError, match="2 confirmed, 3 planned"):
        plan.confirm(2)
    with pytest.raises(TypeError):
        ConfirmedPlan(plan, object())
    assert server.seen == []


def test_d5_d7_what_was_planned_is_deleted_whatever_comes_and_goes_meanwhile(server: Witness, start: Start) -> None:
    planned = server.put(4)
    program = start(delete_grace=1e6)
    number = program.begin(*planned)
    later = server.put(2)
    server.store.delete_artifact(planned[1].id)
    program.engine.stop_deletion(number)
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
        ({"created_at": "2020-01-01T00:00:00Z"}, "it was made at another time"),
    ],
    ids=["name", "size", "created"],
)
def test_d6_what_is_not_what_was_shown_any_more_is_skipped_and_said(
    server: Witness, program: Program, change: dict[str, object], said: str
) -> None:
    planned = server.put(2)
    row = server.store.artifacts[planned[0].id]
    server.store.artifacts[row.id] = msgspec.structs.replace(row, **change)
    deletion = program.delete(*planned)
    assert program.outcomes(deletion) == [Outcome.SKIPPED, Outcome.DELETED]
    assert said in program.engine.transfers()[0].problem
    assert server.sent("DELETE") == [planned[1].id]


def test_d9_a_dry_run_names_exactly_what_would_be_sent_and_sends_nothing(server: Witness, program: Program) -> None:
    planned = server.put(5)
    plan = DeletePlan(KESTREL, planned)
    requests = planned_requests(plan)
    assert server.seen == []
    program.delete(*planned)
    assert [(seen.method, seen.path) for seen in server.seen] == [tuple(request) for request in requests]
    assert str(requests[1]) == f"DELETE /repos/fernwood-labs/kestrel/actions/artifacts/{planned[0].id}"


def hold(server: Witness, number: int, method: str = "DELETE") -> tuple[threading.Event, threading.Event]:
    """Let the server take its time for one request: events for "it came" and "answer now"."""
    came, go = threading.Event(), threading.Event()

    def answer(method: str, about: int, plain: Callable[[], Answer]) -> Answer:
        came.set()
        go.wait(20)
        return plain()

    server.trouble = once(answer, method, number)
    return came, go


def test_d10_stopping_lets_the_current_one_end_and_sends_no_other(server: Witness, program: Program) -> None:
    planned = server.put(5)
    came, go = hold(server, planned[1].id)
    number = program.begin(*planned)
    assert came.wait(20)
    assert program.engine.stop_deletion(number)
    assert program.look(number).state is DeletionState.STOPPING
    assert not program.engine.stop_deletion(number)
    go.set()
    deletion = program.end_of(number)
    assert (deletion.done, deletion.not_tried, deletion.problem) == (2, 3, "")
    assert server.sent("DELETE") == [artifact.id for artifact in planned[:2]]


@pytest.mark.parametrize("stopped", [True, False], ids=["stopped", "taken out"])
def test_d10_what_is_only_looked_at_can_still_be_saved(server: Witness, program: Program, stopped: bool) -> None:
    planned = server.put(2)
    came, go = hold(server, planned[0].id, "GET")
    number = program.begin(*planned)
    assert came.wait(20)
    engine = program.engine
    assert engine.stop_deletion(number) if stopped else engine.cancel(program.look(number).ids[0])
    go.set()
    assert program.end_of(number).not_tried == (2 if stopped else 1)
    assert program.close()
    assert server.sent("DELETE") == ([] if stopped else [planned[1].id])


def test_d10_a_pause_holds_everything_until_it_is_over(server: Witness, program: Program) -> None:
    planned = server.put(5)
    came, go = hold(server, planned[1].id)
    number = program.begin(*planned)
    assert came.wait(20)
    assert program.engine.pause_deletion(number)
    assert not program.engine.pause_deletion(number)
    go.set()
    program.until(lambda: program.look(number).done == 2)
    other = program.delete(*server.put(1))
    assert other.done == 1
    assert program.look(number).state is DeletionState.PAUSED
    assert len(server.sent("DELETE")) == 3
    assert program.engine.resume_deletion(number)
    assert not program.engine.resume_deletion(number)
    assert program.end_of(number).done == 5


def test_grace_sends_nothing_and_stopping_in_it_deletes_nothing(server: Witness, start: Start) -> None:
    program = start(delete_grace=1e6)
    number = program.begin(*server.put(3))
    shown = program.look(number)
    assert shown.state is DeletionState.GRACE
    assert shown.seconds_left is not None
    assert 9e5 < shown.seconds_left <= 1e6
    assert program.engine.stop_deletion(number)
    assert program.look(number).not_tried == 3
    assert program.close()
    assert server.seen == []
    assert start().engine.unfinished_deletions() == ()


def test_after_five_seconds_of_grace_it_begins(server: Witness, clock: Clock, start: Start) -> None:
    program = start(clock=clock, delete_grace=5.0)
    assert program.delete(*server.put(1)).done == 1
    assert (server.seen[0].at - Clock().now()).total_seconds() == 5


def test_d11_no_content_is_success_and_told_by_count_and_bytes(server: Witness, program: Program) -> None:
    planned = server.put(3)
    deletion = program.delete(*planned)
    total = sum(artifact.size_in_bytes for artifact in planned)
    assert (deletion.done, deletion.planned, deletion.bytes_freed, deletion.bytes_planned) == (3, 3, total, total)
    assert deletion.problem == ""


def test_d12_what_somebody_else_deleted_is_already_gone(server: Witness, program: Program) -> None:
    first, second, third = planned = server.put(3)
    server.store.delete_artifact(first.id)

    def race(method: str, number: int, plain: Callable[[], Answer]) -> Answer:
        server.store.delete_artifact(number)
        return plain()

    server.trouble = once(race, number=second.id)
    deletion = program.delete(*planned)
    assert program.outcomes(deletion) == [Outcome.ALREADY_GONE, Outcome.ALREADY_GONE, Outcome.DELETED]
    assert deletion.bytes_freed == third.size_in_bytes
    assert [seen.path for seen in server.seen].count(f"/repos/{KESTREL}") == 2
    server.judge(planned)


def test_d12_without_access_to_the_repository_nothing_more_is_tried(server: Witness, program: Program) -> None:
    planned = server.put(4)
    server.fault("GET /repos/fernwood-labs/kestrel", status=404, body='{"message": "Not Found"}', times=9)
    server.fault("* /repos/fernwood-labs/kestrel/*", status=404, body='{"message": "Not Found"}', skip=2, times=99)
    deletion = program.delete(*planned)
    assert (deletion.done, deletion.failed, deletion.not_tried) == (1, 1, 2)
    assert deletion.problem == "fernwood-labs/kestrel is not there any more, or not for this account."
    assert server.sent("DELETE") == [planned[0].id]


def test_d12_a_token_that_may_see_but_not_delete_stops_all_and_the_permission_is_named(
    server: Witness, start: Start
) -> None:
    deletion = start(token=READ_ONLY_TOKEN).delete(*server.put(3))
    assert (deletion.failed, deletion.not_tried) == (1, 2)
    assert "Actions: write" in deletion.next_step
    assert len(server.sent("DELETE")) == 1


@pytest.mark.parametrize("method", ["GET", "DELETE"])
@pytest.mark.parametrize("status", [401, 403])
def test_d13_d16_a_token_that_is_refused_stops_all_and_the_permission_is_named(
    server: Witness, program: Program, status: int, method: str
) -> None:
    planned = server.put(3)
    server.trouble = once(says(status, "Resource not accessible by personal access token"), method, planned[1].id)
    deletion = program.delete(*planned)
    assert program.outcomes(deletion) == [Outcome.DELETED, Outcome.FAILED, Outcome.NOT_TRIED]
    assert "Actions: write" in deletion.next_step
    assert program.engine.transfers()[2].problem == f"Not tried: {deletion.problem}"
    assert len(server.sent("DELETE")) == (2 if method == "DELETE" else 1)


def test_d16_being_signed_out_stops_every_plan(server: Witness, start: Start) -> None:
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
    server: Witness, program: Program, trouble: Trouble
) -> None:
    planned = server.put(3)
    server.trouble = once(trouble, number=planned[1].id)
    deletion = program.delete(*planned)
    assert deletion.done == 3
    second = [seen.method for seen in server.seen if seen.artifact == planned[1].id]
    deleted = trouble == Broken(after=True)
    assert second == (["GET", "DELETE", "GET"] if deleted else ["GET", "DELETE", "GET", "DELETE"])
    server.judge(planned)


def test_d15_what_stays_open_is_said_to_be_unknown(server: Witness, clock: Clock, start: Start) -> None:
    program = start(clock=clock)
    planned = server.put(2)

    def silent(method: str, number: int, plain: Callable[[], Answer]) -> Answer:
        if number == planned[0].id and server.sent("DELETE"):
            return says(502)(method, number, plain)
        return Broken(after=False)(method, number, plain) if method == "DELETE" and number == planned[0].id else plain()

    server.trouble = silent
    deletion = program.delete(*planned)
    assert program.outcomes(deletion) == [Outcome.FAILED, Outcome.DELETED]
    assert program.engine.transfers()[0].problem.startswith("GitHub did not say whether it was deleted.")
    assert server.sent("DELETE") == [artifact.id for artifact in planned]


def test_d19_each_result_is_a_line_that_only_its_owner_can_read_and_that_holds_no_token(
    server: Witness, program: Program
) -> None:
    planned = server.put(4)
    hostile = "\x1b[2J\u202egpj\x9b\x7f\n"
    row = server.store.artifacts[planned[0].id]
    server.store.artifacts[row.id] = msgspec.structs.replace(row, name=hostile)
    server.store.delete_artifact(planned[1].id)
    server.trouble = once(says(403, "No."), number=planned[2].id)
    program.delete(server.listed(row.id), *planned[1:])
    assert program.log is not None
    assert stat.S_IMODE(program.log.stat().st_mode) == 0o600
    text = program.log.read_bytes()
    assert text.isascii()
    assert all(0x20 <= byte < 0x7F for byte in text.replace(b"\n", b""))
    assert DEMO_TOKEN.encode() not in text
    lines = program.lines()
    assert [line["result"] for line in lines] == ["deleted", "already gone", "failed"]
    assert lines[0] == {
        "time": "2026-11-20T09:00:00.000+00:00",
        "host": "github.com",
        "repository": "fernwood-labs/kestrel",
        "id": planned[0].id,
        "name": hostile,
        "size": planned[0].size_in_bytes,
        "digest": planned[0].digest,
        "result": "deleted",
        "problem": "",
    }


def test_d20_the_report_adds_up_to_the_plan(server: Witness, program: Program) -> None:
    planned = server.put(7)
    server.store.delete_artifact(planned[0].id)
    row = server.store.artifacts[planned[1].id]
    server.store.artifacts[row.id] = msgspec.structs.replace(row, name="other")
    server.trouble = once(says(403, "No."), number=planned[4].id)
    deletion = program.delete(*planned)
    assert (deletion.already_gone, deletion.skipped, deletion.done) == (1, 1, 2)
    assert (deletion.failed, deletion.not_tried) == (1, 2)
    assert adds_up(deletion)


def test_d26_read_only_deletes_nothing_and_sends_nothing(server: Witness, start: Start) -> None:
    plan = DeletePlan(KESTREL, server.put(2)).confirm(2)
    writer = start(delete_interval=1e6)
    writer.engine.delete(plan)
    writer.until(lambda: bool(writer.engine.deletions()[0].done))
    assert writer.close()
    server.seen.clear()
    program = start(read_only=True)
    with pytest.raises(ReadOnly):
        program.engine.delete(plan)
    with pytest.raises(ReadOnly):
        program.engine.download_first([], plan)
    (left,) = program.engine.unfinished_deletions()
    with pytest.raises(ReadOnly):
        program.engine.go_on_deleting(left.number)
    assert program.engine.deletions() == ()
    assert server.seen == []


def test_d27_a_repository_that_was_renamed_is_not_followed(server: Witness, program: Program) -> None:
    planned = server.put(3)
    headers = {"Location": f"{server.flavour.api}/repositories/1/actions/artifacts/{planned[0].id}"}
    server.trouble = once(says(307, "Moved Permanently", headers))
    deletion = program.delete(*planned)
    assert (deletion.failed, deletion.not_tried) == (1, 2)
    assert "The repository has moved" in deletion.problem
    assert server.sent("DELETE") == [planned[0].id]
    assert len(server.seen) == 2


def test_d28_two_programs_with_the_same_plan_delete_each_artifact_once(server: Witness, start: Start) -> None:
    planned = server.put(60)
    programs = [start(), start()]
    numbers = [program.begin(*planned) for program in programs]
    ends = [program.end_of(number) for program, number in zip(programs, numbers, strict=True)]
    assert [end.done + end.already_gone for end in ends] == [60, 60]
    assert sum(end.done for end in ends) == 60
    accepted = [seen.artifact for seen in server.seen if seen.status == 204]
    assert sorted(accepted) == [artifact.id for artifact in planned]
    assert set(server.sent("DELETE")) == set(accepted)


def test_d30_what_is_being_downloaded_is_known_so_that_the_person_can_be_asked(
    server: Witness, start: Start, tmp_path: Path
) -> None:
    server.fault("GET blob:*", stall_at=100, times=9)
    (artifact,) = server.put(1)
    program = start()
    assert not program.engine.downloading(artifact.id)
    order = DownloadOrder(repository=KESTREL, artifact=artifact, directory=tmp_path / "dist")
    (number,) = program.engine.download([order])
    assert program.engine.downloading(artifact.id)
    assert not program.engine.deleting(artifact.id)
    assert program.engine.cancel(number)
    assert not program.engine.downloading(artifact.id)
    program.begin(artifact, grace=1e6)
    assert program.engine.deleting(artifact.id)


def test_d30_what_one_begins_to_download_after_all_is_not_deleted_under_it(
    server: Witness, start: Start, tmp_path: Path
) -> None:
    """The plan was confirmed before; a download that had begun by then was asked about in the review."""
    server.fault("GET blob:*", stall_at=100, times=9)
    asked, saved, other = planned = server.real(3)
    program = start()

    def order(artifact: Artifact) -> None:
        program.engine.download([DownloadOrder(repository=KESTREL, artifact=artifact, directory=tmp_path / "dist")])

    order(asked)
    came, go = hold(server, asked.id, "GET")
    number = program.begin(*planned)
    assert came.wait(20)
    order(saved)
    go.set()
    deletion = program.end_of(number)
    assert program.outcomes(deletion) == [Outcome.DELETED, Outcome.SKIPPED, Outcome.DELETED]
    assert server.sent("DELETE") == [asked.id, other.id]
    skipped = next(each for each in program.engine.transfers() if each.id == deletion.ids[1])
    assert skipped.problem == "Skipped, for you began to download it meanwhile."


def test_over_real_sockets_the_log_holds_exactly_the_plan(clock: Clock, tmp_path: Path) -> None:
    server = Witness(clock=clock.now)
    planned, spared = server.put(20), server.put(3)
    with Loopback(server):
        program = Program(server, tmp_path, transport=None)
        deletion = program.delete(*planned)
        assert program.close()
    assert deletion.done == 20
    assert server.sent("DELETE") == [artifact.id for artifact in planned]
    assert all(artifact.id in server.store.artifacts for artifact in spared)
    server.judge(planned)
