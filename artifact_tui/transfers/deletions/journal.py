"""The journal of confirmed plans, which survives the program and a power loss.

A plan is on the disk before its first request, the start of a delete before its request, and an outcome before the next
request. So the next program knows for each artifact whether a request may have been sent.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from artifact_tui import exact_json
from artifact_tui.domain.artifact_record import ArtifactRecord, artifact_of, record_of
from artifact_tui.domain.models import RepositoryName
from artifact_tui.transfers.deletions.models import DeletionItem, UnfinishedDeletion
from artifact_tui.transfers.disk import column_types as columns
from artifact_tui.transfers.disk.column_types import read_each
from artifact_tui.transfers.disk.database import Database
from artifact_tui.transfers.models import Outcome

_ADD_PLAN = "INSERT INTO deletion (program, host, confirmed_at, downloads_first) VALUES (?, ?, ?, ?)"
_ADD_ITEM = (
    "INSERT INTO deletion_item (deletion, position, owner, name, artifact, started, proven, outcome, problem)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_CHANGE_ITEM = (
    "UPDATE deletion_item SET started = ?, proven = ?, outcome = ?, problem = ? WHERE deletion = ? AND position = ?"
)

_REMOVE_PLAN = "DELETE FROM deletion WHERE id = ? AND NOT EXISTS (SELECT * FROM deletion_item WHERE deletion = ?)"


class DeletionJournal(Database):
    """The journal of deletions; any thread may call any method, and all raise JournalError."""

    durable = True

    def add(
        self,
        host: str,
        confirmed_at: datetime,
        items: Iterable[DeletionItem],
        *,
        downloads_first: bool = False,
    ) -> int:
        """Write a confirmed plan and return its number."""
        with self.transaction() as run:
            plan = (host, confirmed_at.isoformat(), downloads_first)
            number = int(run(_ADD_PLAN, self.lock.name, *plan).lastrowid)
            for position, item in enumerate(items):
                what = (item.repository.owner, item.repository.name, exact_json.encode(record_of(item.artifact)))
                run(_ADD_ITEM, number, position, *what, *_state(item))
            return number

    def write(self, number: int, changed: Iterable[tuple[int, DeletionItem]]) -> None:
        """Write the current state of some artifacts of a plan, by their positions in it."""
        with self.transaction() as run:
            for position, item in changed:
                run(_CHANGE_ITEM, *_state(item), number, position)

    def remove(self, number: int) -> None:
        """Remove an unfinished deletion; unreadable rows stay."""
        with self.transaction() as run:
            for position in _items(run, number)[0]:
                run("DELETE FROM deletion_item WHERE deletion = ? AND position = ?", number, position)
            run(_REMOVE_PLAN, number, number)

    def unfinished(self, host: str) -> tuple[UnfinishedDeletion, ...]:
        """Return unfinished deletions of ended programs, oldest first, without unreadable rows."""
        return tuple(left for left, _ in self._left(host)[0])

    def unreadable(self, host: str) -> int:
        """Return the number of unreadable plans and artifacts."""
        left, skipped = self._left(host)
        return skipped + sum(unread for _, unread in left)

    def take(self, number: int) -> UnfinishedDeletion | None:
        """Take over a plan to resume or discard it; return None if another program took it first."""
        with self.transaction() as run:
            rows = run("SELECT * FROM deletion WHERE id = ?", number).fetchall()
            found, _ = read_each(rows, lambda row: None if self.is_alive(row) else _unfinished(run, row))
            if not found:
                return None
            run("UPDATE deletion SET program = ? WHERE id = ?", self.lock.name, number)
            return found[0][0]

    def _left(self, host: str) -> tuple[list[tuple[UnfinishedDeletion, int]], int]:
        """Return each plan left at a host with its number of unreadable rows, and the number of other such rows."""
        with self.transaction() as run:
            rows = run("SELECT * FROM deletion ORDER BY id").fetchall()
            left, skipped = read_each(rows, lambda row: _unfinished(run, row) if self.is_left(row, host) else None)
            orphans = "SELECT count(*) FROM deletion_item WHERE deletion NOT IN (SELECT id FROM deletion)"
            return left, skipped + int(run(orphans).fetchone()[0])


def _state(item: DeletionItem) -> tuple[bool, bool, str | None, str]:
    return item.started, item.proven, item.outcome.value if item.outcome else None, item.problem


def _unfinished(run: Any, row: sqlite3.Row) -> tuple[UnfinishedDeletion, int]:
    """Return a plan, and how many of its artifacts are unreadable; raise any of ``UNREADABLE``."""
    items, skipped = _items(run, row["id"])
    left = UnfinishedDeletion(
        number=row["id"],
        confirmed_at=columns.moment(row["confirmed_at"]),
        items=tuple(items.values()),
        positions=tuple(items),
        downloads_first=columns.flag(row["downloads_first"]),
    )
    if skipped and not left.remaining:
        raise ValueError("nothing of it that can be read is left to do")
    return left, skipped


def _items(run: Any, number: int) -> tuple[dict[int, DeletionItem], int]:
    """Return the artifacts of a plan by position, and the number of unreadable ones."""
    rows = run("SELECT * FROM deletion_item WHERE deletion = ? ORDER BY position", number).fetchall()
    items, skipped = read_each(rows, lambda row: (columns.number(row["position"]), _item(row)))
    return dict(items), skipped


def _item(row: sqlite3.Row) -> DeletionItem:
    return DeletionItem(
        repository=RepositoryName(columns.text(row["owner"]), columns.text(row["name"])),
        artifact=artifact_of(columns.packed(row["artifact"], ArtifactRecord)),
        started=columns.flag(row["started"]),
        proven=columns.flag(row["proven"]),
        outcome=None if row["outcome"] is None else Outcome(columns.text(row["outcome"])),
        problem=columns.text(row["problem"]),
    )
