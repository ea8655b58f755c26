"""The files of a tar, from its headers (POSIX.1-2017, pax, "ustar Interchange Format"; GNU's long names)."""

from __future__ import annotations

from collections.abc import Iterator

from artifact_tui.archive.directory import Entry, ReadAt
from artifact_tui.archive.files import PlainStream, Stream
from artifact_tui.archive.refusal import ArchiveDamaged, ArchiveRefused, Limits

_BLOCK = 512
_LONGEST_EXTENSION = 64 * 1024
_FILES = b"0\0007"
_DIRECTORY, _PAX, _GLOBAL_PAX, _LONG_NAME = b"5", b"x", b"g", b"L"


class TarFiles:
    """Regular files and directories; links and devices are left out, as they hold no bytes."""

    def __init__(self, read: ReadAt, size: int, limits: Limits) -> None:
        """Read all headers; raises :class:`ArchiveRefused`."""
        self._read = read
        self.entries: tuple[Entry, ...] = tuple(_entries(read, size, limits))

    def open_entry(self, entry: Entry) -> Stream:
        """As :class:`~.files.Files` has it."""
        return PlainStream(self._read, entry)

    def reader_of(self, entry: Entry) -> ReadAt:
        """At any offset."""
        return lambda offset, length: self._read(entry.offset + offset, max(0, min(length, entry.size - offset)))


def looks_like_tar(start: bytes) -> bool:
    """Whether the first block of a file is a header."""
    return len(start) >= _BLOCK and _checksum_is_right(start[:_BLOCK])


def _entries(read: ReadAt, size: int, limits: Limits) -> Iterator[Entry]:
    at = count = 0
    long_name: bytes | None = None
    long_size: int | None = None
    while at + _BLOCK <= size:
        header = read(at, _BLOCK)
        if not header.strip(b"\0"):
            return
        if not _checksum_is_right(header):
            raise ArchiveDamaged("is no tar, or is damaged")
        length = _number(header[124:136]) if long_size is None else long_size
        kind, data = header[156:157], at + _BLOCK
        at = data + -(-length // _BLOCK) * _BLOCK
        if data + length > size:
            raise ArchiveDamaged("ends too early")
        if kind in (_PAX, _LONG_NAME):
            if length > _LONGEST_EXTENSION:
                raise ArchiveRefused("has a name that is too long")
            extension = read(data, length)
            if kind == _LONG_NAME:
                long_name = extension.rstrip(b"\0")
            else:
                long_name, long_size = _pax(extension, long_name)
            continue
        count += 1
        if count > limits.entries:
            raise ArchiveRefused(f"has more than {limits.entries:,} entries")
        name, long_name, long_size = long_name or _name(header), None, None
        if kind in _FILES or kind == _DIRECTORY:
            yield _entry(name, kind == _DIRECTORY, header, length, data)


def _entry(name: bytes, is_directory: bool, header: bytes, length: int, data: int) -> Entry:
    text = name.decode("utf-8", "surrogateescape").removeprefix("./")
    return Entry(
        name=text.rstrip("/") + "/" if is_directory else text,
        size=0 if is_directory else length,
        compressed=0 if is_directory else length,
        crc=0,
        method=0,
        flags=0,
        mode=_number(header[100:108]) & 0o777,
        offset=data,
    )


def _name(header: bytes) -> bytes:
    name, prefix = header[:100].partition(b"\0")[0], header[345:500].partition(b"\0")[0]
    return prefix + b"/" + name if prefix and header[257:262] == b"ustar" and header[262:264] != b"  " else name


def _pax(records: bytes, name: bytes | None) -> tuple[bytes | None, int | None]:
    """Name and size of the next entry; each record is ``LENGTH KEY=VALUE`` and a line feed."""
    size = None
    while records:
        digits = records.partition(b" ")[0][:10]
        length = int(digits) if digits.isdigit() else 0
        if not 0 < length <= len(records):
            raise ArchiveDamaged("has a broken header")
        key, _, value = records[:length].partition(b" ")[2].removesuffix(b"\n").partition(b"=")
        records = records[length:]
        if key == b"path":
            name = value
        elif key == b"size" and value.isdigit():
            size = int(value[:20])
    return name, size


def _number(field: bytes) -> int:
    """Octal digits, or, for what they cannot hold, base 256 behind a set first bit (GNU)."""
    if field[0] & 0x80:
        return int.from_bytes(bytes([field[0] & 0x7F]) + field[1:], "big")
    digits = field.strip(b" \0")
    if digits.strip(b"01234567"):
        raise ArchiveDamaged("has a broken header")
    return int(digits or b"0", 8)


def _checksum_is_right(header: bytes) -> bool:
    digits = header[148:156].strip(b" \0")
    if not digits or digits.strip(b"01234567"):
        return False
    return sum(header[:148]) + 8 * 0x20 + sum(header[156:]) == int(digits, 8)
