"""The bytes of one entry, unpacked in bounded memory and checked against all the directory declares of them."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from artifact_tui.archive.errors import ArchiveDamaged, ArchiveRefused
from artifact_tui.archive.zip_directory import DEFLATED, STORED, WITH_HOLES, Entry, ReadAt, exactly

CHUNK = 1024 * 1024

_LOCAL = struct.Struct("<4s5H3I2H")
_ENCRYPTED = 1 << 0 | 1 << 6 | 1 << 13
_PATCH = 1 << 5
_BEST_DEFLATE = 1032  # zlib: no byte of input gives more than this many of output
_DEFLATE_OVERHEAD = 64
_ZSTANDARD = 93
_UNPACKED_BY_7Z = {
    1: "Shrink",
    6: "Implode",
    9: "Deflate64",
    12: "BZip2",
    14: "LZMA",
    _ZSTANDARD: "Zstandard",
    95: "XZ",
    98: "PPMd",
}
_OTHER_METHODS = {
    2: "Reduce",
    3: "Reduce",
    4: "Reduce",
    5: "Reduce",
    10: "PKWARE DCL Implode",
    16: "IBM z/OS CMPSC",
    18: "IBM TERSE",
    19: "IBM LZ77",
    20: "Zstandard",
    94: "MP3",
    96: "JPEG",
    97: "WavPack",
    99: "AES",
}


def check_kind(entry: Entry) -> None:
    """Refuse what cannot be read, or cannot be what it declares, before any byte of it is.

    Other methods than stored and deflated are refused: GitHub's own tools write only these, and the others let the
    archive choose how much memory its reader needs.
    """
    if entry.method == WITH_HOLES:
        return
    if entry.flags & _ENCRYPTED:
        raise ArchiveRefused("is encrypted", entry.name)
    if entry.flags & _PATCH:
        raise ArchiveRefused("is a patch for another file, which is not supported", entry.name)
    if entry.method not in (STORED, DEFLATED):
        raise ArchiveRefused(f"is compressed with {_method(entry.method)}", entry.name)
    if entry.method == STORED and entry.size != entry.compressed:
        raise ArchiveDamaged("declares two different sizes", entry.name)
    if entry.size > entry.compressed * _BEST_DEFLATE + _DEFLATE_OVERHEAD:
        raise ArchiveDamaged("declares more bytes than it can hold", entry.name)


def _method(method: int) -> str:
    """Return the name of an unsupported method (APPNOTE 4.4.5), and a program that can unpack it if one is known."""
    if method in _UNPACKED_BY_7Z:
        return f"{_UNPACKED_BY_7Z[method]}; 7z can unpack it{' (24.01 or later)' if method == _ZSTANDARD else ''}"
    return f"{_OTHER_METHODS.get(method, 'an unknown method')} (method {method}), which is not supported"


def find_bytes(read: ReadAt, entry: Entry) -> int:
    """Where the packed bytes start; the local header must name the same entry."""
    header = _LOCAL.unpack(exactly(read, entry.offset, _LOCAL.size, entry.name))
    name_at = entry.offset + _LOCAL.size
    if header[0] != b"PK\x03\x04" or exactly(read, name_at, header[9], entry.name) != entry.raw_name:
        raise ArchiveDamaged("is not where the table of contents says", entry.name)
    return name_at + int(header[9]) + int(header[10])


def contents(read: ReadAt, entry: Entry, start: int, *, step: int = CHUNK) -> Iterator[bytes]:
    """Yield the entry's bytes in chunks of at most 1 MiB, from its packed bytes at ``start``, read ``step`` at a time.

    Never gives more bytes than declared; raises :class:`ArchiveDamaged` when they are fewer, more or others.
    """
    packed = _packed(read, entry, start, step)
    pieces = _inflate(packed, entry) if entry.method == DEFLATED else packed
    crc = total = 0
    for piece in pieces:
        total += len(piece)
        if total > entry.size:
            raise ArchiveDamaged("holds more bytes than it declares", entry.name)
        crc = zlib.crc32(piece, crc)
        yield piece
    if total != entry.size:
        raise ArchiveDamaged("holds fewer bytes than it declares", entry.name)
    if crc != entry.crc:
        raise ArchiveDamaged("does not match its checksum", entry.name)


def _packed(read: ReadAt, entry: Entry, start: int, step: int) -> Iterator[bytes]:
    for at in range(0, entry.compressed, step):
        yield exactly(read, start + at, min(step, entry.compressed - at), entry.name)


def _inflate(pieces: Iterator[bytes], entry: Entry) -> Iterator[bytes]:
    inflater = zlib.decompressobj(-zlib.MAX_WBITS)
    for packed in pieces:
        while packed and not inflater.eof:
            try:
                piece = inflater.decompress(packed, CHUNK)
            except zlib.error:
                raise ArchiveDamaged("cannot be unpacked", entry.name) from None
            packed = inflater.unconsumed_tail
            yield piece
        if inflater.unused_data or packed:
            raise ArchiveDamaged("is followed by bytes that belong to nothing", entry.name)
    if not inflater.eof:
        raise ArchiveDamaged("ends too early", entry.name)
