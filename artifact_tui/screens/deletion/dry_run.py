"""A dry run: the requests that a deletion would send. Showing them sends none."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from textual.content import Content
from textual.widgets import Static

from artifact_tui.domain.models import Artifact
from artifact_tui.screens.dialogs.question import Dialog
from artifact_tui.screens.session import Session
from artifact_tui.text import clock_time, count, printable, size
from artifact_tui.transfers.deletions.models import DeletePlan, PlannedRequest, planned_requests
from artifact_tui.widgets.row_layout import Cell, Column
from artifact_tui.widgets.row_table import RowTable

if TYPE_CHECKING:
    from textual.widget import Widget

COLUMNS = (
    Column("request", "Request", 24, essential=True),
    Column("name", "Artifact", 20, tone="muted", flexible=True, keeps_end=True),
    Column("size", "Size", 8, justify="right", tone="muted", priority=1),
)


class RequestRow(NamedTuple):
    """One request, and the artifact it is about."""

    request: PlannedRequest
    artifact: Artifact


def lines_of(plan: DeletePlan) -> tuple[RequestRow, ...]:
    """The engine's own list: two requests for each artifact."""
    requests = planned_requests(plan)
    return tuple(RequestRow(request, plan.artifacts[place // 2]) for place, request in enumerate(requests))


class DryRunDialog(Dialog[None]):
    """One request a line, in the order they would be sent."""

    def __init__(self, plan: DeletePlan, session: Session) -> None:
        super().__init__(f"Dry run: {count(len(plan.artifacts), 'artifact')}, nothing is sent")
        self._plan = plan
        self._session = session
        self._box.border_subtitle = "esc closes"

    def compose_box(self) -> list[Widget]:
        """The requests, and how long they would take."""
        table = RowTable[RequestRow](COLUMNS, key=lambda line: line.request, cells=_cells)
        table.show(lines_of(self._plan))
        seconds = self._session.delete_interval * len(self._plan.artifacts)
        pace = f" At the pace that is set, that takes {clock_time(seconds)} at least." if seconds >= 1 else ""
        base = f"{self._session.backend.api_url}{self._base()}"
        text = (
            f"…/ = {printable(base, 400)}/\n"
            f"One after the other; a DELETE only if the GET before it shows the artifact unchanged.{pace}"
        )
        return [table, Static(Content(text), classes="label")]

    def _base(self) -> str:
        """What all addresses have in common."""
        return planned_requests(self._plan)[0].path.rpartition("/")[0]

    def on_mount(self) -> None:
        """The arrow keys scroll at once."""
        self.query_one(RowTable).focus()


def _cells(line: RequestRow) -> tuple[str | Cell, ...]:
    request, artifact = line
    is_delete = request.method == "DELETE"
    return (
        Cell(f"{request.method:<6}  …/{request.path.rpartition('/')[2]}", "error" if is_delete else None),
        printable(artifact.name),
        ("expired" if artifact.expired else size(artifact.size_in_bytes)) if is_delete else "",
    )
