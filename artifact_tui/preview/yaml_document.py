"""YAML, TOML and INI, highlighted line by line; their own layout is kept, for it carries meaning."""

from __future__ import annotations

import re
from collections.abc import Iterator

from artifact_tui.preview.line import (
    ACCENT,
    HEADING,
    LONGEST_STYLED,
    MUTED,
    SUCCESS,
    WARNING,
    Piece,
    Rendered,
    Sample,
    StyledLine,
    line,
)
from artifact_tui.preview.log import rows_of

_NAMES = {
    ".yaml": "YAML", ".yml": "YAML", ".toml": "TOML", ".lock": "TOML",
    ".ini": "INI", ".cfg": "INI", ".properties": "INI",
}  # fmt: skip
_ENTRY = re.compile(
    r"(?P<lead>\s*(?:- +)*)(?P<key>(?:\"[^\"]*\"|'[^']*'|[^\s:=#\"'\[{][^:=#]*?))(?P<mark>\s*(?::(?=\s|$)|=))"
)
_SECTION = re.compile(r"\s*(?:\[.*\]|---|\.\.\.|%\w.*)\s*$")
_COMMENT = re.compile(r"(?:^|\s)#.*$")
_NUMBER = re.compile(r"\s*(?:[-+]?[0-9][0-9_.eE+-]*|true|false|yes|no|null|~)\s*", re.IGNORECASE)


def read(sample: Sample) -> Rendered | None:
    """By the name's end alone: nothing in the bytes tells these from text."""
    kind = _NAMES.get(sample.suffix)
    if kind is None or sample.decoded is None:
        return None
    text, encoding = sample.decoded
    rows, notes = rows_of(text)
    return Rendered(kind, tuple(map(_line, rows)), encoding, notes)


def _line(text: str) -> StyledLine:
    if len(text) > LONGEST_STYLED:
        return line(text)
    return line((text, HEADING)) if _SECTION.match(text) else line(*_pieces(text))


def _pieces(text: str) -> Iterator[Piece]:
    comment = _COMMENT.search(text) if text.count('"') % 2 == 0 and text.count("'") % 2 == 0 else None
    if comment:
        text, rest = text[: comment.start()], text[comment.start() :]
    entry = _ENTRY.match(text)
    if entry:
        yield entry["lead"]
        yield entry["key"], ACCENT
        yield entry["mark"], MUTED
        text = text[entry.end() :]
    elif match := re.match(r"\s*(?:- +)+", text):
        yield match[0]
        text = text[match.end() :]
    elif not comment:
        yield text
        return
    yield text, WARNING if _NUMBER.fullmatch(text) else SUCCESS
    if comment:
        yield rest, MUTED
