"""Everything that is known of the row under the cursor: labels and values, nothing cut."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import Static

from artifact_tui.widgets.scroll_pane import ScrollPane

if TYPE_CHECKING:
    from textual.app import ComposeResult

LABEL_WIDTH = 12
Field = tuple[str, str]


class DetailPane(ScrollPane):
    """One field a line; values that are wider than the pane go on under themselves, so that nothing is cut."""

    BORDER_TITLE = "Details"

    fields: reactive[tuple[Field, ...]] = reactive[tuple[Field, ...]](())

    def compose(self) -> ComposeResult:
        """One text: cheaper to fill than a widget for each field."""
        yield Static("", markup=False)

    def watch_fields(self) -> None:
        """Other fields are read from the top."""
        self._fill()
        self.scroll_home(animate=False)

    def on_resize(self) -> None:
        """Fold again for the new width."""
        self._fill()

    def _fill(self) -> None:
        if not self.is_mounted:
            return
        room = max(8, self.scrollable_content_region.width - LABEL_WIDTH)
        lines = [
            Content.assemble((f"{label:<{LABEL_WIDTH}}", "$text-muted"), value)
            for field in self.fields
            for label, value in _folded(field, room)
        ]
        self.query_one(Static).update(Content("\n").join(lines))


def _folded(field: Field, width: int) -> Iterator[Field]:
    """The field in lines of at most ``width`` cells, broken at spaces, and within a word that is too long for one."""
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
