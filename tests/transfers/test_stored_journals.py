"""Journals of every version that was released: this program goes on from each, and leaves those of later ones alone."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from artifact_tui.domain.models import RepositoryName
from artifact_tui.transfers.disk.schema import VERSION
from artifact_tui.transfers.downloads.journal_record import RowStatus
from artifact_tui.transfers.journals import Journals, open_journals
from artifact_tui.transfers.models import OnExisting, Outcome
from tests.transfers.conftest import Desk
from tests.transfers.test_damaged_journal import TABLES

HOST = "github.com"
STORED = Path(__file__).with_name("stored")
DIST = Path("/home/octo/dist")


def restore(version: int, path: Path) -> Path:
    """The file as a program of that version left it."""
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript((STORED / f"version-{version}.sql").read_text())
    return path


def version_of(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        found: int = connection.execute("PRAGMA user_version").fetchone()[0]
    return found


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
    wheel, logs, kept = journal.downloads.unfinished(HOST)
    assert (wheel.order.artifact.name, wheel.order.directory) == ("wheel", DIST)
    assert (wheel.order.on_existing, wheel.order.attempt) == (OnExisting.SKIP, 2)
    assert (wheel.part, wheel.etag, wheel.total) == (DIST / "wheel.zip.part", '"0x8D"', 1000)
    assert (wheel.written, wheel.synced) == (((0, 300), (500, 700)), ((0, 200),))
    assert (wheel.scratch, wheel.target, wheel.inode) == (DIST / "wheel.zip.part.unpacking", DIST / "wheel", 4711)
    assert (logs.order.artifact.name, logs.standing) == ("logs", RowStatus.FAILED)
    assert kept.standing is RowStatus.KEPT
    assert journal.unreadable(HOST) == ""
    assert journal.downloads.take(logs.id) is not None
    journal.close()


def test_what_an_earlier_version_left_of_a_deletion_is_there(path: Path) -> None:
    version = version_of(path)
    journal = Journals(path)
    (plan,) = journal.deletions.unfinished(HOST)
    assert plan.confirmed_at == datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
    assert [item.artifact.id for item in plan.items] == [11, 12, 13, 14]
    assert [item.started for item in plan.items] == [True, True, False, False]
    assert [item.outcome for item in plan.items] == [Outcome.DELETED, None, None, Outcome.SKIPPED]
    assert plan.downloads_first
    names = ["app", "lib"] * 2 if version == 3 else ["app"] * 4
    assert [item.repository for item in plan.items] == [RepositoryName("octo", name) for name in names]
    journal.close()


def test_a_deletion_that_an_earlier_version_left_is_resumed(path: Path, make_desk: Callable[..., Desk]) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE deletion SET downloads_first = 0")
    desk = make_desk(journal=path, host=HOST)
    (left,) = desk.engine.deletions.unfinished()
    for item in left.items:
        desk.shelf.put(item.artifact.name, b"", number=item.artifact.id)
        desk.shelf.things[item.artifact.id].artifact = item.artifact
    desk.engine.deletions.resume_unfinished(left.number)
    done = desk.all_done()
    assert [one.outcome for one in done] == [Outcome.DELETED] * 3 + [Outcome.SKIPPED]
    assert [one.repository for one in done] == [item.repository for item in left.items]
    assert [number for verb, number in desk.shelf.requests if verb == "delete"] == [12, 13]
    assert desk.engine.close(20)
    journal = Journals(path)
    assert journal.deletions.unfinished(HOST) == ()
    journal.close()


def test_the_number_of_earlier_work_is_never_given_to_other_work(path: Path) -> None:
    journal = Journals(path)
    (plan,) = journal.deletions.unfinished(HOST)
    downloads = journal.downloads.unfinished(HOST)
    order = downloads[0].order
    journal.deletions.remove(plan.number)
    for row in downloads:
        journal.downloads.remove(row.id)
    journal.close()
    journal = Journals(path)
    assert journal.deletions.add(HOST, plan.confirmed_at, plan.items) > plan.number
    (row,) = journal.downloads.add(HOST, [order])
    assert row.id > downloads[-1].id
    journal.close()


def test_rows_of_an_earlier_version_that_cannot_be_read_are_kept_and_counted(tmp_path: Path) -> None:
    path = restore(2, tmp_path / "transfers.sqlite")
    with closing(sqlite3.connect(path)) as connection, connection:
        for spoil in (
            "UPDATE deletion_item SET outcome = 'resting' WHERE position = 0",
            "INSERT INTO deletion SELECT 2, program, host, CAST(x'fffe' AS TEXT), name, 'soon', 0 FROM deletion",
            "INSERT INTO deletion_item SELECT 2, position, artifact, 0, 0, NULL, '' FROM deletion_item",
            "INSERT INTO deletion_item SELECT 9, position, x'00', 0, 0, NULL, '' FROM deletion_item WHERE deletion = 1",
            "UPDATE download SET standing = 'resting' WHERE id = 1",
        ):
            connection.execute(spoil)
    journal = Journals(path)
    (plan,) = journal.deletions.unfinished(HOST)
    assert [item.artifact.id for item in plan.items] == [12, 13, 14]
    assert [row.id for row in journal.downloads.unfinished(HOST)] == [2, 3]
    assert journal.unreadable(HOST).startswith("Skipped 7 unreadable entries in ")
    journal.close()
    with closing(sqlite3.connect(path)) as connection:
        counts = [connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in TABLES]
        kept = connection.execute("SELECT CAST(owner AS BLOB) FROM deletion_item WHERE deletion = 2").fetchall()
    assert counts == [3, 2, 12]
    assert kept == [(b"\xff\xfe",)] * 4


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
    assert (len(journal.downloads.unfinished(HOST)), journal.deletions.unfinished(HOST)) == (3, ())
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
