"""The rules of deleting about what stands around it: the log, the report, other programs, downloads."""

from __future__ import annotations

import stat
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from artifact_tui.demo.accounts import DEMO_TOKEN
from artifact_tui.domain.models import Artifact
from artifact_tui.transfers.deletions.models import DeletePlan, ReadOnly
from artifact_tui.transfers.models import DownloadOrder, Kind, Outcome
from tests.double.loopback import Loopback
from tests.transfers.deletions.program import PassingTime, Program, adds_up
from tests.transfers.deletions.recording_server import KESTREL, RecordingServer, hold, once, says

Start = Callable[..., Program]


def test_d19_each_result_is_a_line_that_only_its_owner_can_read_and_that_holds_no_token(
    server: RecordingServer, program: Program
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


def test_d20_the_report_adds_up_to_the_plan(server: RecordingServer, program: Program) -> None:
    planned = server.put(7)
    server.store.delete_artifact(planned[0].id)
    row = server.store.artifacts[planned[1].id]
    server.store.artifacts[row.id] = msgspec.structs.replace(row, name="other")
    server.trouble = once(says(403, "No."), number=planned[4].id)
    deletion = program.delete(*planned)
    assert (deletion.already_gone, deletion.skipped, deletion.done) == (1, 1, 2)
    assert (deletion.failed, deletion.not_tried) == (1, 2)
    assert adds_up(deletion)


def test_d26_read_only_deletes_nothing_and_sends_nothing(server: RecordingServer, start: Start) -> None:
    plan = DeletePlan.of(KESTREL, server.put(2)).confirm(2)
    writer = start(delete_interval=1e6)
    writer.engine.deletions.add(plan)
    writer.until(lambda: bool(writer.engine.deletions.snapshots()[0].done))
    assert writer.close()
    server.seen.clear()
    program = start(read_only=True)
    with pytest.raises(ReadOnly):
        program.engine.deletions.add(plan)
    with pytest.raises(ReadOnly):
        program.engine.download_first([], plan)
    (left,) = program.engine.deletions.unfinished()
    with pytest.raises(ReadOnly):
        program.engine.deletions.resume_unfinished(left.number)
    assert program.engine.deletions.snapshots() == ()
    assert server.seen == []


def test_d27_a_repository_that_was_renamed_is_not_followed(server: RecordingServer, program: Program) -> None:
    planned = server.put(3)
    headers = {"Location": f"{server.flavor.api}/repositories/1/actions/artifacts/{planned[0].id}"}
    server.trouble = once(says(307, "Moved Permanently", headers))
    deletion = program.delete(*planned)
    assert (deletion.failed, deletion.not_tried) == (1, 2)
    assert "The repository has moved" in deletion.problem
    assert server.sent("DELETE") == [planned[0].id]
    assert len(server.seen) == 2


def test_d28_two_programs_with_the_same_plan_delete_each_artifact_once(server: RecordingServer, start: Start) -> None:
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
    server: RecordingServer, start: Start, tmp_path: Path
) -> None:
    server.fault("GET blob:*", stall_at=100, times=9)
    (artifact,) = server.real(1)
    program = start()

    def is_under_way(kind: Kind) -> bool:
        shown = program.engine.transfers()
        return any(one.kind is kind and one.artifact == artifact and not one.finished for one in shown)

    assert not is_under_way(Kind.DOWNLOAD)
    order = DownloadOrder(repository=KESTREL, artifact=artifact, directory=tmp_path / "dist")
    (number,) = program.engine.downloads.add([order])
    assert is_under_way(Kind.DOWNLOAD)
    assert not is_under_way(Kind.DELETE)
    assert program.engine.cancel(number)
    assert not is_under_way(Kind.DOWNLOAD)
    program.begin(artifact, grace=1e6)
    assert is_under_way(Kind.DELETE)


def test_d30_what_one_begins_to_download_after_all_is_not_deleted_under_it(
    server: RecordingServer, start: Start, tmp_path: Path
) -> None:
    """The plan was confirmed before; a download that had begun by then was asked about in the review."""
    server.fault("GET blob:*", stall_at=100, times=9)
    asked, saved, other = planned = server.real(3)
    program = start()

    def order(artifact: Artifact) -> None:
        program.engine.downloads.add(
            [DownloadOrder(repository=KESTREL, artifact=artifact, directory=tmp_path / "dist")]
        )

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
    assert skipped.problem == "Skipped: download in progress."


def test_over_real_sockets_the_log_holds_exactly_the_plan(clock: PassingTime, tmp_path: Path) -> None:
    server = RecordingServer(clock=clock.now)
    planned, spared = server.put(20), server.put(3)
    with Loopback(server):
        program = Program(server, tmp_path, transport=None)
        deletion = program.delete(*planned)
        assert program.close()
    assert deletion.done == 20
    assert server.sent("DELETE") == [artifact.id for artifact in planned]
    assert all(artifact.id in server.store.artifacts for artifact in spared)
    server.judge(planned)
