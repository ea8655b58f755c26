"""Search for files by name across many artifacts; only their lists of files are fetched."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from functools import partial
from typing import NamedTuple

from textual.widget import Widget

from artifact_tui.archive.nested import is_archive
from artifact_tui.archive.path_pattern import name_pattern
from artifact_tui.archive.remote_zip import RemoteZip
from artifact_tui.archive.zip_directory import Entry
from artifact_tui.domain.models import Artifact, RepositoryName, WorkflowRun
from artifact_tui.domain.provider import Provider, ProviderError
from artifact_tui.keymap import bindings
from artifact_tui.screens.artifact_details import run_label
from artifact_tui.screens.contents.preview import PreviewScreen
from artifact_tui.screens.contents.reading import Reading
from artifact_tui.screens.contents.screen import FilesScreen
from artifact_tui.screens.session import Session
from artifact_tui.text import count, printable, size
from artifact_tui.widgets.row_layout import Column
from artifact_tui.widgets.row_table import RowTable

AT_ONCE = 6  # how many lists are fetched at the same time
MOST_ARTIFACTS = 200
MOST_FILES = 500_000
MOST_HITS = 20_000
SHOW_EVERY = 0.25


class Hit(NamedTuple):
    """One file of one artifact; ``folded`` is what patterns are matched with."""

    number: int
    artifact: Artifact
    files: RemoteZip
    entry: Entry
    folded: str


class HitRow(NamedTuple):
    """A hit, and the workflow run, if known, that tells artifacts of one name apart."""

    hit: Hit
    run: WorkflowRun | None


COLUMNS = (
    Column[HitRow](
        "path",
        "File",
        30,
        cell=lambda row: printable(row.hit.entry.name, 1000),
        flexible=True,
        keeps_end=True,
        essential=True,
    ),
    Column[HitRow](
        "artifact",
        "Artifact",
        24,
        cell=lambda row: printable(row.hit.artifact.name),
        tone="accent",
        flexible=True,
        keeps_end=True,
    ),
    Column[HitRow](
        "run", "Run", 14, cell=lambda row: run_label(row.hit.artifact, row.run), tone="muted", keeps_end=True
    ),
    Column[HitRow]("size", "Size", 8, cell=lambda row: size(row.hit.entry.size), justify="right"),
    Column[HitRow](
        "packed",
        "Packed",
        8,
        cell=lambda row: size(row.hit.entry.compressed),
        justify="right",
        tone="muted",
        priority=1,
    ),
)


class FindScreen(FilesScreen):
    """The filter line is the pattern; lists arrive while you type, and Esc stops them."""

    BINDINGS = bindings("find")
    FILTER_HINT = "part of the path, *.log, !not"

    def __init__(
        self, session: Session, repository: RepositoryName, artifacts: tuple[Artifact, ...], *, part: str = ""
    ) -> None:
        super().__init__(session, repository, "Find files")
        self._part = part
        there = [artifact for artifact in artifacts if not artifact.expired]
        self._artifacts = there[:MOST_ARTIFACTS]
        self._expired = len(artifacts) - len(there)
        self._left_out = len(there) - len(self._artifacts)
        self._all: list[Hit] = []
        self._read = self._unread = 0

    def compose_body(self) -> Iterable[Widget]:
        """Yield the table."""
        yield RowTable[Hit](COLUMNS, key=lambda hit: hit.number, row=self._row)

    def _row(self, hit: Hit) -> HitRow:
        return HitRow(hit, self.session.runs_of(self.repository).get(hit.artifact.run_id or 0))

    def on_mount(self) -> None:
        """Focus the pattern."""
        self.filter_bar.open()

    async def fetch(self, provider: Provider) -> None:
        """Read all lists, a few at a time; one that cannot be read is counted and does not stop the others."""
        self._all, self._read, self._unread = [], 0, 0
        turns = asyncio.Semaphore(AT_ONCE)
        clock = asyncio.get_running_loop().time
        shown = clock()

        async def read(artifact: Artifact) -> None:
            nonlocal shown
            async with turns:
                await self._read_one(artifact)
            if clock() - shown >= SHOW_EVERY:
                shown = clock()
                self.update_rows()

        async with asyncio.TaskGroup() as group:
            for artifact in self._artifacts:
                group.create_task(read(artifact))

    async def _read_one(self, artifact: Artifact) -> None:
        if len(self._all) >= MOST_FILES or not self.is_wanted():
            self._unread += 1
            return
        try:
            files = await asyncio.to_thread(self.open_archive, artifact)
        except ProviderError:
            self._unread += 1
            return
        self._read += 1
        entries = [entry for entry in files.entries if not entry.is_directory]
        for number, entry in enumerate(entries, len(self._all)):
            self._all.append(Hit(number, artifact, files, entry, entry.name.casefold()))

    def update_rows(self) -> None:
        """Show the matching files in the order of the lists; none without a pattern."""
        text = self.filter_bar.text
        fits = name_pattern(text)
        hits = [hit for hit in self._all if fits(hit.folded)] if text.strip() else []
        self.table.placeholder = self._placeholder(text)
        self.table.show(hits[:MOST_HITS], filtered=True)
        self.title_bar.summary = self._summary(text, len(hits))

    def _summary(self, text: str, hits: int) -> str:
        every = len(self._artifacts)
        if self.loading_rows:
            far = f"reading {self._read + self._unread:,} of {every:,} lists…"
        else:
            others = ((self._unread, "not read"), (self._expired, "expired"), (self._left_out, "left out"))
            more = "".join(f", {number:,} {what}" for number, what in others if number)
            far = f"{count(len(self._all), 'file')} in {count(self._read, 'artifact')}{more}"
        first = f"first {MOST_HITS:,} of " if hits > MOST_HITS else ""
        found = f"{first}{count(hits, 'hit')}" if text.strip() else ""
        return " · ".join(words for words in (found, self._part, far) if words)

    def _placeholder(self, text: str) -> str:
        if not text.strip():
            return "Type a part of a name, or a pattern such as *.log"
        searched = f"\n\nSearched only artifacts out {self._part}" if self._part else ""
        return "No match so far" if self.loading_rows else f"No matching file{searched}"

    def action_back(self) -> None:
        """Stop reading first; the pattern then applies to what was read."""
        if self.loading_rows:
            self.stop_loading()
        else:
            super().action_back()

    def stop_loading(self) -> None:
        """Keep what was read, and count what was not."""
        self._unread = len(self._artifacts) - self._read
        super().stop_loading()

    def action_download(self) -> None:
        """Ask where to save the file under the cursor."""
        if (row := self.current_or_say()) is not None:
            self._save(row)

    def open_item(self, item: Hit) -> None:
        """Show the file, or the contents of an archive."""
        if is_archive(item.entry.name):
            path = (item.entry.name,)
            self.open_within(item.artifact, item.files, path, item.entry, partial(self._save, item))
            return
        trail, reading = (item.artifact.name, item.entry.name), Reading(item.files, item.entry)
        self.app.push_screen(PreviewScreen(self.session, trail, reading, partial(self._save, item, reading)))

    def _save(self, item: Hit, reading: Reading | None = None) -> None:
        held = reading.held if reading else None
        self.save(item.artifact, item.files, [item.entry], item.entry.name, held)
