"""One header of a tar and its extensions (POSIX.1-2017, pax, "ustar Interchange Format"; GNU tar's manual, 15.1)."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import NamedTuple

from artifact_tui.archive.errors import ArchiveDamaged

BLOCK = 512
LARGEST = (1 << 63) - 1  # the largest size or offset in bytes, as in all programs that write tars
SPARSE_MAP = b"GNU.sparse.map"

_KNOWN = {
    b"path",
    b"linkpath",
    b"size",
    b"mtime",
    SPARSE_MAP,
    b"GNU.sparse.name",
    b"GNU.sparse.size",
    b"GNU.sparse.realsize",
    b"GNU.sparse.major",
    b"GNU.sparse.minor",
}
_SPARSE_PAIR = {b"GNU.sparse.offset", b"GNU.sparse.numbytes"}
_LENGTH = re.compile(rb"(\d{1,10}) ")
_TIME = re.compile(rb"-?\d{1,15}(?:\.\d*)?\Z")

Pax = Mapping[bytes, bytes]


class Header(NamedTuple):
    """A header block with the extension headers before it; ``pax`` records win."""

    block: bytes
    pax: Pax
    long_name: bytes | None = None
    long_link: bytes | None = None

    @property
    def kind(self) -> bytes:
        """The type flag."""
        return self.block[156:157]

    @property
    def name(self) -> str:
        """The path as stored; bytes that are not UTF-8 become surrogates."""
        own = self.pax.get(b"GNU.sparse.name") or self.pax.get(b"path") or self.long_name
        return _text(own or self._short_name())

    @property
    def link(self) -> str:
        """The target of a link, decoded like the name."""
        return _text(self.pax.get(b"linkpath") or self.long_link or _until_nul(self.block[157:257]))

    @property
    def size(self) -> int:
        """The number of bytes that follow in the archive; raises :class:`ArchiveDamaged`."""
        if stated := self.pax.get(b"size"):
            return decimal(stated)
        return number(self.block[124:136])

    @property
    def mode(self) -> int:
        """The permission bits; 0 if the field is invalid."""
        value = _number(self.block[100:108])
        return value & 0o777 if value is not None else 0

    @property
    def modified(self) -> int | None:
        """The modification time in seconds since 1970, rounded down; None if the fields are invalid."""
        stated = self.pax.get(b"mtime", b"")
        return math.floor(float(stated)) if _TIME.match(stated) else _number(self.block[136:148])

    def _short_name(self) -> bytes:
        name, prefix = _until_nul(self.block[:100]), _until_nul(self.block[345:500])
        return prefix + b"/" + name if prefix and self.block[257:263] == b"ustar\0" else name


def checksum_is_right(block: bytes) -> bool:
    """Return whether a block is a header; old programs summed signed bytes."""
    stated = _number(block[148:156])
    rest = block[:148] + block[156:BLOCK]
    total = sum(rest) + 8 * 0x20
    return len(block) >= BLOCK and stated in (total, total - 256 * sum(byte > 127 for byte in rest))


def read_pax(records: bytes) -> dict[bytes, bytes]:
    """Return the pax records used here; the pairs of sparse format 0.0 become the one value of 0.1."""
    found: dict[bytes, bytes] = {}
    pairs: list[bytes] = []
    at = 0
    while at < len(records) and records[at]:
        record, at = _pax_record(records, at)
        key, is_record, value = record.partition(b"=")
        if key in _SPARSE_PAIR and is_record:
            pairs.append(value)
        elif key in _KNOWN:
            found[key] = value
    if pairs:
        found[SPARSE_MAP] = b",".join(pairs)
    return found


def _pax_record(records: bytes, at: int) -> tuple[bytes, int]:
    """Return the record at an offset, and the offset of the next one."""
    match = _LENGTH.match(records, at)
    end = at + int(match[1]) if match else 0
    if match is None or not match.end() < end <= len(records) or records[end - 1 : end] != b"\n":
        raise ArchiveDamaged("has a broken header")
    return records[match.end() : end - 1], end


def decimal(digits: bytes) -> int:
    """Read a decimal size; raise :class:`ArchiveDamaged` for anything else, and beyond :data:`LARGEST`."""
    return _checked(int(digits) if digits.isdigit() and len(digits) <= 20 else None)


def number(field: bytes) -> int:
    """Read a size from a header field; raise as :func:`decimal` does."""
    return _checked(_number(field))


def _checked(value: int | None) -> int:
    if value is None or not 0 <= value <= LARGEST:
        raise ArchiveDamaged("has a broken header")
    return value


def _number(field: bytes) -> int | None:
    """Read octal digits, or for larger numbers base 256 in two's complement after a set first bit (GNU)."""
    if field[:1] >= b"\x80":
        bits = 8 * len(field) - 1
        value = int.from_bytes(field, "big") & ((1 << bits) - 1)
        return value - (1 << bits) if value >> (bits - 1) else value
    digits = field.lstrip(b" \0").partition(b"\0")[0].rstrip(b" ")
    return None if digits.strip(b"01234567") else int(digits or b"0", 8)


def _until_nul(field: bytes) -> bytes:
    return field.partition(b"\0")[0]


def _text(name: bytes) -> str:
    return name.decode("utf-8", "surrogateescape")
