"""A strict reader of the central directory of a zip.

The standard library's reader repairs, guesses and differs between releases (names cut at NUL, bytes before the archive,
a second directory behind a zip64 locator). This one refuses what two readers may understand differently. Layout:
APPNOTE.TXT 6.3.10, sections 4.3.12 to 4.3.16 and 4.5.3.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import BinaryIO

from msgspec import Struct

from artifact_tui.archive.errors import ArchiveDamaged, ArchiveRefused, Limits
from artifact_tui.archive.zip_names import NAME_IS_UTF8, extra_field, read_name
from artifact_tui.text import size as size_of

ReadAt = Callable[[int, int], bytes]  # reads ``(offset, length)``; fewer bytes only where the archive ends

STORED, DEFLATED, BZIP2, LZMA = 0, 8, 12, 14
WITH_HOLES = -1  # the method of a sparse file in a tar, which is larger than its stored bytes

END = struct.Struct("<4s4H2IH")
LOCATOR = struct.Struct("<4sIQI")
END64 = struct.Struct("<4sQ2H2I4Q")
HEADER = struct.Struct("<4s6H3I5H2I")
_LONGEST_COMMENT = 0xFFFF
_BLOCK = 512
LARGEST_DIRECTORY = 16 * 1024 * 1024  # bytes of 100,000 entries with names of 120 bytes; a plan takes a few times more
_IN_ZIP64_FIELD, _IN_ZIP64_COUNT = 0xFFFFFFFF, 0xFFFF
_ZIP64_EXTRA = 1
_UNIX_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_UNIX_TIMES = 1 << 48  # the offset of seconds since 1970 in a stamp; far beyond the seconds of the years 1 to 9999
_LEAST_UNIX_STAMP = 1 << 47


class Entry(Struct, frozen=True, kw_only=True, gc=False):
    """One entry as the central directory declares it; kept small, because there may be 100,000."""

    name: str
    size: int
    compressed: int
    crc: int
    method: int
    flags: int
    mode: int  # Unix type and permission bits, or 0
    offset: int  # -1 for a link without bytes
    stamp: int = 0  # MS-DOS date and time, 16 bits each, or the result of :func:`unix_stamp` for a tar
    raw: bytes = b""  # the name, if text and flags do not reproduce its bytes
    name_is_guess: bool = False  # the zip does not state the encoding
    link: str = ""  # the target of a tar's link

    @property
    def raw_name(self) -> bytes:
        """The name in bytes, as in both headers."""
        if self.raw:
            return self.raw
        return self.name.encode() if self.flags & NAME_IS_UTF8 or self.name_is_guess else self.name.encode("cp437")

    @property
    def is_bare_link(self) -> bool:
        """Whether this is a tar's symlink, or a hard link without a target in the tar: nothing can be saved."""
        return bool(self.link) and self.offset < 0

    @property
    def modified(self) -> datetime | None:
        """The modification time, or None if invalid; zips have no time zone, and GitHub's runners use UTC."""
        return self.moment(self.stamp)

    @staticmethod
    def moment(stamp: int) -> datetime | None:
        """Return the date and time of a stamp."""
        if stamp >= _LEAST_UNIX_STAMP:
            return _UNIX_EPOCH + timedelta(seconds=stamp - _UNIX_TIMES)
        date, time = stamp >> 16, stamp & 0xFFFF
        year, month, day = 1980 + (date >> 9), date >> 5 & 15, date & 31
        try:
            return datetime(year, month, day, time >> 11, time >> 5 & 63, (time & 31) * 2, tzinfo=UTC)
        except ValueError:
            return None

    @property
    def is_directory(self) -> bool:
        """Whether the name ends in a slash, as a directory's does (APPNOTE 4.3.17)."""
        return self.name.endswith("/")


def unix_stamp(seconds: int) -> int:
    """Return the stamp of a time in seconds since 1970, which may be negative; 0 outside the years 1 to 9999."""
    try:
        _UNIX_EPOCH + timedelta(seconds=seconds)
    except OverflowError:
        return 0
    return _UNIX_TIMES + seconds


class Directory(Struct, frozen=True):
    """All entries in the archive's order; ``start`` is where the directory begins and the entries' bytes end."""

    entries: tuple[Entry, ...]
    start: int


def reader(file: BinaryIO) -> ReadAt:
    """Return a reader of a file at any offset; for one thread."""

    def read(offset: int, length: int) -> bytes:
        file.seek(offset)
        return file.read(length)

    return read


def exactly(read: ReadAt, offset: int, length: int, entry: str = "") -> bytes:
    """Read ``length`` bytes; raise :class:`ArchiveDamaged` if there are fewer."""
    data = read(offset, length)
    if len(data) != length:
        raise ArchiveDamaged("ends too early", entry)
    return data


def read_directory(read: ReadAt, size: int, limits: Limits) -> Directory:
    """Read the directory of an archive of ``size`` bytes; raise :class:`ArchiveRefused`."""
    count, length, start = _find_end(read, size)
    if count > limits.entries:
        raise ArchiveRefused(f"has {count:,} entries, more than the limit of {limits.entries:,}")
    if length > LARGEST_DIRECTORY:
        limit = size_of(LARGEST_DIRECTORY)
        raise ArchiveRefused(f"has a table of contents of {size_of(length)}, more than the limit of {limit}")
    entries = tuple(islice(_parse(exactly(read, start, length)), count + 1))
    if len(entries) != count:
        raise ArchiveDamaged("has a different number of entries than it declares")
    return Directory(entries, start)


