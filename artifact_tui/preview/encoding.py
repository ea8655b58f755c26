"""How bytes are read as text: by their mark, as UTF-8, or by a guess that is said."""

from __future__ import annotations

import codecs

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8", "UTF-8 with BOM"),
    (codecs.BOM_UTF32_LE, "utf-32-le", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32-be", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "UTF-16"),
)
_CONTROLS = bytes(set(range(0x20)) - set(b"\t\n\r\f\b\x1b")) + b"\x7f"
_MOST_CONTROLS = 0.02
_SURELY_UTF16 = 0.4
_LEAST_FOR_A_GUESS = 16


def decode(data: bytes, *, is_cut: bool) -> tuple[str, str] | None:
    """Text and the name of its encoding; None when the bytes are no text. With ``is_cut`` the last character may be
    broken off.

    A byte order mark decides; then UTF-8; then UTF-16 where every other byte is zero; anything else without many
    control characters is taken for Latin-1.
    """
    for mark, codec, name in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(codec, "replace"), name
    if b"\0" in data:
        return _guess_utf16(data)
    try:
        return codecs.getincrementaldecoder("utf-8")().decode(data, final=not is_cut), "UTF-8"
    except UnicodeDecodeError:
        controls = len(data) - len(data.translate(None, _CONTROLS))
        return None if controls > len(data) * _MOST_CONTROLS else (data.decode("latin-1"), "Latin-1 (a guess)")


def _guess_utf16(data: bytes) -> tuple[str, str] | None:
    """Mostly Western text in UTF-16 has its zeros at odd places (little endian) or at even ones, and nowhere else."""
    if len(data) < _LEAST_FOR_A_GUESS:
        return None
    for codec, zeros, others in (("utf-16-le", data[1::2], data[::2]), ("utf-16-be", data[::2], data[1::2])):
        if zeros.count(0) > len(zeros) * _SURELY_UTF16 and 0 not in others:
            controls = len(others) - len(others.translate(None, _CONTROLS))
            if controls <= len(others) * _MOST_CONTROLS:
                return data.decode(codec, "replace"), "UTF-16 (a guess)"
    return None
