"""Comparison of two artifacts: which files were added, removed and changed, and one of them line by line."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from functools import partial

from textual.widget import Widget

from artifact_tui.archive.comparison import Difference, compare
from artifact_tui.archive.files import PackedStream
from artifact_tui.archive.in_memory import Held
from artifact_tui.archive.remote_zip import RemoteZip
from artifact_tui.archive.zip_directory import Entry
from artifact_tui.domain.models import Artifact, RepositoryName
from artifact_tui.domain.provider import ArtifactExpired, NotFound, Provider, ServerTrouble
from artifact_tui.keymap import bindings
from artifact_tui.preview.diff import show_difference
from artifact_tui.preview.line import Rendered, Sample
from artifact_tui.screens.contents.preview import PreviewScreen
from artifact_tui.screens.contents.reading import AnyReading
from artifact_tui.screens.contents.screen import FilesScreen
from artifact_tui.screens.list_screen import fits
from artifact_tui.screens.session import Session
from artifact_tui.text import count, printable, size
from artifact_tui.widgets.row_layout import Cell, Column, Tone
from artifact_tui.widgets.row_table import RowTable

MOST_COMPARED = 1024 * 1024  # the most bytes of each side of a file that are compared
_TONES: dict[str, Tone] = {"added": "success", "removed": "error", "changed": "warning"}
_SIGNS = {"added": "+", "removed": "-", "changed": "~"}


def _crc(one: Difference) -> str:
    return " → ".join(f"{side.crc:08x}" for side in (one.old, one.new) if side)


COLUMNS = (
    Column[Difference](
        "what", "", 9, cell=lambda one: Cell(f"{_SIGNS[one.what]} {one.what}", _TONES[one.what]), essential=True
    ),
    Column[Difference](
        "path", "File", 30, cell=lambda one: printable(one.path, 1000), flexible=True, keeps_end=True, essential=True
    ),
    Column[Difference]("old", "Before", 8, cell=lambda one: size(one.old.size) if one.old else "", justify="right"),
    Column[Difference]("new", "After", 8, cell=lambda one: size(one.new.size) if one.new else "", justify="right"),
    Column("crc", "CRC-32", 19, cell=_crc, tone="muted", priority=1),
)


class CompareScreen(FilesScreen):
    """The comparison of two artifacts, the older one first; one alone is compared with the previous one of its name."""

    BINDINGS = bindings("compare")
    FILTER_HINT = "part of the path, added, removed, changed"
    ESC_STOPS = False

    def __init__(self, session: Session, repository: RepositoryName, artifacts: tuple[Artifact, ...]) -> None:
        super().__init__(session, repository)
        self._artifacts = tuple(sorted(artifacts, key=lambda artifact: artifact.id))
        self._sides: tuple[RemoteZip, RemoteZip] | None = None
        self._all: list[Difference] = []
        self.trail += (self._place(),)

    def _place(self) -> str:
        names = [artifact.name for artifact in self._artifacts]
        if len(set(names)) == len(names) == 2:
            return " → ".join(names)
        return f"{names[0]} {' → '.join(map(self._run, self._artifacts))}"

    def _run(self, artifact: Artifact) -> str:
        run = self.session.runs_of(self.repository).get(artifact.run_id or 0)
        return f"#{run.run_number}" if run else f"run {artifact.run_id or '?'}"

    def compose_body(self) -> Iterable[Widget]:
        """Yield the table."""
        yield RowTable[Difference](COLUMNS, key=lambda difference: difference.path)

    async def fetch(self, provider: Provider) -> None:
        """Read both lists of files at once."""
        if len(self._artifacts) == 1:
            self._artifacts = (await self._one_before(provider, self._artifacts[0]), self._artifacts[0])
            self.trail = self.title_bar.trail = (*self.trail[:-1], self._place())
        for artifact in self._artifacts:
            if artifact.expired:
                which = f"{printable(artifact.name, 60)} of {self._run(artifact)}"
                raise ArtifactExpired(f"{which} has expired.", "Mark two that have not expired.")
        opened = (asyncio.to_thread(self.open_archive, artifact) for artifact in self._artifacts)
        old, new = await asyncio.gather(*opened)
        self._sides = old, new
        self._all = list(compare(old.entries, new.entries))

    async def _one_before(self, provider: Provider, artifact: Artifact) -> Artifact:
        missing = 0
        async for page in provider.artifacts(self.repository, name=artifact.name):
            missing = max(0, (page.total or 0) - page.read)
            for other in page.items:
                if other.id < artifact.id and other.run_id != artifact.run_id and not other.expired:
                    return other
        if missing:
            raise ServerTrouble(f"The server did not list {missing:,} of the artifacts with this name.", "Try again.")
        name = printable(artifact.name, 60)
        raise NotFound(f"No earlier run has {name}, or it has expired.", "Mark two artifacts to compare them.")

    def update_rows(self) -> None:
        """Filter the differences, and show a summary."""
        words = self.filter_bar.text.casefold().split()
        shown = [one for one in self._all if fits(f"{one.what} {one.path}", words)]
        self.table.placeholder = self._placeholder()
        self.table.show(shown)
        self.title_bar.summary = self._summary()

    def _summary(self) -> str:
        if self._sides is None or self.loading_rows:
            return "reading both lists of files…" if self.loading_rows else ""
        counts = [f"{number:,} {what}" for what in _TONES if (number := sum(one.what == what for one in self._all))]
        files = sum(not entry.is_directory for entry in self._sides[1].entries)
        same = files - sum(one.new is not None for one in self._all)
        return " · ".join([*counts, f"{same:,} the same"])

    def _placeholder(self) -> str:
        if self._all:
            return f"No match among {count(len(self._all), 'difference')}\n\nEsc clears the filter"
        if self.loading_rows:
            return "Reading both lists of files…"
        return "Both hold the same files" if self._sides is not None else self.table.placeholder

    def action_download(self) -> None:
        """Ask where to save the file under the cursor."""
        if (row := self.current_or_say()) is not None:
            self._save(row)

    def open_item(self, item: Difference) -> None:
        """Show the differences in a file."""
        if self._sides is not None:
            reading = DifferenceReading(self._sides, item)
            trail = (*self.trail[1:], item.path)
            self.app.push_screen(PreviewScreen(self.session, trail, reading, partial(self._save, item, reading)))

    def _save(self, item: Difference, reading: DifferenceReading | None = None) -> None:
        entry = item.new or item.old
        if self._sides is not None and entry is not None:
            side = int(item.new is not None)
            held = reading.held[side] if reading else None
            self.save(self._artifacts[side], self._sides[side], [entry], entry.name, held)


class DifferenceReading(AnyReading):
    """Both sides of a file; a missing side is empty."""

    def __init__(self, sides: tuple[RemoteZip, RemoteZip], difference: Difference) -> None:
        self._sides = sides
        self._difference = difference
        self.held: list[Held | None] = [None, None]
        """What is in memory of the whole file, for saving; one for each side."""
        self.wanted = sum(min(side.size, MOST_COMPARED) for side in (difference.old, difference.new) if side)

    @property
    def amount(self) -> str:
        """The sizes of both sides."""
        return " → ".join(size(side.size) for side in (self._difference.old, self._difference.new) if side)

    def read(self) -> Rendered:
        """Fetch both sides and compare them."""
        old, new = self._difference.old, self._difference.new
        return show_difference(self._sample(0, old), self._sample(1, new))

    def _sample(self, side: int, entry: Entry | None) -> Sample:
        if entry is None:
            return Sample(self._difference.path, b"")
        stream = self._sides[side].open_entry(entry)
        if isinstance(stream, PackedStream):
            stream.keep()
        data = stream.more(MOST_COMPARED)
        self.held[side] = Held.of(entry, stream, data)
        return Sample(entry.name, data, entry.size)
