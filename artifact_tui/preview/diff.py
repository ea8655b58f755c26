"""A unified diff of two texts."""

from __future__ import annotations

import difflib

from artifact_tui.preview.ansi import strip
from artifact_tui.preview.line import ACCENT, ERROR, MUTED, SUCCESS, Rendered, Sample, Style, StyledLine, line
from artifact_tui.preview.log import LINE_END

_MOST_LINES = 4000
"""Lines of each side that are compared, between the common start and end: the time grows with their square."""
_AROUND = 3
_STYLES: dict[str, Style] = {"+": SUCCESS, "-": ERROR, "@": ACCENT}


def show_difference(old: Sample, new: Sample) -> Rendered:
    """Return a unified diff of two texts, or a note that two binary files differ."""
    if old.decoded is None or new.decoded is None:
        return Rendered("binary", (line("Binary files differ."),))
    notes: tuple[str, ...] = ("Only the start of each file is compared.",) if old.is_cut or new.is_cut else ()
    before, after = (LINE_END.split(strip(text)) for text, _ in (old.decoded, new.decoded))
    start = _common(before, after)
    end = _common(before[start:][::-1], after[start:][::-1])
    if max(len(before), len(after)) - start - end > _MOST_LINES:
        notes += (f"There are too many lines: only {_MOST_LINES:,} from line {start + 1:,} on are compared.",)
    first = max(0, start - _AROUND)
    ours, theirs = (lines[first : min(start + _MOST_LINES, len(lines) - end) + _AROUND] for lines in (before, after))
    rows = difflib.unified_diff(ours, theirs, n=_AROUND, lineterm="")
    lines = [_line(row, first) for row in rows if not row.startswith(("--- ", "+++ "))]
    return Rendered("diff", tuple(lines) or (line(("No visible differences.", MUTED)),), new.decoded[1], notes)


def _common(before: list[str], after: list[str]) -> int:
    pairs = enumerate(zip(before, after, strict=False))
    return next((at for at, (ours, theirs) in pairs if ours != theirs), min(len(before), len(after)))


def _line(row: str, first: int) -> StyledLine:
    if row.startswith("@@"):
        return line((_shifted(row, first), ACCENT), is_error=True)
    return line((row, _STYLES[row[0]])) if row[:1] in _STYLES else line(row)


def _shifted(head: str, first: int) -> str:
    numbers = []
    for part in head.strip("@ ").split():
        start, comma, length = part[1:].partition(",")
        numbers.append(f"{part[0]}{int(start) + first}{comma}{length}")
    return f"@@ {' '.join(numbers)} @@"
