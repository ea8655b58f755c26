"""The lines of a table as runs of text: the header, a row, and the message of an empty table."""

from collections.abc import Callable, Iterable, Sequence
from textwrap import wrap
from typing import NamedTuple

from rich.cells import cell_len

from artifact_tui.widgets.row_layout import GAP, Cell, FittedColumn, Tone, fit_text

CURSOR, MARK, PART_MARK, PROBLEM_MARK, ASCENDING, DESCENDING = "▌", "●", "○", "!", "▲", "▼"
"""Signs of one cell each."""
GUTTER = 3
"""Cells at the left of each line: the cursor sign, the mark and a blank."""
MARGIN = 1
"""Blank cells at the right of each line."""

_MARK_TONES: dict[str, Tone] = {MARK: "accent", PROBLEM_MARK: "warning"}
Order = tuple[str, bool]
"""A column's id, and whether the order is descending."""
Short = Callable[[FittedColumn, str], str]
"""Shortens a text that is too long for its column."""


class TextRun(NamedTuple):
    """Text drawn in one style."""

    text: str
    tone: Tone | None = None


def header_line(columns: Sequence[FittedColumn], sorted_by: Order | None) -> str:
    """Return the labels of the columns, one of them with the sort sign."""
    texts = []
    for placed in columns:
        column, sign = placed.column, ""
        if sorted_by is not None and sorted_by[0] == column.id:
            sign = DESCENDING if sorted_by[1] else ASCENDING
        label = fit_text(column.label, placed.width - len(sign)).rstrip() + sign
        texts.append(fit_text(label, placed.width, column.justify))
    return " " * GUTTER + (" " * GAP).join(texts)


def row_line(
    columns: Sequence[FittedColumn],
    cells: Sequence[str | Cell],
    *,
    cursor: bool,
    mark: str = " ",
    short: Short = lambda _, text: text,
    colors_name: bool = False,
) -> list[TextRun]:
    """Return the signs and the cells of an item, with adjacent cells of one tone in one run.

    With ``colors_name``, the cursor's sign and the column that names the item are in the accent color.
    """
    accent: Tone | None = "accent" if colors_name and cursor else None
    naming = next((placed for placed in columns if placed.column.keeps_end), columns[0] if columns else None)
    runs = [TextRun(CURSOR if cursor else " ", accent), TextRun(mark, _MARK_TONES.get(mark))]
    before = " "
    for placed in columns:
        cell = cells[placed.index]
        text, tone, spans = (cell, None, False) if isinstance(cell, str) else cell
        if spans:
            width = columns[-1].x + columns[-1].width - placed.x
            runs.append(TextRun(before + fit_text(text, width), tone or placed.column.tone))
            break
        end = placed.width // 3 if placed.column.keeps_end else 0
        shown = short(placed, text) if placed.column.keeps_end else text
        fitted = fit_text(shown, placed.width, placed.column.justify, end=end)
        runs.append(TextRun(before + fitted, (accent if placed is naming else None) or tone or placed.column.tone))
        before = " " * GAP
    return join_runs(runs)


def join_runs(runs: Iterable[TextRun]) -> list[TextRun]:
    """Join adjacent runs of one tone; blanks join any tone."""
    joined: list[TextRun] = []
    for run in runs:
        if joined and (run.tone == joined[-1].tone or run.text.isspace()):
            joined[-1] = TextRun(joined[-1].text + run.text, joined[-1].tone)
        else:
            joined.append(run)
    return joined


def message_line(message: str, y: int, width: int, height: int) -> str:
    """Return line `y` of a wrapped message, centered in `width` by `height` cells."""
    lines = [part for line in message.splitlines() for part in wrap(line, max(1, width - 4)) or [""]]
    index = y - max(0, (height - len(lines)) // 2)
    if not 0 <= index < len(lines):
        return ""
    text = fit_text(lines[index], width).rstrip()
    return " " * ((width - cell_len(text)) // 2 if text else 0) + text
