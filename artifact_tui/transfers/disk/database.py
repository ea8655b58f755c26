"""The sqlite file in which the journals are kept, with its troubles in words."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from artifact_tui.regular_file import open_regular
from artifact_tui.text import printable
from artifact_tui.transfers.disk.column_types import stored
from artifact_tui.transfers.disk.schema import MIGRATIONS, VERSION
from artifact_tui.transfers.errors import JournalError

_ADVICE = {
    sqlite3.SQLITE_NOTADB: "Move it elsewhere; the next start creates a new file.",
    sqlite3.SQLITE_CORRUPT: "Move it elsewhere; the next start creates a new file.",
    sqlite3.SQLITE_FULL: "Free some space.",
}


class Database:
    """One connection to ``path``, or to memory; all methods may be called from any thread.

    Each transaction survives the program. With ``durable`` it waits for the disk, so that it survives a power loss
    too; without, the file is then an earlier state, never a broken one. (WAL with ``synchronous`` FULL and NORMAL,
    https://www.sqlite.org/pragma.html#pragma_synchronous)
    """

    def __init__(self, path: Path | None, *, durable: bool = False) -> None:
        """Open or make the file, and bring it to this version; raises :class:`JournalError`."""
        self._path = path
        self._lock = threading.Lock()
        self._closed = False
        with in_words(path):
            self._connection = _connect(path, "FULL" if durable else "NORMAL")

    @contextmanager
    def transaction(self) -> Iterator[Any]:
        """Yield a function that runs one statement with its values; raises :class:`JournalError`.

        Values may be any that :func:`~.columns.stored` knows. Text that is not UTF-8 is read as bytes.
        """
        with self._lock, in_words(self._path), self._connection:
            if self._closed:
                raise JournalError(f"{self._path} is closed.")
            self._connection.execute("BEGIN IMMEDIATE")
            yield lambda sql, *values: self._connection.execute(sql, tuple(map(stored, values)))

    def close(self, timeout: float = -1) -> None:
        """Close the connection; wait at most ``timeout`` seconds for another thread's transaction.

        Every later transaction raises.
        """
        self._closed = True
        if self._lock.acquire(timeout=timeout):
            try:
                self._connection.close()
            finally:
                self._lock.release()


@contextmanager
def in_words(path: Path | None) -> Iterator[None]:
    """Turn errors of sqlite and the file system into :class:`JournalError` with the name of the file."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        advice = _ADVICE.get(getattr(error, "sqlite_errorcode", 0), "")
        raise JournalError(f"{path} cannot be used ({printable(str(error), 200)}). {advice}".rstrip()) from None
    except UnicodeDecodeError:  # sqlite quotes the damage in its message, which Python cannot read then
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
    """In one transaction: another program may open the same file now."""
    if _version(connection, path) == VERSION:
        return
    with connection:
        connection.execute("BEGIN IMMEDIATE")
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
    """Return a column that is not UTF-8 must not cost the other rows."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data
