"""The last lists on disk, for the next start to show before the server answers.

Each list is a file that only its owner can read, with GitHub's objects but no headers, URLs of requests or tokens. Its
name is a keyed hash of server, token and list, so a list is only found with the same token; the key stays in the
directory.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Generic, TypeVar

import msgspec
from msgspec import Struct

from artifact_tui.domain.list_extent import Extent
from artifact_tui.domain.models import WorkflowRun
from artifact_tui.errors import UserError
from artifact_tui.regular_file import open_regular

Thing = TypeVar("Thing")
MOST_ITEMS = 2000
MOST_LISTS = 60
OLDEST = timedelta(days=30)
LONGEST_WRITE = 600
"""Seconds after which an unfinished file is abandoned."""
_KEY_SIZE = 32


class Saved(Struct, Generic[Thing], frozen=True):
    """A cached list: its rows, its time, the server's count, the runs of its artifacts, and its extent."""

    at: datetime
    items: tuple[Thing, ...]
    total: int | None = None
    runs: tuple[WorkflowRun, ...] = ()
    extent: Extent | None = None


class LastLists:
    """The cached lists of one server, which are optional, so methods never raise; ``mark`` hashes the account."""

    def __init__(self, directory: Path, server: str, mark: Callable[[bytes], str]) -> None:
        self._directory = directory
        self._server = server
        self._mark = mark
        self._lock = threading.Lock()
        self._unwritten: dict[str, Saved[Any]] = {}
        self._is_writing = False

    def read(self, name: str, kind: type[Thing], now: datetime) -> Saved[Thing] | None:
        """Return the list of that name; None if it is missing, damaged, from another account, or too old."""
        try:
            saved = msgspec.msgpack.decode(_read_private(self._path(name)), type=Saved[kind])  # type: ignore[valid-type]  # known when it runs
        except (OSError, ValueError, RecursionError, msgspec.DecodeError, UserError):
            return None
        return saved if timedelta(0) <= now - saved.at < OLDEST else None

    def write(self, name: str, saved: Saved[Thing]) -> None:
        """Store a list in place of the one before; a long one is cut."""
        kept = msgspec.structs.replace(saved, items=saved.items[:MOST_ITEMS])
        try:
            path = self._path(name)
            self._fresh(path, msgspec.msgpack.encode(kept)).replace(path)
            self._forget_oldest()
        except (OSError, UnicodeEncodeError, UserError):  # msgpack cannot encode lone surrogates
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
        while True:
            with self._lock:
                name = next(iter(self._unwritten), None)
                if name is None:
                    self._is_writing = False
                    return
                saved = self._unwritten.pop(name)
            self.write(name, saved)

    def _fresh(self, path: Path, data: bytes) -> Path:
        fresh = path.with_name(f"{path.name}.{os.getpid()}.{threading.get_ident()}.new")
        opened = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        with open(opened, "wb") as file:  # noqa: PTH123 - opened with private permissions
            file.write(data)
        return fresh

    def _path(self, name: str) -> Path:
        from hashlib import blake2b

        key = self._key()
        listed = "\0".join((self._server, self._mark(key), name)).encode("utf-8", "surrogatepass")
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
