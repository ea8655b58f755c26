"""What unpacking an archive would write, decided wholly from its directory before a byte is written."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from artifact_tui.archive.entry_reader import check_kind, find_bytes
from artifact_tui.archive.errors import ArchiveDamaged, ArchiveOverLimit, ArchiveRefused, Limits
from artifact_tui.archive.safe_path import ROOT_KEY, PathParts, check_type, name_key, safe_path
from artifact_tui.archive.zip_directory import Directory, Entry, ReadAt, read_directory


class UnpackPlace(Struct, frozen=True, eq=False, gc=False):
    """A file or directory to be, by its name in its parent; 100,000 deep paths then take no more than their names."""

    name: str
    parent: UnpackPlace | None
    is_directory: bool

    @property
    def path(self) -> PathParts:
        """From the root of the tree down."""
        names = [self.name]
        place = self.parent
        while place is not None:
            names.append(place.name)
            place = place.parent
        return tuple(reversed(names))


class PlannedFile(Struct, frozen=True, eq=False, gc=False):
    """One file to write: where, from which entry, and where the entry's packed bytes start."""

    place: UnpackPlace
    entry: Entry
    start: int

    @property
    def executable(self) -> bool:
        """Only where the entry says so."""
        return bool(self.entry.mode & 0o111)


class UnpackPlan(Struct, frozen=True):
    """Directories, parents first, then files; ``bytes`` is the sum of the files."""

    directories: tuple[UnpackPlace, ...]
    files: tuple[PlannedFile, ...]
    bytes: int


def make_plan(read: ReadAt, size: int, limits: Limits) -> UnpackPlan:
    """Plan an archive of ``size`` bytes; raises :class:`ArchiveRefused` for the whole of it, never for a part."""
    directory = read_directory(read, size, limits)
    tree = _Tree(directory, limits)
    starts = check_spans(read, directory)
    tree.check_bytes()
    files = tuple(PlannedFile(place, entry, starts[entry.offset]) for place, entry in tree.files)
    return UnpackPlan(tuple(tree.directories), files, tree.bytes)


def plan_entries(entries: Sequence[Entry], limits: Limits) -> UnpackPlan:
    """Plan entries whose bytes the caller reads itself; raises as :func:`make_plan` does.

    Links of a tar that have no bytes are passed over.
    """
    tree = _Tree(Directory(tuple(entry for entry in entries if not entry.is_bare_link), 0), limits)
    tree.check_bytes()
    files = tuple(PlannedFile(place, entry, 0) for place, entry in tree.files)
    return UnpackPlan(tuple(tree.directories), files, tree.bytes)


def unpacked_size(read: ReadAt, size: int, limits: Limits) -> int:
    """How many bytes an archive of ``size`` bytes unpacks to, of which only the directory is read.

    For the room on the disk before anything is downloaded; raises :class:`ArchiveRefused` where it is clear already
    that nothing will be unpacked.
    """
    tree = _Tree(read_directory(read, size, limits), limits)
    tree.check_bytes()
    return tree.bytes


def check_spans(read: ReadAt, directory: Directory) -> dict[int, int]:
    """Where each entry's packed bytes start, by its offset; no two entries may share a byte.

    Overlapping entries make an archive of kilobytes unpack to gigabytes.
    """
    starts: dict[int, int] = {}
    end = 0
    for entry in sorted(directory.entries, key=lambda entry: entry.offset):
        if entry.offset < end or entry.offset in starts:
            raise ArchiveDamaged("shares its bytes with another entry", entry.name)
        if entry.offset >= directory.start:
            raise ArchiveDamaged("begins where no entry can be", entry.name)
        starts[entry.offset] = find_bytes(read, entry)
        end = starts[entry.offset] + entry.compressed
        if end > directory.start:
            raise ArchiveDamaged("reaches into the table of contents", entry.name)
    return starts


class _Tree:
    """All that the entries of a directory would become; no two names of it may meet on any file system."""

    def __init__(self, directory: Directory, limits: Limits) -> None:
        """Add every entry; raises :class:`ArchiveRefused`."""
        self.files: list[tuple[UnpackPlace, Entry]] = []
        self.directories: list[UnpackPlace] = []
        self.bytes = sum(entry.size for entry in directory.entries)
        self._limits = limits
        self._taken: dict[bytes, UnpackPlace] = {}
        for entry in directory.entries:
            check_kind(entry)
            self._add(entry)

    def check_bytes(self) -> None:
        """Raise :class:`ArchiveOverLimit`; asked last, for it must be all that is wrong."""
        if self.bytes > self._limits.bytes:
            raise ArchiveOverLimit(self.bytes, self._limits.bytes)

    def _add(self, entry: Entry) -> None:
        path = safe_path(entry.name, self._limits.depth)
        check_type(entry)
        place, key = None, ROOT_KEY
        for depth, name in enumerate(path, 1):
            key = name_key(key, name)
            place = self._take(key, UnpackPlace(name, place, depth < len(path) or entry.is_directory), entry)
        if place is not None and not place.is_directory:
            self.files.append((place, entry))

    def _take(self, key: bytes, place: UnpackPlace, entry: Entry) -> UnpackPlace:
        """Return the place of that key; of a directory it may be there already, under the very same name."""
        known = self._taken.get(key)
        if known is not None:
            if not (place.is_directory and known.is_directory and place.name == known.name):
                raise ArchiveRefused("has the name of another entry", entry.name)
            return known
        if len(self._taken) >= self._limits.entries:
            raise ArchiveRefused(f"has more files and directories than the limit of {self._limits.entries:,}")
        self._taken[key] = place
        if place.is_directory:
            self.directories.append(place)
        return place
