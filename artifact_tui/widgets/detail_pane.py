"""The details of the row under the cursor: labels and values in full."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator
from functools import lru_cache
from itertools import zip_longest
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events, on
from textual.content import Content
from textual.geometry import Region, Size
from textual.reactive import reactive
from textual.strip import Strip
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

    COMPONENT_CLASSES = {"field-lines--label"}
    DEFAULT_CSS = """
    FieldLines {
        width: 1fr;
        height: auto;
        text-wrap: nowrap;
        text-overflow: clip;
        & > .field-lines--label { color: $text-muted; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._fields: tuple[Field, ...] = ()
        self._least_height = 0
        self._styles_of_line = Style(), Style()

    def render(self) -> Content:
        """Return all lines; used only to draw selected text."""
        lines = (Content.assemble((label, "$text-muted"), value) for label, value in self._lines)
        return Content("\n").join(lines)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return lines, and compose their two styles only once."""
        self._styles_of_line = self.get_component_rich_style("field-lines--label"), self.rich_style
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        """Return one line, so that only changed lines are rendered."""
        if y >= len(self._lines):
            return Strip.blank(self.size.width, self.rich_style)
        if self.text_selection is not None:
            return super().render_line(y)
        label, value = self._lines[y]
        muted, plain = self._styles_of_line
        return Strip([Segment(label, muted), Segment(value, plain)]).apply_offsets(0, y)

    @property
    def _lines(self) -> tuple[Field, ...]:
        return _lines(self._fields, self.size.width)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return the number of lines for a width in cells, so that the first frame has its final size."""
        return max(self._least_height, len(_lines(self._fields, width)))

    def show(self, fields: tuple[Field, ...], window: int) -> None:
        """Replace the fields.

        If the text fills the ``window`` (in lines) before and after, its height stays the same, with blank lines at the
        end, because a new layout paints the whole pane and the scrollbar.
        """
        (width, height), before = self.size, self._lines
        self._fields = fields
        lines = self._lines
        is_long = 0 < window <= min(len(before), len(lines))
        self._least_height = height if is_long else 0
        if not width or self.get_content_height(self.size, self.size, width) != height:
            self.refresh(layout=True)
            return
        changed = [y for y, (old, new) in enumerate(zip_longest(before, lines)) if old != new]
        if changed:
            self.refresh(*(Region(0, y, width, 1) for y in changed))

    def trim(self) -> None:
        """Remove blank lines at the end, before the user scrolls to them."""
        if self._least_height > len(self._lines):
            self._least_height = 0
            self.refresh(layout=True)


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
            window = 0 if self.has_focus else self.scrollable_content_region.height
            self.query_one(FieldLines).show(fields, window)

    def on_mount(self) -> None:
        """Show the fields that were set before mounting."""
        self.query_one(FieldLines).show(self.fields, 0)

    @on(events.Focus)
    @on(events.MouseScrollDown)
    def _trim(self) -> None:
        self.query_one(FieldLines).trim()


@lru_cache(maxsize=4)
def _lines(fields: tuple[Field, ...], width: int) -> tuple[Field, ...]:
    """Return a padded label and a value for each line."""
    space = max(8, width - LABEL_WIDTH)
    return tuple((label_cell(label), value) for field in fields for label, value in _wrapped(*field, space))


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
