"""The SQLite file of the journals, with its errors as sentences."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

from artifact_tui.regular_file import open_regular
from artifact_tui.text import printable
from artifact_tui.transfers.disk import column_types
from artifact_tui.transfers.disk.instance_lock import InstanceLock
from artifact_tui.transfers.disk.schema import MIGRATIONS, VERSION
from artifact_tui.transfers.errors import JournalError

_ADVICE = {
    sqlite3.SQLITE_NOTADB: "Move it elsewhere; the next start creates a new file.",
    sqlite3.SQLITE_CORRUPT: "Move it elsewhere; the next start creates a new file.",
    sqlite3.SQLITE_FULL: "Free some space.",
}


class Database:
    """One connection to ``path``, or to memory, for one journal; any thread may call any method.

    ``lock`` tells rows of ended programs from those of running ones. Each transaction survives the program. A durable
    journal also survives a power loss; the file of another one may then be in an earlier, valid state. (WAL with
    ``synchronous`` FULL and NORMAL, https://www.sqlite.org/pragma.html#pragma_synchronous)
    """

    durable = False

    def __init__(self, path: Path | None, lock: InstanceLock) -> None:
        """Open or create the file and migrate it; raise :class:`JournalError`."""
        self._path = path
        self.lock: Final = lock
        self._lock = threading.Lock()
        self._closed = False
        with in_words(path):
            self._connection = _connect(path, "FULL" if self.durable else "NORMAL")

    def is_alive(self, row: sqlite3.Row) -> bool:
        """Return whether the program of a row runs."""
        return self.lock.is_alive(column_types.program(row["program"]))

    def is_left(self, row: sqlite3.Row, host: str) -> bool:
        """Return whether an ended program left a row for ``host``."""
        return column_types.text(row["host"]) == host and not self.is_alive(row)

    @contextmanager
    def transaction(self) -> Iterator[Any]:
        """Yield a function that runs a statement with any values that ``stored`` accepts; raise JournalError."""
        with self._lock, in_words(self._path), self._connection:
            self._run("BEGIN IMMEDIATE")
            yield self._run

    def run(self, sql: str, *values: Any) -> None:
        """Run one statement in its own transaction; raise JournalError."""
        with self._lock, in_words(self._path):
            self._run(sql, *values)

    def close(self, timeout: float = -1) -> None:
        """Close the connection; wait at most ``timeout`` seconds for a transaction, without end if negative."""
        self._closed = True
        if self._lock.acquire(timeout=timeout):
            try:
                self._connection.close()
            finally:
                self._lock.release()

    def _run(self, sql: str, *values: Any) -> sqlite3.Cursor:
        if self._closed:
            raise JournalError(f"{self._path} is closed.")
        return self._connection.execute(sql, tuple(map(column_types.stored, values)))


@contextmanager
def in_words(path: Path | None) -> Iterator[None]:
    """Turn errors of SQLite and the file system into :class:`JournalError` with the file's name."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        advice = _ADVICE.get(getattr(error, "sqlite_errorcode", 0), "")
        raise JournalError(f"{path} cannot be used ({printable(str(error), 200)}). {advice}".rstrip()) from None
    except UnicodeDecodeError:  # SQLite quotes the damaged bytes in its message
        advice = _ADVICE[sqlite3.SQLITE_CORRUPT]
        raise JournalError(f"{path} cannot be used (it is damaged). {advice}") from None
    except OSError as error:
        name, reason = error.filename or path, error.strerror or "no reason given"
        raise JournalError(f"{name} cannot be used ({reason}).") from None


def _connect(path: Path | None, synchronous: str) -> sqlite3.Connection:
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(open_regular(path, os.O_RDWR | os.O_CREAT))
    connection = sqlite3.connect(path or ":memory:", timeout=5, isolation_level=None, check_same_thread=False)
    try:
        connection.row_factory = sqlite3.Row
        connection.text_factory = _text
        _version(connection, path)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA synchronous = {synchronous}")
        _migrate(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def _migrate(connection: sqlite3.Connection, path: Path | None) -> None:
    if _version(connection, path) == VERSION:
        return
    with connection:
        connection.execute("BEGIN IMMEDIATE")  # another program may be opening the same file
        for statement in (each for step in MIGRATIONS[_version(connection, path) :] for each in step):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {VERSION}")


def _version(connection: sqlite3.Connection, path: Path | None) -> int:
    with closing(connection.execute("PRAGMA user_version")) as cursor:
        version = int(cursor.fetchone()[0])
    if not 0 <= version <= VERSION:
        raise JournalError(f"{path} was written by a newer artifact-tui and is left as it is. Update artifact-tui.")
    return version


def _text(data: bytes) -> str | bytes:
    """Return text, or bytes if it is not UTF-8, which must not cost other rows."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data