def _find_end(read: ReadAt, size: int) -> tuple[int, int, int]:
    """Return count, length and offset of the directory, from the end record and its zip64 form."""
    tail_start = max(0, size - END.size - _LONGEST_COMMENT)
    tail = exactly(read, tail_start, size - tail_start)
    # zeros that fill a block are padding: bsdtar --format zip -cf - writes them
    at = _end_record(tail, len(tail) if size % _BLOCK else len(tail.rstrip(b"\0")))
    _, *plain, _ = END.unpack_from(tail, at)
    disk, first_disk, here, count, length, start = plain
    end = tail_start + at
    locator = read(end - LOCATOR.size, LOCATOR.size) if end >= LOCATOR.size else b""
    if locator.startswith(b"PK\x06\x07"):
        end, (disk, first_disk, here, count, length, start) = _read_end64(read, end, locator, plain)
    if disk or first_disk or here != count:
        raise ArchiveRefused("is one part of a split archive")
    if start + length != end:
        raise ArchiveDamaged("has a table of contents at the wrong offset")
    return count, length, start


def _end_record(tail: bytes, padding: int) -> int:
    """Return the offset of the last end record whose comment ends in the padding that begins at ``padding``."""
    at = tail.rfind(b"PK\x05\x06")
    while at >= 0 and not padding <= at + END.size + int.from_bytes(tail[at + 20 : at + 22], "little") <= len(tail):
        at = tail.rfind(b"PK\x05\x06", 0, at)
    if at < 0:
        raise ArchiveDamaged("is not a zip, or its end is missing")
    return at


def _read_end64(read: ReadAt, end: int, locator: bytes, plain: list[int]) -> tuple[int, tuple[int, ...]]:
    """Return the zip64 end record, which precedes its locator and agrees with the fields of the plain one."""
    _, _, offset, disks = LOCATOR.unpack(locator)
    if offset + END64.size > end - LOCATOR.size or disks > 1:
        raise ArchiveDamaged("has a broken zip64 record")
    magic, length, _, _, *fields = END64.unpack(exactly(read, offset, END64.size))
    if magic != b"PK\x06\x06" or offset + 12 + length != end - LOCATOR.size:
        raise ArchiveDamaged("has a broken zip64 record")
    limits = [_IN_ZIP64_COUNT] * 4 + [_IN_ZIP64_FIELD] * 2
    if any(small not in (limit, large) for small, large, limit in zip(plain, fields, limits, strict=True)):
        raise ArchiveDamaged("has two end records that contradict each other")
    return offset, tuple(fields)


def _parse(data: bytes) -> Iterator[Entry]:
    at = 0
    while at < len(data):
        if len(data) - at < HEADER.size or not data.startswith(b"PK\x01\x02", at):
            raise ArchiveDamaged("has a broken table of contents")
        fields = HEADER.unpack_from(data, at)
        name_end = at + HEADER.size + fields[10]
        extra_end = name_end + fields[11]
        if extra_end + fields[12] > len(data):
            raise ArchiveDamaged("has a broken table of contents")
        yield _entry(fields, data[at + HEADER.size : name_end], data[name_end:extra_end])
        at = extra_end + fields[12]


def _entry(fields: tuple[int, ...], raw_name: bytes, extra: bytes) -> Entry:
    name = read_name(raw_name, fields[3], fields[1], extra)
    sizes = (fields[9], fields[8], fields[16], fields[13])
    size, compressed, offset, disk = _widen(name.text, sizes, extra)
    if disk:
        raise ArchiveRefused("is in another part of the archive", name.text)
    return Entry(
        name=name.text,
        size=size,
        compressed=compressed,
        crc=fields[7],
        method=fields[4],
        flags=fields[3],
        mode=fields[15] >> 16,
        offset=offset,
        stamp=fields[6] << 16 | fields[5],
        raw=name.raw,
        name_is_guess=name.is_guess,
    )


def _widen(name: str, values: tuple[int, int, int, int], extra: bytes) -> list[int]:
    """Return size, compressed size, offset and disk, with large values from the zip64 extra field."""
    limits = (_IN_ZIP64_FIELD, _IN_ZIP64_FIELD, _IN_ZIP64_FIELD, _IN_ZIP64_COUNT)
    widths = (8, 8, 8, 4)
    if _IN_ZIP64_FIELD not in values[:3] and values[3] != _IN_ZIP64_COUNT:
        return list(values)
    field, at, wide = extra_field(extra, _ZIP64_EXTRA) or b"", 0, []
    for value, limit, width in zip(values, limits, widths, strict=True):
        if value == limit:
            if at + width > len(field):
                raise ArchiveDamaged("lacks its zip64 sizes", name)
            value = int.from_bytes(field[at : at + width], "little")
            at += width
        wide.append(value)
    return wide
