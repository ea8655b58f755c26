"""Text and logs: colours kept, timestamps that can be folded, errors that can be jumped to."""

from __future__ import annotations

import re

from artifact_tui.preview.ansi import Painter, strip
from artifact_tui.preview.line import LONGEST_STYLED, Line, Page, Sample

LINE_END = re.compile(r"\r\n|\n|\r")
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


def read(sample: Sample) -> Page | None:
    """Any text, as a log: most text in artifacts is one."""
    if sample.decoded is None:
        return None
    text, encoding = sample.decoded
    return Page("text", lines_of(text), encoding)


def lines_of(text: str) -> tuple[Line, ...]:
    """The lines of a text; a carriage return ends one too, as progress bars use it."""
    parts = LINE_END.split(text)
    if not parts[-1]:
        parts.pop()
    painter = Painter()
    return tuple(_line(part, painter) for part in parts)


def _line(text: str, painter: Painter) -> Line:
    match = _STAMP.match(text)
    stamp = match.end() if match and "\t" not in match[0] else 0
    plain = strip(text[stamp:]) if "\x1b" in text else text[stamp:]
    return painter.paint(text, stamp=stamp, is_error=_ERROR.search(plain, 0, LONGEST_STYLED) is not None)
