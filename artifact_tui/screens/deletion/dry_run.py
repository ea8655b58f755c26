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
from artifact_tui.transfers.deletions.models import DeletePlan, PlannedRequest, planned_requests, short_names
from artifact_tui.widgets.row_layout import Cell, Column
from artifact_tui.widgets.row_table import RowTable


class RequestRow(NamedTuple):
    """A request, the artifact it is about, and the name of its repository."""

    request: PlannedRequest
    artifact: Artifact
    repository: str


def _request(row: RequestRow) -> Cell:
    method = row.request.method
    text = f"{method:<6}  …/{row.request.path.rpartition('/')[2]}"
    return Cell(text, "error" if method == "DELETE" else None)


def _size(row: RequestRow) -> str:
    return size_or_expired(row.artifact) if row.request.method == "DELETE" else ""


_REQUEST = Column("request", "Request", 24, cell=_request, essential=True)
_REPOSITORY = Column[RequestRow](
    "repository", "Repository", 16, cell=lambda row: printable(row.repository), tone="muted"
)
_ARTIFACT = (
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
REQUESTS_EACH = 2


def lines_of(plan: DeletePlan) -> tuple[RequestRow, ...]:
    """Return the engine's list: two requests for each artifact."""
    names, items = short_names(plan.repositories), [item for item in plan.items for _ in range(REQUESTS_EACH)]
    return tuple(
        RequestRow(request, item.artifact, names[item.repository])
        for request, item in zip(planned_requests(plan), items, strict=True)
    )


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
        columns = (_REQUEST, *([_REPOSITORY] if len(self._plan.repositories) > 1 else []), *_ARTIFACT)
        table = RowTable[RequestRow](columns, key=lambda line: line.request)
        table.show(lines_of(self._plan))
        session, number = self._session, len(self._plan.artifacts)
        takes = least_time(number, session.delete_interval, self._limit, session.clock())
        base = printable(f"{self._session.backend.api_url}{self._common()}", 400)
        text = f"…/ = {base}/\nOne by one; a DELETE only if the GET before it shows the artifact unchanged. {takes}"
        return [table, Static(Content(text.rstrip()), classes="label")]

    def _common(self) -> str:
        """Return what the paths of all requests begin with."""
        if len(self._plan.repositories) > 1:
            return "/repos/OWNER/REPO/actions/artifacts"
        return planned_requests(self._plan)[0].path.rpartition("/")[0]
