"""Journals of every version that was released: this program goes on from each, and leaves those of later ones alone."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from artifact_tui.transfers.disk.schema import VERSION
from artifact_tui.transfers.downloads.journal_record import RowStatus
from artifact_tui.transfers.journals import Journals, open_journals
from artifact_tui.transfers.models import OnExisting, Outcome

HOST = "github.com"
STORED = Path(__file__).with_name("stored")
DIST = Path("/home/octo/dist")


def restore(version: int, path: Path) -> Path:
    """The file as a program of that version left it."""
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript((STORED / f"version-{version}.sql").read_text())
    return path


def schema(path: Path) -> list[tuple[str, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        version = connection.execute("PRAGMA user_version").fetchall()
        return [*version, *connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY name")]


@pytest.fixture(params=range(1, VERSION + 1))
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    return restore(request.param, tmp_path / "transfers.sqlite")


def test_there_is_a_file_of_every_version() -> None:
    assert {each.name for each in STORED.iterdir()} == {f"version-{number}.sql" for number in range(1, VERSION + 1)}


def test_what_an_earlier_version_left_of_downloads_is_there(path: Path) -> None:
    journal = Journals(path)
    wheel, logs = journal.downloads.unfinished(HOST)
    assert (wheel.order.artifact.name, wheel.order.directory) == ("wheel", DIST)
    assert (wheel.order.on_existing, wheel.order.attempt) == (OnExisting.SKIP, 2)
    assert (wheel.part, wheel.etag, wheel.total) == (DIST / "wheel.zip.part", '"0x8D"', 1000)
    assert (wheel.written, wheel.synced) == (((0, 300), (500, 700)), ((0, 200),))
    assert (wheel.scratch, wheel.target, wheel.inode) == (DIST / "wheel.zip.part.unpacking", DIST / "wheel", 4711)
    assert (logs.order.artifact.name, logs.standing) == ("logs", RowStatus.FAILED)
    assert journal.unreadable(HOST) == ""
    assert journal.downloads.take(logs.id) is not None
    journal.close()


def test_what_an_earlier_version_left_of_a_deletion_is_there(path: Path) -> None:
    journal = Journals(path)
    (plan,) = journal.deletions.unfinished(HOST)
    assert plan.confirmed_at == datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
    assert [item.artifact.id for item in plan.items] == [11, 12, 13, 14]
    assert [item.started for item in plan.items] == [True, True, False, False]
    assert [item.outcome for item in plan.items] == [Outcome.DELETED, None, None, Outcome.SKIPPED]
    assert plan.downloads_first
    journal.close()


def test_a_file_of_an_earlier_version_becomes_one_like_a_new_one(path: Path, tmp_path: Path) -> None:
    Journals(path).close()
    Journals(tmp_path / "new.sqlite").close()
    assert [row[:3] for row in schema(path)] == [row[:3] for row in schema(tmp_path / "new.sqlite")]
    again = schema(path)
    Journals(path).close()
    assert schema(path) == again


def test_a_file_that_an_earlier_version_had_only_begun_is_completed(tmp_path: Path) -> None:
    path = restore(1, tmp_path / "transfers.sqlite")
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript("DROP TABLE deletion; DROP TABLE deletion_item")
    journal = Journals(path)
    assert (len(journal.downloads.unfinished(HOST)), journal.deletions.unfinished(HOST)) == (2, ())
    journal.close()


@pytest.mark.parametrize("version", [VERSION + 1, 9, 2**31 - 1, -1])
def test_a_file_of_a_later_version_is_said_and_left_as_it_is(tmp_path: Path, version: int) -> None:
    path = restore(VERSION, tmp_path / "transfers.sqlite")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {version}")
    before = path.read_bytes()
    journal, problem = open_journals(path)
    assert problem == (
        f"{path} was written by a newer artifact-tui and is left as it is. Update artifact-tui."
        " Downloads cannot be resumed after the program ends."
    )
    assert not journal.lasting
    journal.close()
    assert path.read_bytes() == before
