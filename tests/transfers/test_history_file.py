"""The history of downloads and deletions: bounded, readable by its owner only, and read whatever became of it."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from artifact_tui.domain.models import Artifact, RepositoryName
from artifact_tui.domain.provider import NotFound
from artifact_tui.transfers.history_file import DownloadLog, read_history
from artifact_tui.transfers.models import Kind, State, Transfer
from tests.transfers.conftest import Desk
from tests.transfers.fake_store import Try

START = datetime(2026, 11, 20, 9, tzinfo=UTC)


def ended(number: int, **more: object) -> Transfer:
    artifact = Artifact(id=number, name=f"wheel-{number}", size_in_bytes=1000)
    plain = Transfer(id=number, kind=Kind.DOWNLOAD, repository=RepositoryName("octo", "hello"), artifact=artifact)
    return replace(plain, **{"state": State.DONE, "verified": True, **more})


def test_each_end_of_a_download_is_one_line(tmp_path: Path) -> None:
    """A retry ends once more, and no token is written."""
    log = DownloadLog(tmp_path / "state" / "downloads.jsonl", "github.com", lambda: START)
    secret = "ghp_" + "a" * 36
    failed = ended(1, state=State.FAILED, problem=f"The server said {secret}.")
    for ends in ([failed], [], [ended(1), ended(2, verified=None)]):
        log.note(ends)
    assert log.path is not None
    assert log.path.stat().st_mode & 0o777 == 0o600
    assert secret not in log.path.read_text()
    found = read_history(log.path, None)
    assert sorted((entry.name, entry.result) for entry in found.entries) == [
        ("wheel-1", "failed"),
        ("wheel-1", "verified"),
        ("wheel-2", "not verified"),
    ]


def test_a_file_that_its_checksum_proves_is_told_from_a_download_that_nothing_proves(tmp_path: Path) -> None:
    """As the transfers say it; the digest is that of the whole artifact, so it is none of the file's."""
    log = DownloadLog(tmp_path / "downloads.jsonl", "github.com", lambda: START)
    whole = replace(ended(1).artifact, sha256=bytes(32))
    log.note((ended(1, verified=None, artifact=whole), ended(2, verified=None, artifact=whole, inside="logs/one.log")))
    found = read_history(log.path, None)
    assert {(entry.result, entry.digest) for entry in found.entries} == {
        ("not verified", whole.digest),
        ("checksum matches", None),
    }


def test_the_engine_writes_down_what_it_downloaded(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "dist", journal=tmp_path / "transfers.sqlite", host="github.com")
    artifact = desk.shelf.put("wheel", b"x" * 900, Try())
    desk.fetch(artifact)
    assert desk.engine.close(20)
    (entry,) = desk.engine.history().entries
    assert (entry.name, entry.host, entry.result, entry.kind) == ("wheel", "github.com", "verified", Kind.DOWNLOAD)
    assert Path(entry.path).name == "wheel.zip"


def test_the_engine_writes_down_each_end_once_and_nothing_that_was_cancelled(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "dist", journal=tmp_path / "transfers.sqlite", host="github.com")
    gone = desk.shelf.put("gone", b"x" * 900, Try(error=NotFound("It is gone.")))
    stuck = desk.shelf.put("stuck", b"x" * 900, Try(hang_at=100))
    assert desk.fetch(gone).state is State.FAILED
    assert desk.engine.retry(1)
    desk.until_state(1, State.DONE)
    (number,) = desk.engine.downloads.add([desk.order(stuck)])
    desk.until(lambda: desk.look(number).received == 100)
    assert desk.engine.cancel(number)
    assert desk.engine.close(20)
    assert [(entry.name, entry.result) for entry in desk.engine.history().entries] == [
        ("gone", "verified"),
        ("gone", "failed"),
    ]


def test_the_newest_stay_when_it_grows_too_long(tmp_path: Path) -> None:
    path, times = tmp_path / "downloads.jsonl", iter(START + timedelta(seconds=n) for n in range(10**6))
    log = DownloadLog(path, "github.com", lambda: next(times), most=4000)
    for number in range(100):
        log.note((ended(number),))
        assert path.stat().st_size <= 4000
    assert path.stat().st_mode & 0o777 == 0o600
    found = read_history(path, None)
    names = [entry.name for entry in found.entries]
    assert found.damaged == 0
    assert names == [f"wheel-{number}" for number in range(99, 99 - len(names), -1)]
    assert len(names) >= 5
    assert [one.name for one in tmp_path.iterdir()] == ["downloads.jsonl"]


GOOD = {"time": START.isoformat(), "name": "wheel", "result": "deleted", "repository": "octo/hello", "size": 7}
DAMAGED = [
    b"{",
    b"\xff\xfe",
    b"[1]",
    b"null",
    b"[" * 100_000,
    json.dumps({**GOOD, "time": "yesterday"}).encode(),
    json.dumps({**GOOD, "time": 5}).encode(),
    json.dumps({**GOOD, "size": -1}).encode(),
    json.dumps({**GOOD, "size": 10**40}).encode(),
    json.dumps({**GOOD, "name": None}).encode(),
    json.dumps({"result": "deleted"}).encode(),
]


@pytest.mark.parametrize("line", DAMAGED, ids=range(len(DAMAGED)))
def test_a_damaged_line_is_skipped_and_counted(tmp_path: Path, line: bytes) -> None:
    path = tmp_path / "deletions.jsonl"
    path.write_bytes(json.dumps(GOOD).encode() + b"\n" + line + b"\n\n" + json.dumps(GOOD).encode())
    found = read_history(None, path)
    assert (len(found.entries), found.damaged) == (2, 1)


def test_a_name_with_a_lone_surrogate_is_read(tmp_path: Path) -> None:
    path = tmp_path / "deletions.jsonl"
    path.write_bytes(json.dumps({**GOOD, "name": "a\udc80b"}).encode())
    assert [entry.name for entry in read_history(None, path).entries] == ["a\udc80b"]


def test_a_file_that_cannot_be_read_is_named_and_the_other_one_is_shown(tmp_path: Path) -> None:
    """A named pipe does not make it wait."""
    pipe, path = tmp_path / "downloads.jsonl", tmp_path / "deletions.jsonl"
    os.mkfifo(pipe)
    path.write_text(json.dumps(GOOD))
    found = read_history(pipe, path)
    assert len(found.entries) == 1
    assert str(pipe) in found.problem
    assert read_history(tmp_path / "none", tmp_path / "none either").entries == ()
