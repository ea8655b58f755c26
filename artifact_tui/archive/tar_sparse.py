"""Sparse files in tars (GNU tar's manual, 15.3); holes become zeros only when they are read, so they cost nothing."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator

from artifact_tui.archive.errors import ArchiveDamaged, ArchiveRefused
from artifact_tui.archive.tar_header import BLOCK, SPARSE_MAP, Header, decimal, number
from artifact_tui.archive.zip_directory import ReadAt

MOST_SEGMENTS = 500_000  # the most segments of all maps of an archive; each takes 24 bytes of memory

_OLD_MAP, _OLD_EXTENDED, _OLD_SIZE = 386, 482, slice(483, 495)
_PAIR = 24
_DIGITS = re.compile(rb"\d+")
_LONGEST_NUMBER = 20


class UnknownSparse(Exception):
    """An unsupported version of the sparse format; ``str()`` is the version."""


class SparseMap:
    """The places of the bytes of a sparse file; ``size`` includes the holes, ``packed`` does not."""

    def __init__(self, size: int, numbers: Iterable[int], data: int, packed: int) -> None:
        """Take offset and length of each segment in turn; raise ArchiveDamaged if they overlap or do not fit."""
        self.size, self.packed = size, packed
        self._starts, self._lengths, self._places = array("q"), array("q"), array("q")
        end, place = 0, data
        for start, length in _pairs(numbers):
            if start < end or start + length > size or place + length > data + packed:
                raise ArchiveDamaged("has a broken sparse map")
            check_segments(len(self._starts) + 1)
            end = start + length
            if length:
                self._starts.append(start)
                self._lengths.append(length)
                self._places.append(place)
                place += length

    def __len__(self) -> int:
        return len(self._starts)

    def reader(self, read: ReadAt) -> ReadAt:
        """Return a function that reads the file at any offset, holes as zeros; ``read`` reads the archive."""

        def filled(offset: int, length: int) -> bytes:
            end = min(offset + length, self.size)
            out = bytearray(max(0, end - offset))
            for index in range(max(0, bisect_right(self._starts, offset) - 1), len(self)):
                start, place = self._starts[index], self._places[index]
                first, last = max(start, offset), min(start + self._lengths[index], end)
                if start >= end:
                    break
                if first < last:
                    out[first - offset : last - offset] = read(place + first - start, last - first)
            return bytes(out)

        return filled


def check_segments(count: int) -> None:
    """Raise :class:`ArchiveRefused` for more than :data:`MOST_SEGMENTS`."""
    if count > MOST_SEGMENTS:
        raise ArchiveRefused(f"has more than {MOST_SEGMENTS:,} sparse segments")


def sparse_map(header: Header, read: ReadAt, data: int) -> tuple[SparseMap | None, int]:
    """Return the map of a file, or None without holes, and its data's offset; raise ArchiveDamaged, UnknownSparse."""
    pax, packed = header.pax, header.size
    if header.kind == b"S":
        if header.block[257:265] != b"ustar  \0":  # an old GNU header
            raise UnknownSparse("star")
        numbers = array("q")
        data = _read_old(header.block, read, data, numbers)
        return SparseMap(number(header.block[_OLD_SIZE]), numbers, data, packed), data
    if SPARSE_MAP in pax or b"GNU.sparse.size" in pax:
        size = decimal(pax.get(b"GNU.sparse.size") or pax.get(b"GNU.sparse.realsize") or b"")
        return SparseMap(size, _numbers_of(pax.get(SPARSE_MAP, b"")), data, packed), data
    version = pax.get(b"GNU.sparse.major"), pax.get(b"GNU.sparse.minor")
    if version == (None, None):
        return None, data
    if version != (b"1", b"0"):
        raise UnknownSparse(".".join((part or b"?").decode("ascii", "replace") for part in version))
    numbers, length = _read_numbers(read, data, packed)
    size = decimal(pax.get(b"GNU.sparse.realsize") or b"")
    return SparseMap(size, numbers, data + length, packed - length), data


def _numbers_of(text: bytes) -> Iterator[int]:
    if not re.fullmatch(rb"[\d,]*", text):
        raise ArchiveDamaged("has a broken sparse map")
    return (decimal(found[0]) for found in _DIGITS.finditer(text))


def _pairs(numbers: Iterable[int]) -> Iterator[tuple[int, int]]:
    each = iter(numbers)
    for start in each:
        length = next(each, None)
        if length is None:
            raise ArchiveDamaged("has a broken sparse map")
        yield start, length


def _read_old(block: bytes, read: ReadAt, data: int, numbers: array[int]) -> int:
    """Add the numbers in the header and the blocks after it (GNU tar's ``oldgnu_header``); return the data's offset."""
    first, count, extended = _OLD_MAP, 4, _OLD_EXTENDED
    while True:
        for at in range(first, first + count * _PAIR, _PAIR):
            if not block[at + 12]:
                return data
            numbers.extend((number(block[at : at + 12]), number(block[at + 12 : at + _PAIR])))
        if not block[extended]:
            return data
        check_segments(len(numbers) // 2)
        block, data = _block(read, data), data + BLOCK
        first, count, extended = 0, 21, 504


def _read_numbers(read: ReadAt, data: int, packed: int) -> tuple[array[int], int]:
    """Return the map at the start of a file of format 1.0: a count, then offsets and lengths, one per line."""
    numbers, wanted, at, rest = array("q"), 1, 0, b""
    while len(numbers) < wanted:
        if at + BLOCK > packed:
            raise ArchiveDamaged("has a broken sparse map")
        *lines, rest = (rest + _block(read, data + at)).split(b"\n")
        at += BLOCK
        if len(rest) > _LONGEST_NUMBER and len(numbers) + len(lines) < wanted:
            raise ArchiveDamaged("has a broken sparse map")
        numbers.extend(map(decimal, lines[: wanted - len(numbers)]))
        if wanted == 1 and numbers:
            wanted = 1 + 2 * numbers[0]
            check_segments(numbers[0])
            numbers.extend(map(decimal, lines[1:wanted]))
    return numbers[1:], at


def _block(read: ReadAt, at: int) -> bytes:
    block = read(at, BLOCK)
    if len(block) < BLOCK:
        raise ArchiveDamaged("ends too early")
    return block
