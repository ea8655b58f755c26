"""Reading of one zip entry in bounded memory, checked against everything the directory declares about it."""

from __future__ import annotations

import bz2
import lzma
import struct
import zlib
from collections.abc import Iterator

from artifact_tui.archive.compressed import MOST_MEMORY, needs_too_much_memory
from artifact_tui.archive.errors import ArchiveDamaged, ArchiveRefused
from artifact_tui.archive.zip_directory import BZIP2, DEFLATED, LZMA, STORED, WITH_HOLES, Entry, ReadAt, exactly

CHUNK = 1024 * 1024

_LOCAL = struct.Struct("<4s5H3I2H")
_ENCRYPTED = 1 << 0 | 1 << 6 | 1 << 13
_PATCH = 1 << 5
_LZMA_HAS_END_MARK = 1 << 1
_BEST_DEFLATE = 1032  # zlib: one byte of input gives at most this many bytes of output
_DEFLATE_OVERHEAD = 64
_LZMA_PROPERTIES = (5).to_bytes(2, "little")  # their size, after the version and before the properties
_LZMA_START = 9
_ZSTANDARD = 93
_UNPACKED_BY_7Z = {1: "Shrink", 6: "Implode", 9: "Deflate64", _ZSTANDARD: "Zstandard", 95: "XZ", 98: "PPMd"}
_OTHER_METHODS = {
    **dict.fromkeys((2, 3, 4, 5), "Reduce"),
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
    """Raise :class:`ArchiveRefused` for an entry that is unsupported or contradicts itself, before it is read."""
    if entry.method == WITH_HOLES:
        return
    if entry.flags & _ENCRYPTED:
        raise ArchiveRefused("is encrypted", entry.name)
    if entry.flags & _PATCH:
        raise ArchiveRefused("is a patch for another file, which is not supported", entry.name)
    if entry.method not in (STORED, DEFLATED, BZIP2, LZMA):
        raise ArchiveRefused(f"is compressed with {_method(entry.method)}", entry.name)
    if entry.method == STORED and entry.size != entry.compressed:
        raise ArchiveDamaged("declares two different sizes", entry.name)
    if entry.method == DEFLATED and entry.size > entry.compressed * _BEST_DEFLATE + _DEFLATE_OVERHEAD:
        raise ArchiveDamaged("declares more bytes than it can hold", entry.name)


def _method(method: int) -> str:
    """Return the name of an unsupported method (APPNOTE 4.4.5), and a program that can unpack it if one is known."""
    if method in _UNPACKED_BY_7Z:
        return f"{_UNPACKED_BY_7Z[method]}; 7z can unpack it{' (24.01 or later)' if method == _ZSTANDARD else ''}"
    return f"{_OTHER_METHODS.get(method, 'an unknown method')} (method {method}), which is not supported"


def find_bytes(read: ReadAt, entry: Entry) -> int:
    """Return the offset of the packed bytes; raise :class:`ArchiveDamaged` if the local header names another entry."""
    data, name = read(entry.offset, _LOCAL.size + len(entry.raw_name)), entry.raw_name
    if len(data) < _LOCAL.size:
        raise ArchiveDamaged("ends too early", entry.name)
    header = _LOCAL.unpack_from(data)
    if header[0] != b"PK\x03\x04" or header[9] != len(name) or data[_LOCAL.size :] != name:
        raise ArchiveDamaged("is not where the table of contents says", entry.name)
    return entry.offset + len(data) + int(header[10])


def contents(read: ReadAt, entry: Entry, start: int, *, step: int = CHUNK) -> Iterator[bytes]:
    """Yield the entry's bytes from its packed bytes at ``start``, at most 1 MiB each; raise :class:`ArchiveDamaged`."""
    crc = total = 0
    for piece in _unpacked(_packed(read, entry, start, step), entry):
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


def _unpacked(pieces: Iterator[bytes], entry: Entry) -> Iterator[bytes]:
    if entry.method == DEFLATED:
        return _inflate(pieces, entry)
    if entry.method == BZIP2:
        return _decompress(pieces, entry, bz2.BZ2Decompressor())
    if entry.method == LZMA:
        alone = lzma.LZMADecompressor(lzma.FORMAT_ALONE, memlimit=MOST_MEMORY)
        return _decompress(_as_lzma_file(pieces, entry), entry, alone)
    return pieces


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
            raise ArchiveDamaged("has extra bytes after its data", entry.name)
    if not inflater.eof:
        raise ArchiveDamaged("ends too early", entry.name)


def _as_lzma_file(pieces: Iterator[bytes], entry: Entry) -> Iterator[bytes]:
    """Replace the header (APPNOTE 5.8.8) by that of an ``.lzma`` file, for which Python limits the memory."""
    start = b""
    while len(start) < _LZMA_START and (piece := next(pieces, b"")):
        start += piece
    if not start.startswith(_LZMA_PROPERTIES, 2):
        raise ArchiveDamaged("cannot be unpacked", entry.name)
    size = -1 if entry.flags & _LZMA_HAS_END_MARK else entry.size
    yield start[4:_LZMA_START] + size.to_bytes(8, "little", signed=True) + start[_LZMA_START:]
    yield from pieces


def _decompress(
    pieces: Iterator[bytes], entry: Entry, unpacker: bz2.BZ2Decompressor | lzma.LZMADecompressor
) -> Iterator[bytes]:
    for packed in pieces:
        rest = packed
        while not unpacker.eof and (rest or not unpacker.needs_input):
            try:
                yield unpacker.decompress(rest, CHUNK)
            except (OSError, lzma.LZMAError) as error:
                raise _unpackable(error, entry) from None
            rest = b""
        if unpacker.unused_data or rest:
            raise ArchiveDamaged("has extra bytes after its data", entry.name)
    if not unpacker.eof:
        raise ArchiveDamaged("ends too early", entry.name)


def _unpackable(error: Exception, entry: Entry) -> ArchiveRefused:
    if needs_too_much_memory(error):
        return ArchiveRefused(f"needs more than {MOST_MEMORY >> 20} MiB of memory", entry.name)
    return ArchiveDamaged("cannot be unpacked", entry.name)
