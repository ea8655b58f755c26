"""What has to be sent for a terminal that shows one grid to show another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from artifact_tui.terminal.cells import BEHIND, BLANK, UNKNOWN, Grid, Row
from artifact_tui.terminal.looks import PLAIN, Look
from artifact_tui.terminal.pen import Pen
from artifact_tui.terminal.shift import find_shift, shifted

NEAR = 5
"""Unchanged cells between two changes that are written again rather than jumped over."""


def write_frame(pen: Pen, shown: Grid, wanted: Grid) -> None:
    """Collect in ``pen`` what turns one into the other; ``shown`` is changed to be what is shown then."""
    if shown.rows and shown.rows[0].letters[:1] == [UNKNOWN]:
        _clear(pen, shown, wanted)
    if pen.moves_lines and (shift := find_shift(shown, wanted)):
        pen.shift(*shift)
        shown.rows = shifted(shown.rows, shift)
    for line, (old, new) in enumerate(zip(shown.rows, wanted.rows, strict=True)):
        if old != new:
            for start, end in _changes(old, new):
                pen.write(start, line, new.letters[start:end], new.looks[start:end])
            shown.rows[line] = new.copy()


def _clear(pen: Pen, shown: Grid, wanted: Grid) -> None:
    """Erase all in the background that most cells shall have."""
    fills = Counter(look.background for row in wanted.rows for look in row.looks)
    look = Look(frozenset(), "", fills.most_common(1)[0][0])
    filled = pen.clear(look)
    for row in shown.rows:
        row.put(0, [BLANK] * shown.width, [look if filled else PLAIN] * shown.width)


def _changes(old: Row, new: Row) -> Iterator[tuple[int, int]]:
    """The stretches of cells that look different, whole letters, those near each other as one."""
    start = end = -1
    cells = zip(old.letters, old.looks, new.letters, new.looks, strict=True)
    for column, (letter, look, wanted, wanted_look) in enumerate(cells):
        if letter == wanted and (look == wanted_look or (wanted == BLANK and look.shows_blank_as(wanted_look))):
            continue
        if end >= 0 and column - end > NEAR:
            yield _whole(old, new, start, end)
            start = -1
        start, end = (column if start < 0 else start), column + 1
    if end >= 0:
        yield _whole(old, new, start, end)


def _whole(old: Row, new: Row, start: int, end: int) -> tuple[int, int]:
    """The stretch widened to whole letters, of what stands there and of what shall."""
    while start and BEHIND in (old.letters[start], new.letters[start]):
        start -= 1
    while end < len(new.letters) and BEHIND in (old.letters[end], new.letters[end]):
        end += 1
    return start, end
