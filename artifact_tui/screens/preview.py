"""One file of an artifact: its text, or a dump of its bytes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from textual import on

from artifact_tui.archive.directory import Entry
from artifact_tui.archive.preview import Text, hex_lines, read_text
from artifact_tui.archive.remote_zip import RemoteZip
from artifact_tui.model import Artifact
from artifact_tui.provider import Provider
from artifact_tui.screens.list_screen import ListScreen, fits
from artifact_tui.screens.session import Session
from artifact_tui.text import count, size
from artifact_tui.widgets.row_layout import Cell, Column, fold_text
from artifact_tui.widgets.row_table import RowTable

if TYPE_CHECKING:
    from textual.widget import Widget

SHOWN_BYTES = 256 * 1024
"""How much of a file is fetched and shown."""
COLUMNS = (Column("text", "", 20, flexible=True),)


class Row(NamedTuple):
    """One row of the screen: a part of a line that is folded to the width; lines are counted from 1."""

    line: int
    part: int
    text: str
    is_note: bool = False


def row(item: Row) -> tuple[Cell]:
    """The row's text; what the program says itself is quiet."""
    return (Cell(item.text, "muted" if item.is_note else None),)


class LineTable(RowTable[Row]):
    """Lines to read, not to open."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Enter does nothing here."""
        return action != "select_cursor" and super().check_action(action, parameters)


class PreviewScreen(ListScreen):
    """A list of lines: moves, filters and fails as every other list does."""

    FILTER_HINT = "words of the line, !not"

    def __init__(self, session: Session, artifact: Artifact, files: RemoteZip, entry: Entry) -> None:
        super().__init__(session)
        self.artifact = artifact
        self.entry = entry
        self._files = files
        self._data: bytes | None = None
        self._text: Text | None = None
        self._matching = 0

    @property
    def trail(self) -> tuple[str, ...]:
        """The artifact, then the file."""
        return (self.artifact.name, self.entry.name)

    def compose_body(self) -> Iterable[Widget]:
        """One column, no header."""
        yield LineTable(COLUMNS, key=lambda item: item[:2], cells=row, show_header=False)

    async def fetch(self, provider: Provider) -> None:
        """Read the start of the file in a thread."""
        self._data, self._text = await asyncio.to_thread(self._read)

    def _read(self) -> tuple[bytes, Text | None]:
        data = self._files.read_entry(self.entry, SHOWN_BYTES)
        return data, read_text(data, is_cut=len(data) < self.entry.size)

    def on_resize(self) -> None:
        """Fold to the width there is now."""
        self.call_after_refresh(self.update_rows)

    def update_rows(self) -> None:
        """The lines that match, folded to the width; all when there is no filter."""
        words = self.filter_bar.text.casefold().split()
        rows = list(self._rows(words))
        self._matching = len({item.line for item in rows})
        if self._data is not None and len(self._data) < self.entry.size and not words:
            rest = self.entry.size - len(self._data)
            rows.append(Row(0, 0, f"… {size(rest)} more; download the artifact to see them", is_note=True))
        self.table.placeholder = self._placeholder()
        self.table.show(rows)
        self._sum_up()

    def _rows(self, words: list[str]) -> Iterator[Row]:
        width = max(20, self.table.width_of("text"))
        for number, line in enumerate(self._lines(width), 1):
            if fits(line, words):
                for part, text in enumerate(fold_text(line, width)):
                    yield Row(number, part, text)

    def _lines(self, width: int) -> Iterable[str]:
        if self._text is not None:
            return self._text.lines
        return hex_lines(self._data or b"", width)

    @on(RowTable.RowHighlighted)
    def _row_highlighted(self) -> None:
        self._sum_up()

    def _sum_up(self) -> None:
        self.title_bar.summary = self._summary()

    def _summary(self) -> str:
        if self._data is None:
            return "reading…" if self.loading_rows else ""
        kind = self._text.encoding if self._text else "binary"
        is_whole = len(self._data) == self.entry.size
        amount = size(len(self._data)) if is_whole else f"first {size(len(self._data))} of {size(self.entry.size)}"
        if self.filter_bar.text.strip():
            here = self.table.current
            place = f"line {here.line:,} · " if here else ""
            where = "" if is_whole else f" in the {amount}"
            return f"{place}{count(self._matching, 'line matches', 'lines match')}{where}"
        lines = f"{count(len(self._text.lines), 'line')} · " if self._text and is_whole else ""
        return f"{lines}{kind} · {amount}"

    def _placeholder(self) -> str:
        if self._data:
            return "No line matches the filter\n\nEsc takes it away"
        if self.loading_rows:
            return f"Reading {size(min(SHOWN_BYTES, self.entry.size))}…"
        if self._data is None:
            return self.table.placeholder  # why it could not be read
        return "This file is empty\n\nEsc goes back"

    def filter_rows(self, text: str) -> None:
        """Keep the lines with the words, as they are typed."""
        self.update_rows()

    def peel(self) -> bool:
        """Esc leaves at once, also while reading."""
        return False
