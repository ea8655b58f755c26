"""The plan of unpacking an archive, made from its directory before a byte is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct

from artifact_tui.archive.entry_reader import check_kind, find_bytes
from artifact_tui.archive.errors import ArchiveDamaged, ArchiveOverLimit, ArchiveRefused, Limits
from artifact_tui.archive.safe_path import ROOT_KEY, PathParts, check_type, name_key, safe_path
from artifact_tui.archive.zip_directory import Directory, Entry, ReadAt, read_directory


class UnpackPlace(Struct, frozen=True, eq=False, gc=False):
    """A file or directory to create, with its name and parent, so 100,000 deep paths take little memory."""

    name: str
    parent: UnpackPlace | None
    is_directory: bool

    @property
    def path(self) -> PathParts:
        """The parts of the path from the root down."""
        names = [self.name]
        place = self.parent
        while place is not None:
            names.append(place.name)
            place = place.parent
        return tuple(reversed(names))


class PlannedFile(Struct, frozen=True, eq=False, gc=False):
    """One file to write: its place, its entry, and the offset of the packed bytes."""

    place: UnpackPlace
    entry: Entry
    start: int

    @property
    def executable(self) -> bool:
        """Whether the entry is marked executable."""
        return bool(self.entry.mode & 0o111)


class UnpackPlan(Struct, frozen=True):
    """Directories, parents first, then files; ``bytes`` is the sum of the files."""

    directories: tuple[UnpackPlace, ...]
    files: tuple[PlannedFile, ...]
    bytes: int


def make_plan(read: ReadAt, size: int, limits: Limits) -> UnpackPlan:
    """Plan an archive of ``size`` bytes; raise :class:`ArchiveRefused` for all of it, never for a part."""
    directory = read_directory(read, size, limits)
    tree = _Tree(directory.entries, limits)
    return tree.plan(check_spans(read, directory))


def plan_entries(entries: Sequence[Entry], limits: Limits) -> UnpackPlan:
    """Plan entries whose bytes the caller reads, without bare links of tars; raise as :func:`make_plan` does."""
    return _Tree([entry for entry in entries if not entry.is_bare_link], limits).plan({})


def unpacked_size(read: ReadAt, size: int, limits: Limits) -> int:
    """Return the unpacked bytes from the directory alone; raise :class:`ArchiveRefused` if it cannot be unpacked."""
    return _Tree(read_directory(read, size, limits).entries, limits).plan({}).bytes


def check_spans(read: ReadAt, directory: Directory) -> dict[int, int]:
    """Return the packed bytes' offset by the entry's; overlaps, which unpack kilobytes to gigabytes, are refused."""
    starts: dict[int, int] = {}
    end = 0
    for entry in sorted(directory.entries, key=lambda entry: entry.offset):
        if entry.offset < end or entry.offset in starts:
            raise ArchiveDamaged("overlaps another entry", entry.name)
        if entry.offset >= directory.start:
            raise ArchiveDamaged("begins at an invalid offset", entry.name)
        starts[entry.offset] = find_bytes(read, entry)
        end = starts[entry.offset] + entry.compressed
        if end > directory.start:
            raise ArchiveDamaged("reaches into the table of contents", entry.name)
    return starts


class _Tree:
    """The files and directories of all entries; no file system may confuse two of their names."""

    def __init__(self, entries: Sequence[Entry], limits: Limits) -> None:
        """Add every entry; raise :class:`ArchiveRefused`."""
        self._files: list[tuple[UnpackPlace, Entry]] = []
        self._directories: list[UnpackPlace] = []
        self._bytes = sum(entry.size for entry in entries)
        self._limits = limits
        self._taken: dict[bytes, UnpackPlace] = {}
        for entry in entries:
            check_kind(entry)
            self._add(entry)

    def plan(self, starts: Mapping[int, int]) -> UnpackPlan:
        """Return the plan; raise :class:`ArchiveOverLimit` last, because the user may overrule only this."""
        if self._bytes > self._limits.bytes:
            raise ArchiveOverLimit(self._bytes, self._limits.bytes)
        files = tuple(PlannedFile(place, entry, starts.get(entry.offset, 0)) for place, entry in self._files)
        return UnpackPlan(tuple(self._directories), files, self._bytes)

    def _add(self, entry: Entry) -> None:
        path = safe_path(entry.name, self._limits.depth)
        check_type(entry)
        place, key = None, ROOT_KEY
        for depth, name in enumerate(path, 1):
            key = name_key(key, name)
            place = self._take(key, UnpackPlace(name, place, depth < len(path) or entry.is_directory), entry)
        if place is not None and not place.is_directory:
            self._files.append((place, entry))

    def _take(self, key: bytes, place: UnpackPlace, entry: Entry) -> UnpackPlace:
        """Return the place for a key; a directory may exist already under exactly the same name."""
        known = self._taken.get(key)
        if known is not None:
            if not (place.is_directory and known.is_directory and place.name == known.name):
                raise ArchiveRefused("has the name of another entry", entry.name)
            return known
        if len(self._taken) >= self._limits.entries:
            raise ArchiveRefused(f"has more files and directories than the limit of {self._limits.entries:,}")
        self._taken[key] = place
        if place.is_directory:
            self._directories.append(place)
        return place
