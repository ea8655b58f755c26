"""Bytes of an artifact that are already in memory, so saving them sends no request."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from artifact_tui.archive.files import EntryStream, Files, PackedStream, PlainStream
from artifact_tui.archive.zip_directory import Entry, ReadAt
from artifact_tui.domain.provider import Archive, Body


@dataclass(slots=True, weakref_slot=True, eq=False)
class Held:
    """All bytes of one entry; ``packed`` is the raw zip entry from its local header on, or empty."""

    entry: Entry
    data: bytes
    packed: bytes

    @classmethod
    def of(cls, entry: Entry, stream: EntryStream | None, data: bytes) -> Held | None:
        """Return the bytes that ``stream`` returned for the entry; None if they are incomplete."""
        if stream is None or len(data) < entry.size:
            return None
        return cls(entry, data, stream.packed if isinstance(stream, PackedStream) else b"")


Find = Callable[[], Held | None]  # returns the held bytes while they are in memory; called in any thread


class HeldFiles:
    """Files of which one is in memory."""

    def __init__(self, files: Files, held: Held) -> None:
        self._files, self._held = files, held
        self.entries, self.remarks = files.entries, files.remarks

    def open_entry(self, entry: Entry) -> EntryStream:
        """Open the entry, from memory if it is held."""
        if entry != self._held.entry:
            return self._files.open_entry(entry)
        data = self._held.data
        return PlainStream(lambda offset, length: data[offset - entry.offset :][:length], entry)

    def reader_of(self, entry: Entry) -> ReadAt | None:
        """Return the reader of the other files."""
        return self._files.reader_of(entry)


@dataclass(frozen=True)
class HeldArchive:
    """Implements ``Archive`` from memory, and opens the real archive for bytes that are not in memory."""

    find: Find
    etag: str
    open_archive: Callable[[], Archive]

    @contextmanager
    def read(self, start: int = 0, end: int | None = None, *, etag: str = "") -> Iterator[Body]:
        """Read the range, from memory if all of it is held."""
        held = self.find()
        first = held.entry.offset if held else 0
        if held is None or end is None or not first <= start <= end <= first + len(held.packed):
            with self.open_archive().read(start, end, etag=etag) as body:
                yield body
        else:
            yield HeldBody(held.packed[start - first : end - first], start, self.etag)


class HeldBody:
    """Implements :class:`~artifact_tui.domain.provider.Body`; ``total`` is unknown."""

    file_name = ""
    total: int | None = None

    def __init__(self, data: bytes, start: int, etag: str) -> None:
        self._data = data
        self.start = start
        self.end: int | None = start + len(data)
        self.etag = etag

    def __iter__(self) -> Iterator[bytes]:
        """Yield all bytes at once."""
        yield self._data

    def close(self) -> None:
        """Do nothing: there is no connection."""
