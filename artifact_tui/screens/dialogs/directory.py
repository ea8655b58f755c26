"""What every download dialog asks: the directory, and what becomes of existing files."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

from textual import on
from textual.containers import Horizontal
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Button, Input, Static

from artifact_tui.config.paths import user_path
from artifact_tui.screens.dialogs.question import Dialog
from artifact_tui.text import printable
from artifact_tui.transfers.models import OnExisting
from artifact_tui.widgets.choice import Choice

ASK = "ask"
ON_EXISTING = (*OnExisting, ASK)


class DownloadChoice(NamedTuple):
    """The download directory, whether to extract zips there, and what becomes of existing files.

    ``on_existing`` is a value of :class:`~artifact_tui.transfers.models.OnExisting`, or :data:`ASK`.
    """

    directory: Path
    unpack: bool
    on_existing: str


class DirectoryDialog(Dialog[DownloadChoice]):
    """Asks for the directory; an unusable one keeps the dialog open and shows the reason."""

    def __init__(self, title: str, usual: DownloadChoice) -> None:
        super().__init__(title)
        self.usual = usual

    def directory(self) -> list[Widget]:
        """Return the directory input, and the line for its problem."""
        return [
            Input(str(self.usual.directory), id="directory", compact=True),
            Static("", id="problem", markup=False),
        ]

    def answers(self, wish: str, ways: tuple[str, ...] = ON_EXISTING, classes: str = "label") -> list[Widget]:
        """Return the choices for existing files, and the buttons; ``wish`` is the label of the first."""
        existing = self.usual.on_existing if self.usual.on_existing in ways else OnExisting.KEEP_BOTH
        return [
            Static("if the name exists", classes=classes, markup=False),
            Choice(ways, existing, id="existing"),
            Horizontal(
                Button(wish, id="answer", compact=True),
                Button("Cancel", id="cancel", compact=True),
                classes="buttons",
            ),
        ]

    def choice(self, directory: Path) -> DownloadChoice:
        """Return the answers with the given directory."""
        return self.usual._replace(directory=directory, on_existing=self.query_one("#existing", Choice).value)

    def on_mount(self) -> None:
        """Focus the directory, so that Enter accepts it."""
        self.query_one("#directory", Input).focus()

    @on(Input.Changed)
    def _forget_problem(self) -> None:
        self.query_one("#problem", Static).update("")

    @on(Input.Submitted)
    def _submitted(self) -> None:
        self._finish()

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        if event.button.id == "answer":
            self._finish()
        else:
            self.dismiss(None)

    def _finish(self) -> None:
        text = self.query_one("#directory", Input).value.strip()
        path, problem = user_path(text), directory_problem(text)
        if problem or path is None:
            self.query_one("#problem", Static).update(Content(problem))
        else:
            self.dismiss(self.choice(path))


def directory_problem(text: str) -> str:
    """Return why downloads cannot go there, as far as can be checked now; empty if they can."""
    if not text:
        return "Enter a directory; it is created if missing"
    if "\0" in text:
        return "A directory's name cannot hold a NUL character"
    try:
        os.fsencode(text)
    except UnicodeEncodeError:
        return "A directory name cannot contain half a surrogate pair"
    path = user_path(text)
    if path is None:
        return f"There is no user {printable(text.split('/')[0], 40)} here"
    try:
        first = next(place for place in (path, *path.absolute().parents) if place.exists())
    except OSError:
        return "That name is too long for a directory"
    if not first.is_dir():
        return f"{printable(str(first), 60)} is a file, not a directory"
    return "" if os.access(first, os.W_OK | os.X_OK) else f"No permission to write in {printable(str(first), 60)}"
