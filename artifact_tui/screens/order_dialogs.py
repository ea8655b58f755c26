"""The question before a download: where to, and what becomes of zips and of what is there already."""

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
from artifact_tui.transfers.transfer import OnExisting
from artifact_tui.widgets.choice import Choice
from artifact_tui.widgets.row_table import RowTable

if TYPE_CHECKING:
    from textual.widget import Widget

ROWS_SHOWN, CONFIRM_ROWS = 8, 6
ASK = "ask"
ON_EXISTING = (*OnExisting, ASK)
Runs = dict[int, WorkflowRun]


def artifact_table(
    artifacts: tuple[Artifact, ...], runs: Runs, now: datetime, rows: int = ROWS_SHOWN
) -> RowTable[Artifact]:
    """The artifacts as the list shows them, biggest first, to be scrolled through."""
    table = RowTable[Artifact](
        COLUMNS,
        key=lambda artifact: artifact.id,
        cells=lambda artifact: cells(artifact, runs.get(artifact.run_id or 0), now),
    )
    table.styles.height = min(len(artifacts), rows) + 1
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
    """Asks for the directory; Enter answers. ``expired`` of the chosen artifacts are left out.

    ``wish`` is what stands in the title and on the button; with ``asks`` it may be left for later what becomes of files
    that are there already.
    """

    def __init__(
        self,
        table: RowTable[Artifact],
        expired: int,
        usual: DownloadChoice,
        wish: str = "Download",
        *,
        asks: bool = True,
    ) -> None:
        super().__init__(f"{wish} {count(table.row_count, 'artifact')} · {size(stored_bytes(table.items))}")
        self._wish = wish
        self._table = table
        self._expired = expired
        self._usual = usual
        self._on_existing = ON_EXISTING if asks else tuple(OnExisting)

    def compose_box(self) -> list[Widget]:
        """Names, directory, what becomes of zips, and of files of the same name."""
        left_out = f"{self._expired:,} expired cannot be downloaded · " if self._expired else ""
        existing = self._usual.on_existing if self._usual.on_existing in self._on_existing else OnExisting.KEEP_BOTH
        return [
            self._table,
            Static(f"{left_out}into the directory", classes="label", markup=False),
            Input(str(self._usual.directory), id="directory", compact=True),
            Static("", id="problem", markup=False),
            Tick("extract zips, each into a folder of its own", self._usual.unpack, id="unpack", compact=True),
            Static("what is there already under the same name", classes="label apart", markup=False),
            Choice(self._on_existing, existing, id="existing"),
            Horizontal(
                Button(self._wish, id="download", compact=True),
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
