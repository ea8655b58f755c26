"""The columns of artifacts; table, sort menu and settings read this list."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from artifact_tui.domain.artifact_filter import BY_AGE, BY_BRANCH, BY_EXPIRY, BY_NAME, BY_RUN, BY_SIZE
from artifact_tui.domain.models import Artifact, WorkflowRun
from artifact_tui.screens.artifact_details import attempt_label, expires_soon, run_label
from artifact_tui.text import age, printable, size, until
from artifact_tui.widgets.row_layout import Cell, Column, Tone


class ArtifactRow(NamedTuple):
    """An artifact, its workflow run if known, and the time that ages count from."""

    artifact: Artifact
    run: WorkflowRun | None
    now: datetime

    @property
    def tone(self) -> Tone | None:
        """Muted for expired artifacts."""
        return "muted" if self.artifact.expired else None


def _expires(row: ArtifactRow) -> Cell:
    artifact, now = row.artifact, row.now
    if artifact.expired:
        return Cell("expired", "muted")
    if artifact.expires_at is None:
        return Cell("—", "muted")
    if artifact.expires_at <= now:
        return Cell("! due", "error")
    left = until(artifact.expires_at, now)
    return Cell(f"! {left}", "error") if expires_soon(artifact, now) else Cell(left, "muted")


def _branch(row: ArtifactRow) -> Cell:
    branch = row.artifact.branch
    return Cell(printable(branch), row.tone) if branch else Cell("—", "muted")


def _name(row: ArtifactRow) -> Cell:
    return Cell(printable(row.artifact.name), row.tone)


def _size(row: ArtifactRow) -> Cell:
    return Cell(size(row.artifact.size_in_bytes), row.tone)


def _created(row: ArtifactRow) -> str:
    return age(row.artifact.created_at, row.now)


def _run(row: ArtifactRow) -> str:
    return run_label(row.artifact, row.run)


def _attempt(row: ArtifactRow) -> str:
    return attempt_label(row.artifact, row.run)


COLUMNS = (
    Column("name", "Name", 24, cell=_name, sort=BY_NAME, flexible=True, keeps_end=True, essential=True),
    Column("size", "Size", 8, cell=_size, sort=BY_SIZE, justify="right", essential=True),
    Column("created", "Age", 6, cell=_created, sort=BY_AGE, justify="right", tone="muted", priority=2),
    Column("expires", "Expires", 8, cell=_expires, sort=BY_EXPIRY, justify="right", tone="muted", priority=1),
    Column("branch", "Branch", 16, cell=_branch, sort=BY_BRANCH, priority=4, keeps_end=True),
    Column("run", "Run", 16, cell=_run, sort=BY_RUN, tone="muted", priority=3, keeps_end=True),
)
_ATTEMPT = Column("run", "Attempt", 7, cell=_attempt, sort=BY_RUN, justify="right", tone="muted", priority=3)
"""Replaces the run in the list of one workflow run."""


def columns_of(
    run: WorkflowRun | None, wanted: tuple[str, ...]
) -> tuple[tuple[Column[ArtifactRow], ...], tuple[str, ...]]:
    """Return a list's columns, and the names of those to show; one run's list has attempts, if more than one."""
    if run is None:
        return COLUMNS, wanted
    columns = tuple(_ATTEMPT if column.id == "run" else column for column in COLUMNS)
    names = [_ATTEMPT.name if name == "run" else name for name in wanted or (column.name for column in COLUMNS)]
    return columns, tuple(name for name in names if run.attempt > 1 or name != _ATTEMPT.name)
