"""The name of a zip entry, from its bytes, flags and extra fields (APPNOTE.TXT 6.3.10, 4.4.4 and 4.6.9)."""

from __future__ import annotations

import struct
import zlib
from typing import NamedTuple

from artifact_tui.archive.errors import ArchiveRefused

NAME_IS_UTF8 = 1 << 11  # the flag that states the encoding of a name

_UNICODE_PATH = 0x7075
_MADE_BY_DOS = 0
_PATH_FIELD = struct.Struct("<2HBI")


class ZipName(NamedTuple):
    """A name as text; ``raw`` holds its bytes if text and flags cannot reproduce them."""

    text: str
    is_guess: bool = False
    raw: bytes = b""


def read_name(raw: bytes, flags: int, made_by: int, extra: bytes) -> ZipName:
    """Decode a name as ``unzip`` does; raise :class:`ArchiveRefused` if it is not in the encoding it states.

    The flag decides, then Info-ZIP's Unicode path field if its CRC is that of the name. Without either, strict UTF-8 is
    a guess tried before code page 437, because ``zip -r`` on Debian and macOS writes it. Names from DOS and Windows
    with backslashes but no slashes mean slashes.
    """
    if flags & NAME_IS_UTF8:
        try:
            return ZipName(raw.decode())
        except UnicodeDecodeError:
            raise ArchiveRefused("has a name that is not valid UTF-8", raw.decode("cp437")) from None
    stated = _unicode_path(raw, extra)
    if stated is not None:
        return ZipName(stated, raw=b"" if raw.isascii() and stated == raw.decode() else raw)
    name = _guess(raw)
    if made_by >> 8 == _MADE_BY_DOS and "\\" in name.text and "/" not in name.text:
        return name._replace(text=name.text.replace("\\", "/"), raw=raw)
    return name


def unicode_path_field(text: str, raw: bytes) -> bytes:
    """Return the extra field that states ``text`` for an entry whose name has the bytes ``raw``."""
    encoded = text.encode()
    return _PATH_FIELD.pack(_UNICODE_PATH, 5 + len(encoded), 1, zlib.crc32(raw)) + encoded


def extra_field(extra: bytes, kind: int) -> bytes | None:
    """Return the content of the first extra field of that kind (4.5.1), or None."""
    at = 0
    while at + 4 <= len(extra):
        found, length = struct.unpack_from("<2H", extra, at)
        if found == kind:
            return extra[at + 4 : at + 4 + length]
        at += 4 + length
    return None


def _unicode_path(raw: bytes, extra: bytes) -> str | None:
    """Return the name in the field; an empty one means that the name itself is UTF-8."""
    field = extra_field(extra, _UNICODE_PATH)
    if field is None or len(field) < 5 or field[0] != 1 or int.from_bytes(field[1:5], "little") != zlib.crc32(raw):
        return None
    try:
        return (field[5:] or raw).decode()
    except UnicodeDecodeError:
        return None


def _guess(raw: bytes) -> ZipName:
    if raw.isascii():
        return ZipName(raw.decode())
    try:
        return ZipName(raw.decode(), is_guess=True)
    except UnicodeDecodeError:
        return ZipName(raw.decode("cp437"))
