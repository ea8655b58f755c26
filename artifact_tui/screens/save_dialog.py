"""The question before files are saved out of an artifact: where to, and what becomes of what is there already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Button, Input, Static

from artifact_tui.screens.dialogs import Dialog
from artifact_tui.screens.order_dialogs import ON_EXISTING, DownloadChoice, directory_problem
from artifact_tui.settings import user_path
from artifact_tui.widgets.choice import Choice

if TYPE_CHECKING:
    from textual.widget import Widget


class SaveDialog(Dialog[DownloadChoice]):
    """Asks for the directory; Enter starts."""

    def __init__(self, title: str, what: str, usual: DownloadChoice) -> None:
        super().__init__(title)
        self._what = what
        self._usual = usual

    def compose_box(self) -> list[Widget]:
        """What is saved, where to, and what becomes of a file of the same name."""
        return [
            Static(Content.assemble((self._what, "bold"), (" into the directory", "$text-muted")), markup=False),
            Input(str(self._usual.directory), id="directory", compact=True),
            Static("", id="problem", markup=False),
            Static("what is there already under the same name", classes="label", markup=False),
            Choice(ON_EXISTING, self._usual.on_existing, id="existing"),
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
            self.dismiss(self._usual._replace(directory=path, on_existing=self.query_one("#existing", Choice).value))
