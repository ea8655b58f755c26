"""The details of the row under the cursor: labels and values in full."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator
from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual.content import Content
from textual.geometry import Region, Size
from textual.reactive import reactive
from textual.widget import Widget

from artifact_tui.widgets.scroll_pane import ScrollPane

if TYPE_CHECKING:
    from textual.app import ComposeResult

LABEL_WIDTH = 12
Field = tuple[str, str]


def label_cell(text: str) -> str:
    """Return a label padded to the common width, or followed by one space if it is longer."""
    return text.ljust(LABEL_WIDTH) if len(text) < LABEL_WIDTH else f"{text} "


class FieldLines(Widget):
    """A text that repaints only changed lines while their number stays the same."""

    DEFAULT_CSS = "FieldLines { width: 1fr; height: auto; text-wrap: nowrap; text-overflow: clip; }"

    def __init__(self) -> None:
        super().__init__()
        self._fields: tuple[Field, ...] = ()

    def render(self) -> Content:
        """Return all lines."""
        return Content("\n").join(_lines(self._fields, self.size.width))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return the number of lines for a width in cells, so that the first frame has its final size."""
        return len(_lines(self._fields, width))

    def show(self, fields: tuple[Field, ...]) -> None:
        """Replace the fields."""
        width = self.size.width
        before, lines = _lines(self._fields, width), _lines(fields, width)
        self._fields = fields
        if not width or len(before) != len(lines):
            self.refresh(layout=True)
            return
        changed = [y for y, (old, new) in enumerate(zip(before, lines, strict=True)) if old != new]
        if changed:
            self.refresh(*(Region(0, y, width, 1) for y in changed))


class DetailPane(ScrollPane):
    """One field per line; long values wrap, so that nothing is cut."""

    BORDER_TITLE = "Details"

    fields: reactive[tuple[Field, ...]] = reactive[tuple[Field, ...]]((), repaint=False)

    def __init__(self) -> None:
        super().__init__()
        self._subject: Hashable = None

    def compose(self) -> ComposeResult:
        """Yield one widget, which is faster to update than one per field."""
        yield FieldLines()

    def show(self, fields: tuple[Field, ...], subject: Hashable) -> None:
        """Show the fields of ``subject``; an update of the same subject keeps the scroll position."""
        is_other, self._subject = subject != self._subject, subject
        self.fields = fields
        if is_other:
            self.scroll_home(animate=False)

    def watch_fields(self, fields: tuple[Field, ...]) -> None:
        """Pass the fields to the lines."""
        if self.is_mounted:
            self.query_one(FieldLines).show(fields)

    def on_mount(self) -> None:
        """Show the fields that were set before mounting."""
        self.query_one(FieldLines).show(self.fields)


def _lines(fields: tuple[Field, ...], width: int) -> tuple[Content, ...]:
    space = max(8, width - LABEL_WIDTH)
    return tuple(
        Content.assemble((label_cell(label), "$text-muted"), value)
        for field in fields
        for label, value in _wrapped(*field, space)
    )


def _wrapped(label: str, value: str, width: int) -> Iterator[Field]:
    """Yield the field in lines of at most ``width`` cells, broken at spaces, or inside words that are too long."""
    line = ""
    for word in re.findall(r"\S+\s*|\s+", value):
        if line and cell_len(line) + cell_len(word.rstrip()) > width:
            yield label, line
            label, line = "", ""
        while cell_len(word.rstrip()) > width:
            start, word = _split(word, width)
            yield label, start
            label = ""
        line += word
    yield label, line


def _split(text: str, width: int) -> tuple[str, str]:
    end = 1
    while end < len(text) and cell_len(text[: end + 1]) <= width:
        end += 1
    return text[:end], text[end:]
