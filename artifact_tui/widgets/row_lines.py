"""The lines of a table as runs of text: header, row, and the message of an empty table."""

from collections.abc import Callable, Iterable, Sequence
from textwrap import wrap
from typing import NamedTuple

from rich.cells import cell_len

from artifact_tui.widgets.row_layout import GAP, Cell, FittedColumn, Signs, Tone, fit_text

GUTTER = 3
"""Cells at the left of each line: the cursor's sign, the mark, a blank."""
MARGIN = 1
"""Blank cells at the right of each line."""


Order = tuple[str, bool]
"""A column's id, and whether its values go down."""


class TextRun(NamedTuple):
    """Text drawn in one style."""

    text: str
    tone: Tone | None = None


def header_line(columns: Sequence[FittedColumn], sorted_by: Order | None, signs: Signs) -> str:
    """Return the labels of the columns, one of them with the sort sign."""
    texts = []
    for placed in columns:
        column, sign = placed.column, ""
        if sorted_by is not None and sorted_by[0] == column.id:
            sign = signs.descending if sorted_by[1] else signs.ascending
        label = _label(column.label, placed.width - len(sign), signs) + sign
        texts.append(fit_text(label, placed.width, column.justify, signs.ellipsis))
    return " " * GUTTER + (" " * GAP).join(texts)


def _label(label: str, width: int, signs: Signs) -> str:
    return fit_text(label, width, "left", signs.ellipsis).rstrip()


Short = Callable[[FittedColumn, str], str]
"""What to show of a text that is too long for its column."""


def row_line(
    columns: Sequence[FittedColumn],
    cells: Sequence[str | Cell],
    signs: Signs,
    *,
    cursor: bool,
    marked: bool,
    short: Short = lambda _, text: text,
) -> list[TextRun]:
    """One item: its signs, then its cells, with neighbors of one tone in one run."""
    runs = [
        TextRun(signs.cursor if cursor else " "),
        TextRun(signs.mark if marked else " ", "accent" if marked else None),
    ]
    before = " "
    for placed in columns:
        cell = cells[placed.index]
        text, tone = (cell, None) if isinstance(cell, str) else cell
        end = placed.width // 3 if placed.column.keeps_end else 0
        shown = short(placed, text) if placed.column.keeps_end else text
        fitted = fit_text(shown, placed.width, placed.column.justify, signs.ellipsis, end=end)
        runs.append(TextRun(before + fitted, tone or placed.column.tone))
        before = " " * GAP
    return join_runs(runs)


def join_runs(runs: Iterable[TextRun]) -> list[TextRun]:
    """Join what looks the same; blanks look the same in every tone."""
    joined: list[TextRun] = []
    for run in runs:
        if joined and (run.tone == joined[-1].tone or run.text.isspace()):
            joined[-1] = TextRun(joined[-1].text + run.text, joined[-1].tone)
        else:
            joined.append(run)
    return joined


def message_line(message: str, y: int, width: int, height: int, signs: Signs) -> str:
    """Line `y` of a message in the middle of `width` by `height` cells, its long lines wrapped."""
    lines = [part for line in message.splitlines() for part in wrap(line, max(1, width - 4)) or [""]]
    index = y - max(0, (height - len(lines)) // 2)
    if not 0 <= index < len(lines):
        return ""
    text = fit_text(lines[index], width, "left", signs.ellipsis).rstrip()
    return " " * ((width - cell_len(text)) // 2 if text else 0) + text
