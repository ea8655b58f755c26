"""The dialog before a download: artifacts, directory, extracting zips, and existing files."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from textual.widget import Widget
from textual.widgets import Checkbox, Static

from artifact_tui.domain.models import Artifact, WorkflowRun, stored_bytes
from artifact_tui.keymap import bindings
from artifact_tui.screens.artifact_columns import COLUMNS, ArtifactRow
from artifact_tui.screens.dialogs.directory import ON_EXISTING, DirectoryDialog, DownloadChoice
from artifact_tui.text import count, printable, size
from artifact_tui.transfers.models import CHOICES_FOR_EXISTING
from artifact_tui.widgets.row_layout import Column
from artifact_tui.widgets.row_table import RowTable

ROWS_SHOWN, CONFIRM_ROWS = 8, 6
Runs = dict[int, WorkflowRun]


class ArtifactTable(RowTable[Artifact]):
    """A read-only table of artifacts: Enter answers the dialog instead of opening a row."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Leave Enter to the dialog."""
        return action != "select_cursor" and super().check_action(action, parameters)


def artifact_table(
    artifacts: tuple[Artifact, ...],
    runs: Runs,
    now: datetime,
    rows: int = ROWS_SHOWN,
    repositories: Mapping[int, str] | None = None,
) -> RowTable[Artifact]:
    """Return a scrollable table of the artifacts, biggest first; ``repositories`` by artifact ID add a column."""
    table = ArtifactTable(
        (COLUMNS[0], _repository_column(repositories), *COLUMNS[1:]) if repositories else COLUMNS,
        key=lambda artifact: artifact.id,
        row=lambda artifact: ArtifactRow(artifact, runs.get(artifact.run_id or 0), now),
    )
    table.styles.height = min(len(artifacts), rows) + 1
    table.show(sorted(artifacts, key=lambda artifact: stored_bytes([artifact]), reverse=True))
    return table


def _repository_column(repositories: Mapping[int, str]) -> Column[ArtifactRow]:
    def cell(row: ArtifactRow) -> str:
        return printable(repositories[row.artifact.id])

    return Column("repository", "Repository", 16, cell=cell, tone="muted", keeps_end=True, priority=1)


class Tick(Checkbox, inherit_bindings=False):
    """A checkbox that is readable without color: ``[x]`` or ``[ ]``. Space toggles it."""

    BINDINGS = bindings("tick")
    BUTTON_LEFT = BUTTON_RIGHT = ""

    @property
    def BUTTON_INNER(self) -> str:  # type: ignore[override]  # noqa: N802  # Textual's own name, a constant there
        """The state as text, which Textual shows by color alone."""
        return "[x]" if self.value else "[ ]"


class DownloadDialog(DirectoryDialog):
    """Asks before a download; ``asks`` offers to decide about existing files later, ``wish`` names the action."""

    def __init__(
        self, table: RowTable[Artifact], expired: int, usual: DownloadChoice, wish: str, *, asks: bool
    ) -> None:
        super().__init__(f"{wish} {count(table.row_count, 'artifact')} · {size(stored_bytes(table.items))}", usual)
        self._wish = wish
        self._table = table
        self._expired = expired
        self._ways = ON_EXISTING if asks else CHOICES_FOR_EXISTING

    def compose_box(self) -> list[Widget]:
        """Return the artifacts, the directory, and the choices for zips and existing files."""
        left_out = f"{self._expired:,} expired cannot be downloaded · " if self._expired else ""
        return [
            self._table,
            Static(f"{left_out}into the directory", classes="label", markup=False),
            *self.directory(),
            Tick("unpack zips, each into a new directory", self.usual.unpack, id="unpack", compact=True),
            *self.answers(self._wish, self._ways, "label apart"),
        ]

    def choice(self, directory: Path) -> DownloadChoice:
        """Return the answers, with whether to unpack zips."""
        return super().choice(directory)._replace(unpack=self.query_one("#unpack", Tick).value)
