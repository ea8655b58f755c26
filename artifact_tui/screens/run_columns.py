"""The columns of workflow runs; table and settings read this list."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from artifact_tui.domain.models import WorkflowRun
from artifact_tui.text import age, printable
from artifact_tui.widgets.row_layout import Cell, Column, Tone

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


class RunRow(NamedTuple):
    """A workflow run, and the time that its age counts from."""

    run: WorkflowRun
    now: datetime


def _state(row: RunRow) -> Cell:
    sign, tone = _SIGNS.get(row.run.state, ("–", "muted"))
    return Cell(f"{sign} {printable(row.run.state, 40).replace('_', ' ')}", tone)


def _number(row: RunRow) -> str:
    return f"#{row.run.run_number}" + (f"·{row.run.attempt}" if row.run.attempt > 1 else "")


def _text(value: str | None) -> str:
    return printable(value or "—")


COLUMNS = (
    Column("state", "State", 13, cell=_state, essential=True),
    Column[RunRow]("workflow", "Workflow", 11, cell=lambda row: _text(row.run.name or row.run.path), keeps_end=True),
    Column("number", "Run", 7, cell=_number, justify="right", tone="muted", essential=True),
    Column[RunRow](
        "title", "Title", 14, cell=lambda row: _text(row.run.display_title), flexible=True, priority=1, essential=True
    ),
    Column[RunRow](
        "branch", "Branch", 12, cell=lambda row: _text(row.run.head_branch), flexible=True, priority=2, keeps_end=True
    ),
    Column[RunRow]("event", "Event", 12, cell=lambda row: _text(row.run.event), tone="muted", priority=3),
    Column[RunRow](
        "actor",
        "Actor",
        12,
        cell=lambda row: _text(row.run.actor.login if row.run.actor else None),
        tone="muted",
        priority=4,
    ),
    Column[RunRow]("age", "Age", 6, cell=lambda row: age(row.run.created_at, row.now), justify="right", tone="muted"),
)
