"""The last lists on disk, for the next start to show before the server answers.

Each list is a file that only its owner can read, with GitHub's objects but no headers, URLs of requests or tokens. Its
name is a keyed hash of server, token and list, so a list is only found with the same token; the key stays in the
directory.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Generic, TypeVar

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from artifact_tui.domain.list_extent import Extent
from artifact_tui.domain.models import Artifact, WorkflowRun
from artifact_tui.errors import UserError
from artifact_tui.regular_file import open_regular

Thing = TypeVar("Thing")
MOST_LISTS = 60
OLDEST = timedelta(days=30)
LONGEST_WRITE = 600
"""Seconds after which an unfinished file is abandoned."""
FORMAT = f"2 {sys.byteorder}"
"""Part of what file names are hashed from, so that a program finds only files in its own format."""
_KEY_SIZE = 32


class Saved(Struct, Generic[Thing], frozen=True):
    """A cached list: its time, its rows, the server's count, the runs of its artifacts, and its extent.

    ``etag`` is the ETag of page 1 of a complete list. ``is_named`` means that the runs of all artifacts were requested.
    ``columns`` holds artifacts as they are stored in a file, where ``items`` is empty.
    """

    at: datetime
    items: tuple[Thing, ...]
    total: int | None = None
    runs: tuple[WorkflowRun, ...] = ()
    extent: Extent | None = None
    etag: str = ""
    is_named: bool = False
    columns: bytes = b""


class LastLists:
    """The cached lists of one server. They are optional, so methods never raise; ``mark`` hashes the account.

    ``written`` is called in the writing thread each time everything is written.
    """

    def __init__(
        self,
        directory: Path,
        server: str,
        mark: Callable[[bytes], str],
        written: Callable[[], object] = lambda: None,
    ) -> None:
        self._directory = directory
        self._server = server
        self._mark = mark
        self._written = written
        self._lock = threading.Lock()
        self._unwritten: dict[str, Saved[Any]] = {}
        self._is_writing = False

    def read(self, name: str, kind: type[Thing], now: datetime) -> Saved[Thing] | None:
        """Return the list of that name; None if it is missing, damaged, from another account, or too old."""
        row = None if kind is Artifact else kind
        try:
            saved = msgspec.msgpack.decode(_read_private(self._path(name)), type=Saved[row])  # type: ignore[valid-type]  # a type at run time
            if not timedelta(0) <= now - saved.at < OLDEST:
                return None
            if saved.columns:
                from artifact_tui.cache.stored_artifacts import load

                saved = replace(saved, items=tuple(load(saved.columns, now)), columns=b"")
        except (OSError, ValueError, IndexError, RecursionError, msgspec.DecodeError, UserError):
            return None
        return saved

    def write(self, name: str, saved: Saved[Thing]) -> None:
        """Store a list in place of the one before."""
        try:
            path = self._path(name)
            self._fresh(path, msgspec.msgpack.encode(_in_columns(saved))).replace(path)
            self._forget_oldest()
        except (OSError, OverflowError, ValueError, UserError):  # msgpack cannot encode lone surrogates
            return

    def write_soon(self, name: str, saved: Saved[Any]) -> None:
        """Write a list in the background, in call order; of several with the same name, only the last is written."""
        with self._lock:
            self._unwritten.pop(name, None)
            self._unwritten[name] = saved
            if not self._is_writing:
                self._is_writing = True
                threading.Thread(target=self._write_all, name="last-lists", daemon=True).start()

    def _write_all(self) -> None:
        while self._write_next():
            pass
        self._written()

    def _write_next(self) -> bool:
        with self._lock:
            name = next(iter(self._unwritten), None)
            if name is None:
                self._is_writing = False
                return False
            saved = self._unwritten.pop(name)
        self.write(name, saved)
        return True

    def _fresh(self, path: Path, data: bytes) -> Path:
        fresh = path.with_name(f"{path.name}.{os.getpid()}.{threading.get_ident()}.new")
        opened = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        with open(opened, "wb") as file:  # noqa: PTH123 - opened with private permissions
            file.write(data)
        return fresh

    def _path(self, name: str) -> Path:
        from hashlib import blake2b

        key = self._key()
        listed = "\0".join((FORMAT, self._server, self._mark(key), name)).encode("utf-8", "surrogatepass")
        return self._directory / f"{blake2b(listed, key=key, digest_size=16).hexdigest()}.list"

    def _key(self) -> bytes:
        path = self._directory / "key"
        try:
            key = _read_private(path)
        except FileNotFoundError:
            self._make_key(path)
            key = _read_private(path)
        if len(key) != _KEY_SIZE:
            raise OSError("the key of the lists is damaged")
        return key

    def _make_key(self, path: Path) -> None:
        """Create the key, unless another thread or program was first: lists under a replaced key are lost."""
        self._directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = self._fresh(path, os.urandom(_KEY_SIZE))
        try:
            with suppress(FileExistsError):
                path.hardlink_to(fresh)
        finally:
            fresh.unlink()

    def _forget_oldest(self) -> None:
        files = sorted(self._directory.glob("*.list"), key=lambda path: path.stat().st_mtime, reverse=True)
        for path in (*files[MOST_LISTS:], *self._directory.glob("*.new")):  # .new: left by a killed program
            if path.suffix == ".list" or time.time() - path.stat().st_mtime > LONGEST_WRITE:
                path.unlink(missing_ok=True)


def _in_columns(saved: Saved[Any]) -> Saved[Any]:
    if not (saved.items and isinstance(saved.items[0], Artifact)):
        return saved
    from artifact_tui.cache.stored_artifacts import store

    return replace(saved, items=(), columns=store(saved.items, saved.at))


def forget_lists(directory: Path) -> bool:
    """Remove all cached lists and the key; return whether there were any. Raises OSError."""
    kept = [path for path in directory.glob("*") if path.suffix in {".list", ".new"}]
    for path in (*kept, directory / "key"):
        path.unlink(missing_ok=True)
    return bool(kept)


def _read_private(path: Path) -> bytes:
    """Return the content of a private file; raise OSError if others can read or write it."""
    opened = open_regular(path, os.O_RDONLY | os.O_NOFOLLOW)
    with open(opened, "rb") as file:  # noqa: PTH123 - opened without following links
        state = os.fstat(opened)
        if state.st_uid != os.getuid() or state.st_mode & 0o077:
            raise PermissionError(f"{path} is not private")
        return file.read()
