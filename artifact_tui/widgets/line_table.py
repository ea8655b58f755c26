"""A table of styled lines: a file to read, with highlighted search matches."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from rich.color import Color
from rich.style import Style as RichStyle
from textual.reactive import reactive

from artifact_tui.preview.line import ColorValue, Style, StyledLine, TextSpan
from artifact_tui.widgets.row_layout import Column, fold_text
from artifact_tui.widgets.row_lines import GUTTER
from artifact_tui.widgets.row_table import RowTable

_ATTRIBUTES = ("bold", "dim", "italic", "underline", "strike", "reverse")


class LineRow(NamedTuple):
    """A part of a wrapped line after ``indent`` characters; lines count from 1, and 0 is a note of the program."""

    line: int
    part: int
    text: str
    runs: tuple[TextSpan, ...] = ()
    is_note: bool = False
    indent: int = 0


COLUMNS = (Column[LineRow]("text", "", 20, cell=lambda row: row.text, flexible=True),)


def note_row(number: int, text: str) -> LineRow:
    """Return a note of the program, identified by its number."""
    return LineRow(0, number, text, is_note=True)


def fold_line(number: int, line: StyledLine, width: int, *, without_stamp: bool = False) -> Iterator[LineRow]:
    """Yield the rows of a wrapped line, with its styled runs."""
    at = line.stamp if without_stamp else 0
    for part, text in enumerate(fold_text(line.text[at:], width, line.indent[: width // 2])):
        indent = len(line.indent[: width // 2]) if part else 0
        length = len(text) - indent
        runs = _within(line.runs, at, at + length, indent) if line.runs else ()
        yield LineRow(number, part, text, runs, indent=indent)
        at += length


def _within(runs: tuple[TextSpan, ...], start: int, end: int, indent: int) -> tuple[TextSpan, ...]:
    shift = indent - start
    return tuple(
        TextSpan(max(run.start, start) + shift, min(run.end, end) + shift, run.style)
        for run in runs
        if run.start < end and run.end > start
    )


class LineTable(RowTable[LineRow]):
    """A table of lines that cannot be opened."""

    needle: reactive[str] = reactive("")
    """The case-folded text to highlight."""

    def __init__(self) -> None:
        super().__init__(COLUMNS, key=lambda row: row[:2], show_header=False)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Disable Enter."""
        return action != "select_cursor" and super().check_action(action, parameters)

    def _row_runs(self, index: int) -> list[tuple[str, RichStyle]]:
        row = self._items[index]
        plain = super()._row_runs(index)
        if row.is_note:
            return [("".join(text for text, _ in plain), self.get_component_rich_style("row-table--muted"))]
        found = list(self._found(row.text))
        if not (row.runs or found):
            return plain
        text = "".join(text for text, _ in plain)
        styles = [style for part, style in plain for _ in part]
        is_cursor = self.show_cursor and index == self.cursor_row and not self.has_sign_cursor
        for start, end, style in () if is_cursor else row.runs:
            _lay(styles, start, end, self._rich(style))
        for start, end in found:
            _lay(styles, start, end, RichStyle(reverse=True))
        groups = groupby(zip(text, styles, strict=True), key=itemgetter(1))
        return [("".join(letter for letter, _ in pairs), style) for style, pairs in groups]

    def _found(self, text: str) -> Iterator[tuple[int, int]]:
        folded = text.casefold()
        if not self.needle or len(folded) != len(text):
            return
        at = folded.find(self.needle)
        while at >= 0:
            yield at, at + len(self.needle)
            at = folded.find(self.needle, at + len(self.needle))

    def _rich(self, style: Style) -> RichStyle:
        tone = self.get_component_rich_style(f"row-table--{style.tone}") if style.tone else RichStyle()
        attributes = {name: getattr(style, name) or None for name in _ATTRIBUTES}
        foreground, background = _rich_color(style.foreground), _rich_color(style.background)
        return tone + RichStyle(color=foreground, bgcolor=background, **attributes)


def _lay(styles: list[RichStyle], start: int, end: int, style: RichStyle) -> None:
    for at in range(start + GUTTER, min(end + GUTTER, len(styles))):
        styles[at] += style


def _rich_color(color: ColorValue | None) -> Color | None:
    if color is None:
        return None
    return Color.from_ansi(color) if isinstance(color, int) else Color.from_rgb(*color)
