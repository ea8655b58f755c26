"""Unpacking of gzip, bzip2, xz and Zstandard, one piece of limited size at a time."""

from __future__ import annotations

import bz2
import lzma
import re
import sys
import zlib
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Protocol

from artifact_tui.archive.ranges import ArchiveUnreadable
from artifact_tui.archive.tar_header import BLOCK, checksum_is_right

STEP = 1024 * 1024
MOST_MEMORY = 128 * 1024 * 1024
"""What an xz or zst file may ask of its reader; ``xz -9`` asks for half of that."""

_WINDOW_LOG = MOST_MEMORY.bit_length() - 1
_MAGIC = {
    b"\x1f\x8b": ".gz",
    b"BZh": ".bz2",
    b"\xfd7zXZ\0": ".xz",
    b"\x28\xb5\x2f\xfd": ".zst",
}
_PACKED_TARS = (".tgz", ".tbz2", ".tbz", ".txz", ".tzst", ".crate")
_ASKS_FOR_TOO_MUCH = re.compile("too much memory|memory usage limit", re.IGNORECASE)

Pieces = Iterator[bytes]


class _Unpacker(Protocol):
    """What the modules of the standard library have in common; what they have not used yet they keep."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int = -1) -> bytes: ...


def unpack_pieces(name: str, pieces: Pieces) -> Pieces:
    """Unpack the format that the suffix of ``name`` states; yield anything else unchanged.

    A tar may be packed with anything, or not at all, as for ``tar``. The iterator raises :class:`ArchiveUnreadable`
    for what is damaged or something else.
    """
    ending = packing_of(name)
    if is_tar(name):
        first = next(pieces, b"")
        found = next((packing for magic, packing in _MAGIC.items() if first.startswith(magic)), "")
        ending = found or ("" if checksum_is_right(first[:BLOCK]) else ending)
        pieces = chain((first,), pieces)
    return _UNPACKERS[ending](pieces) if ending else pieces


def packing_of(name: str) -> str:
    """Return the ending that says what a file is packed with, and that its unpacked form goes without.

    Empty for none.
    """
    lower = name.lower()
    return next((ending for ending in _UNPACKERS if lower.endswith(ending)), "")


def is_tar(name: str) -> bool:
    """Return whether the name is that of a tar, packed or not."""
    lower = name.lower()
    return lower.endswith(_PACKED_TARS) or lower.removesuffix(packing_of(name)).endswith(".tar")


def _gunzip(pieces: Pieces) -> Pieces:
    """One or more members (RFC 1952, 2.2), with padding between them."""
    unpacker = zlib.decompressobj(16 + zlib.MAX_WBITS)
    for piece in pieces:
        packed = piece.lstrip(b"\0") if unpacker.eof else piece
        while packed:
            if unpacker.eof:
                unpacker = zlib.decompressobj(16 + zlib.MAX_WBITS)
            try:
                yield unpacker.decompress(packed, STEP)
            except zlib.error:
                raise _damaged("gzip") from None
            packed = unpacker.unused_data.lstrip(b"\0") if unpacker.eof else unpacker.unconsumed_tail
    if not unpacker.eof:
        raise _cut("gzip")


def _bunzip(pieces: Pieces) -> Pieces:
    return _stream(pieces, bz2.BZ2Decompressor, "bzip2")


def _unxz(pieces: Pieces) -> Pieces:
    return _stream(pieces, lambda: lzma.LZMADecompressor(memlimit=MOST_MEMORY), "xz")


def _unzstd(pieces: Pieces) -> Pieces:
    """Frames in a row (RFC 8878), with a window of at most 128 MiB."""
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd

    options: dict[int, int] = {zstd.DecompressionParameter.window_log_max: _WINDOW_LOG}
    return _stream(pieces, lambda: zstd.ZstdDecompressor(options=options), "zst", zstd.ZstdError)


def _stream(
    pieces: Pieces, make: Callable[[], _Unpacker], what: str, damage: type[Exception] = lzma.LZMAError
) -> Pieces:
    """One or more streams in a row, with padding between them."""
    unpacker = make()
    for piece in pieces:
        packed = piece.lstrip(b"\0") if unpacker.eof else piece
        while packed or not (unpacker.needs_input or unpacker.eof):
            if unpacker.eof:
                unpacker = make()
            try:
                yield unpacker.decompress(packed, STEP)
            except (OSError, EOFError, damage) as error:
                if _ASKS_FOR_TOO_MUCH.search(str(error)):
                    raise _too_much(what) from None
                raise _damaged(what) from None
            packed = unpacker.unused_data.lstrip(b"\0") if unpacker.eof else b""
    if not unpacker.eof:
        raise _cut(what)


def _damaged(what: str) -> ArchiveUnreadable:
    return ArchiveUnreadable(f"This is not the {what} file that its name says, or it is damaged.", "d saves it.")


def _too_much(what: str) -> ArchiveUnreadable:
    return ArchiveUnreadable(f"This {what} file needs more than {MOST_MEMORY >> 20} MiB of memory.", "d saves it.")


def _cut(what: str) -> ArchiveUnreadable:
    return ArchiveUnreadable(f"This {what} file ends too early.", "d saves it.")


_UNPACKERS: dict[str, Callable[[Pieces], Pieces]] = {
    **dict.fromkeys((".gz", ".tgz", ".crate"), _gunzip),
    **dict.fromkeys((".bz2", ".tbz2", ".tbz"), _bunzip),
    **dict.fromkeys((".xz", ".txz", ".lzma"), _unxz),
    **dict.fromkeys((".zst", ".tzst", ".zstd"), _unzstd),
}
