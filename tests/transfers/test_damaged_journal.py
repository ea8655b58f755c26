"""Whatever stands in a row of the journal costs that row at most: the others are there, and nothing is lost."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from artifact_tui.domain.models import Artifact
from artifact_tui.transfers.deletions.models import DeletionItem
from artifact_tui.transfers.errors import JournalError
from artifact_tui.transfers.journals import Journals
from artifact_tui.transfers.models import DownloadOrder, State
from tests.artifacts import listed
from tests.transfers.conftest import Desk
from tests.transfers.fake_store import MADE, OCTO, zipped

HOST = "github.com"
DEAD = "4711-0123abcd"
TABLES = ("download", "deletion", "deletion_item")
VALUES: tuple[object, ...] = (
    None,
    "",
    b"",
    "resting",
    "\x00",
    "../../etc/passwd",
    b"/etc",
    b"relative",
    b"/a\x00b",
    "2026-03-01",
    "0001-01-01T00:00:00+23:59",
    "9999-12-31T23:59:59-23:59",
    -1,
    2,
    2**63 - 1,
    -(2**63),
    1.5,
    float("inf"),
    "1e999",
    b"\xff\xfe",
    b"[[9,1]]",
    b"[[1e400,2]]",
    b"{}",
    b"[" * 100_000,
    b'{"id":-1,"name":null}',
    '"\\ud800"',
    f"{DEAD}/..",
)


def artifact(number: int) -> Artifact:
    return listed(id=number, name=f"wheel-{number}", size_in_bytes=5, created_at=MADE)


def make_journal(path: Path, directory: Path) -> None:
    """Two downloads and two plans of two artifacts that a program left which is no more."""
    journal = Journals(path)
    for number in (1, 2):
        order = DownloadOrder(repository=OCTO, artifact=artifact(number), directory=directory)
        (record,) = journal.downloads.add(HOST, [order])
        journal.downloads.change(record.id, part=directory / f"wheel-{number}.zip.part", total=5)
        items = [DeletionItem(repository=OCTO, artifact=artifact(number * 10 + each)) for each in range(2)]
        journal.deletions.add(HOST, datetime(2026, 3, 1, tzinfo=UTC), items)
    journal.close()


def columns_of(path: Path) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(path)) as connection:
        return [
            (table, row[1]) for table in TABLES for row in connection.execute(f"PRAGMA table_info({table})").fetchall()
        ]


def mangle(path: Path, table: str, column: str, value: object, *, as_text: bool = False) -> bool:
    """Write a value into the first row; whether the table takes it."""
    placed = "CAST(? AS TEXT)" if as_text else "?"
    where = "deletion = 1 AND position = 0" if table == "deletion_item" else "id = 1"
    with closing(sqlite3.connect(path)) as connection, connection:
        try:
            connection.execute(f'UPDATE {table} SET "{column}" = {placed} WHERE {where}', (value,))
        except (sqlite3.IntegrityError, sqlite3.OperationalError):
            return False
    return True


def rows(path: Path, table: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        connection.text_factory = bytes
        return connection.execute(f"SELECT * FROM {table}").fetchall()


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "dist").mkdir()
    (tmp_path / "precious").write_bytes(b"mine")
    return tmp_path


def check(path: Path, pristine: bytes, table: str, column: str, value: object, *, as_text: bool = False) -> None:
    path.write_bytes(pristine)
    if not mangle(path, table, column, value, as_text=as_text):
        return
    before = {each: rows(path, each) for each in TABLES}
    journal = Journals(path)
    downloads, plans = journal.downloads.unfinished(HOST), journal.deletions.unfinished(HOST)
    said = journal.unreadable(HOST)
    journal.close()
    what = (table, column, value, as_text, said)
    assert {each: rows(path, each) for each in TABLES} == before, what
    assert 2 in [record.order.artifact.id for record in downloads], what
    assert [20, 21] in [[item.artifact.id for item in plan.items] for plan in plans], what
    read = len(downloads) + len(plans) + sum(len(plan.items) for plan in plans)
    is_elsewhere = column == "host"  # a row of another host is not for us to tell of
    assert bool(said) is (read < 8) or is_elsewhere, what
    if said:
        assert said.startswith("Skipped ")
        assert str(path) in said


def check_all(place: Path, step: int) -> None:
    """Each column with every ``step``-th of the values, not the same ones for each column."""
    path = place / "transfers.sqlite"
    make_journal(path, place / "dist")
    pristine = path.read_bytes()
    for number, (table, column) in enumerate(columns_of(path)):
        for value in VALUES[number % step :: step]:
            check(path, pristine, table, column, value)
        for value in (b"\xff\xfe", b"\xed\xa0\x80", b"\xc3")[number % 3 :: step]:
            check(path, pristine, table, column, value, as_text=True)


@pytest.mark.parametrize("spoiled", [b"down\xa5oad", b"down\x1boad"])
def test_a_damaged_schema_is_one_printable_sentence_that_names_the_file(place: Path, spoiled: bytes) -> None:
    path = place / "transfers.sqlite"
    make_journal(path, place / "dist")
    path.write_bytes(path.read_bytes().replace(b"CREATE", b"C____E").replace(b"download", spoiled))
    with pytest.raises(JournalError) as trouble:
        Journals(path)
    said = str(trouble.value)
    assert said.startswith(f"{path} cannot be used (")
    assert said.endswith("). Move it elsewhere; the next start creates a new file.")
    assert said.isprintable()


def test_every_column_of_every_table_may_hold_something_else(place: Path) -> None:
    check_all(place, 7)


@pytest.mark.slow
def test_every_column_of_every_table_may_hold_anything(place: Path) -> None:
    check_all(place, 1)


def standing_of_a_newer_version(connection: sqlite3.Connection) -> None:
    connection.execute("UPDATE download SET standing = 'resting' WHERE id = 1")


def column_of_a_newer_version(connection: sqlite3.Connection) -> None:
    connection.execute("ALTER TABLE download ADD COLUMN color TEXT NOT NULL DEFAULT 'red'")
    connection.execute("ALTER TABLE deletion ADD COLUMN color TEXT")
    connection.execute("ALTER TABLE deletion_item ADD COLUMN color TEXT")


def column_that_is_gone(connection: sqlite3.Connection) -> None:
    connection.execute("ALTER TABLE download DROP COLUMN boot")


def items_without_a_plan(connection: sqlite3.Connection) -> None:
    connection.execute("DELETE FROM deletion WHERE id = 1")


CASES: dict[Callable[[sqlite3.Connection], None], tuple[int, int, str]] = {
    standing_of_a_newer_version: (1, 2, "Skipped 1 unreadable entry in "),
    column_of_a_newer_version: (2, 2, ""),
    column_that_is_gone: (0, 2, "Skipped 2 unreadable entries in "),
    items_without_a_plan: (2, 1, "Skipped 2 unreadable entries in "),
}


@pytest.mark.parametrize("spoil", CASES, ids=lambda spoil: spoil.__name__)
def test_how_many_were_skipped_is_said(place: Path, spoil: Callable[[sqlite3.Connection], None]) -> None:
    path = place / "transfers.sqlite"
    make_journal(path, place / "dist")
    with closing(sqlite3.connect(path)) as connection, connection:
        spoil(connection)
    journal = Journals(path)
    found = (len(journal.downloads.unfinished(HOST)), len(journal.deletions.unfinished(HOST)))
    downloads, plans, said = CASES[spoil]
    assert found == (downloads, plans)
    assert journal.unreadable(HOST).startswith(said)
    assert bool(journal.unreadable(HOST)) is bool(said)
    journal.close()


ROWS: list[tuple[str, object]] = [
    ("standing", "resting"),
    ("directory", b"/a\x00b"),
    ("scratch", b"/"),
    ("written", b"[[5,1]]"),
    ("program", "../x"),
]


@pytest.mark.parametrize(("column", "value"), ROWS)
def test_an_unreadable_row_stays_while_the_program_downloads(
    place: Path, make_desk: Callable[..., Desk], column: str, value: object
) -> None:
    path = place / "transfers.sqlite"
    make_journal(path, place / "dist")
    assert mangle(path, "download", column, value)
    before = rows(path, "download")[0]
    desk = make_desk(journal=path, host=HOST)
    for number in (1, 2):
        desk.shelf.put(f"wheel-{number}", zipped(a=b"1"), number=number)
    first = desk.fetch(desk.shelf.things[1].artifact)
    assert [left.order.artifact.id for left in desk.engine.downloads.unfinished()] == [2]
    (second,) = desk.engine.downloads.resume_unfinished()
    desk.until(lambda: desk.look(second).finished)
    assert (first.state, desk.look(second).state) == (State.DONE, State.DONE)
    assert desk.engine.close(20)
    assert rows(path, "download") == [before]
    assert desk.names() == ["wheel-1", "wheel-2"]


def test_a_plan_goes_on_without_the_row_that_cannot_be_read(place: Path, make_desk: Callable[..., Desk]) -> None:
    path = place / "transfers.sqlite"
    make_journal(path, place / "dist")
    assert mangle(path, "deletion_item", "outcome", "resting")
    kept = rows(path, "deletion_item")[0]
    desk = make_desk(journal=path, host=HOST)
    for number in (10, 11):
        desk.shelf.put(f"wheel-{number}", b"12345", number=number)
    desk.shelf.things[11].artifact = artifact(11)
    plan = desk.engine.deletions.unfinished()[0]
    assert [one.id for one in plan.remaining] == [11]
    (number,) = desk.engine.deletions.resume_unfinished(plan.number)
    desk.until(lambda: desk.look(number).finished)
    assert desk.look(number).state is State.DONE
    assert [request for request in desk.shelf.requests if request[0] == "delete"] == [("delete", 11)]
    assert desk.engine.close(20)
    assert [row for row in rows(path, "deletion_item") if row[0] == 1] == [kept]
    later = Journals(path)
    assert [left.number for left in later.deletions.unfinished(HOST)] == [2]
    assert later.unreadable(HOST).startswith("Skipped 1 unreadable entry in ")
    later.close()


def test_a_row_of_the_journal_never_leads_to_files_of_others(place: Path, make_desk: Callable[..., Desk]) -> None:
    """What is left is removed when it is forgotten: nothing but what a download makes may be named there."""
    precious = place / "precious.d"
    for column, value in (("scratch", precious), ("part", place / "precious"), ("target", precious)):
        precious.mkdir(exist_ok=True)
        (precious / "mine").write_bytes(b"mine")
        path = place / f"{column}.sqlite"
        make_journal(path, place / "dist")
        assert mangle(path, "download", column, bytes(value))
        desk = make_desk(journal=path, host=HOST)
        desk.engine.downloads.discard_unfinished()
        assert desk.engine.close(20)
        assert (precious / "mine").read_bytes() == b"mine"
        assert (place / "precious").read_bytes() == b"mine"
