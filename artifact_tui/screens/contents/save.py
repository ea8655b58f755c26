"""From a choice of files to the disk: the dialog that says what is fetched, and what is done then."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple
from weakref import ref

from msgspec.structs import replace
from textual.app import App

from artifact_tui.archive.errors import Limits
from artifact_tui.archive.files import Files, links_in_words
from artifact_tui.archive.held import Held, HeldFiles
from artifact_tui.archive.ranges import ArchiveUnreadable
from artifact_tui.archive.remote_zip import RemoteZip
from artifact_tui.archive.selection import select, select_held
from artifact_tui.archive.zip_directory import Entry
from artifact_tui.domain.models import Artifact, RepositoryName
from artifact_tui.screens.dialogs.directory import ASK, DownloadChoice
from artifact_tui.screens.download.flow import Orders, attempt_of, settle_existing
from artifact_tui.screens.session import Session
from artifact_tui.text import count, printable, size
from artifact_tui.transfers.downloads.selection_order import HeldOrder, SelectionOrder
from artifact_tui.transfers.models import DownloadOrder, OnExisting

if TYPE_CHECKING:
    from pathlib import Path

    from artifact_tui.transfers.downloads.extract import Members
from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Static

from artifact_tui.screens.dialogs.directory import DirectoryDialog

if TYPE_CHECKING:
    from textual.widget import Widget

Make = Callable[[DownloadOrder], DownloadOrder]
"""Makes an order for a part of it."""
Ordered = Callable[[int], None]
"""Told the number of the transfer that was ordered."""


class Source(NamedTuple):
    """Where the files are that are saved: an artifact, and within it ``archive``, by name, or nothing."""

    app: App[int]
    session: Session
    repository: RepositoryName
    artifact: Artifact
    archive: str = ""


class SaveDialog(DirectoryDialog):
    """Asks for the directory; Enter starts."""

    def __init__(self, title: str, what: str, usual: DownloadChoice) -> None:
        super().__init__(title, usual)
        self._what = what

    def compose_box(self) -> list[Widget]:
        """What is saved, where to, and what becomes of a file of the same name."""
        what = Content.assemble((self._what, "bold"), (" into the directory", "$text-muted"))
        return [Static(what, markup=False), *self.directory(), *self.answers("Save")]


def ask_save(source: Source, files: Files, entries: Sequence[Entry], root: str, held: Held | None = None) -> None:
    """Ask where to save the entries, show the bytes to download, then download only these.

    What is open here already, an archive within the artifact or a zip on this disk, is written from there, and so is
    what is ``held`` of a single file.
    """
    if not isinstance(files, RemoteZip):
        _ask_members(source, HeldFiles(files, held) if held else files, entries, root)
        return
    if files.start is None:
        ask_whole(source, lambda number: None)
        return
    if held is not None and held.packed:
        title = f"Save 1 file · already loaded, {size(held.entry.size)} on the disk"
        selection = select_held(held.entry, len(held.packed), files.etag, root)
        weak = ref(held)  # the preview holds it: what is saved when that is closed is fetched
        make: Make = partial(HeldOrder.of_held, selection=selection, find=weak)
        _ask(source, title, _what(source, root), partial(_order, source, make, lambda number: None))
        return
    try:
        selection = select(files.entries, entries, files.start, files.etag, root)
    except ArchiveUnreadable as error:
        source.app.notify(str(error), severity="error", markup=False)
        return
    fetched = f"{size(selection.packed)} to fetch, {size(selection.unpacked)} on the disk"
    title = f"Save {count(len(entries), 'file')} · {fetched}"
    make = partial(SelectionOrder.of, selection=selection)
    _ask(source, title, _what(source, root), partial(_order, source, make, lambda number: None))


def ask_whole(source: Source, ordered: Ordered) -> None:
    """Ask where to, then download the artifact as it is."""
    title = f"Download the whole artifact · {size(source.artifact.size_in_bytes)}"
    make: Make = partial(replace, unpack=False)
    _ask(source, title, printable(source.artifact.name, 60), partial(_order, source, make, ordered))


def _what(source: Source, root: str) -> str:
    if root:
        return printable(root.removesuffix("/"), 60)
    return f"of {printable(source.archive or source.artifact.name, 60)}"


def _ask(source: Source, title: str, what: str, then: Callable[[DownloadChoice], None]) -> None:
    session = source.session
    usual = DownloadChoice(session.download_directory(source.repository), True, session.settings.on_existing)

    def chosen(choice: DownloadChoice | None) -> None:
        if choice is not None:
            then(choice._replace(directory=choice.directory.absolute()))

    source.app.push_screen(SaveDialog(title, what, usual), chosen)


def _order(source: Source, make: Make, ordered: Ordered, choice: DownloadChoice) -> None:
    plain = DownloadOrder(
        repository=source.repository,
        artifact=source.artifact,
        directory=choice.directory,
        attempt=attempt_of(source.session, source.repository, source.artifact),
        on_existing=OnExisting.KEEP_BOTH if choice.on_existing == ASK else OnExisting(choice.on_existing),
    )
    settle_existing(source.app, (make(plain),), choice.on_existing, partial(_download, source, ordered))


def _download(source: Source, ordered: Ordered, orders: Orders) -> None:
    (number,) = source.session.engine.downloads.add(list(orders))
    ordered(number)
    shown = printable(str(orders[0].directory), 60)
    source.app.notify(f"Saving into {shown}; w shows how far.", markup=False, timeout=4)
    _remember(source, orders[0].directory)


def _remember(source: Source, directory: Path) -> None:
    problem = source.session.remember_directory(source.repository, directory)
    if problem:
        source.app.notify(problem, severity="warning", markup=False)


def _ask_members(source: Source, files: Files, entries: Sequence[Entry], root: str) -> None:
    from artifact_tui.transfers.downloads.extract import Members

    chosen, skipped = [entry for entry in entries if not entry.is_bare_link], skipped_links(entries)
    if not chosen:
        source.app.notify(f"{skipped[:1].upper()}{skipped[1:]}. There is nothing else to save.", markup=False)
        return
    members = Members(files, tuple(chosen), root, source.archive or source.artifact.name, source.artifact)
    title = f"Save {count(len(chosen), 'file')} · {size(sum(entry.size for entry in chosen))} on the disk"
    title += f" · {skipped}" if skipped else ""
    _ask(source, title, _what(source, root), partial(_settle_members, source, members, skipped))


def skipped_links(entries: Sequence[Entry]) -> str:
    """Count the links of a tar that are not saved, as ``1 symlink skipped``; empty without any."""
    words = links_in_words(entries)
    return f"{words} skipped" if words else ""


def _settle_members(source: Source, members: Members, skipped: str, choice: DownloadChoice) -> None:
    from artifact_tui.screens.download.flow import ask_existing

    target = choice.directory / members.wanted_name

    def save(on_existing: OnExisting) -> None:
        source.app.run_worker(_save_members(source, members, skipped, choice, on_existing), group="save-members")

    if choice.on_existing != ASK:
        save(OnExisting(choice.on_existing))
    elif not ask_existing(source.app, choice.directory, [target], 1, save):
        save(OnExisting.KEEP_BOTH)


async def _save_members(
    source: Source, members: Members, skipped: str, choice: DownloadChoice, on_existing: OnExisting
) -> None:
    from artifact_tui.domain.provider import ProviderError
    from artifact_tui.screens.background import in_daemon_thread
    from artifact_tui.transfers.downloads.extract import NotSaved, save_members

    app = source.app
    app.notify(f"Saving {printable(members.wanted_name, 60)}…", markup=False, timeout=2)
    try:
        limits = Limits(bytes=source.session.settings.unpack_limit)
        said: list[str] = []
        save = partial(save_members, members, choice.directory, on_existing, limits=limits, say=said.append)
        path = await in_daemon_thread(save)
    except (NotSaved, ProviderError) as error:
        app.notify(printable(str(error), 300), severity="error", markup=False, timeout=10)
        return
    if path is None:
        app.notify(f"{printable(members.wanted_name, 60)} is there already; skipped.", markup=False)
        return
    for sentence in said:
        app.notify(printable(sentence, 300), severity="warning", markup=False, timeout=10)
    if not said:
        app.notify(f"Saved as {printable(str(path), 200)}, without a receipt.", markup=False)
    if skipped:
        app.notify(f"{skipped}.", markup=False, timeout=10)
    _remember(source, choice.directory)
