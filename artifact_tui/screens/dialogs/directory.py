"""What every download dialog asks: the directory, and what becomes of existing files."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

from textual import on
from textual.widget import Widget
from textual.widgets import Button, Input, Static

from artifact_tui.config.paths import user_path
from artifact_tui.screens.dialogs.question import Dialog, button_row
from artifact_tui.text import printable
from artifact_tui.transfers.models import CHOICES_FOR_EXISTING, OnExisting
from artifact_tui.widgets.choice import Choice

ASK = "ask"
ON_EXISTING = (*CHOICES_FOR_EXISTING, ASK)


class DownloadChoice(NamedTuple):
    """Where to download, whether to unpack zips, and :class:`OnExisting` or :data:`ASK` for existing files."""

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
        return [Input(str(self.usual.directory), id="directory", compact=True), Static("", id="problem", markup=False)]

    def answers(self, wish: str, ways: tuple[str, ...] = ON_EXISTING, classes: str = "label") -> list[Widget]:
        """Return the choices for existing files, and the buttons; ``wish`` is the label of the first."""
        existing = self.usual.on_existing if self.usual.on_existing in ways else OnExisting.KEEP_BOTH
        return [
            Static("if the name exists", classes=classes, markup=False),
            Choice(ways, existing, id="existing"),
            button_row({"answer": wish, "cancel": "Cancel"}),
        ]

    def choice(self, directory: Path) -> DownloadChoice:
        """Return the answers with the given directory."""
        return self.usual._replace(directory=directory, on_existing=self.query_one("#existing", Choice).value)

    def on_mount(self) -> None:
        """Focus the directory, so that Enter accepts it."""
        self.query_one("#directory", Input).focus()

    @on(Input.Changed)
    def _forget_problem(self) -> None:
        self.say("")

    @on(Button.Pressed, "#cancel")
    def _cancelled(self) -> None:
        self.dismiss(None)

    @on(Button.Pressed, "#answer")
    @on(Input.Submitted)
    def _finish(self) -> None:
        text = self.query_one("#directory", Input).value.strip()
        path, problem = user_path(text), directory_problem(text)
        if problem or path is None:
            self.say(problem)
        else:
            self.dismiss(self.choice(path))


def directory_problem(text: str) -> str:
    """Return why downloads cannot go there, as far as can be checked now; empty if they can."""
    if not text:
        return "Enter a directory; it is created if missing"
    if "\0" in text:
        return "A directory name cannot contain a NUL character"
    try:
        os.fsencode(text)
    except UnicodeEncodeError:
        return "A directory name must be valid Unicode"
    path = user_path(text)
    if path is None:
        return f"Unknown user: {printable(text.split('/')[0], 40)}"
    try:
        first = next(place for place in (path, *path.absolute().parents) if place.exists())
    except OSError:
        return "The directory name is too long"
    if not first.is_dir():
        return f"{printable(str(first), 60)} is a file, not a directory"
    return "" if os.access(first, os.W_OK | os.X_OK) else f"Permission denied: {printable(str(first), 60)}"
