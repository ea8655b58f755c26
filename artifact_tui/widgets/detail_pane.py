"""Everything that is known of the row under the cursor: labels and values, nothing cut."""

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
    """Return a label as wide as all others; one that is longer keeps a gap before its value."""
    return text.ljust(LABEL_WIDTH) if len(text) < LABEL_WIDTH else f"{text} "


class FieldLines(Widget):
    """One text of several lines; as long as there are no more of them, only those that have changed are painted."""

    DEFAULT_CSS = "FieldLines { width: 1fr; height: auto; text-wrap: nowrap; text-overflow: clip; }"

    def __init__(self) -> None:
        super().__init__()
        self._fields: tuple[Field, ...] = ()

    def render(self) -> Content:
        """All lines."""
        return Content("\n").join(_lines(self._fields, self.size.width))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return how many lines the fields take in that width, so that the first frame has its final size."""
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
    """One field a line; values that are wider than the pane go on under themselves, so that nothing is cut."""

    BORDER_TITLE = "Details"

    fields: reactive[tuple[Field, ...]] = reactive[tuple[Field, ...]]((), repaint=False)

    def __init__(self) -> None:
        super().__init__()
        self._subject: Hashable = None

    def compose(self) -> ComposeResult:
        """One text: cheaper to fill than a widget for each field."""
        yield FieldLines()

    def show(self, fields: tuple[Field, ...], subject: Hashable) -> None:
        """Show what is known of ``subject``; news of the same one leave the reader where he is."""
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
    """Return the fields in lines of that width."""
    room = max(8, width - LABEL_WIDTH)
    return tuple(
        Content.assemble((label_cell(label), "$text-muted"), value)
        for field in fields
        for label, value in _folded(field, room)
    )


def _folded(field: Field, width: int) -> Iterator[Field]:
    """Yield the field in lines of at most ``width`` cells, broken at spaces, and inside words that are too long."""
    label, value = field
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
    """Cut after as many characters as ``width`` cells hold, one at least."""
    end = 1
    while end < len(text) and cell_len(text[: end + 1]) <= width:
        end += 1
    return text[:end], text[end:]
