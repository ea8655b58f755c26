"""Some files of an artifact as a smaller zip: the spans of the blob that hold them, and a new table of contents.

It is downloaded, resumed, checked and unpacked like any artifact.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from typing import NamedTuple

from msgspec import Struct

from artifact_tui.archive.ranges import ArchiveUnreadable, changed
from artifact_tui.archive.zip_directory import END, END64, HEADER, LOCATOR, Entry
from artifact_tui.archive.zip_names import unicode_path_field
from artifact_tui.domain.provider import Archive, Body, Offline

_SMALL_GAP = 16 * 1024  # bytes between two selected entries that are downloaded too, because another request costs more
_MOST_OVERHEAD = 30 + 2 * 0xFFFF + 24  # a local header with the longest name and extra field, and a data descriptor
_EXTRA64 = struct.Struct("<2H3Q")
_VERSION = 3 << 8 | 45
_FULL16, _FULL32 = 0xFFFF, 0xFFFFFFFF


class ByteSpan(NamedTuple):
    """Bytes of the blob from ``start`` up to, but not including, ``end``."""

    start: int
    end: int


class Selection(Struct, frozen=True):
    """Entries of one blob, in the order of their offsets, and the spans that hold them.

    ``etag`` is that of the blob. ``root`` is the path of the one selected file or folder, or empty for several.
    """

    entries: tuple[Entry, ...]
    spans: tuple[ByteSpan, ...]
    etag: str
    root: str = ""

    @property
    def packed(self) -> int:
        """The number of bytes to download."""
        return sum(span.end - span.start for span in self.spans)

    @property
    def unpacked(self) -> int:
        """The number of bytes of the files on disk."""
        return sum(entry.size for entry in self.entries)

    @property
    def size(self) -> int:
        """The size of the smaller zip in bytes."""
        return self.packed + len(self.directory)

    @property
    def directory(self) -> bytes:
        """The table of contents of the smaller zip, in zip64 format (APPNOTE 4.3.12 to 4.3.16)."""
        offsets = self._offsets()
        records = b"".join(_record(entry, offsets[entry.offset]) for entry in self.entries)
        return records + _end(len(self.entries), len(records), self.packed)

    def _offsets(self) -> dict[int, int]:
        offsets, before, spans = {}, 0, iter(self.spans)
        span = next(spans, ByteSpan(0, 0))
        for entry in self.entries:
            while entry.offset >= span.end:
                before += span.end - span.start
                span = next(spans)
            offsets[entry.offset] = before + entry.offset - span.start
        return offsets

    def narrow(self, archive: Archive) -> Archive:
        """Return the smaller zip, read from the whole one."""
        return NarrowArchive(archive, self)


def select(entries: Sequence[Entry], chosen: Iterable[Entry], start: int, etag: str, root: str = "") -> Selection:
    """Select some ``entries`` of a zip whose directory begins at ``start``."""
    wanted = sorted(chosen, key=lambda entry: entry.offset)
    starts = sorted({entry.offset for entry in entries})
    following = dict(zip(starts, [*starts[1:], start], strict=True))
    spans: list[ByteSpan] = []
    for entry in wanted:
        if entry.offset >= start:
            raise ArchiveUnreadable("This archive cannot be read in parts: its table of contents contradicts itself.")
        end = min(following[entry.offset], entry.offset + entry.compressed + _MOST_OVERHEAD)
        if spans and entry.offset - spans[-1].end <= _SMALL_GAP:
            spans[-1] = ByteSpan(spans[-1].start, max(spans[-1].end, end))
        else:
            spans.append(ByteSpan(entry.offset, end))
    return Selection(tuple(wanted), tuple(spans), etag, _path(root))


def select_held(entry: Entry, packed: int, etag: str, root: str) -> Selection:
    """Select one zip entry; ``packed`` is its length in bytes from its local header on."""
    return Selection((entry,), (ByteSpan(entry.offset, entry.offset + packed),), etag, _path(root))


def _path(root: str) -> str:
    return "/".join(part for part in root.split("/") if part not in ("", "."))


class NarrowArchive:
    """Implements :class:`~artifact_tui.domain.provider.Archive` over another archive."""

    def __init__(self, archive: Archive, selection: Selection) -> None:
        self._archive = archive
        self._selection = selection
        self._directory = selection.directory

    @contextmanager
    def read(self, start: int = 0, end: int | None = None, *, etag: str = "") -> Iterator[Body]:
        """Open a range; each span in it takes one request, sent when it is reached."""
        total = self._selection.packed + len(self._directory)
        last = total if end is None else min(end, total)
        with closing(NarrowBody(self._archive, self._selection, self._directory, start, last)) as body:
            yield body


class NarrowBody:
    """Implements :class:`~artifact_tui.domain.provider.Body`."""

    file_name = ""

    def __init__(self, archive: Archive, selection: Selection, directory: bytes, start: int, end: int) -> None:
        self.start = start
        self.end: int | None = end
        self.total: int | None = selection.packed + len(directory)
        self.etag = selection.etag
        self._archive = archive
        self._spans = selection.spans
        self._directory = directory
        self._body: Body | None = None
        self._closed = False

    def __iter__(self) -> Iterator[bytes]:
        """Yield chunks as the network delivers them."""
        at, end = 0, self.end or 0
        for span in self._spans:
            length = span.end - span.start
            first, last = max(self.start - at, 0), min(end - at, length)
            if first < last:
                yield from self._fetch(span.start + first, span.start + last)
            at += length
        yield self._directory[max(self.start - at, 0) : max(end - at, 0)]

    def close(self) -> None:
        """Close the connection, in any thread: a waiting iteration ends at once."""
        self._closed = True
        if (body := self._body) is not None:
            body.close()

    def _fetch(self, start: int, end: int) -> Iterator[bytes]:
        with self._archive.read(start, end, etag=self.etag) as body:
            self._body = body
            if self._closed:
                raise Offline("The connection was closed.")
            if (body.start, body.etag) != (start, self.etag):
                raise changed()
            left = end - start
            for chunk in body:
                yield chunk[:left]
                left -= len(chunk)
                if left <= 0 and body.end != end:
                    break
            self._body = None
        if left > 0:
            raise Offline("Connection to the download host lost.", "Try again.")


def _record(entry: Entry, offset: int) -> bytes:
    extra = _EXTRA64.pack(1, 24, entry.size, entry.compressed, offset)
    if entry.raw:
        extra += unicode_path_field(entry.name, entry.raw)
    name = entry.raw_name
    versions, stamp = (_VERSION, 45), (entry.stamp & 0xFFFF, entry.stamp >> 16)
    checks, lengths = (entry.crc, _FULL32, _FULL32), (len(name), len(extra), 0)
    place = (0, 0, entry.mode << 16, _FULL32)
    fixed = HEADER.pack(b"PK\x01\x02", *versions, entry.flags, entry.method, *stamp, *checks, *lengths, *place)
    return fixed + name + extra


def _end(count: int, length: int, start: int) -> bytes:
    wide = END64.pack(b"PK\x06\x06", END64.size - 12, _VERSION, 45, 0, 0, count, count, length, start)
    locator = LOCATOR.pack(b"PK\x06\x07", 0, start + length, 1)
    return wide + locator + END.pack(b"PK\x05\x06", 0, 0, _FULL16, _FULL16, _FULL32, _FULL32, 0)
