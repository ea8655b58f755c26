"""Saving files out of an artifact: the dialog with what is fetched, then the download."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import ref

from msgspec.structs import replace
from textual.app import App
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from artifact_tui.archive.errors import Limits
from artifact_tui.archive.files import Files, links_in_words
from artifact_tui.archive.in_memory import Held, HeldFiles
from artifact_tui.archive.ranges import ArchiveUnreadable
from artifact_tui.archive.remote_zip import RemoteZip
from artifact_tui.archive.selection import select, select_held
from artifact_tui.archive.zip_directory import Entry
from artifact_tui.daemon_thread import in_daemon_thread
from artifact_tui.domain.models import Artifact, RepositoryName
from artifact_tui.domain.provider import ProviderError
from artifact_tui.screens.dialogs.directory import ASK, DirectoryDialog, DownloadChoice
from artifact_tui.screens.download.flow import DownloadFlow
from artifact_tui.screens.session import Session
from artifact_tui.text import count, printable, size
from artifact_tui.transfers.downloads.selection_order import HeldOrder, SelectionOrder
from artifact_tui.transfers.models import DownloadOrder, OnExisting

if TYPE_CHECKING:
    from artifact_tui.transfers.downloads.extract import Members

Make = Callable[[DownloadOrder], DownloadOrder]  # turns an order into one for a part of the artifact


class SaveDialog(DirectoryDialog):
    """Asks for the directory to save into."""

    def __init__(self, title: str, what: str, usual: DownloadChoice) -> None:
        super().__init__(title, usual)
        self._what = what

    def compose_box(self) -> list[Widget]:
        """Return what is saved, the directory, and the choice for existing files."""
        what = Content.assemble((self._what, "bold"), (" into the directory", "$text-muted"))
        return [Static(what, markup=False), *self.directory(), *self.answers("Save")]


class SaveFlow(DownloadFlow):
    """Saves files out of an artifact, or out of an ``archive`` within it; await its methods in a worker."""

    def __init__(
        self, app: App[int], session: Session, repository: RepositoryName, artifact: Artifact, archive: str = ""
    ) -> None:
        super().__init__(app, session)
        self._repository = repository
        self._artifact = artifact
        self._archive = archive

    async def save(self, files: Files, entries: Sequence[Entry], root: str, held: Held | None = None) -> None:
        """Ask where to save the entries, show the bytes to download, then download only these.

        An archive that is open here (within the artifact, or a zip on disk) is read from here, and so are the bytes in
        ``held`` of a single file.
        """
        if not isinstance(files, RemoteZip):
            await self._save_members(HeldFiles(files, held) if held else files, entries, root)
        elif files.start is None:
            await self.save_whole()
        elif held is not None and held.packed:
            title = f"Save 1 file · already loaded, {size(held.entry.size)} on the disk"
            selection = select_held(held.entry, len(held.packed), files.etag, root)
            weak = ref(held)  # only the preview keeps it: once that is closed, the bytes are fetched
            await self._order(title, self._what(root), partial(HeldOrder.of_held, selection=selection, find=weak))
        else:
            await self._save_some(files, files.start, entries, root)

    async def _save_some(self, files: RemoteZip, start: int, entries: Sequence[Entry], root: str) -> None:
        try:
            selection = select(files.entries, entries, start, files.etag, root)
        except ArchiveUnreadable as error:
            self.app.notify(str(error), severity="error", markup=False)
            return
        fetched = f"{size(selection.packed)} to fetch, {size(selection.unpacked)} on the disk"
        title = f"Save {count(len(entries), 'file')} · {fetched}"
        await self._order(title, self._what(root), partial(SelectionOrder.of, selection=selection))

    async def save_whole(self) -> int | None:
        """Ask where to, then download the whole artifact; return the transfer's number, or None if cancelled."""
        title = f"Download the whole artifact · {size(self._artifact.size_in_bytes)}"
        return await self._order(title, printable(self._artifact.name, 60), partial(replace, unpack=False))

    def _what(self, root: str) -> str:
        if root:
            return printable(root.removesuffix("/"), 60)
        return f"of {printable(self._archive or self._artifact.name, 60)}"

    async def _choose_directory(self, title: str, what: str) -> DownloadChoice | None:
        directory = self.session.download_directory(self._repository)
        usual = DownloadChoice(directory, True, self.session.settings.on_existing)
        choice = await self.app.push_screen_wait(SaveDialog(title, what, usual))
        return choice and choice._replace(directory=choice.directory.absolute())

    async def _order(self, title: str, what: str, make: Make) -> int | None:
        choice = await self._choose_directory(title, what)
        if choice is None:
            return None
        order = make(self.order_of(self._repository, self._artifact, choice))
        orders = await self.settle_existing((order,), choice.on_existing)
        if not orders:
            return None
        (number,) = self.session.engine.downloads.add(orders)
        shown = printable(str(choice.directory), 60)
        self.app.notify(f"Saving into {shown}; w shows progress.", markup=False, timeout=4)
        self.remember(self._repository, choice.directory)
        return number

    async def _save_members(self, files: Files, entries: Sequence[Entry], root: str) -> None:
        from artifact_tui.transfers.downloads.extract import Members

        chosen, links = [entry for entry in entries if not entry.is_bare_link], links_in_words(entries)
        skipped = f"{links} skipped" if links else ""
        if not chosen:
            self.app.notify(f"{skipped[:1].upper()}{skipped[1:]}. Nothing else to save.", markup=False)
            return
        members = Members(files, tuple(chosen), root, self._archive or self._artifact.name, self._artifact)
        title = f"Save {count(len(chosen), 'file')} · {size(sum(entry.size for entry in chosen))} on the disk"
        choice = await self._choose_directory(f"{title} · {skipped}" if skipped else title, self._what(root))
        if choice is None:
            return
        target = choice.directory / members.wanted_name
        asks = choice.on_existing == ASK
        answer = await self.ask_existing(choice.directory, [target], 1) if asks else OnExisting(choice.on_existing)
        if answer is not None and await self._write(members, choice.directory, answer):
            if skipped:
                self.app.notify(f"{skipped}.", markup=False, timeout=10)
            self.remember(self._repository, choice.directory)

    async def _write(self, members: Members, directory: Path, on_existing: OnExisting) -> bool:
        from artifact_tui.transfers.downloads.extract import NotSaved, save_members

        name = printable(members.wanted_name, 60)
        self.app.notify(f"Saving {name}…", markup=False, timeout=2)
        limits, remarks = Limits(bytes=self.session.settings.unpack_limit), list[str]()
        try:
            save = partial(save_members, members, directory, on_existing, limits=limits, say=remarks.append)
            path = await in_daemon_thread(save)
        except (NotSaved, ProviderError) as error:
            self.app.notify(printable(str(error), 300), severity="error", markup=False, timeout=10)
            return False
        if path is None:
            self.app.notify(f"{name} already exists; skipped.", markup=False)
            return False
        for sentence in remarks:
            self.app.notify(printable(sentence, 300), severity="warning", markup=False, timeout=10)
        if not remarks:
            self.app.notify(f"Saved as {printable(str(path), 200)}, without a receipt.", markup=False)
        return True
