"""The question before files are saved out of an artifact: where to, and what becomes of what is there already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Static

from artifact_tui.screens.dialogs.directory import DirectoryDialog, DownloadChoice

if TYPE_CHECKING:
    from textual.widget import Widget


class SaveDialog(DirectoryDialog):
    """Asks for the directory; Enter starts."""

    def __init__(self, title: str, what: str, usual: DownloadChoice) -> None:
        super().__init__(title, usual)
        self._what = what

    def compose_box(self) -> list[Widget]:
        """What is saved, where to, and what becomes of a file of the same name."""
        what = Content.assemble((self._what, "bold"), (" into the directory", "$text-muted"))
        return [Static(what, markup=False), *self.directory(), *self.answers("Save")]
