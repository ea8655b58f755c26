"""The files inside an artifact, listed without downloading it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterable, Sequence
from functools import partial

from textual import on, work
from textual.widget import Widget

from artifact_tui.archive.files import Files
from artifact_tui.archive.in_memory import Held
from artifact_tui.archive.local_zip import open_local_zip
from artifact_tui.archive.nested import is_archive, open_nested
from artifact_tui.archive.ranges import Unopenable, WholeOnly
from artifact_tui.archive.remote_zip import RemoteZip
from artifact_tui.archive.tree import Node
from artifact_tui.archive.zip_directory import Entry
from artifact_tui.domain.models import Artifact, RepositoryName
from artifact_tui.domain.provider import Provider, ProviderError
from artifact_tui.keymap import bindings
from artifact_tui.screens.contents.list_model import COLUMNS, ContentsList
from artifact_tui.screens.contents.preview import PreviewScreen
from artifact_tui.screens.contents.reading import Reading
from artifact_tui.screens.dialogs.question import SortDialog
from artifact_tui.screens.list_screen import ListScreen
from artifact_tui.screens.session import Session
from artifact_tui.text import count, printable, size
from artifact_tui.transfers.models import State, Transfer
from artifact_tui.widgets.row_table import RowTable

Opener = Callable[..., Files]
"""Opens the container of the files; blocks, and checks ``is_wanted`` (whether the screen still waits) now and then."""


class FilesScreen(ListScreen):
    """A screen whose threads wait for bytes, and give up when the screen is left."""

    def __init__(self, session: Session, repository: RepositoryName, *trail: str) -> None:
        super().__init__(session, str(repository), *trail)
        self.repository = repository
        self._left = threading.Event()

    def is_wanted(self) -> bool:
        """Return whether the screen still waits; callable from any thread."""
        return not self._left.is_set()

    def on_unmount(self) -> None:
        """Let the threads give up."""
        self._left.set()

    def open_archive(self, artifact: Artifact) -> RemoteZip:
        """Read an artifact's list of files; blocks. Raises :class:`~artifact_tui.domain.provider.ProviderError`."""
        archive = self.session.storage().open(self.repository, artifact)
        return RemoteZip.open(archive, artifact.size_in_bytes, is_wanted=self.is_wanted)

    def save(
        self, artifact: Artifact, files: Files, entries: Sequence[Entry], root: str, held: Held | None, within: str = ""
    ) -> None:
        """Ask where to save entries of an artifact; see :meth:`~.contents.save.SaveFlow.save`."""
        from artifact_tui.screens.contents.save import SaveFlow

        flow = SaveFlow(self.app, self.session, self.repository, artifact, within)
        self.app.run_worker(flow.save(files, entries, root, held), group="save")

    def open_within(
        self, artifact: Artifact, files: Files, path: tuple[str, ...], entry: Entry, save_whole: Callable[[], None]
    ) -> None:
        """Show the files of an archive within an artifact; ``path`` leads to its ``entry`` in ``files``."""
        opener = partial(open_nested, files, entry)
        within = ContentsScreen(
            self.session, self.repository, artifact, opener=opener, within=path, save_whole=save_whole
        )
        self.app.push_screen(within)


