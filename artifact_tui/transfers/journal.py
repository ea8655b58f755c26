"""What was ordered and how much of it is on the disk, kept where it survives the program.

A row of ``transfers.sqlite`` in the state directory for each download that is not finished. Signed addresses and
tokens are never in it. Several programs may use it at once; each holds a lock for as long as it lives, so that what
a dead one has left can be told from what a living one is working on.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from artifact_tui.transfers.alive import Alive
from artifact_tui.transfers.database import Database, JournalTrouble, in_words
from artifact_tui.transfers.deleting.journal import DeletionJournal
from artifact_tui.transfers.pieces import Span
from artifact_tui.transfers.record import Record, Standing, boot_id, packed, record_of
from artifact_tui.transfers.transfer import DownloadOrder

_TABLE = """
CREATE TABLE IF NOT EXISTS download (
    id INTEGER PRIMARY KEY, program TEXT NOT NULL, host TEXT NOT NULL,
    artifact_id INTEGER NOT NULL, directory BLOB NOT NULL, "order" BLOB NOT NULL,
    part BLOB NOT NULL DEFAULT x'', etag TEXT NOT NULL DEFAULT '', total INTEGER,
    file_name TEXT NOT NULL DEFAULT '',
    written BLOB NOT NULL DEFAULT '[]', synced BLOB NOT NULL DEFAULT '[]', boot TEXT NOT NULL DEFAULT '',
    scratch BLOB NOT NULL DEFAULT x'', target BLOB NOT NULL DEFAULT x'', inode INTEGER NOT NULL DEFAULT 0,
    standing TEXT NOT NULL DEFAULT 'waiting'
)
"""


class Journal:
    """The journal of downloads; all methods may be called from any thread and raise :class:`~.database.JournalTrouble`.

    Writing does not wait for the disk: it survives the program, and after a power loss it is an earlier state, never a
    broken one. ``deletions`` is the journal of deletions in the same file, which promises more.
    """

    def __init__(self, path: Path | None = None) -> None:
        """Open or make ``path``; without one it lasts as long as the program."""
        self.lasting: Final = path is not None
        with in_words(path):
            self._alive = Alive(path.parent if path else None)
        self._database = Database(path, _TABLE)
        self.deletions: Final = DeletionJournal(path, self._alive)

    def add(self, host: str, orders: Iterable[DownloadOrder]) -> tuple[Record, ...]:
        """A row for each; one that was left or let go for the same artifact and directory is taken over."""
        with self._database.transaction() as run:
            return tuple(self._add(run, host, order) for order in orders)

    def _add(self, run: Any, host: str, order: DownloadOrder) -> Record:
        for row in run("SELECT * FROM download WHERE host = ? AND artifact_id = ?", host, order.number):
            record = record_of(row)
            is_free = not self._is_alive(row) or (
                record.standing is not Standing.WAITING and row["program"] == self._alive.name
            )
            if record.order.directory == order.directory and is_free:
                return self._take(run, replace(record, order=order))
        cursor = run(
            'INSERT INTO download (program, host, artifact_id, directory, "order") VALUES (?, ?, ?, ?, ?)',
            self._alive.name,
            host,
            order.number,
            os.fsencode(order.directory),
            packed(order),
        )
        return Record(id=cursor.lastrowid or 0, order=order)

    def rival(self, number: int, host: str) -> bool:
        """Whether an order that is older and alive has the same artifact and directory."""
        with self._database.transaction() as run:
            (own,) = run("SELECT * FROM download WHERE id = ?", number)
            others = run(
                "SELECT * FROM download WHERE host = ? AND artifact_id = ? AND directory = ? AND id < ?"
                " AND standing = 'waiting'",
                host,
                own["artifact_id"],
                own["directory"],
                number,
            )
            return any(self._is_alive(row) for row in others)

    def change(self, number: int, **values: Any) -> None:
        """Set columns by the names of :class:`Record`."""
        columns = ", ".join(f"{name} = ?" for name in values)
        with self._database.transaction() as run:
            run(f"UPDATE download SET {columns} WHERE id = ?", *map(_stored, values.values()), number)  # noqa: S608 - our own names

    def wrote(self, number: int, spans: tuple[Span, ...]) -> None:
        """These bytes are written; the next program may go on from them, if the machine stays up."""
        self.change(number, written=spans, boot=boot_id())

    def find(self, number: int) -> Record | None:
        """A row as it is now."""
        with self._database.transaction() as run:
            row = run("SELECT * FROM download WHERE id = ?", number).fetchone()
        return record_of(row) if row else None

    def remove(self, number: int) -> None:
        """It is finished or forgotten."""
        with self._database.transaction() as run:
            run("DELETE FROM download WHERE id = ?", number)

    def unfinished(self, host: str) -> tuple[Record, ...]:
        """What programs that are no more have left, oldest order first."""
        with self._database.transaction() as run:
            rows = run("SELECT * FROM download WHERE host = ? AND standing != 'let go' ORDER BY id", host).fetchall()
            return tuple(record_of(row) for row in rows if not self._is_alive(row))

    def take(self, number: int) -> Record | None:
        """Begin with a row of ours, or of a program that is no more; None when another one was faster."""
        with self._database.transaction() as run:
            row = run("SELECT * FROM download WHERE id = ?", number).fetchone()
            is_ours = row is not None and (row["program"] == self._alive.name or not self._is_alive(row))
            return self._take(run, record_of(row)) if is_ours else None

    def close(self) -> None:
        """Close it; our rows are then those of a program that is no more."""
        self._database.close()
        self.deletions.close()
        self._alive.end()

    def _take(self, run: Any, record: Record) -> Record:
        run(
            'UPDATE download SET program = ?, standing = ?, "order" = ? WHERE id = ?',
            self._alive.name,
            Standing.WAITING,
            packed(record.order),
            record.id,
        )
        return replace(record, standing=Standing.WAITING)

    def _is_alive(self, row: sqlite3.Row) -> bool:
        return self._alive.is_alive(row["program"])


def open_journal(path: Path) -> tuple[Journal, str]:
    """The journal at ``path``, else one in memory and a sentence that says why and what that means."""
    try:
        return Journal(path), ""
    except JournalTrouble as trouble:
        return Journal(None), f"{trouble} Downloads cannot be resumed after the program ends."


def _stored(value: object) -> object:
    if isinstance(value, tuple):
        return msgspec.json.encode(value)
    if isinstance(value, Path):
        return os.fsencode(value)
    return value
