"""Virtual large files: a list of pieces that can be read from any offset.

A piece is bytes or a repeated pattern, so a file of 2 GB takes a few kB of memory. Zip members are stored, because the
output of zlib's deflate differs between machines and the demo must be reproducible.
"""

import struct
import zlib
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

CHUNK = 256 * 1024


@dataclass(frozen=True)
class Filler:
    """`pattern` repeated to `length` bytes."""

    pattern: bytes
    length: int


Piece = bytes | Filler


def piece_size(piece: Piece) -> int:
    """Return the length of a piece in bytes."""
    return piece.length if isinstance(piece, Filler) else len(piece)


class Blob:
    """The bytes of one file, given as pieces in order."""

    def __init__(self, pieces: Iterable[Piece]) -> None:
        self.pieces = [piece for piece in pieces if piece_size(piece)]
        self._ends = list(accumulate(map(piece_size, self.pieces)))
        self.size = self._ends[-1] if self._ends else 0

    def read(self, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """Yield the bytes from `start` up to, but not including, `end` in chunks of at most `CHUNK` bytes."""
        stop = self.size if end is None else min(end, self.size)
        index = bisect_right(self._ends, start)
        while start < stop:
            piece = self.pieces[index]
            origin = self._ends[index] - piece_size(piece)
            last = min(stop, self._ends[index])
            yield from _read_piece(piece, start - origin, last - origin)
            start, index = last, index + 1


def _read_piece(piece: Piece, start: int, end: int) -> Iterator[bytes]:
    if isinstance(piece, bytes):
        for at in range(start, end, CHUNK):
            yield piece[at : min(end, at + CHUNK)]
        return
    period = len(piece.pattern)
    run = _repeated(piece.pattern)
    while start < end:
        offset = start % period
        length = min(end - start, len(run) - offset, CHUNK)
        yield run[offset : offset + length]
        start += length


@lru_cache(maxsize=8)
def _repeated(pattern: bytes) -> bytes:
    return pattern * (CHUNK // len(pattern) + 2)


# The checksum of a filler does not need its bytes: appending n bytes multiplies a CRC by x^(8n) modulo the polynomial,
# so doubling gives the CRC of a repeated pattern (RFC 1952, section 8).
_POLYNOMIAL = 0xEDB88320


def _multiply(left: int, right: int) -> int:
    """Multiply two polynomials modulo the CRC-32 polynomial, with the lowest power in the highest bit."""
    product = 0
    while left:
        if left & 0x80000000:
            product ^= right
        left = (left << 1) & 0xFFFFFFFF
        right = (right >> 1) ^ (_POLYNOMIAL if right & 1 else 0)
    return product


@lru_cache(maxsize=4096)
def _shift(length: int) -> int:
    result, power = 0x80000000, 0x00800000
    while length:
        if length & 1:
            result = _multiply(result, power)
        power = _multiply(power, power)
        length >>= 1
    return result


def join_crc(left: int, right: int, right_length: int) -> int:
    """Return the CRC-32 of the concatenation of two texts from their CRC-32s."""
    return _multiply(_shift(right_length), left) ^ right


def _filler_crc(filler: Filler) -> int:
    whole, rest = divmod(filler.length, len(filler.pattern))
    crc, block, length = 0, zlib.crc32(filler.pattern), len(filler.pattern)
    while whole:
        if whole & 1:
            crc = join_crc(crc, block, length)
        block = join_crc(block, block, length)
        length *= 2
        whole >>= 1
    return join_crc(crc, zlib.crc32(filler.pattern[:rest]), rest)


def crc32(pieces: Iterable[Piece]) -> int:
    """Return the CRC-32 of the concatenated pieces."""
    crc = 0
    for piece in pieces:
        crc = zlib.crc32(piece, crc) if isinstance(piece, bytes) else join_crc(crc, _filler_crc(piece), piece.length)
    return crc


@dataclass(frozen=True)
class BlobMember:
    """A file inside a zip."""

    name: str
    pieces: tuple[Piece, ...]

    @property
    def size(self) -> int:
        """The length of the file in bytes."""
        return sum(map(piece_size, self.pieces))


def make_zip(members: Iterable[BlobMember], moment: tuple[int, int, int, int, int, int]) -> Blob:
    """Return a zip of stored members, all modified at `moment` (year, month, day, hour, minute, second).

    Layout: PKWARE APPNOTE 6.3, sections 4.3.7 (local header), 4.3.12 (central directory) and 4.3.16 (end). Names are
    UTF-8 (general purpose bit 11), files are regular with mode 0644. Sizes must stay below 4 GiB.
    """
    year, month, day, hour, minute, second = moment
    stamp = struct.pack("<HH", hour << 11 | minute << 5 | second // 2, (year - 1980) << 9 | month << 5 | day)
    pieces: list[Piece] = []
    directory: list[bytes] = []
    offset = 0
    for member in members:
        name = member.name.encode()
        facts = stamp + struct.pack("<III", crc32(member.pieces), member.size, member.size)
        shared = struct.pack("<HHH", 20, 0x0800, 0) + facts + struct.pack("<HH", len(name), 0)
        pieces += [b"PK\x03\x04" + shared + name, *member.pieces]
        tail = struct.pack("<HHHII", 0, 0, 0, 0o100644 << 16, offset)
        directory.append(b"PK\x01\x02" + struct.pack("<H", 0x0314) + shared + tail + name)
        offset += 30 + len(name) + member.size
    central, count = b"".join(directory), len(directory)
    end = struct.pack("<HHHHIIH", 0, 0, count, count, len(central), offset, 0)
    return Blob([*pieces, central, b"PK\x05\x06" + end])
