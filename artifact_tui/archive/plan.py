"""What unpacking an archive would write, decided wholly from its directory before a byte is written."""

from __future__ import annotations

import os
import re
import stat
import unicodedata

from msgspec import Struct

from artifact_tui.archive.content import check_kind, find_bytes
from artifact_tui.archive.directory import Directory, Entry, ReadAt, read_directory
from artifact_tui.archive.refusal import ArchiveDamaged, ArchiveOverLimit, ArchiveRefused, Limits

_LONGEST_NAME, _LONGEST_PATH = 255, 2048
_DRIVE = re.compile(r"[A-Za-z]:")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_FORBIDDEN_ON_WINDOWS = re.compile(
    r'[<>:"|?*]|[. ]$|^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)', re.IGNORECASE
)

PathParts = tuple[str, ...]


class PlannedFile(Struct, frozen=True):
    """One file to write: where, from which entry, and where the entry's packed bytes start."""

    path: PathParts
    entry: Entry
    start: int

    @property
    def executable(self) -> bool:
        """Only where the entry says so."""
        return bool(self.entry.mode & 0o111)


class Plan(Struct, frozen=True):
    """Directories, parents first, then files; ``bytes`` is the sum of the files."""

    directories: tuple[PathParts, ...]
    files: tuple[PlannedFile, ...]
    bytes: int


def make_plan(read: ReadAt, size: int, limits: Limits) -> Plan:
    """Plan an archive of ``size`` bytes; raises :class:`ArchiveRefused` for the whole of it, never for a part."""
    directory = read_directory(read, size, limits)
    total = sum(entry.size for entry in directory.entries)
    tree = _Tree(limits)
    for entry in directory.entries:
        check_kind(entry)
        tree.add(entry)
    starts = check_spans(read, directory)
    if total > limits.bytes:
        raise ArchiveOverLimit(total, limits.bytes)
    files = tuple(PlannedFile(path, entry, starts[entry.offset]) for path, entry in tree.files)
    return Plan(tuple(sorted(tree.directories, key=len)), files, total)


def check_spans(read: ReadAt, directory: Directory) -> dict[int, int]:
    """Where each entry's packed bytes start, by its offset; no two entries may share a byte.

    Overlapping entries make an archive of kilobytes unpack to gigabytes.
    """
    starts: dict[int, int] = {}
    end = 0
    for entry in sorted(directory.entries, key=lambda entry: entry.offset):
        if entry.offset < end or entry.offset in starts:
            raise ArchiveDamaged("shares its bytes with another entry", entry.name)
        starts[entry.offset] = find_bytes(read, entry)
        end = starts[entry.offset] + entry.compressed
        if end > directory.start:
            raise ArchiveDamaged("reaches into the table of contents", entry.name)
    return starts


class _Tree:
    """The tree that grows while entries are added; no two names of it may meet on any file system."""

    def __init__(self, limits: Limits) -> None:
        self.files: list[tuple[PathParts, Entry]] = []
        self.directories: set[PathParts] = set()
        self._limits = limits
        self._taken: dict[PathParts, tuple[PathParts, bool]] = {}

    def add(self, entry: Entry) -> None:
        path = _safe_path(entry, self._limits.depth)
        is_directory = entry.name.endswith("/")
        _check_type(entry, is_directory)
        for depth in range(1, len(path)):
            self._take(path[:depth], entry, is_directory=True)
        if path:
            self._take(path, entry, is_directory=is_directory)
        if not is_directory:
            self.files.append((path, entry))

    def _take(self, path: PathParts, entry: Entry, *, is_directory: bool) -> None:
        key = tuple(_folded(part) for part in path)
        known = self._taken.get(key)
        if known is None:
            self._taken[key] = (path, is_directory)
        elif not is_directory or known != (path, True):
            raise ArchiveRefused("has the name of another entry", entry.name)
        if is_directory:
            self.directories.add(path)


def _folded(name: str) -> str:
    """The same for all names that one file system or another takes for the same."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def _safe_path(entry: Entry, depth: int) -> PathParts:
    name = entry.name
    if name.startswith("/") or _DRIVE.match(name):
        raise ArchiveRefused("has an absolute path", name)
    if "\\" in name or _CONTROL.search(name):
        raise ArchiveRefused("has a name with a character that no file should have", name)
    parts = name.removesuffix("/").split("/")
    path = tuple(part for part in parts if part != ".")
    if ".." in path:
        raise ArchiveRefused("leads outside the directory", name)
    if "" in path or not (path or name.endswith("/")):
        raise ArchiveRefused("has an empty name", name)
    if len(path) > depth:
        raise ArchiveRefused(f"is nested more than {depth} directories deep", name)
    if len(name.encode()) > _LONGEST_PATH or any(len(part.encode()) > _LONGEST_NAME for part in path):
        raise ArchiveRefused("has a name that is too long", name)
    if os.name == "nt" and any(map(_FORBIDDEN_ON_WINDOWS.search, path)):
        raise ArchiveRefused("has a name that Windows does not allow", name)
    return path


def _check_type(entry: Entry, is_directory: bool) -> None:
    kind = stat.S_IFMT(entry.mode)
    if kind == stat.S_IFLNK:
        raise ArchiveRefused("is a link", entry.name)
    if kind not in (0, stat.S_IFDIR if is_directory else stat.S_IFREG):
        raise ArchiveRefused("is neither a file nor a directory", entry.name)
    if is_directory and entry.size:
        raise ArchiveRefused("is a directory that holds bytes", entry.name)
