"""Text and logs, with their colors, timestamps that can be hidden, and errors to jump to."""

from __future__ import annotations

import re

from artifact_tui.preview.ansi import Painter, strip
from artifact_tui.preview.line import LONGEST_STYLED, Rendered, Sample, StyledLine

MOST_LINES = 400_000
LINE_END = re.compile(r"(?<!\r)\r+\n|\n|\r")
"""One line end, with any number of carriage returns before it; a lone carriage return counts too (progress bars)."""
_STAMP = re.compile(
    r"\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?\]?[ \t]+"
    r"|\[?\d\d:\d\d:\d\d(?:[.,]\d{1,9})?\]?[ \t]+"
)
_ERROR = re.compile(
    r"##\[error\]"
    r"|(?<![\w-])(?<!\b0 )(?:ERROR|FATAL|FAILED|FAILURES?|CRITICAL|PANIC)\b"
    r"|\b(?i:error|fatal)(?:\[\w+\])?: |\b\w*(?:Error|Exception): "
    r"|^Traceback \(most recent call last\)|\bpanicked at\b|^E {3,}\S|\bnpm ERR!|^\s*[✗✘✖] "
)


def read(sample: Sample) -> Rendered | None:
    """Return any text as a log, since most texts in artifacts are logs; None for a binary file."""
    if sample.decoded is None:
        return None
    text, encoding = sample.decoded
    rows, notes = rows_of(text)
    painter = Painter()
    return Rendered("text", tuple(_line(row, painter) for row in rows), encoding, notes)


def rows_of(text: str) -> tuple[list[str], tuple[str, ...]]:
    """Return at most :data:`MOST_LINES` lines of a text, and a note if it has more."""
    rows = LINE_END.split(text, MOST_LINES)
    if len(rows) > MOST_LINES:
        return rows[:MOST_LINES], (f"Only the first {MOST_LINES:,} lines are shown.",)
    return rows if rows[-1] else rows[:-1], ()


def _line(text: str, painter: Painter) -> StyledLine:
    match = _STAMP.match(text)
    stamp = match.end() if match and "\t" not in match[0] else 0
    plain = strip(text[stamp:])
    return painter.paint(text, stamp=stamp, is_error=_ERROR.search(plain, 0, LONGEST_STYLED) is not None)
