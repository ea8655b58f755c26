"""Splits a file into its UTF-16 parts and its other parts.

PowerShell writes UTF-16 and most other programs do not; a log that both append to has at most one byte order mark.
"""

from __future__ import annotations

import re
import unicodedata

Part = tuple[int, int, str]
"""The start and end of a part, and its UTF-16 codec; an empty codec means UTF-8 or another byte encoding."""

_BYTES = rb"(?:[\t\n\r\f\b\x1b\x20-\x7e]|[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3})"
_RUN = re.compile(_BYTES + rb"{2,}")
"""UTF-8 text; in UTF-16, Western letters have zeros between them."""
_SURELY = 8
"""Bytes from which such a run among Western letters is not a coincidence."""
_SURELY_ANYWHERE = 256
_LATIN = 0.35
"""The share of zero bytes from which UTF-16 text is mostly Western."""
_EAST_ASIAN = frozenset({0x30, 0x31, *range(0x4E, 0xA0), *range(0xAC, 0xD8), 0xFF})
"""High bytes of Chinese, Japanese and Korean characters, whose pairs may look like ASCII text."""
_LETTER = rb"[\t\n\r\x1b\x20-\x7e\xa0-\xff]"
_OTHER = rb"(?:(?![\t\n\r\x1b\x20-\x7e]{2})[^\0]{2})"
_LITTLE = re.compile(rb"(?:\xff\xfe)?(?:" + _LETTER + rb"\0){2,}(?:" + _OTHER + rb"{1,40}(?:" + _LETTER + rb"\0)+)*")
_BIG = re.compile(rb"(?:\xfe\xff)?(?:\0" + _LETTER + rb"){2,}")
_LINE_ENDS = {"utf-16-le": b"\n\0", "utf-16-be": b"\0\n"}
_LEAST = 8
_SAMPLE = 4000
_MOST_ODD = 0.03


def parts_of(data: bytes, codec: str) -> list[Part]:
    """Return the parts of bytes that claim to be UTF-16; runs of other text become separate parts."""
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
    """Return the parts of bytes with zeros but without a mark; a part is UTF-16 only if its bytes look like it."""
    if len(data) < _LEAST:
        return [(0, len(data), "")]
    for codec, line_end in _LINE_ENDS.items():
        if line_end in data and _is_plausible(data, codec):
            return [(0, len(data), codec)]
    patterns = {"utf-16-le": _LITTLE, "utf-16-be": _BIG}
    found = {codec: [match.span() for match in pattern.finditer(data)] for codec, pattern in patterns.items()}
    codec = max(found, key=lambda name: sum(end - start for start, end in found[name]))
    parts: list[Part] = []
    at = 0
    for start, end in found[codec]:
        parts += [(at, start, "")] if start > at else []
        parts.append((start, end, codec))
        at = end
    return [*parts, (at, len(data), "")] if at < len(data) or not parts else parts


def _is_foreign(data: bytes, at: int, start: int, end: int, codec: str, *, is_latin: bool) -> bool:
    run = data[start:end]
    begins_line = start == 0 or data[start - 2 : start] == _LINE_ENDS[codec]
    is_last = end == len(data)
    if b"\r\n" in run or len(run) >= _SURELY_ANYWHERE or (begins_line and is_last and len(run) % 2):
        return True
    if is_latin and begins_line and (run.endswith(b"\n") or (is_last and (len(run) > 2 or run.isalnum()))):
        return True
    high = (start - at + 1) % 2 if codec == "utf-16-le" else (start - at) % 2
    return len(run) >= _SURELY and not _EAST_ASIAN.issuperset(run[high::2])


def _is_plausible(data: bytes, codec: str) -> bool:
    if len(parts_of(data, codec)) > 1:
        return False
    try:
        text = data[: len(data) // 2 * 2].decode(codec)
    except UnicodeDecodeError:
        return False
    sample = text[:_SAMPLE]
    odd = sum(unicodedata.category(character)[0] == "C" and character not in "\t\n\r\f\b\x1b" for character in sample)
    return odd <= len(sample) * _MOST_ODD
