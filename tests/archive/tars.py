"""Tars written field by field, as old and hostile programs write them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

POSIX, GNU, V7 = b"ustar\x0000", b"ustar  \x00", bytes(8)
Segment = tuple[int, bytes]
"""Offset and bytes of a part of a file with holes."""


@dataclass
class Piece:
    """One header and what follows it; ``fields`` overwrite the block at their offsets, before its checksum is made."""

    name: bytes
    data: bytes = b""
    kind: bytes = b"0"
    link: bytes = b""
    magic: bytes = POSIX
    size: bytes | None = None
    mtime: bytes = b"00000000000\0"
    fields: dict[int, bytes] = field(default_factory=dict)

    def blocks(self) -> bytes:
        block = bytearray(512)
        size = b"%011o\0" % len(self.data) if self.size is None else self.size
        values = {0: self.name, 100: b"0000644\0", 124: size, 136: self.mtime, 156: self.kind, 157: self.link}
        for at, value in {**values, 257: self.magic, **self.fields}.items():
            block[at : at + len(value)] = value
        block[148:156] = b" " * 8
        block[148:156] = b"%06o\0 " % sum(block)
        return bytes(block) + self.data + bytes(-len(self.data) % 512)


def tar_of(*pieces: Piece | bytes) -> bytes:
    return b"".join(piece if isinstance(piece, bytes) else piece.blocks() for piece in pieces) + bytes(1024)


def record(key: bytes, value: bytes) -> bytes:
    """A pax record, which counts its own length."""
    rest = b" " + key + b"=" + value + b"\n"
    length = len(rest) + 1
    while length != len(rest) + len(b"%d" % length):
        length = len(rest) + len(b"%d" % length)
    return b"%d" % length + rest


def pax(*records: tuple[bytes, bytes], kind: bytes = b"x") -> Piece:
    return Piece(b"pax", b"".join(record(key, value) for key, value in records), kind)


def base256(value: int, length: int = 12) -> bytes:
    """As GNU writes what octal digits cannot hold."""
    if value < 0:
        return value.to_bytes(length, "big", signed=True)
    return bytes([0x80]) + value.to_bytes(length - 1, "big")


def sparse_data(segments: Sequence[Segment]) -> bytes:
    return b"".join(data for _, data in segments)


def old_sparse(name: bytes, size: int, segments: Sequence[Segment]) -> bytes:
    """Type S, with as many further blocks as the map takes."""
    pairs = [_offset(at) + b"%011o\0" % len(data) for at, data in segments]
    fields = {386: b"".join(pairs[:4]), 482: bytes([len(pairs) > 4]), 483: base256(size)}
    header = Piece(name, sparse_data(segments), b"S", magic=GNU, fields=fields).blocks()
    blocks = []
    for first in range(4, len(pairs), 21):
        more = bytes([len(pairs) > first + 21])
        blocks.append(b"".join(pairs[first : first + 21]).ljust(504, b"\0") + more + bytes(7))
    return header[:512] + b"".join(blocks) + header[512:]


def _offset(at: int) -> bytes:
    return b"%011o\0" % at if at < 8**11 else base256(at)


def pax_sparse(version: str, name: bytes, size: int, segments: Sequence[Segment]) -> bytes:
    """The three versions that GNU tar has written."""
    data, number = sparse_data(segments), b"%d" % size
    pairs = [(b"%d" % at, b"%d" % len(part)) for at, part in segments]
    key = {word: b"GNU.sparse." + word.encode() for word in ("size", "offset", "numbytes", "map", "name", "realsize")}
    if version == "0.0":
        each = [one for at, length in pairs for one in ((key["offset"], at), (key["numbytes"], length))]
        count = (b"GNU.sparse.numblocks", b"%d" % len(pairs))
        return pax((key["size"], number), count, *each).blocks() + Piece(name, data).blocks()
    hidden = Piece(b"GNUSparseFile.1/" + name[-60:], data)
    if version == "0.1":
        table = b",".join(part for pair in pairs for part in pair)
        header = pax((key["size"], number), (key["name"], name), (key["map"], table))
        return header.blocks() + hidden.blocks()
    lines = b"".join(b"%s\n" % part for part in [b"%d" % len(pairs), *flat(pairs)])
    hidden.data = lines.ljust(-(-len(lines) // 512) * 512, b"\0") + data
    versions = ((b"GNU.sparse.major", b"1"), (b"GNU.sparse.minor", b"0"))
    return pax(*versions, (key["name"], name), (key["realsize"], number)).blocks() + hidden.blocks()


def flat(pairs: Iterable[tuple[bytes, bytes]]) -> list[bytes]:
    return [part for pair in pairs for part in pair]
