"""Markdown as it is meant to be read: headings, lists, tables and code, without its marks."""

from __future__ import annotations

import re
from collections.abc import Iterator

from artifact_tui.preview.grid import Cell, grid
from artifact_tui.preview.line import (
    ACCENT,
    BOLD,
    HEADING,
    LONGEST_STYLED,
    MUTED,
    PLAIN,
    SUCCESS,
    Piece,
    Rendered,
    Sample,
    Style,
    StyledLine,
    line,
)
from artifact_tui.preview.log import rows_of

_NAMES = {".md", ".markdown"}
_SPAN = re.compile(
    r"(?P<code>`[^`]+`)|(?P<bold>\*\*[^*]+\*\*|__[^_]+__)|(?P<italic>(?<!\w)[*_][^*_\s][^*_]*[*_](?!\w))"
    r"|!?\[(?P<label>[^\]\[]*)\]\((?P<target>[^)\s]*)[^)]*\)"
)
_HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*$")
_ITEM = re.compile(r"(\s*)(?:[-*+]|(\d{1,9}[.)]))\s+(?:\[([ xX])\]\s+)?(.*)")
_RULE = re.compile(r"\s*(?:-\s*){3,}$|\s*(?:\*\s*){3,}$")
_FENCE = re.compile(r"\s*(?:```|~~~)")
_DIVIDER = re.compile(r"\s*\|?(?:\s*:?-+:?\s*\|)+(?:\s*:?-+:?\s*)?$")
_MOST_COLUMNS = 100
_ITALIC = Style(italic=True)


def read(sample: Sample) -> Rendered | None:
    """By the end of the name: any text is Markdown."""
    if sample.suffix not in _NAMES or sample.decoded is None:
        return None
    text, encoding = sample.decoded
    rows, notes = rows_of(text.rstrip())
    return Rendered("Markdown", tuple(_lines(rows)), encoding, notes)


def _lines(rows: list[str]) -> Iterator[StyledLine]:
    at, in_code = 0, False
    while at < len(rows):
        row = rows[at]
        if _FENCE.match(row):
            in_code = not in_code
        elif in_code:
            yield line("    ", (row, SUCCESS))
        elif "|" in row and at + 1 < len(rows) and _is_divider(rows[at + 1]):
            end = next((end for end in range(at + 2, len(rows)) if "|" not in rows[end]), len(rows))
            yield from _table(rows[at:end])
            at = end
            continue
        else:
            yield _block(row)
        at += 1


def _is_divider(row: str) -> bool:
    return len(row) <= LONGEST_STYLED and _DIVIDER.match(row) is not None


def _block(row: str) -> StyledLine:
    if len(row) > LONGEST_STYLED:
        return line(row)
    if heading := _HEADING.match(row):
        return line((heading[2], HEADING if len(heading[1]) < 3 else BOLD))
    if _RULE.match(row):
        return line(("─" * 40, MUTED))
    if item := _ITEM.match(row):
        box = {" ": "☐ ", "x": "☑ ", "X": "☑ "}.get(item[3] or "", "")
        return line(item[1], (f"{item[2] or '•'} ", ACCENT), box, *_spans(item[4]))
    if row.lstrip().startswith(">"):
        return line(("│ ", MUTED), *_spans(row.lstrip()[1:].lstrip(), _ITALIC))
    return line(*_spans(row))


def _spans(text: str, style: Style = PLAIN) -> Iterator[Piece]:
    at = 0
    for match in _SPAN.finditer(text):
        yield text[at : match.start()], style
        at = match.end()
        if match["code"]:
            yield match["code"][1:-1], SUCCESS
        elif match["bold"]:
            yield match["bold"][2:-2], BOLD
        elif match["italic"]:
            yield match["italic"][1:-1], _ITALIC
        else:
            yield match["label"] or match["target"], ACCENT
            if match["label"]:
                yield f" ({match['target']})", MUTED
    yield text[at:], style


def _table(rows: list[str]) -> list[StyledLine]:
    head, divider, *body = (_cells(row) for row in rows)
    right = frozenset(at for at, mark in enumerate(divider) if mark.endswith(":") and not mark.startswith(":"))
    plain = [["".join(_plain(piece) for piece in _spans(cell)) for cell in row] for row in [head, *body]]
    cells: list[list[Cell]] = [list(row) for row in plain[1:]]
    return grid(plain[0], cells, right=right)


def _plain(piece: Piece) -> str:
    return piece if isinstance(piece, str) else piece[0]


def _cells(row: str) -> list[str]:
    return [cell.strip() for cell in row.strip().strip("|").split("|", _MOST_COLUMNS)]
