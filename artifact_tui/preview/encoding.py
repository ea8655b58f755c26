"""Decoding of bytes as text: by byte order mark, as UTF-8, or by a guess, which is labeled."""

from __future__ import annotations

import codecs
import re

from artifact_tui.preview.utf16 import Part, parts_of, parts_without_mark

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8", "UTF-8 with BOM"),
    (codecs.BOM_UTF32_LE, "utf-32-le", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32-be", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "UTF-16"),
)
_CONTROLS = bytes(set(range(0x20)) - set(b"\t\n\r\f\b\x1b")) + b"\x7f"
_MOST_CONTROLS = 0.02
_HOLE = re.compile(rb"\0{64,}")
_MOST_HOLES = 3
_INVALID = re.compile("[\udc80-\udcff]")


def decode(data: bytes, *, is_cut: bool) -> tuple[str, str] | None:
    """Return the text and the name of its encoding; None when the bytes are not text.

    With ``is_cut`` the last character may be broken off. A byte order mark decides; then UTF-8; then UTF-16 where zeros
    show it. Parts in another encoding are read as what they are: programs append to the logs of others. Anything else
    without many control characters is taken for Latin-1.
    """
    for mark, codec, name in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            rest = data[len(mark) :]
            if name == "UTF-16":
                return _joined(rest, parts_of(rest, codec), name, is_cut=is_cut)
            return codecs.getincrementaldecoder(codec)("replace").decode(rest, final=not is_cut), name
    if b"\0" in data:
        return _decode_with_zeros(data, is_cut=is_cut)
    try:
        return codecs.getincrementaldecoder("utf-8")().decode(data, final=not is_cut), "UTF-8"
    except UnicodeDecodeError:
        return None if _is_binary(data) else _with_other_bytes(data, is_cut=is_cut)


def _decode_with_zeros(data: bytes, *, is_cut: bool) -> tuple[str, str] | None:
    """UTF-16 without a mark, whole or in parts; else text with a few zeros, or holes, as log rotation leaves them."""
    parts = parts_without_mark(data)
    others = b"".join(data[start:end] for start, end, codec in parts if not codec)
    if len(_HOLE.findall(others)) <= _MOST_HOLES:
        others = _HOLE.sub(b"", others)
    is_empty = not others and not any(codec for _, _, codec in parts)
    return None if is_empty or _is_binary(others) else _joined(data, parts, "UTF-16 (a guess)", is_cut=is_cut)


def _joined(data: bytes, parts: list[Part], name: str, *, is_cut: bool) -> tuple[str, str] | None:
    """Return the texts of the parts; ``name`` is what to call them when all are UTF-16."""
    texts: list[str] = []
    for start, end, codec in parts:
        is_last_cut = is_cut and end == len(data)
        if codec:
            decoder = codecs.getincrementaldecoder(codec)("replace")
            texts.append(decoder.decode(data[start:end], final=not is_last_cut).replace("\ufeff", ""))
        else:
            part = _HOLE.sub(lambda hole: f"[{len(hole[0]):,} zero bytes]\n".encode(), data[start:end])
            texts.append(_with_other_bytes(part, is_cut=is_last_cut)[0])
    kinds = {bool(codec) for _, _, codec in parts}
    other = "UTF-16 and UTF-8 (a guess)" if len(kinds) > 1 else "UTF-8"
    return "".join(texts), name if kinds <= {True} else other


def _is_binary(data: bytes) -> bool:
    return len(data) - len(data.translate(None, _CONTROLS)) > len(data) * _MOST_CONTROLS


def _with_other_bytes(data: bytes, *, is_cut: bool) -> tuple[str, str]:
    """Read as UTF-8, and single bytes that are not as Latin-1; all of it, where most are not."""
    text = data.decode("utf-8", "surrogateescape")
    if is_cut:
        text = text[:-3] + _INVALID.sub("", text[-3:])
    invalid = len(text) - len(text.encode("utf-8", "ignore").decode())
    if not invalid:
        return text, "UTF-8"
    valid = len(text) - len(text.encode("ascii", "ignore")) - invalid
    if valid <= invalid:
        return data.decode("latin-1"), "Latin-1 (a guess)"
    return _INVALID.sub(lambda match: chr(ord(match[0]) - 0xDC00), text), "UTF-8 and Latin-1 (a guess)"
