"""The journal of downloads in ``transfers.sqlite``, which survives the program; without signed URLs and tokens."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import Any

from msgspec.structs import replace

from artifact_tui.transfers.disk.column_types import read_each
from artifact_tui.transfers.disk.database import Database
from artifact_tui.transfers.downloads.byte_ranges import Span
from artifact_tui.transfers.downloads.journal_record import JournalRow, RowStatus, boot_id, packed, record_of
from artifact_tui.transfers.models import DownloadOrder

_ADD = 'INSERT INTO download (program, host, artifact_id, directory, "order") VALUES (?, ?, ?, ?, ?)'
_TAKE = 'UPDATE download SET program = ?, standing = ?, "order" = ? WHERE id = ?'


class DownloadJournal(Database):
    """A row per unfinished download. Writes do not wait for the disk: a power loss restores an earlier state."""

    def add(self, host: str, orders: Iterable[DownloadOrder]) -> tuple[JournalRow, ...]:
        """Return a row for each order; a free one for the same artifact and directory is taken over."""
        with self.transaction() as run:
            return tuple(self._add(run, host, order) for order in orders)

    def _add(self, run: Any, host: str, order: DownloadOrder) -> JournalRow:
        rows = run("SELECT * FROM download WHERE host = ? AND artifact_id = ?", host, order.number).fetchall()
        for record in read_each(rows, self._free)[0]:
            if record.order.directory == order.directory:
                return self._take(run, replace(record, order=order))
        cursor = run(_ADD, self.lock.name, host, order.number, order.directory, packed(order))
        return JournalRow(id=cursor.lastrowid or 0, order=order)

    def rival(self, number: int, host: str) -> bool:
        """Return whether an older order of a running program has the same artifact and directory."""
        with self.transaction() as run:
            others = run(
                "SELECT other.* FROM download AS own JOIN download AS other USING (artifact_id, directory)"
                " WHERE own.id = ? AND other.host = ? AND other.id < own.id AND other.standing = 'waiting'",
                number,
                host,
            )
            lock, _ = read_each(others, lambda row: self.is_alive(row) or None)
            return bool(lock)

    def change(self, number: int, **values: Any) -> None:
        """Set columns by the names of :class:`JournalRow`."""
        changes = ", ".join(f"{name} = ?" for name in values)
        self.run(f"UPDATE download SET {changes} WHERE id = ?", *values.values(), number)  # noqa: S608 - our own names

    def wrote(self, number: int, spans: tuple[Span, ...]) -> None:
        """Note the written bytes; the next program may resume from them unless the machine restarts."""
        self.change(number, written=spans, boot=boot_id())

    def find(self, number: int) -> JournalRow | None:
        """Return a row; None if there is no readable one."""
        with self.transaction() as run:
            found, _ = read_each(run("SELECT * FROM download WHERE id = ?", number), record_of)
        return found[0] if found else None

    def remove(self, number: int) -> None:
        """Remove a row: the download is finished or discarded."""
        self.run("DELETE FROM download WHERE id = ?", number)

    def under_way(self, host: str) -> frozenset[int]:
        """Return the IDs of the artifacts that other running programs download."""
        with self.transaction() as run:
            rows = run("SELECT * FROM download WHERE host = ? AND standing = ?", host, RowStatus.WAITING).fetchall()
        others = [row for row in rows if row["program"] != self.lock.name]
        found, _ = read_each(others, lambda row: _artifact_of(row) if self.is_alive(row) else None)
        return frozenset(found)

    def unfinished(self, host: str) -> tuple[JournalRow, ...]:
        """Return unfinished downloads of ended programs and own kept ones, oldest first, without unreadable rows."""
        return self._left(host)[0]

    def unreadable(self, host: str) -> int:
        """Return the number of unreadable rows."""
        return self._left(host)[1]

    def take(self, number: int) -> JournalRow | None:
        """Take over a row of this program or an ended one; return None if another program has it."""
        with self.transaction() as run:
            rows = run("SELECT * FROM download WHERE id = ?", number).fetchall()
            taken, _ = read_each(
                rows, lambda row: None if row["program"] != self.lock.name and self.is_alive(row) else record_of(row)
            )
            return self._take(run, taken[0]) if taken else None

    def _take(self, run: Any, record: JournalRow) -> JournalRow:
        run(_TAKE, self.lock.name, RowStatus.WAITING, packed(record.order), record.id)
        return replace(record, standing=RowStatus.WAITING)

    def _left(self, host: str) -> tuple[tuple[JournalRow, ...], int]:
        with self.transaction() as run:
            rows = run("SELECT * FROM download ORDER BY id").fetchall()
        left, skipped = read_each(
            rows, lambda row: record_of(row) if self.is_left(row, host) or self._is_kept(row, host) else None
        )
        return tuple(left), skipped

    def _is_kept(self, row: sqlite3.Row, host: str) -> bool:
        return bool((row["program"], row["host"], row["standing"]) == (self.lock.name, host, RowStatus.KEPT))

    def _free(self, row: sqlite3.Row) -> JournalRow | None:
        record = record_of(row)
        is_ours = row["program"] == self.lock.name
        is_free = record.standing is not RowStatus.WAITING if is_ours else not self.is_alive(row)
        return record if is_free else None


def _artifact_of(row: sqlite3.Row) -> int:
    """Return the ID of the artifact; the column holds another number for a part of one."""
    return record_of(row).order.artifact.id
