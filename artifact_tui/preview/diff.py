"""Two texts as the lines that differ, with a few around them."""

from __future__ import annotations

import difflib

from artifact_tui.preview.ansi import strip
from artifact_tui.preview.line import ACCENT, ERROR, MUTED, SUCCESS, Rendered, Sample, Style, StyledLine, line
from artifact_tui.preview.log import LINE_END

_MOST_LINES = 4000
"""Lines of each side between what both begin and end with: comparing takes the square of them."""
_AROUND = 3
_STYLES: dict[str, Style] = {"+": SUCCESS, "-": ERROR, "@": ACCENT}


def show_difference(old: Sample, new: Sample) -> Rendered:
    """Return a unified diff; of what is no text, only that it differs."""
    if old.decoded is None or new.decoded is None:
        return Rendered("binary", (line("Binary files differ."),))
    notes: tuple[str, ...] = ("Only the starts are compared.",) if old.is_cut or new.is_cut else ()
    before, after = (LINE_END.split(strip(sample.decoded[0])) for sample in (old, new) if sample.decoded)
    start = _common(before, after)
    end = _common(before[start:][::-1], after[start:][::-1])
    middle_before, middle_after = before[start : len(before) - end], after[start : len(after) - end]
    if max(len(middle_before), len(middle_after)) > _MOST_LINES:
        notes += (f"They differ in too many lines; the first {_MOST_LINES:,} from line {start + 1:,} on are compared.",)
    first = max(0, start - _AROUND)
    rows = difflib.unified_diff(
        before[first : start + min(_MOST_LINES, len(middle_before)) + _AROUND],
        after[first : start + min(_MOST_LINES, len(middle_after)) + _AROUND],
        n=_AROUND,
        lineterm="",
    )
    lines = [_line(row, first) for row in rows if not row.startswith(("--- ", "+++ "))]
    return Rendered("diff", tuple(lines) or (line(("No visible differences.", MUTED)),), new.decoded[1], notes)


def _common(before: list[str], after: list[str]) -> int:
    """How many lines both begin with."""
    pairs = enumerate(zip(before, after, strict=False))
    return next((at for at, (ours, theirs) in pairs if ours != theirs), min(len(before), len(after)))


def _line(row: str, first: int) -> StyledLine:
    if row.startswith("@@"):
        return line((_shifted(row, first), ACCENT), is_error=True)
    return line((row, _STYLES[row[0]])) if row[:1] in _STYLES else line(row)


def _shifted(head: str, first: int) -> str:
    """Return the head of a part, with the numbers its lines have in the whole texts."""
    numbers = []
    for part in head.strip("@ ").split():
        start, comma, length = part[1:].partition(",")
        numbers.append(f"{part[0]}{int(start) + first}{comma}{length}")
    return f"@@ {' '.join(numbers)} @@"
