"""How an artifact looks as a row."""

from __future__ import annotations

from datetime import datetime

from artifact_tui.domain.artifact_filter import Query
from artifact_tui.domain.models import Artifact, WorkflowRun
from artifact_tui.screens.artifact_details import NEAR_DAYS, attempt_label, run_label
from artifact_tui.text import age, printable, size, until
from artifact_tui.widgets.row_layout import Cell, Column, Tone

COLUMNS = (
    Column("name", "Name", 24, flexible=True, keeps_end=True, essential=True),
    Column("size", "Size", 8, justify="right", essential=True),
    Column("created", "Age", 6, justify="right", tone="muted", priority=2),
    Column("expires", "Expires", 8, justify="right", tone="muted", priority=1),
    Column("branch", "Branch", 16, priority=4, keeps_end=True),
    Column("run", "Run", 16, tone="muted", priority=3, keeps_end=True),
)

_ATTEMPT = Column("run", "Attempt", 7, justify="right", tone="muted", priority=3)
_SORT_NAMES = {
    "name": "Name",
    "size": "Size",
    "created": "Age",
    "expires": "Expiry",
    "branch": "Branch",
    "run": "Workflow run",
}


def columns_of(run: WorkflowRun | None, wanted: tuple[str, ...]) -> tuple[tuple[Column, ...], tuple[str, ...]]:
    """Return the columns of a list, and the names of those to show (none means all).

    The list of one workflow run says the attempt instead of the run, and only where there was more than one.
    """
    if run is None:
        return COLUMNS, wanted
    columns = tuple(_ATTEMPT if column.id == "run" else column for column in COLUMNS)
    names = [_ATTEMPT.name if name == "run" else name for name in wanted or (column.name for column in COLUMNS)]
    return columns, tuple(name for name in names if run.attempt > 1 or name != _ATTEMPT.name)


def sort_choices(query: Query) -> dict[str, tuple[str, str]]:
    """Each column with its name, and with the direction where it is the one that is sorted by."""
    sign = "▼" if query.descending else "▲"
    return {column: (name, sign if column == query.sort else "") for column, name in _SORT_NAMES.items()}


def cells(
    artifact: Artifact, run: WorkflowRun | None, now: datetime, *, is_one_run: bool = False
) -> tuple[str | Cell, ...]:
    """The texts of a row, in the order of :data:`COLUMNS`; what has expired is quiet."""
    tone: Tone | None = "muted" if artifact.expired else None
    return (
        Cell(printable(artifact.name), tone),
        Cell(size(artifact.size_in_bytes), tone),
        age(artifact.created_at, now),
        _expires(artifact, now),
        Cell(printable(artifact.branch) if artifact.branch else "—", tone or (None if artifact.branch else "muted")),
        attempt_label(artifact, run) if is_one_run else run_label(artifact, run),
    )


def _expires(artifact: Artifact, now: datetime) -> Cell:
    if artifact.expired:
        return Cell("expired", "muted")
    if artifact.expires_at is None:
        return Cell("—", "muted")
    if artifact.expires_at <= now:
        return Cell("! over", "error")
    left = until(artifact.expires_at, now)
    is_near = (artifact.expires_at - now).days < NEAR_DAYS
    return Cell(f"! {left}", "error") if is_near else Cell(left, "muted")
