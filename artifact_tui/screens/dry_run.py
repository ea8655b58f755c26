"""A dry run: the requests that a deletion would send. Showing them sends none."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from textual.content import Content
from textual.widgets import Static

from artifact_tui.model import Artifact
from artifact_tui.screens.dialogs import Dialog
from artifact_tui.screens.session import Session
from artifact_tui.text import clock_time, count, printable, size
from artifact_tui.transfers.deletes import DeletePlan
from artifact_tui.widgets.row_layout import Cell, Column
from artifact_tui.widgets.row_table import RowTable

if TYPE_CHECKING:
    from textual.widget import Widget

COLUMNS = (
    Column("method", "", 6),
    Column("path", "Request", 40, flexible=True),
    Column("name", "Artifact", 20, tone="muted", priority=1),
    Column("size", "Size", 8, justify="right", tone="muted", priority=2),
)


class PlannedRequest(NamedTuple):
    """One request of a plan, and the artifact it is about."""

    method: str
    path: str
    artifact: Artifact


def requests_of(plan: DeletePlan) -> tuple[PlannedRequest, ...]:
    """Each artifact is looked at once more before it is deleted."""
    base = f"/repos/{plan.repository}/actions/artifacts"
    return tuple(
        PlannedRequest(method, f"{base}/{artifact.id}", artifact)
        for artifact in plan.artifacts
        for method in ("GET", "DELETE")
    )


class DryRunDialog(Dialog[None]):
    """One request a line, in the order they would be sent."""

    def __init__(self, plan: DeletePlan, session: Session) -> None:
        super().__init__(f"Dry run: {count(len(plan.artifacts), 'artifact')}, nothing is sent")
        self._plan = plan
        self._session = session
        self._box.border_subtitle = "esc closes"

    def compose_box(self) -> list[Widget]:
        """The requests, and how long they would take."""
        requests = requests_of(self._plan)
        table = RowTable[PlannedRequest](COLUMNS, key=lambda one: (one.method, one.artifact.id), cells=_cells)
        table.show(requests)
        seconds = self._session.settings.delete_interval * len(self._plan.artifacts)
        text = (
            f"To {printable(self._session.api_url, 200)}, one after the other; a DELETE is sent only if the GET before "
            f"it shows the artifact unchanged. About {clock_time(seconds)} at the pace that is set."
        )
        return [table, Static(Content(text), classes="label")]

    def on_mount(self) -> None:
        """The arrow keys scroll at once."""
        self.query_one(RowTable).focus()


def _cells(request: PlannedRequest) -> tuple[str | Cell, ...]:
    is_delete = request.method == "DELETE"
    return (
        Cell(request.method, "error" if is_delete else "muted"),
        Cell(request.path, None if is_delete else "muted"),
        printable(request.artifact.name),
        size(request.artifact.size_in_bytes) if is_delete else "",
    )
