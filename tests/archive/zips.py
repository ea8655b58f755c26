"""Zips written field by field, so that each can lie in exactly one place."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass

STORED, DEFLATED = 0, 8


@dataclass
class Part:
    """One entry; what is None is told truthfully."""

    name: str | bytes
    data: bytes = b""
    method: int = DEFLATED
    flags: int = 0x800
    mode: int = 0
    size: int | None = None
    compressed: int | None = None
    crc: int | None = None
    local_name: bytes | None = None
    offset: int | None = None
    extra: bytes = b""
    packed_more: bytes = b""

    @property
    def raw_name(self) -> bytes:
        return self.name if isinstance(self.name, bytes) else self.name.encode()

    def packed(self) -> bytes:
        if self.method != DEFLATED:
            return self.data + self.packed_more
        packer = zlib.compressobj(6, zlib.DEFLATED, -15)
        return packer.compress(self.data) + packer.flush() + self.packed_more


def build(
    *parts: Part, count: int | None = None, before: bytes = b"", between: bytes = b"", after: bytes = b""
) -> bytes:
    """``before`` the first entry (offsets do not count it), ``between`` directory and end record, ``after`` all."""
    body, directory = b"", b""
    for part in parts:
        packed = part.packed()
        crc = zlib.crc32(part.data) if part.crc is None else part.crc
        size = len(part.data) if part.size is None else part.size
        compressed = len(packed) if part.compressed is None else part.compressed
        sizes = struct.pack("<3I", crc, compressed, size)
        local_name = part.raw_name if part.local_name is None else part.local_name
        head = struct.pack("<5H", 20, part.flags, part.method, 0, 0)
        offset = len(body) if part.offset is None else part.offset
        directory += b"PK\x01\x02" + struct.pack("<H", 3 << 8 | 20) + head + sizes
        directory += struct.pack("<5H2I", len(part.raw_name), len(part.extra), 0, 0, 0, part.mode << 16, offset)
        directory += part.raw_name + part.extra
        body += b"PK\x03\x04" + head + sizes + struct.pack("<2H", len(local_name), 0) + local_name + packed
    number = len(parts) if count is None else count
    end = b"PK\x05\x06" + struct.pack("<4H2IH", 0, 0, number, number, len(directory), len(body), 0)
    return before + body + directory + between + end + after