class ContentsScreen(FilesScreen):
    """The files of an artifact: the list takes kilobytes, a file is fetched when it is opened.

    An archive within the artifact has another screen: ``opener`` opens it, ``within`` is its path, and ``save_whole``
    saves it unopened if that fails.
    """

    BINDINGS = bindings("contents")
    FILTER_HINT = "part of the path, !not"

    def __init__(
        self,
        session: Session,
        repository: RepositoryName,
        artifact: Artifact,
        *,
        opener: Opener | None = None,
        within: tuple[str, ...] = (),
        save_whole: Callable[[], None] | None = None,
    ) -> None:
        super().__init__(session, repository, artifact.name, *within)
        self.artifact = artifact
        self._opener = opener or (lambda is_wanted: self.open_archive(artifact))
        self._within = within
        self._save_whole = save_whole
        self._files: Files | None = None
        self._list = ContentsList()
        self._whole_only: ProviderError | None = None
        """Why the artifact can only be downloaded whole, which ``d`` then offers."""
        self._download = 0

    def compose_body(self) -> Iterable[Widget]:
        """Yield the table; the key of a file is its place in the archive, because names may repeat."""
        yield RowTable[Node](COLUMNS, key=lambda node: node.key, row=lambda node: self._list.row(node))

    async def fetch(self, provider: Provider) -> None:
        """Read the list of files in a thread; after an error, the earlier list stays."""
        self._files = await asyncio.to_thread(self._opener, is_wanted=self.is_wanted)
        self._list, self._whole_only = ContentsList(self._files.entries), None
        for remark in self._files.remarks:
            self.app.notify(remark.sentence, markup=False, timeout=10)

    def show_problem(self, error: ProviderError) -> None:
        """Show the problem; if only the whole can be downloaded, show its size and the key for that."""
        if isinstance(error, WholeOnly):
            self._whole_only = error
            total = error.total if error.total is not None else self.artifact.size_in_bytes
            whole = f"{size(total)}{'' if error.total else ' or less'}"
            error = ProviderError(error.sentence, f"d downloads the whole artifact ({whole}), then shows its files.")
        elif isinstance(error, Unopenable) and not self._within:
            self._whole_only = error
            error = ProviderError(error.sentence, "d downloads the artifact as it is, unopened.")
        super().show_problem(error)

    def update_rows(self) -> None:
        """Filter the files, and show a summary."""
        rows = self._list.select(self.filter_bar.text)
        self.table.placeholder = self._placeholder()
        self.table.sorted_by = self._list.sorted_by
        self.table.show(rows)
        self._show_marks()

    def _show_marks(self) -> None:
        self.table.marks = self._list.marked_keys()
        self.title_bar.summary = self._summary()

    def _summary(self) -> str:
        if self.loading_rows:
            return "reading the list of files…"
        if self._files is None:
            return ""
        return " · ".join([self._list.summary(), *(remark.words for remark in self._files.remarks)])

    def _placeholder(self) -> str:
        if len(self._list):
            return f"No match among {count(len(self._list), 'file')}\n\nEsc clears the filter"
        if self.loading_rows:
            return "Reading the list of files…"
        if self._files is None:
            return self.table.placeholder  # the error
        return "This artifact holds no files\n\nEsc goes back"

    def filter_rows(self, text: str) -> None:
        """Filter as you type; the cursor moves to the first match, and stays on its file when the filter is cleared."""
        if not text.strip() and self.table.current is not None:
            self._list.unfold_above(self.table.current)
        self.update_rows()
        if text.strip() and self._list.shown:
            self.table.move_cursor(row=self._list.first_hit())

    def step_back(self) -> bool:
        """Remove the marks first; otherwise Esc leaves at once."""
        if not self._list.marks:
            return False
        self._list.marks = set()
        self._show_marks()
        return True

    def action_mark(self) -> None:
        """Mark and move on."""
        if (node := self.current_or_say()) is not None:
            self._list.toggle_mark(node)
            self._show_marks()
            self.table.action_cursor_down()

    @on(RowTable.MarkClicked)
    def _mark_clicked(self, event: RowTable.MarkClicked) -> None:
        self._list.toggle_mark(event.item)
        self._show_marks()

    @on(RowTable.HeaderSelected)
    def _header_clicked(self, event: RowTable.HeaderSelected) -> None:
        self.action_sort_by(str(event.column_key.value))

    def action_mark_all(self) -> None:
        """Mark all shown files."""
        self._list.mark_shown()
        self._show_marks()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Return whether an action is available: before a deletion begins, the fold key stops it."""
        return not (action == "fold" and self.session.in_grace)

    def action_fold(self) -> None:
        """Fold all folders, or unfold them."""
        self._list.toggle_all()
        self.update_rows()

    def action_sort_by(self, column: str) -> None:
        """Sort by a column; press again to reverse."""
        is_first = self.table.cursor_row == 0
        self._list.sort_by(column)
        self.update_rows()
        if is_first:
            self.table.move_cursor(row=0)

    @work(group="sort")
    async def action_sort(self) -> None:
        """Ask which column to sort by."""
        if column := await self.app.push_screen_wait(SortDialog(COLUMNS)):
            self.action_sort_by(column)

    def open_item(self, item: Node) -> None:
        """Fold or unfold a folder, open an archive, or show a file."""
        if self._files is None:
            return
        if item.entry is None:
            self._list.toggle_folder(item)
            self.update_rows()
        elif item.entry.is_bare_link:
            what = f"{printable(item.name, 60)} is a link to {printable(item.entry.link, 60)}."
            self.app.notify(f"{what} Open that file instead.", markup=False, timeout=4)
        elif is_archive(item.name):
            path, save_whole = (*self._within, item.entry.name), partial(self._save, [item.entry], item.entry.name)
            self.open_within(self.artifact, self._files, path, item.entry, save_whole)
        else:
            trail = (*self.trail[1:], item.path)
            reading = Reading(self._files, item.entry)
            save = partial(self._save, [item.entry], item.path, reading)
            self.app.push_screen(PreviewScreen(self.session, trail, reading, save))

    def action_download(self) -> None:
        """Ask where to save the marked files, or the one under the cursor."""
        if self._whole_only is not None:
            self._download_whole(follow=isinstance(self._whole_only, WholeOnly))
        elif self._files is None and self._save_whole is not None:
            self._save_whole()
        elif self._list.marks:
            self._save([node.entry for node in self._list.marked() if node.entry], "")
        elif (node := self.current_or_say()) is not None:
            self._save([file.entry for file in node.all_files() if file.entry], node.path)

    @work(group="save")
    async def _download_whole(self, *, follow: bool) -> None:
        from artifact_tui.screens.contents.save import SaveFlow

        number = await SaveFlow(self.app, self.session, self.repository, self.artifact).save_whole()
        if follow and number is not None:
            self._download = number

    def _save(self, entries: Sequence[Entry], root: str, reading: Reading | None = None) -> None:
        if self._files is not None and entries:
            archive, held = self._within[-1] if self._within else "", reading.held if reading else None
            self.save(self.artifact, self._files, entries, root, held, archive)

    def watch_transfers(self, transfers: tuple[Transfer, ...]) -> None:
        """Show the files from disk once the whole artifact is downloaded."""
        super().watch_transfers(transfers)
        done = next((one for one in transfers if one.id == self._download and one.state is State.DONE), None)
        if done is not None and done.path is not None:
            self._download, path = 0, done.path
            self._opener = lambda is_wanted: open_local_zip(path)
            self.load()
