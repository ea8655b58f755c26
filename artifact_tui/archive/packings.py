"""What gzip, bzip2 and xz have packed, unpacked a piece at a time: no piece of output is longer than one step."""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Callable, Iterator

from artifact_tui.archive.ranges import ArchiveUnreadable

STEP = 1024 * 1024
MOST_MEMORY = 128 * 1024 * 1024
"""What an xz file may ask of its reader; ``xz -9`` asks for half of that."""

Pieces = Iterator[bytes]


def unpack_pieces(name: str, pieces: Pieces) -> Pieces:
    """Unpack what the end of ``name`` says it is packed with; anything else stays as it is.

    The iterator raises :class:`ArchiveUnreadable` for what is damaged or something else.
    """
    ending = packing_of(name)
    return _UNPACKERS[ending](pieces) if ending else pieces


def packing_of(name: str) -> str:
    """The ending that says what a file is packed with, and that its unpacked form goes without; empty for none."""
    lower = name.lower()
    return next((ending for ending in _UNPACKERS if lower.endswith(ending)), "")


def _gunzip(pieces: Pieces) -> Pieces:
    """One or more members (RFC 1952, 2.2)."""
    unpacker = zlib.decompressobj(16 + zlib.MAX_WBITS)
    for packed in pieces:
        while packed:
            if unpacker.eof:
                unpacker = zlib.decompressobj(16 + zlib.MAX_WBITS)
            try:
                yield unpacker.decompress(packed, STEP)
            except zlib.error:
                raise _damaged("gzip") from None
            packed = unpacker.unconsumed_tail or (unpacker.unused_data.lstrip(b"\0") if unpacker.eof else b"")
    if not unpacker.eof:
        raise _cut("gzip")


def _bunzip(pieces: Pieces) -> Pieces:
    return _stream(pieces, bz2.BZ2Decompressor, "bzip2")


def _unxz(pieces: Pieces) -> Pieces:
    return _stream(pieces, lambda: lzma.LZMADecompressor(memlimit=MOST_MEMORY), "xz")


def _stream(pieces: Pieces, make: Callable[[], bz2.BZ2Decompressor | lzma.LZMADecompressor], what: str) -> Pieces:
    """One or more streams in a row, with padding between them; the unpackers keep what they have not used yet."""
    unpacker = make()
    for piece in pieces:
        packed = piece.lstrip(b"\0") if unpacker.eof else piece
        while packed or not (unpacker.needs_input or unpacker.eof):
            if unpacker.eof:
                unpacker = make()
            try:
                yield unpacker.decompress(packed, STEP)
            except (OSError, EOFError, lzma.LZMAError):
                raise _damaged(what) from None
            packed = unpacker.unused_data.lstrip(b"\0") if unpacker.eof else b""
    if not unpacker.eof:
        raise _cut(what)


def _damaged(what: str) -> ArchiveUnreadable:
    return ArchiveUnreadable(f"This is not the {what} file that its name says, or it is damaged.", "d saves it.")


def _cut(what: str) -> ArchiveUnreadable:
    return ArchiveUnreadable(f"This {what} file ends too early.", "d saves it.")


_UNPACKERS: dict[str, Callable[[Pieces], Pieces]] = {
    **dict.fromkeys((".gz", ".tgz", ".crate"), _gunzip),
    **dict.fromkeys((".bz2", ".tbz2", ".tbz"), _bunzip),
    **dict.fromkeys((".xz", ".txz", ".lzma"), _unxz),
}
