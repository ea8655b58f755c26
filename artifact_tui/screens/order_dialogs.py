"""The two questions before something happens to artifacts: where to download, and whether to delete."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from textual import on
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Button, Checkbox, Input, Static

from artifact_tui.model import Artifact, WorkflowRun, stored_bytes
from artifact_tui.screens.artifact_rows import COLUMNS, cells
from artifact_tui.screens.dialogs import Dialog
from artifact_tui.settings import user_path
from artifact_tui.text import count, printable, size
from artifact_tui.transfers.deletes import DeletePlan
from artifact_tui.transfers.transfer import OnExisting
from artifact_tui.widgets.choice import Choice
from artifact_tui.widgets.row_table import RowTable

if TYPE_CHECKING:
    from textual.widget import Widget

ROWS_SHOWN = 8
ASK = "ask"
ON_EXISTING = (*OnExisting, ASK)
Runs = dict[int, WorkflowRun]


def artifact_table(artifacts: tuple[Artifact, ...], runs: Runs, now: datetime) -> RowTable[Artifact]:
    """The artifacts as the list shows them, biggest first, to be scrolled through."""
    table = RowTable[Artifact](
        COLUMNS,
        key=lambda artifact: artifact.id,
        cells=lambda artifact: cells(artifact, runs.get(artifact.run_id or 0), now),
    )
    table.styles.height = min(len(artifacts), ROWS_SHOWN) + 1
    table.show(sorted(artifacts, key=lambda artifact: artifact.size_in_bytes, reverse=True))
    return table


class Tick(Checkbox):
    """A check box that reads as one in any font and without colours: ``[x]`` or ``[ ]``."""

    BUTTON_LEFT = BUTTON_RIGHT = ""

    @property
    def BUTTON_INNER(self) -> str:  # type: ignore[override]  # noqa: N802  # Textual's own name, a constant there
        """A sign for the state itself, which Textual shows by colour alone; its own sides are drawn as colour too."""
        return "[x]" if self.value else "[ ]"


class DownloadChoice(NamedTuple):
    """Where downloads go, whether zips are extracted there, and what becomes of what is there already.

    ``on_existing`` is a value of :class:`~artifact_tui.transfers.transfer.OnExisting`, or :data:`ASK`.
    """

    directory: Path
    unpack: bool
    on_existing: str


class DownloadDialog(Dialog[DownloadChoice]):
    """Asks for the directory; Enter starts. ``expired`` of the chosen artifacts are left out."""

    def __init__(self, table: RowTable[Artifact], expired: int, usual: DownloadChoice) -> None:
        super().__init__(f"Download {count(table.row_count, 'artifact')} · {size(stored_bytes(table.items))}")
        self._table = table
        self._expired = expired
        self._usual = usual

    def compose_box(self) -> list[Widget]:
        """Names, directory, what becomes of zips, and of files of the same name."""
        left_out = f"{self._expired:,} expired left out · " if self._expired else ""
        return [
            self._table,
            Static(f"{left_out}into the directory", classes="label", markup=False),
            Input(str(self._usual.directory), id="directory", compact=True),
            Static("", id="problem", markup=False),
            Tick("extract zips, each into a folder of its own", self._usual.unpack, id="unpack", compact=True),
            Static("what is there already under the same name", classes="label apart", markup=False),
            Choice(ON_EXISTING, self._usual.on_existing, id="existing"),
            Horizontal(
                Button("Download", id="download", compact=True),
                Button("Cancel", id="cancel", compact=True),
                classes="buttons",
            ),
        ]

    def on_mount(self) -> None:
        """Enter at once downloads into the directory that stands there."""
        self.query_one("#directory", Input).focus()

    @on(Input.Changed)
    def _forget_problem(self) -> None:
        self.query_one("#problem", Static).update("")

    @on(Input.Submitted)
    def _submitted(self) -> None:
        self._finish()

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        if event.button.id == "download":
            self._finish()
        else:
            self.dismiss(None)

    def _finish(self) -> None:
        text = self.query_one("#directory", Input).value.strip()
        path = user_path(text)
        problem = directory_problem(text)
        if problem or path is None:
            self.query_one("#problem", Static).update(Content(problem))
        else:
            unpack, existing = self.query_one("#unpack", Tick).value, self.query_one("#existing", Choice).value
            self.dismiss(DownloadChoice(path, unpack, existing))


def directory_problem(text: str) -> str:
    """Why downloads cannot go there, as far as can be told before; empty when they can."""
    if not text:
        return "Name a directory; it is made if it is not there"
    if "\0" in text:
        return "A directory's name cannot hold a NUL character"
    path = user_path(text)
    if path is None:
        return f"There is no user {printable(text.split('/')[0], 40)} here"
    try:
        first = next(place for place in (path, *path.absolute().parents) if place.exists())
    except OSError:
        return "That name is too long for a directory"
    if not first.is_dir():
        return f"{printable(str(first), 60)} is a file and no directory"
    return "" if os.access(first, os.W_OK | os.X_OK) else f"You may not write into {printable(str(first), 60)}"


class DeleteDialog(Dialog[bool]):
    """The last look before deleting; the keyboard is on Cancel."""

    def __init__(self, plan: DeletePlan, table: RowTable[Artifact], hidden: int) -> None:
        super().__init__(f"Delete {count(len(plan.artifacts), 'artifact')}?")
        self._plan = plan
        self._table = table
        self._hidden = hidden

    def compose_box(self) -> list[Widget]:
        """What would go, and that it cannot come back."""
        artifacts = self._plan.artifacts
        hidden = f"{count(self._hidden, 'of them is', 'of them are')} hidden by the filter. " if self._hidden else ""
        return [
            Static(Content(f"From {self._plan.repository}, {size(stored_bytes(artifacts))}:"), classes="label"),
            self._table,
            Static(Content(f"{hidden}Nobody can bring back what is deleted."), classes="warning"),
            Horizontal(
                Button("Cancel", id="cancel", compact=True),
                Button(f"Delete {count(len(artifacts), 'artifact')}", id="delete", compact=True),
                classes="buttons",
            ),
        ]

    def on_mount(self) -> None:
        """Enter at once does nothing."""
        self.query_one("#cancel", Button).focus()

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        """Only a button that can be seen counts."""
        if event.button.id != "delete":
            self.dismiss(False)
        elif self.can_see(event.button):
            self.dismiss(True)
