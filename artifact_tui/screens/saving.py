"""From a choice of files to the engine: the dialog that says what is fetched, and what is ordered then."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace
from textual import on
from textual.app import App
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Button, Input, Static

from artifact_tui.archive.directory import Entry
from artifact_tui.archive.files import Files
from artifact_tui.archive.ranges import ArchiveUnreadable
from artifact_tui.archive.remote_zip import RemoteZip
from artifact_tui.archive.selection import select
from artifact_tui.model import Artifact, RepositoryName
from artifact_tui.screens.dialogs import Dialog
from artifact_tui.screens.order_dialogs import directory_problem
from artifact_tui.screens.orders import attempt_of
from artifact_tui.screens.session import Session
from artifact_tui.settings import user_path
from artifact_tui.text import count, printable, size
from artifact_tui.transfers.member_order import MemberOrder
from artifact_tui.transfers.transfer import DownloadOrder

if TYPE_CHECKING:
    from textual.widget import Widget


def ask_save(
    app: App[int],
    session: Session,
    repository: RepositoryName,
    artifact: Artifact,
    files: Files,
    entries: Sequence[Entry],
    root: str,
) -> None:
    """Ask where to, with the bytes to be fetched, then fetch the entries alone."""
    if not isinstance(files, RemoteZip):
        app.notify("The whole zip is on this disk already.", markup=False, timeout=4)
        return
    if files.start is None:
        ask_whole(app, session, repository, artifact, lambda number: None)
        return
    try:
        selection = select(files.entries, entries, files.start, files.etag, root)
    except ArchiveUnreadable as error:
        app.notify(str(error), severity="error", markup=False)
        return
    what = printable(root.removesuffix("/"), 60) if root else f"of {printable(artifact.name, 60)}"
    fetched = f"{size(selection.packed)} to fetch, {size(selection.unpacked)} on the disk"
    dialog = SaveDialog(f"Save {count(len(entries), 'file')} · {fetched}", what, session.download_directory())

    def make(directory: Path) -> DownloadOrder:
        attempt = attempt_of(session, repository, artifact)
        plain = DownloadOrder(repository=repository, artifact=artifact, directory=directory, attempt=attempt)
        return MemberOrder.of(plain, selection)

    app.push_screen(dialog, partial(_save, app, session, make, lambda number: None))


def ask_whole(
    app: App[int],
    session: Session,
    repository: RepositoryName,
    artifact: Artifact,
    ordered: Callable[[int], None],
) -> None:
    """Ask where to, then download the artifact as it is; ``ordered`` is told the number of the transfer."""
    title = f"Download the whole artifact · {size(artifact.size_in_bytes)}"
    dialog = SaveDialog(title, printable(artifact.name, 60), session.download_directory())

    def make(directory: Path) -> DownloadOrder:
        attempt = attempt_of(session, repository, artifact)
        return DownloadOrder(
            repository=repository, artifact=artifact, directory=directory, unpack=False, attempt=attempt
        )

    app.push_screen(dialog, partial(_save, app, session, make, ordered))


def _save(
    app: App[int],
    session: Session,
    make: Callable[[Path], DownloadOrder],
    ordered: Callable[[int], None],
    chosen: Path | None,
) -> None:
    if chosen is None:
        return
    directory = chosen.absolute()
    (number,) = session.engine.download([make(directory)])
    session.directory = None
    problem = session.memory.change(lambda memory: replace(memory, directory=str(directory)))
    ordered(number)
    app.notify(f"Saving into {printable(str(directory), 60)}; w shows how far.", markup=False, timeout=4)
    if problem:
        app.notify(problem, severity="warning", markup=False)


class SaveDialog(Dialog[Path]):
    """Asks for the directory; Enter starts."""

    def __init__(self, title: str, what: str, directory: Path) -> None:
        super().__init__(title)
        self._what = what
        self._directory = directory

    def compose_box(self) -> list[Widget]:
        """What is saved, and where to."""
        return [
            Static(Content.assemble((self._what, "bold"), (" into the directory", "$text-muted")), markup=False),
            Input(str(self._directory), id="directory", compact=True),
            Static("", id="problem", markup=False),
            Horizontal(
                Button("Save", id="save", compact=True),
                Button("Cancel", id="cancel", compact=True),
                classes="buttons",
            ),
        ]

    def on_mount(self) -> None:
        """Enter at once saves into the directory that stands there."""
        self.query_one("#directory", Input).focus()

    @on(Input.Changed)
    def _forget_problem(self) -> None:
        self.query_one("#problem", Static).update("")

    @on(Input.Submitted)
    def _submitted(self) -> None:
        self._finish()

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        if event.button.id == "save":
            self._finish()
        else:
            self.dismiss(None)

    def _finish(self) -> None:
        text = self.query_one("#directory", Input).value.strip()
        path, problem = user_path(text), directory_problem(text)
        if problem or path is None:
            self.query_one("#problem", Static).update(Content(problem))
        else:
            self.dismiss(path)
