"""A dry run: the requests that a deletion would send. Showing them sends none."""

from __future__ import annotations

from typing import NamedTuple

from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from artifact_tui.domain.models import Artifact, RateLimit
from artifact_tui.screens.deletion.report import size_or_expired
from artifact_tui.screens.dialogs.question import Dialog
from artifact_tui.screens.session import Session
from artifact_tui.text import count, printable
from artifact_tui.transfers.deletions.duration import least_time
from artifact_tui.transfers.deletions.models import DeletePlan, PlannedRequest, planned_requests
from artifact_tui.widgets.row_layout import Cell, Column
from artifact_tui.widgets.row_table import RowTable


class RequestRow(NamedTuple):
    """A request, and the artifact it is about."""

    request: PlannedRequest
    artifact: Artifact


def _request(row: RequestRow) -> Cell:
    method = row.request.method
    text = f"{method:<6}  …/{row.request.path.rpartition('/')[2]}"
    return Cell(text, "error" if method == "DELETE" else None)


def _size(row: RequestRow) -> str:
    return size_or_expired(row.artifact) if row.request.method == "DELETE" else ""


COLUMNS = (
    Column("request", "Request", 24, cell=_request, essential=True),
    Column[RequestRow](
        "name",
        "Artifact",
        20,
        cell=lambda row: printable(row.artifact.name),
        tone="muted",
        flexible=True,
        keeps_end=True,
    ),
    Column("size", "Size", 8, cell=_size, justify="right", tone="muted", priority=1),
)


def lines_of(plan: DeletePlan) -> tuple[RequestRow, ...]:
    """Return the engine's list: two requests for each artifact."""
    requests = planned_requests(plan)
    return tuple(RequestRow(request, plan.artifacts[place // 2]) for place, request in enumerate(requests))


class DryRunDialog(Dialog[None]):
    """One request per line, in the order of sending."""

    def __init__(self, plan: DeletePlan, session: Session, limit: RateLimit | None) -> None:
        super().__init__(f"Dry run: {count(len(plan.artifacts), 'artifact')}, nothing is sent")
        self._plan = plan
        self._session = session
        self._limit = limit
        self._box.border_subtitle = "Esc closes"

    def compose_box(self) -> list[Widget]:
        """Return the requests, and how long they would take."""
        table = RowTable[RequestRow](COLUMNS, key=lambda line: line.request)
        table.show(lines_of(self._plan))
        session, number = self._session, len(self._plan.artifacts)
        takes = least_time(number, session.delete_interval, self._limit, session.clock())
        common = planned_requests(self._plan)[0].path.rpartition("/")[0]
        base = printable(f"{self._session.backend.api_url}{common}", 400)
        text = f"…/ = {base}/\nOne by one; a DELETE only if the GET before it shows the artifact unchanged. {takes}"
        return [table, Static(Content(text.rstrip()), classes="label")]
