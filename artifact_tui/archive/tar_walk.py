"""All members of a tar in order, with their extension headers and the offsets of their bytes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from artifact_tui.archive.errors import ArchiveDamaged, ArchiveRefused, Limits
from artifact_tui.archive.tar_header import BLOCK, Header, checksum_is_right, read_pax
from artifact_tui.archive.tar_sparse import SparseMap, UnknownSparse, check_segments, sparse_map
from artifact_tui.archive.zip_directory import ReadAt

HARD_LINK, SYMLINK = b"1", b"2"
DIRECTORIES = (b"5", b"D")
NO_FILES = {
    b"3": "character device",
    b"4": "block device",
    b"6": "FIFO",
    b"M": "part of a file on another volume",
    b"N": "list of names",
    b"V": "volume label",
}

_PAX, _GLOBAL_PAX, _LONG_NAME, _LONG_LINK = (b"x", b"X"), b"g", b"L", b"K"
_LONG = (_LONG_NAME, _LONG_LINK)
_WITHOUT_BYTES = (HARD_LINK, SYMLINK, b"3", b"4", b"5", b"6")
_LONGEST_NAME = 64 * 1024
_LONGEST_PAX = 4 * 1024 * 1024
_MOST_EXTENSIONS = 64 * 1024 * 1024  # the most bytes of all extension headers, which take time rather than memory


class Member(NamedTuple):
    """A member of a tar with ``size`` bytes at ``data``; ``unknown`` says why a sparse file cannot be read."""

    header: Header
    data: int
    size: int
    sparse: SparseMap | None = None
    unknown: str = ""

    @property
    def is_directory(self) -> bool:
        """Whether this is a directory; old programs without that type end its name in a slash."""
        kind = self.header.kind
        return kind in DIRECTORIES or (self.is_file and self.header.name.endswith("/"))

    @property
    def is_file(self) -> bool:
        """Whether this is a file: POSIX treats unknown types as files, and a hard link may carry bytes."""
        kind = self.header.kind
        return bool(self.size) if kind == HARD_LINK else kind not in (SYMLINK, *DIRECTORIES, *NO_FILES)


def members(read: ReadAt, size: int, limits: Limits) -> Iterator[Member]:
    """Read all headers up to the first block of zeros or the end; raise :class:`ArchiveRefused`."""
    at = number = segments = 0
    extensions = _Extensions()
    while (block := _header(read, at)) is not None:
        header, data = extensions.header(block), at + BLOCK
        if header.kind in (*_PAX, _GLOBAL_PAX, *_LONG):
            longest = _LONGEST_NAME if header.kind in _LONG else _LONGEST_PAX
            text, at = _extension(read, Header(block, {}), data, longest)
            extensions.add(header.kind, text)
            continue
        number += 1
        if number > limits.entries:
            raise ArchiveRefused(f"has more than {limits.entries:,} entries")
        member = _member(read, header, data)
        segments += len(member.sparse) if member.sparse else 0
        check_segments(segments)
        if member.data + member.size > size:
            raise ArchiveDamaged("ends too early", header.name)
        yield member
        at = _padded(member.data + member.size)
        extensions.own, extensions.names = {}, {}


class _Extensions:
    def __init__(self) -> None:
        self.own: dict[bytes, bytes] = {}
        self.names: dict[bytes, bytes] = {}
        self._shared: dict[bytes, bytes] = {}
        self._length = 0

    def add(self, kind: bytes, text: bytes) -> None:
        self._length += len(text)
        if self._length > _MOST_EXTENSIONS:
            raise ArchiveRefused("has too many extension headers")
        if kind in _LONG:
            self.names[kind] = text.partition(b"\0")[0]
        else:
            (self._shared if kind == _GLOBAL_PAX else self.own).update(read_pax(text))

    def header(self, block: bytes) -> Header:
        return Header(block, {**self._shared, **self.own}, self.names.get(_LONG_NAME), self.names.get(_LONG_LINK))


def _header(read: ReadAt, at: int) -> bytes | None:
    block = read(at, BLOCK)
    if not block.strip(b"\0"):
        return None
    if len(block) < BLOCK:
        raise ArchiveDamaged("ends too early")
    if not checksum_is_right(block):
        raise ArchiveDamaged("is not a tar archive, or is damaged")
    return block


def _extension(read: ReadAt, header: Header, data: int, limit: int) -> tuple[bytes, int]:
    """Return the text of an extension header, and the offset of the next header."""
    length = header.size
    if length > limit:
        raise ArchiveRefused(f"has a {'name' if limit == _LONGEST_NAME else 'header'} that is too long")
    text = read(data, length)
    if len(text) < length:
        raise ArchiveDamaged("ends too early")
    return text, _padded(data + length)


def _member(read: ReadAt, header: Header, data: int) -> Member:
    if header.kind in _WITHOUT_BYTES:
        return Member(header, data, _bytes_behind(read, header, data))
    if header.kind in (*DIRECTORIES, *NO_FILES):
        return Member(header, data, header.size)
    try:
        sparse, start = sparse_map(header, read, data)
    except UnknownSparse as version:
        return Member(header, data, header.size, unknown=f"sparse file of unknown format {version}")
    return Member(header, start, header.size, sparse)


def _bytes_behind(read: ReadAt, header: Header, data: int) -> int:
    """Return the real size: links, devices and directories may state one although no bytes follow."""
    size = header.size
    block = read(data, BLOCK) if size else b""
    return size if block.strip(b"\0") and not checksum_is_right(block) else 0


def _padded(end: int) -> int:
    return -(-end // BLOCK) * BLOCK
