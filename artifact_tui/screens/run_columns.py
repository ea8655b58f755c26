"""A workflow run as a row: its columns, and what stands in them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from artifact_tui.domain.models import WorkflowRun
from artifact_tui.text import age, printable
from artifact_tui.widgets.row_layout import Cell, Column, Tone

COLUMNS = (
    Column("state", "State", 13, essential=True),
    Column("workflow", "Workflow", 11, keeps_end=True),
    Column("number", "Run", 7, justify="right", tone="muted", essential=True),
    Column("title", "Title", 14, flexible=True, priority=1, essential=True),
    Column("branch", "Branch", 12, flexible=True, priority=2, keeps_end=True),
    Column("event", "Event", 12, tone="muted", priority=3),
    Column("actor", "Actor", 12, tone="muted", priority=4),
    Column("age", "Age", 6, justify="right", tone="muted"),
)

_SIGNS: dict[str, tuple[str, Tone | None]] = {
    "success": ("✓", "success"),
    "failure": ("✗", "error"),
    "timed_out": ("✗", "error"),
    "startup_failure": ("✗", "error"),
    "action_required": ("!", "warning"),
    "in_progress": ("●", "accent"),
    "queued": ("○", "muted"),
    "waiting": ("○", "muted"),
    "pending": ("○", "muted"),
    "requested": ("○", "muted"),
}


def run_cells(clock: Callable[[], datetime], run: WorkflowRun) -> tuple[str | Cell, ...]:
    """Return the texts of one row, printable."""
    sign, tone = _SIGNS.get(run.state, ("–", "muted"))
    return (
        Cell(f"{sign} {printable(run.state, 40).replace('_', ' ')}", tone),
        printable(run.name or run.path or "—"),
        f"#{run.run_number}" + (f"·{run.attempt}" if run.attempt > 1 else ""),
        printable(run.display_title or "—"),
        printable(run.head_branch or "—"),
        printable(run.event or "—"),
        printable(run.actor.login if run.actor and run.actor.login else "—"),
        age(run.created_at, clock()),
    )
