"""The files inside an artifact, listed without downloading it."""

from __future__ import annotations

import asyncio
import stat
import threading
from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from artifact_tui.archive.directory import Entry
from artifact_tui.archive.remote_zip import RemoteZip
from artifact_tui.model import Artifact, RepositoryName
from artifact_tui.provider import Provider
from artifact_tui.screens.list_screen import ListScreen, fits
from artifact_tui.screens.preview import PreviewScreen
from artifact_tui.screens.session import Session
from artifact_tui.text import count, printable, size
from artifact_tui.widgets.keys import bindings
from artifact_tui.widgets.row_layout import Cell, Column
from artifact_tui.widgets.row_table import RowTable

if TYPE_CHECKING:
    from textual.widget import Widget

LONGEST_KIND = 8
LONGEST_PATH = 1000
COLUMNS = (
    Column("path", "File", 40, flexible=True),
    Column("kind", "Kind", LONGEST_KIND, tone="muted", priority=2),
    Column("size", "Size", 8, justify="right"),
    Column("packed", "Packed", 8, justify="right", tone="muted", priority=1),
    Column("modified", "Modified", 16, tone="muted", priority=3),
)


def row(entry: Entry) -> tuple[str | Cell, ...]:
    """The texts of a row, in the order of :data:`COLUMNS`."""
    modified = f"{entry.modified:%Y-%m-%d %H:%M}" if entry.modified else "—"
    if entry.is_directory:
        return Cell(printable(entry.name, LONGEST_PATH), "muted"), "folder", "", "", modified
    return printable(entry.name, LONGEST_PATH), _kind(entry), size(entry.size), size(entry.compressed), modified


def _kind(entry: Entry) -> str:
    """By the end of the name: the table cuts long paths there."""
    if stat.S_ISLNK(entry.mode):
        return "link"
    suffix = PurePosixPath(entry.name).suffix[1:].lower()
    return printable(suffix) if 0 < len(suffix) <= LONGEST_KIND else "—"


class ContentsScreen(ListScreen):
    """The list comes with kilobytes, a file when it is opened; threads do the waiting."""

    BINDINGS = bindings("contents")
    FILTER_HINT = "words of the path, !not"

    def __init__(self, session: Session, repository: RepositoryName, artifact: Artifact) -> None:
        super().__init__(session)
        self.repository = repository
        self.artifact = artifact
        self._files: RemoteZip | None = None
        self._entries: tuple[tuple[int, Entry], ...] = ()
        self._left = threading.Event()

    @property
    def trail(self) -> tuple[str, ...]:
        """The repository, then the artifact."""
        return (str(self.repository), self.artifact.name)

    def compose_body(self) -> Iterable[Widget]:
        """Entries are told apart by their place in the archive: names may be equal."""
        yield RowTable[tuple[int, Entry]](COLUMNS, key=lambda place: place[0], cells=lambda place: row(place[1]))

    def on_unmount(self) -> None:
        """Nobody waits for the bytes that are still on their way."""
        self._left.set()

    async def fetch(self, provider: Provider) -> None:
        """Read the list of files in a thread; a failure leaves the list that was there."""
        self._files = await asyncio.to_thread(self._open)
        self._entries = tuple(sorted(enumerate(self._files.entries), key=lambda place: place[1].name))

    def _open(self) -> RemoteZip:
        archive = self.session.storage().open(self.repository, self.artifact)
        return RemoteZip.open(archive, self.artifact.size_in_bytes, is_wanted=lambda: not self._left.is_set())

    def update_rows(self) -> None:
        """Filter by the words, and sum up."""
        words = self.filter_bar.text.casefold().split()
        rows = [place for place in self._entries if fits(place[1].name, words)]
        self.table.placeholder = self._placeholder()
        self.table.sorted_by = ("path", False)
        self.table.show(rows)
        self.title_bar.summary = self._summary([entry for _, entry in rows])

    def _summary(self, shown: list[Entry]) -> str:
        if self.loading_rows:
            return "reading the list of files…"
        if self._files is None:
            return ""
        files = sum(not entry.is_directory for entry in shown)
        every = sum(not entry.is_directory for _, entry in self._entries)
        total = size(sum(entry.size for entry in shown))
        counted = count(every, "file")
        return f"{files:,} of {counted} · {total}" if len(shown) < len(self._entries) else f"{counted} · {total}"

    def _placeholder(self) -> str:
        if self._entries:
            return f"None of {count(len(self._entries), 'file')} matches the filter\n\nEsc takes it away"
        if self.loading_rows:
            return "Reading the list of files…"
        if self._files is None:
            return self.table.placeholder  # why it could not be read
        return "This artifact holds no files\n\nEsc goes back"

    def filter_rows(self, text: str) -> None:
        """Filter as it is typed."""
        self.update_rows()

    def peel(self) -> bool:
        """A half-read list is none: Esc leaves at once."""
        return False

    def action_preview(self) -> None:
        """Show the file under the cursor."""
        if self.table.current is not None:
            self.open_item(self.table.current)

    def open_item(self, item: tuple[int, Entry]) -> None:
        """Show the file."""
        entry = item[1]
        if entry.is_directory:
            self.app.notify("A folder; the files in it have rows of their own.", markup=False, timeout=4)
        elif self._files is not None:
            self.app.push_screen(PreviewScreen(self.session, self.artifact, self._files, entry))
