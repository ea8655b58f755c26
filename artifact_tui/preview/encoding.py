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
_EAST_ASIAN = (
    ("cp932", "Shift-JIS", re.compile(rb"[\x81-\x83\x88-\x97][\x40-\xfc]")),  # symbols, kana, JIS level 1
    ("gb18030", "GB18030", re.compile(rb"[\xa1-\xa3\xb0-\xd7][\xa1-\xfe]")),  # symbols, GB 2312 level 1
)
"""Encodings with the bytes of their common characters."""
_WIDE_RUN = re.compile(r"[^\0-\x7f]{2,}")
_LEAST_COMMON = 0.7
_SAMPLE = 4000


def decode(data: bytes, *, is_cut: bool) -> tuple[str, str] | None:
    """Return the text and the name of its encoding; None if the bytes are not text.

    ``is_cut`` allows an incomplete last character. A byte order mark decides first, then valid UTF-8, then the zero
    bytes of UTF-16. Parts in another encoding are decoded separately, since programs append to each other's logs.
    Other bytes with few control characters are guessed to be Shift-JIS, GB18030 or Windows-1252.
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
    """Decode UTF-16 without a mark, or text with a few zero bytes or the holes that log rotation leaves."""
    parts = parts_without_mark(data)
    others = b"".join(data[start:end] for start, end, codec in parts if not codec)
    if len(_HOLE.findall(others)) <= _MOST_HOLES:
        others = _HOLE.sub(b"", others)
    is_empty = not others and not any(codec for _, _, codec in parts)
    return None if is_empty or _is_binary(others) else _joined(data, parts, "UTF-16 (guessed)", is_cut=is_cut)


def _joined(data: bytes, parts: list[Part], name: str, *, is_cut: bool) -> tuple[str, str] | None:
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
    other = "UTF-16 and UTF-8 (guessed)" if len(kinds) > 1 else "UTF-8"
    return "".join(texts), name if kinds <= {True} else other


def _is_binary(data: bytes) -> bool:
    return len(data) - len(data.translate(None, _CONTROLS)) > len(data) * _MOST_CONTROLS


def _with_other_bytes(data: bytes, *, is_cut: bool) -> tuple[str, str]:
    """Decode as UTF-8 with invalid bytes as Windows-1252; guess another encoding if most bytes are invalid."""
    text = data.decode("utf-8", "surrogateescape")
    if is_cut:
        text = text[:-3] + _INVALID.sub("", text[-3:])
    invalid = len(text) - len(text.encode("utf-8", "ignore").decode())
    if not invalid:
        return text, "UTF-8"
    valid = len(text) - len(text.encode("ascii", "ignore")) - invalid
    if valid <= invalid:
        return _east_asian(data, is_cut=is_cut) or (_western(data), "Windows-1252 (guessed)")
    western = _INVALID.sub(lambda match: _western(match[0].encode("utf-8", "surrogateescape")), text)
    return western, "UTF-8 and Windows-1252 (guessed)"


def _western(data: bytes) -> str:
    """Decode Windows-1252, and its five unassigned bytes as Latin-1."""
    return _INVALID.sub(lambda match: chr(ord(match[0]) - 0xDC00), data.decode("cp1252", "surrogateescape"))


def _east_asian(data: bytes, *, is_cut: bool) -> tuple[str, str] | None:
    """Decode an encoding in which all bytes are valid and most wide characters are common ones in runs.

    In Western text, high bytes and the letters after them also form valid characters, but rarely two in a row.
    """
    for codec, name, common in _EAST_ASIAN:
        try:
            text = codecs.getincrementaldecoder(codec)().decode(data, final=not is_cut)
        except UnicodeDecodeError:
            continue
        sample = text[:_SAMPLE]
        runs = "".join(_WIDE_RUN.findall(sample))
        found = sum(common.fullmatch(character.encode(codec)) is not None for character in runs)
        if found >= max(2, _LEAST_COMMON * (len(sample) - len(sample.encode("ascii", "ignore")))):
            return text, f"{name} (guessed)"
    return None
