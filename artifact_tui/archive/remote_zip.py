"""The files inside an artifact, listed and read without downloading it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from artifact_tui.archive.content import check_kind, contents, find_bytes
from artifact_tui.archive.directory import STORED, Directory, Entry, ReadAt, read_directory
from artifact_tui.archive.ranges import ArchiveUnreadable, Ranges
from artifact_tui.archive.refusal import ArchiveDamaged, ArchiveRefused, Limits
from artifact_tui.provider import Archive

_LIMITS = Limits()
_HEADER_ROOM = 256
"""More than a local header takes without its name: 30 bytes and a few extra fields."""
_LARGEST_HEADER = 30 + 2 * 0xFFFF
_SLACK = 32 * 1024
"""Packed bytes that are fetched beyond what is probably needed, to save another request."""


class RemoteZip:
    """An artifact at its signed address, which the archive renews when it runs out.

    An artifact that is a plain file has one entry, that file; one of no bytes has none. Every method may raise
    :class:`ProviderError`, which :class:`ArchiveUnreadable` is.
    """

    def __init__(self, ranges: Ranges, directory: Directory) -> None:
        self._ranges = ranges
        self._directory = directory

    @classmethod
    def open(
        cls, archive: Archive, size: int, *, is_wanted: Callable[[], bool] = lambda: True, limits: Limits = _LIMITS
    ) -> RemoteZip:
        """Read the list of files: one request, or two when it is long; ``size`` as the API gives it."""
        ranges = Ranges(archive, size, is_wanted)
        with _plain_words():
            return cls(ranges, _without_directory(ranges) or read_directory(ranges.read, ranges.size, limits))

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All entries, in the order of the archive; names may be anything, and equal."""
        return self._directory.entries

    def read_entry(self, entry: Entry, limit: int) -> bytes:
        """An entry's bytes, or the first ``limit`` of them; checked against its CRC when they are all."""
        wanted = min(limit, entry.size)
        if self._ranges.file_name:
            return self._ranges.read(0, wanted)
        with _plain_words():
            check_kind(entry)
            return self._unpack(entry, wanted)

    def _unpack(self, entry: Entry, wanted: int) -> bytes:
        step = _packed_size(entry, wanted)
        read = _bounded(self._read_ahead(entry, step), entry, wanted)
        start = find_bytes(read, entry)
        if start + entry.compressed > self._directory.start:
            raise ArchiveDamaged("reaches into the table of contents", entry.name)
        unpacked = bytearray()
        for piece in contents(read, entry, start, step=step):
            unpacked += piece
            if wanted < entry.size and len(unpacked) >= wanted:
                break
        return bytes(unpacked[:wanted])

    def _read_ahead(self, entry: Entry, packed: int) -> ReadAt:
        """Header and packed bytes with one request."""
        length = _HEADER_ROOM + len(entry.raw_name) + packed
        return self._ranges.ahead(entry.offset, max(0, min(length, self._directory.start - entry.offset)))


def _packed_size(entry: Entry, wanted: int) -> int:
    """How many packed bytes give ``wanted`` ones, should the entry be packed as well at its start as on average."""
    needed = wanted * entry.compressed // max(1, entry.size) + _SLACK
    return max(1, min(entry.compressed, needed, _most_packed(wanted)))


def _most_packed(wanted: int) -> int:
    return 2 * wanted + _SLACK


def _bounded(read: ReadAt, entry: Entry, wanted: int) -> ReadAt:
    """Stop at packed bytes that give next to nothing: honest ones are hardly more than what they hold."""
    end = entry.offset + _most_packed(wanted) + _LARGEST_HEADER

    def bounded(offset: int, length: int) -> bytes:
        if offset > end:
            raise ArchiveDamaged("is packed into far more bytes than it holds", entry.name)
        return read(offset, length)

    return bounded


def _without_directory(ranges: Ranges) -> Directory | None:
    """The plain file, or nothing where there are no bytes; None for a zip."""
    if not ranges.file_name:
        return None if ranges.size else Directory((), 0)
    size = ranges.size
    entry = Entry(
        name=ranges.file_name,
        size=size,
        compressed=size,
        crc=0,
        method=STORED,
        flags=0,
        mode=0,
        offset=0,
    )
    return Directory((entry,), size)


@contextmanager
def _plain_words() -> Iterator[None]:
    try:
        yield
    except ArchiveRefused as refusal:
        sentence = f"This cannot be looked into: {refusal}."
        raise ArchiveUnreadable(sentence, "A download keeps the artifact as it is.") from None
