"""Finding the UTF-16 parts of a file to which another program appended other text, or the reverse.

PowerShell writes UTF-16, most other programs do not; a log that both write to holds both, and has at most one mark.
"""

from __future__ import annotations

import re
import unicodedata

Part = tuple[int, int, str]
"""Where a part begins and ends, and the codec of UTF-16; empty for bytes that are UTF-8 or the like."""

_BYTES = rb"(?:[\t\n\r\f\b\x1b\x20-\x7e]|[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3})"
_RUN = re.compile(_BYTES + rb"{2,}")
"""Text in UTF-8: in UTF-16 the letters of Western scripts have zeros between them."""
_SURELY = 8
"""Bytes from which on such a run is no coincidence among Western letters."""
_SURELY_ANYWHERE = 256
_LATIN = 0.35
"""Zeros among the bytes of UTF-16 from which on it holds mostly Western letters."""
_EAST_ASIAN = frozenset({0x30, 0x31, *range(0x4E, 0xA0), *range(0xAC, 0xD8), 0xFF})
"""High bytes of Chinese, Japanese and Korean letters: pairs of them may look like text in ASCII."""
_LETTER = rb"[\t\n\r\x1b\x20-\x7e\xa0-\xff]"
_OTHER = rb"(?:(?![\t\n\r\x1b\x20-\x7e]{2})[^\0]{2})"
_LITTLE = re.compile(rb"(?:\xff\xfe)?(?:" + _LETTER + rb"\0){2,}(?:" + _OTHER + rb"{1,40}(?:" + _LETTER + rb"\0)+)*")
_BIG = re.compile(rb"(?:\xfe\xff)?(?:\0" + _LETTER + rb"){2,}")
_LEAST = 8
_SAMPLE = 4000
_MOST_ODD = 0.03


def parts_of(data: bytes, codec: str) -> list[Part]:
    """Return the parts of bytes that claim to be UTF-16; runs of other text become parts of their own."""
    parts: list[Part] = []
    at = 0
    runs = [run.span() for run in _RUN.finditer(data)]
    rest = len(data) - sum(end - start for start, end in runs if end - start >= _SURELY)
    is_latin = data.count(0) >= _LATIN * rest
    for start, end in runs:
        if codec == "utf-16-le":  # the last byte may be the first half of a character
            end -= data[end : end + 1] == b"\0"
        else:
            start += data[start - 1 : start] == b"\0"
        if end - start >= 2 and _is_foreign(data, at, start, end, codec, is_latin=is_latin):
            parts += [(at, start, codec)] if start > at else []
            parts.append((start, end, ""))
            at = end
    return [*parts, (at, len(data), codec)] if at < len(data) or not parts else parts


def parts_without_mark(data: bytes) -> list[Part]:
    """Return the parts of bytes with zeros but no mark; a part is UTF-16 only if its bytes show it."""
    if len(data) < _LEAST:
        return [(0, len(data), "")]
    for codec, line_end in (("utf-16-le", b"\n\0"), ("utf-16-be", b"\0\n")):
        if data[data.find(line_end) :].startswith(line_end) and _is_plausible(data, codec):
            return [(0, len(data), codec)]
    found = {"utf-16-le": _spans(_LITTLE, data), "utf-16-be": _spans(_BIG, data)}
    codec = max(found, key=lambda name: sum(end - start for start, end in found[name]))
    parts: list[Part] = []
    at = 0
    for start, end in found[codec]:
        parts += [(at, start, "")] if start > at else []
        parts.append((start, end, codec))
        at = end
    return [*parts, (at, len(data), "")] if at < len(data) or not parts else parts


def _spans(pattern: re.Pattern[bytes], data: bytes) -> list[tuple[int, int]]:
    return [match.span() for match in pattern.finditer(data)]


def _is_foreign(data: bytes, at: int, start: int, end: int, codec: str, *, is_latin: bool) -> bool:
    """Whether a run of bytes within UTF-16 from ``at`` on is text of its own."""
    run = data[start:end]
    line_end = b"\n\0" if codec == "utf-16-le" else b"\0\n"
    begins_line = start == 0 or data[start - 2 : start] == line_end
    is_last = end == len(data)
    if b"\r\n" in run or len(run) >= _SURELY_ANYWHERE or (begins_line and is_last and len(run) % 2):
        return True
    if is_latin and begins_line and (run.endswith(b"\n") or (is_last and (len(run) > 2 or run.isalnum()))):
        return True
    high = (start - at + 1) % 2 if codec == "utf-16-le" else (start - at) % 2
    return len(run) >= _SURELY and not _EAST_ASIAN.issuperset(run[high::2])


def _is_plausible(data: bytes, codec: str) -> bool:
    """Whether all of it is UTF-16 with hardly a character that is not for reading."""
    if len(parts_of(data, codec)) > 1:
        return False
    try:
        text = data[: len(data) // 2 * 2].decode(codec)
    except UnicodeDecodeError:
        return False
    sample = text[:_SAMPLE]
    odd = sum(unicodedata.category(character)[0] == "C" and character not in "\t\n\r\f\b\x1b" for character in sample)
    return odd <= len(sample) * _MOST_ODD
