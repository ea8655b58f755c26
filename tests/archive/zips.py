"""Zips written field by field, so that each can lie in exactly one place."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable
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


def crowd(names: Iterable[bytes], flags: int = 0x800) -> bytes:
    """Very many empty entries, quickly; ``flags`` of 0 make the names code page 437."""
    body: list[bytes] = []
    directory: list[bytes] = []
    offset = 0
    for name in names:
        head = struct.pack("<5H3I", 20, flags, STORED, 0, 0, 0, 0, 0)
        lengths = struct.pack("<5H2I", len(name), 0, 0, 0, 0, 0, offset)
        directory.append(b"PK\x01\x02" + struct.pack("<H", 3 << 8 | 20) + head + lengths + name)
        body.append(b"PK\x03\x04" + head + struct.pack("<2H", len(name), 0) + name)
        offset += len(body[-1])
    table = b"".join(directory)
    counts = (len(body), len(body), len(table), offset)
    end64 = b"PK\x06\x06" + struct.pack("<Q2H2I4Q", 44, 45, 45, 0, 0, *counts)
    locator = b"PK\x06\x07" + struct.pack("<IQI", 0, offset + len(table), 1)
    end = struct.pack("<4H2IH", 0, 0, 0xFFFF, 0xFFFF, len(table), offset, 0)
    return b"".join([*body, table, end64, locator, b"PK\x05\x06", end])


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


def zipped(files: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An honest archive, by the standard library."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def records(data: bytes) -> list[bytes]:
    """The records of the directory of an archive without comments."""
    start = int.from_bytes(data[-6:-2], "little")
    return [b"PK\x01\x02" + rest for rest in data[start:-22].split(b"PK\x01\x02")[1:]]


def with_records(data: bytes, spliced: list[bytes]) -> bytes:
    """The same archive with another directory, about which its end record tells the truth."""
    start = int.from_bytes(data[-6:-2], "little")
    table = b"".join(spliced)
    return (
        data[:start]
        + table
        + b"PK\x05\x06"
        + struct.pack("<4H2IH", 0, 0, len(spliced), len(spliced), len(table), start, 0)
    )
