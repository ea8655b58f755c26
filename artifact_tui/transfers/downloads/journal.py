"""What was ordered and how much of it is on the disk, kept where it survives the program.

A row of ``transfers.sqlite`` in the state directory for each download that is not finished. Signed addresses and
tokens are never in it. Several programs may use it at once; each holds a lock for as long as it lives, so that what
a dead one has left can be told from what a living one is working on.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from artifact_tui.transfers.disk import column_types as columns
from artifact_tui.transfers.disk.column_types import read_each
from artifact_tui.transfers.disk.database import Database
from artifact_tui.transfers.disk.instance_lock import InstanceLock
from artifact_tui.transfers.downloads.byte_ranges import Span
from artifact_tui.transfers.downloads.journal_record import JournalRow, RowStatus, boot_id, packed, record_of
from artifact_tui.transfers.models import DownloadOrder


class DownloadJournal:
    """The journal of downloads; all methods may be called from any thread and raise :class:`JournalError`.

    Writing does not wait for the disk: it survives the program, and after a power loss it is an earlier state, never a
    broken one.
    """

    def __init__(self, path: Path | None, lock: InstanceLock) -> None:
        """Open or make ``path``; without one it lasts as long as the program."""
        self._lock_file = lock
        self._database = Database(path)

    def add(self, host: str, orders: Iterable[DownloadOrder]) -> tuple[JournalRow, ...]:
        """Return a row for each; one that was left or let go for the same artifact and directory is taken over."""
        with self._database.transaction() as run:
            return tuple(self._add(run, host, order) for order in orders)

    def _add(self, run: Any, host: str, order: DownloadOrder) -> JournalRow:
        rows = run("SELECT * FROM download WHERE host = ? AND artifact_id = ?", host, order.number).fetchall()
        for record in read_each(rows, self._free)[0]:
            if record.order.directory == order.directory:
                return self._take(run, replace(record, order=order))
        cursor = run(
            'INSERT INTO download (program, host, artifact_id, directory, "order") VALUES (?, ?, ?, ?, ?)',
            self._lock_file.name,
            host,
            order.number,
            order.directory,
            packed(order),
        )
        return JournalRow(id=cursor.lastrowid or 0, order=order)

    def rival(self, number: int, host: str) -> bool:
        """Whether an order that is older and alive has the same artifact and directory."""
        with self._database.transaction() as run:
            others = run(
                "SELECT other.* FROM download AS own JOIN download AS other USING (artifact_id, directory)"
                " WHERE own.id = ? AND other.host = ? AND other.id < own.id AND other.standing = 'waiting'",
                number,
                host,
            )
            lock, _ = read_each(others, lambda row: self._lock_file.is_alive(columns.program(row["program"])) or None)
            return bool(lock)

    def change(self, number: int, **values: Any) -> None:
        """Set columns by the names of :class:`JournalRow`."""
        changes = ", ".join(f"{name} = ?" for name in values)
        with self._database.transaction() as run:
            run(f"UPDATE download SET {changes} WHERE id = ?", *values.values(), number)  # noqa: S608 - our own names

    def wrote(self, number: int, spans: tuple[Span, ...]) -> None:
        """Note the bytes that are written; the next program may resume from them, if the machine stays up."""
        self.change(number, written=spans, boot=boot_id())

    def find(self, number: int) -> JournalRow | None:
        """Return a row as it is now; None where there is none that can be read."""
        with self._database.transaction() as run:
            found, _ = read_each(run("SELECT * FROM download WHERE id = ?", number), record_of)
        return found[0] if found else None

    def remove(self, number: int) -> None:
        """Remove a row: the download is finished or discarded."""
        with self._database.transaction() as run:
            run("DELETE FROM download WHERE id = ?", number)

    def unfinished(self, host: str) -> tuple[JournalRow, ...]:
        """Return unfinished downloads of ended programs, oldest first, without unreadable rows."""
        return self._left(host)[0]

    def unreadable(self, host: str) -> int:
        """Return the number of rows that cannot be read."""
        return self._left(host)[1]

    def take(self, number: int) -> JournalRow | None:
        """Begin with a row of ours, or of a program that is no more; None when another one was faster."""
        with self._database.transaction() as run:
            rows = run("SELECT * FROM download WHERE id = ?", number).fetchall()
            taken, _ = read_each(rows, lambda row: record_of(row) if self._may_take(row) else None)
            return self._take(run, taken[0]) if taken else None

    def close(self, timeout: float = -1) -> None:
        """Close the journal; wait at most ``timeout`` seconds for a transaction, without end when negative."""
        self._database.close(timeout)

    def _take(self, run: Any, record: JournalRow) -> JournalRow:
        run(
            'UPDATE download SET program = ?, standing = ?, "order" = ? WHERE id = ?',
            self._lock_file.name,
            RowStatus.WAITING,
            packed(record.order),
            record.id,
        )
        return replace(record, standing=RowStatus.WAITING)

    def _left(self, host: str) -> tuple[tuple[JournalRow, ...], int]:
        """Return what is left at a host, and how many rows cannot be read."""
        with self._database.transaction() as run:
            rows = run("SELECT * FROM download ORDER BY id").fetchall()
        left, skipped = read_each(rows, lambda row: record_of(row) if self._is_left(row, host) else None)
        return tuple(record for record in left if record.standing is not RowStatus.LET_GO), skipped

    def _is_left(self, row: sqlite3.Row, host: str) -> bool:
        return columns.text(row["host"]) == host and not self._lock_file.is_alive(columns.program(row["program"]))

    def _may_take(self, row: sqlite3.Row) -> bool:
        program = columns.program(row["program"])
        return program == self._lock_file.name or not self._lock_file.is_alive(program)

    def _free(self, row: sqlite3.Row) -> JournalRow | None:
        """Return a row that a new order may take over."""
        record, program = record_of(row), columns.program(row["program"])
        is_ours = program == self._lock_file.name
        is_free = record.standing is not RowStatus.WAITING if is_ours else not self._lock_file.is_alive(program)
        return record if is_free else None
