"""Download first, then delete: only what is here, proven by its digest, is deleted there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from artifact_tui.demo.flavors import GITHUB_EARLY
from artifact_tui.domain.models import Artifact
from artifact_tui.transfers.deletions.models import DeletePlan, DeletionState
from artifact_tui.transfers.models import DownloadOrder, OnExisting, Outcome, State
from tests.transfers.deletions.program import Program
from tests.transfers.deletions.recording_server import KESTREL, RecordingServer

Start = Callable[..., Program]


def orders(directory: Path, artifacts: tuple[Artifact, ...], **more: Any) -> list[DownloadOrder]:
    return [
        DownloadOrder(repository=KESTREL, artifact=artifact, directory=directory, unpack=False, **more)
        for artifact in artifacts
    ]


def begin(program: Program, wanted: list[DownloadOrder], planned: tuple[Artifact, ...]) -> int:
    program.engine.download_first(wanted, DeletePlan.of(KESTREL, planned).confirm(len(planned)))
    return program.engine.deletions.snapshots()[-1].number


def test_what_was_verified_is_deleted_and_the_rest_is_skipped(
    server: RecordingServer, program: Program, tmp_path: Path
) -> None:
    planned = server.real(4)
    server.fault(f"GET /repos/{KESTREL}/actions/artifacts/{planned[1].id}/zip", status=410, body="{}")
    number = begin(program, orders(tmp_path / "dist", planned[:3]), planned)
    deletion = program.end_of(number)
    wanted = [Outcome.DELETED, Outcome.SKIPPED, Outcome.DELETED, Outcome.SKIPPED]
    assert program.outcomes(deletion) == wanted
    assert server.sent("DELETE") == [planned[0].id, planned[2].id]
    skipped = next(transfer for transfer in program.engine.transfers() if transfer.id == deletion.ids[1])
    assert skipped.problem == "Skipped: not verified."


def test_nothing_is_sent_before_the_last_download_has_ended(
    server: RecordingServer, program: Program, tmp_path: Path
) -> None:
    planned = server.real(2)
    server.fault("GET blob:*", stall_at=100, skip=1, times=9)
    number = begin(program, orders(tmp_path / "dist", planned), planned)
    program.until(lambda: [t.state for t in program.engine.transfers()].count(State.DONE) == 1)
    assert program.look(number).state is DeletionState.DOWNLOADING
    assert server.sent("DELETE") == []
    stuck = next(t.id for t in program.engine.transfers() if not t.finished)
    assert program.engine.cancel(stuck)
    assert program.end_of(number).skipped == 1
    assert len(server.sent("DELETE")) == 1


def test_without_a_digest_nothing_is_deleted(clock: Any, tmp_path: Path) -> None:
    server = RecordingServer(flavor=GITHUB_EARLY, clock=clock.now)
    planned = server.real(1)
    program = Program(server, tmp_path)
    deletion = program.end_of(begin(program, orders(tmp_path / "dist", planned), planned))
    assert (deletion.skipped, deletion.done) == (1, 0)
    assert program.close()
    assert server.sent("DELETE") == []


def test_a_file_that_was_there_already_proves_nothing(
    server: RecordingServer, program: Program, tmp_path: Path
) -> None:
    planned = server.real(1)
    (tmp_path / "dist" / f"{planned[0].name}.zip").parent.mkdir()
    (tmp_path / "dist" / f"{planned[0].name}.zip").write_bytes(b"something else")
    wanted = orders(tmp_path / "dist", planned, on_existing=OnExisting.SKIP)
    assert program.end_of(begin(program, wanted, planned)).skipped == 1
    assert server.sent("DELETE") == []


def test_where_two_have_landed_in_one_place_neither_is_deleted(
    server: RecordingServer, program: Program, tmp_path: Path
) -> None:
    """Both have one name and were told to overwrite: only one of them is still there."""
    first, second = server.real(2)
    second = rename(server, second, first.name)
    overwriting = orders(tmp_path / "dist", (first, second), on_existing=OnExisting.OVERWRITE)
    for count, order in enumerate(overwriting, 1):
        program.engine.downloads.add([order])
        program.until(lambda count=count: [t.state for t in program.engine.transfers()] == [State.DONE] * count)  # type: ignore[misc]  # bound now
    assert program.end_of(begin(program, [], (first, second))).skipped == 2
    assert server.sent("DELETE") == []


def rename(server: RecordingServer, artifact: Artifact, name: str) -> Artifact:
    server.store.artifacts[artifact.id] = replace(server.store.artifacts[artifact.id], name=name)
    return server.listed(artifact.id)


def test_downloads_of_one_plan_never_take_each_others_place(
    server: RecordingServer, program: Program, tmp_path: Path
) -> None:
    first, second = server.real(2)
    planned = (first, rename(server, second, first.name))
    wanted = orders(tmp_path / "dist", planned, on_existing=OnExisting.OVERWRITE)
    assert program.end_of(begin(program, wanted, planned)).done == 2
    assert len(list((tmp_path / "dist").glob("*.zip"))) == 2


def test_the_next_program_goes_on_with_downloads_and_deletes(
    server: RecordingServer, start: Start, tmp_path: Path
) -> None:
    planned = server.real(3)
    server.fault("GET blob:*", stall_at=100, skip=1, times=2)
    program = start()
    begin(program, orders(tmp_path / "dist", planned), planned)
    program.until(lambda: [t.state for t in program.engine.transfers()].count(State.DONE) == 1)
    program.until(lambda: sum(t.received == 100 for t in program.engine.transfers()) == 2)
    assert program.close()
    server.faults.clear()
    program = start()
    (left,) = program.engine.deletions.unfinished()
    assert left.downloads_first
    program.engine.downloads.resume_unfinished()
    program.engine.deletions.resume_unfinished(left.number)
    assert program.end_of(1).done == 3
    server.judge(planned)


def test_without_its_downloads_the_next_program_deletes_only_what_was_verified(
    server: RecordingServer, start: Start, tmp_path: Path
) -> None:
    planned = server.real(2)
    server.fault("GET blob:*", stall_at=100, skip=1, times=9)
    program = start()
    begin(program, orders(tmp_path / "dist", planned), planned)
    program.until(lambda: [t.state for t in program.engine.transfers()].count(State.DONE) == 1)
    assert program.close()
    program = start()
    program.engine.downloads.discard_unfinished()
    (left,) = program.engine.deletions.unfinished()
    program.engine.deletions.resume_unfinished(left.number)
    deletion = program.end_of(1)
    assert (deletion.done, deletion.skipped) == (1, 1)
