"""Decompression of gzip, bzip2, xz and Zstandard in pieces of limited size."""

from __future__ import annotations

import bz2
import lzma
import re
import sys
import zlib
from collections import deque
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Protocol

from artifact_tui.archive.ranges import ArchiveUnreadable
from artifact_tui.archive.tar_header import BLOCK, checksum_is_right

STEP = 1024 * 1024
MOST_MEMORY = 128 * 1024 * 1024  # bytes that a compressed file may require; ``xz -9`` requires half of that

_WINDOW_LOG = MOST_MEMORY.bit_length() - 1
_GZIP = 16 + zlib.MAX_WBITS
_GZIP_MAGIC = b"\x1f\x8b"
_MAGIC = {_GZIP_MAGIC: ".gz", b"BZh": ".bz2", b"\xfd7zXZ\0": ".xz", b"\x28\xb5\x2f\xfd": ".zst"}
_PACKED_TARS = (".tgz", ".tbz2", ".tbz", ".txz", ".tzst", ".crate")
_OUT_OF_MEMORY = re.compile("too much memory|memory usage limit", re.IGNORECASE)

Pieces = Iterator[bytes]
Garbage = Callable[[], None]  # called when the bytes after the last gzip member are ignored


class _Unpacker(Protocol):
    """The interface that the decompressors of ``bz2``, ``lzma`` and ``zstd`` share; they buffer unused input."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int = -1) -> bytes: ...


def unpack_pieces(name: str, pieces: Pieces, on_garbage: Garbage = lambda: None) -> Pieces:
    """Decompress by the suffix of ``name``, for tars by the content, as ``tar`` does; yield other files unchanged.

    The iterator raises :class:`ArchiveUnreadable` for damaged data and for data in another format.
    """
    ending = packing_of(name)
    if is_tar(name):
        first = next(pieces, b"")
        found = next((packing for magic, packing in _MAGIC.items() if first.startswith(magic)), "")
        ending = found or ("" if checksum_is_right(first[:BLOCK]) else ending)
        pieces = chain((first,), pieces)
    return _UNPACKERS[ending](pieces, on_garbage) if ending else pieces


def packing_of(name: str) -> str:
    """Return the suffix that states the compression, or an empty string; the unpacked file's name lacks it."""
    lower = name.lower()
    return next((ending for ending in _UNPACKERS if lower.endswith(ending)), "")


def is_tar(name: str) -> bool:
    """Return whether the name is that of a tar, compressed or not."""
    lower = name.lower()
    return lower.endswith(_PACKED_TARS) or lower.removesuffix(packing_of(name)).endswith(".tar")


def _gunzip(pieces: Pieces, on_garbage: Garbage) -> Pieces:
    """Unpack members (RFC 1952, 2.2) with padding between them; ignore what follows the last one, as ``gzip`` does."""
    unpacker, held = zlib.decompressobj(_GZIP), b""
    for piece in pieces:
        packed = held + piece
        while packed:
            if unpacker.eof:
                packed = packed.lstrip(b"\0")
                if len(packed) < len(_GZIP_MAGIC):
                    break
                if not packed.startswith(_GZIP_MAGIC):
                    on_garbage()
                    deque(pieces, maxlen=0)  # the CRC of the entry is checked at its end
                    return
                unpacker = zlib.decompressobj(_GZIP)
            try:
                yield unpacker.decompress(packed, STEP)
            except zlib.error:
                raise _damaged("gzip") from None
            packed = unpacker.unused_data if unpacker.eof else unpacker.unconsumed_tail
        held = packed
    if not unpacker.eof:
        raise _cut("gzip")
    if held:
        on_garbage()


def _bunzip(pieces: Pieces, _: Garbage) -> Pieces:
    return _stream(pieces, bz2.BZ2Decompressor, "bzip2")


def _unxz(pieces: Pieces, _: Garbage) -> Pieces:
    return _stream(pieces, lambda: lzma.LZMADecompressor(memlimit=MOST_MEMORY), "xz")


def _unzstd(pieces: Pieces, _: Garbage) -> Pieces:
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd

    options: dict[int, int] = {zstd.DecompressionParameter.window_log_max: _WINDOW_LOG}
    return _stream(pieces, lambda: zstd.ZstdDecompressor(options=options), "zst", zstd.ZstdError)


def _stream(
    pieces: Pieces, make: Callable[[], _Unpacker], what: str, damage: type[Exception] = lzma.LZMAError
) -> Pieces:
    unpacker = make()
    for piece in pieces:
        packed = piece.lstrip(b"\0") if unpacker.eof else piece
        while packed or not (unpacker.needs_input or unpacker.eof):
            if unpacker.eof:
                unpacker = make()
            try:
                yield unpacker.decompress(packed, STEP)
            except (OSError, EOFError, damage) as error:
                raise (_too_much(what) if needs_too_much_memory(error) else _damaged(what)) from None
            packed = unpacker.unused_data.lstrip(b"\0") if unpacker.eof else b""
    if not unpacker.eof:
        raise _cut(what)


def needs_too_much_memory(error: Exception) -> bool:
    """Return whether a decompressor stopped because of its memory limit."""
    return bool(_OUT_OF_MEMORY.search(str(error)))


def _damaged(what: str) -> ArchiveUnreadable:
    return ArchiveUnreadable(f"Not a valid {what} file. It is damaged, or its name is wrong.", "d saves it.")


def _too_much(what: str) -> ArchiveUnreadable:
    return ArchiveUnreadable(f"This {what} file needs more than {MOST_MEMORY >> 20} MiB of memory.", "d saves it.")


def _cut(what: str) -> ArchiveUnreadable:
    return ArchiveUnreadable(f"This {what} file is cut short.", "d saves it.")


_UNPACKERS: dict[str, Callable[[Pieces, Garbage], Pieces]] = {
    **dict.fromkeys((".gz", ".tgz", ".crate"), _gunzip),
    **dict.fromkeys((".bz2", ".tbz2", ".tbz"), _bunzip),
    **dict.fromkeys((".xz", ".txz", ".lzma"), _unxz),
    **dict.fromkeys((".zst", ".tzst", ".zstd"), _unzstd),
}
