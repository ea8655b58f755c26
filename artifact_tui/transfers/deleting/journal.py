"""Confirmed plans and what has become of them, kept where it survives the program and a power loss.

Every change is on the disk when its method returns: a plan before its first request, the start of a delete before
it is sent, its outcome before the next request. So the next program knows of each artifact whether a request may
have been sent for it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from artifact_tui.model import Artifact, RepositoryName
from artifact_tui.transfers.alive import Alive
from artifact_tui.transfers.database import Database
from artifact_tui.transfers.deleting.deletes import DeletionItem, Outcome, UnfinishedDeletion

_TABLES = """
CREATE TABLE IF NOT EXISTS deletion (
    id INTEGER PRIMARY KEY, program TEXT NOT NULL, host TEXT NOT NULL, owner TEXT NOT NULL, name TEXT NOT NULL,
    confirmed_at TEXT NOT NULL, downloads_first INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS deletion_item (
    deletion INTEGER NOT NULL, position INTEGER NOT NULL, artifact BLOB NOT NULL,
    started INTEGER NOT NULL, proven INTEGER NOT NULL, outcome TEXT, problem TEXT NOT NULL,
    PRIMARY KEY (deletion, position)
) WITHOUT ROWID;
"""


class DeletionJournal:
    """All methods may be called from any thread and raise :class:`~artifact_tui.transfers.database.JournalTrouble`.

    ``alive`` tells the plans of a program that is no more from those that a living one works on.
    """

    def __init__(self, path: Path | None, alive: Alive) -> None:
        self._alive = alive
        self._database = Database(path, _TABLES, durable=True)

    def add(
        self,
        host: str,
        repository: RepositoryName,
        confirmed_at: datetime,
        items: Iterable[DeletionItem],
        *,
        downloads_first: bool = False,
    ) -> int:
        """Write a confirmed plan down; gives its number."""
        with self._database.transaction() as run:
            cursor = run(
                "INSERT INTO deletion (program, host, owner, name, confirmed_at, downloads_first)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                self._alive.name,
                host,
                repository.owner,
                repository.name,
                confirmed_at.isoformat(),
                downloads_first,
            )
            number = int(cursor.lastrowid)
            for position, item in enumerate(items):
                run("INSERT INTO deletion_item VALUES (?, ?, ?, ?, ?, ?, ?)", number, position, *_columns(item))
            return number

    def write(self, number: int, changed: Iterable[tuple[int, DeletionItem]]) -> None:
        """What is known now of some artifacts of a plan, by their position in it."""
        with self._database.transaction() as run:
            for position, item in changed:
                _, *values = _columns(item)
                run(
                    "UPDATE deletion_item SET started = ?, proven = ?, outcome = ?, problem = ?"
                    " WHERE deletion = ? AND position = ?",
                    *values,
                    number,
                    position,
                )

    def remove(self, number: int) -> None:
        """Nobody goes on with it."""
        with self._database.transaction() as run:
            run("DELETE FROM deletion_item WHERE deletion = ?", number)
            run("DELETE FROM deletion WHERE id = ?", number)

    def unfinished(self, host: str) -> tuple[UnfinishedDeletion, ...]:
        """What programs that are no more have left, oldest first."""
        with self._database.transaction() as run:
            rows = run("SELECT * FROM deletion WHERE host = ? ORDER BY id", host).fetchall()
            return tuple(_unfinished(run, row) for row in rows if not self._alive.is_alive(row["program"]))

    def take(self, number: int) -> UnfinishedDeletion | None:
        """Make one ours, to go on with it or to forget it; None when another program was faster."""
        with self._database.transaction() as run:
            row = run("SELECT * FROM deletion WHERE id = ?", number).fetchone()
            if row is None or self._alive.is_alive(row["program"]):
                return None
            run("UPDATE deletion SET program = ? WHERE id = ?", self._alive.name, number)
            return _unfinished(run, row)

    def close(self) -> None:
        """Close it; what is unfinished is then for the next program."""
        self._database.close()


def _columns(item: DeletionItem) -> tuple[bytes, bool, bool, str | None, str]:
    outcome = item.outcome.value if item.outcome else None
    return msgspec.json.encode(item.artifact), item.started, item.proven, outcome, item.problem


def _unfinished(run: Any, row: sqlite3.Row) -> UnfinishedDeletion:
    items = run("SELECT * FROM deletion_item WHERE deletion = ? ORDER BY position", row["id"]).fetchall()
    return UnfinishedDeletion(
        number=row["id"],
        repository=RepositoryName(row["owner"], row["name"]),
        confirmed_at=datetime.fromisoformat(row["confirmed_at"]),
        items=tuple(map(_item, items)),
        downloads_first=bool(row["downloads_first"]),
    )


def _item(row: sqlite3.Row) -> DeletionItem:
    return DeletionItem(
        artifact=msgspec.json.decode(row["artifact"], type=Artifact),
        started=bool(row["started"]),
        proven=bool(row["proven"]),
        outcome=Outcome(row["outcome"]) if row["outcome"] else None,
        problem=row["problem"],
    )
