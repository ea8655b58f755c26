"""The sqlite file in which the journals are kept, with its troubles in words."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

_VERSION = 1


class JournalTrouble(Exception):
    """The journal cannot be used; one sentence for the user."""


class Database:
    """One connection to ``path``, or to memory; all methods may be called from any thread.

    Each transaction survives the program. With ``durable`` it waits for the disk, so that it survives a power loss
    too; without, the file is then an earlier state, never a broken one. (WAL with ``synchronous`` FULL and NORMAL,
    https://www.sqlite.org/pragma.html#pragma_synchronous)
    """

    def __init__(self, path: Path | None, tables: str, *, durable: bool = False) -> None:
        """Open or make the file and its tables; raises :class:`JournalTrouble`."""
        self._path = path
        self._lock = threading.Lock()
        with in_words(path):
            self._connection = _connect(path, tables, "FULL" if durable else "NORMAL")

    @contextmanager
    def transaction(self) -> Iterator[Any]:
        """Give a function that runs one statement with its values; raises :class:`JournalTrouble`."""
        with self._lock, in_words(self._path), self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            yield lambda sql, *values: self._connection.execute(sql, values)

    def close(self) -> None:
        """Close the connection; every later transaction raises."""
        with self._lock:
            self._connection.close()


@contextmanager
def in_words(path: Path | None) -> Iterator[None]:
    """What sqlite and the file system say of the journal, as one sentence that names its file."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise JournalTrouble(f"{path} cannot be used ({error}). Remove it, or make room.") from None
    except OSError as error:
        raise JournalTrouble(f"{path} cannot be used: {os.strerror(error.errno or 0)}.") from None


def _connect(path: Path | None, tables: str, synchronous: str) -> sqlite3.Connection:
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    connection = sqlite3.connect(path or ":memory:", timeout=5, isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute(f"PRAGMA synchronous = {synchronous}")
    with closing(connection.execute("PRAGMA user_version")) as cursor:
        (version,) = cursor.fetchone()
    if version not in (0, _VERSION):
        connection.close()
        raise JournalTrouble(f"{path} was written by a newer artifact-tui.")
    connection.executescript(tables)
    connection.execute(f"PRAGMA user_version = {_VERSION}")
    return connection
