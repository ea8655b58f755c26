"""A deletion in words: its state, its progress, and the report at its end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from textual.content import Content

from artifact_tui.domain.models import Artifact, RepositoryName
from artifact_tui.screens.session import Session
from artifact_tui.storage.quota import Saving
from artifact_tui.storage.quota_words import quota_of
from artifact_tui.text import binary_size, clause, clock_time, count, printable, size
from artifact_tui.transfers.deletions.models import Deletion, DeletionState
from artifact_tui.transfers.models import Outcome, State, Transfer
from artifact_tui.widgets.detail_pane import Field
from artifact_tui.widgets.row_layout import Cell, Column, Tone
from artifact_tui.widgets.status_bar import bar

BAR_WIDTHS = (10, 48)
_LEAST = 0.05

_RESULTS: dict[Outcome, tuple[str, Tone]] = {
    Outcome.DELETED: ("✓", "success"),
    Outcome.ALREADY_GONE: ("✓", "success"),
    Outcome.SKIPPED: ("!", "warning"),
    Outcome.FAILED: ("✗", "error"),
    Outcome.NOT_TRIED: ("–", "muted"),
}


def standing(deletion: Deletion) -> Content:
    """Return one line: what happens now, or how the deletion ended."""
    left = clock_time(deletion.seconds_left or 0)
    why = printable(deletion.problem, 500) if deletion.problem else ""
    lines: dict[DeletionState, tuple[str, Tone, str]] = {
        DeletionState.GRACE: (f"Starts in {left}", "warning", "nothing has been sent yet; z stops it"),
        DeletionState.DOWNLOADING: ("Downloading first", "accent", "verified artifacts are deleted next; z stops it"),
        DeletionState.RUNNING: ("Deleting", "accent", why or "one after the other, at GitHub's pace"),
        DeletionState.WAITING: (f"Waiting {left}", "warning", why),
        DeletionState.PAUSED: ("Paused", "warning", "nothing is sent; Space resumes, x stops"),
        DeletionState.STOPPING: ("Stopping", "warning", "after the current request"),
    }
    return _line(*lines[deletion.state]) if deletion.state in lines else _ending(deletion)


def _ending(deletion: Deletion) -> Content:
    if deletion.problem:
        return _line(_stopped(deletion), "error", printable(deletion.problem, 500))
    if tried(deletion) == 0:
        return _line("Stopped", "warning", "nothing was deleted")
    if deletion.not_tried:
        return _line("Stopped", "warning", f"{count(deletion.not_tried, 'artifact was', 'artifacts were')} not tried")
    others = ((deletion.skipped, "skipped"), (deletion.failed, "failed"))
    problems = [f"{count(number, 'artifact')} {word}" for number, word in others if number]
    return _line("Finished", "warning" if problems else "success", ", ".join(problems))


def _stopped(deletion: Deletion) -> str:
    stopped, every = len(deletion.stopped), len(deletion.repositories)
    return f"Stopped in {stopped:,} of {every:,} repositories" if 0 < stopped < every else "Stopped"


def _line(word: str, tone: Tone, more: str) -> Content:
    return Content.assemble((word, f"bold $text-{tone}"), (f"  {more}" if more else "", "$text-muted"))


def tried(deletion: Deletion) -> int:
    """Return how many artifacts have an outcome because they were checked or deleted."""
    return deletion.settled - deletion.not_tried


def gone(deletion: Deletion) -> int:
    """Return how many artifacts are no longer on the server."""
    return deletion.done + deletion.already_gone


def reached(deletion: Deletion) -> str:
    """Return how many artifacts have been tried; at the end, how many are gone."""
    if not deletion.finished:
        return f"{tried(deletion):,} of {deletion.planned:,}"
    word = "gone" if deletion.already_gone else "deleted"
    return f"{gone(deletion):,} of {deletion.planned:,} {word}"


def progress(deletion: Deletion, width: int) -> Content:
    """Return bar, count, freed bytes and time left in at most ``width`` cells."""
    numbers = [reached(deletion), f"{size(deletion.bytes_freed)} of {size(deletion.bytes_planned)} freed"]
    if deletion.state is DeletionState.RUNNING and deletion.seconds_left is not None:
        numbers.append(f"{clock_time(deletion.seconds_left)} left")
    text = "  ".join(numbers)
    room = width - len(text) - 2
    least, most = BAR_WIDTHS
    reach = gone(deletion) if deletion.finished else tried(deletion)
    drawn = bar(reach / max(1, deletion.planned), min(room, most)) if room >= least else ""
    return Content.assemble((drawn, "$text-accent"), "  " if drawn else "", text)


class DeletionRow(NamedTuple):
    """An artifact of a deletion, with its distinct title and the name of its repository."""

    transfer: Transfer
    name: str
    repository: str = ""


def _result(row: DeletionRow) -> Cell:
    transfer = row.transfer
    problem = f": {clause(transfer.problem)}" if transfer.problem else ""
    if transfer.outcome is not None:
        sign, tone = _RESULTS[transfer.outcome]
        word = transfer.outcome.value
        if transfer.problem.casefold().startswith(word):
            return Cell(f"{sign} {word}{clause(transfer.problem)[len(word) :]}", tone)
        return Cell(f"{sign} {word}{problem}", tone)
    if transfer.state is State.WAITING:
        return Cell(f"! waiting{problem}", "warning")
    if transfer.active:
        return Cell(f"● {transfer.state.value}", "accent")
    return Cell("○ to be deleted", "muted")


def size_or_expired(artifact: Artifact) -> str:
    """Return the size of an artifact, or ``expired``: the server has removed its data, or will within days."""
    return "expired" if artifact.expired else size(artifact.size_in_bytes)


_NAME = Column[DeletionRow](
    "name", "Name", 34, cell=lambda row: printable(row.name), flexible=True, keeps_end=True, essential=True
)
_REPOSITORY = Column[DeletionRow](
    "repository", "Repository", 16, cell=lambda row: printable(row.repository), keeps_end=True, tone="muted"
)
_OUTCOME = (
    Column[DeletionRow](
        "size", "Size", 8, cell=lambda row: size_or_expired(row.transfer.artifact), justify="right", tone="muted"
    ),
    Column("result", "Result", 28, cell=_result, flexible=True, essential=True),
)
COLUMNS = (_NAME, *_OUTCOME)
COLUMNS_ACROSS = (replace(_NAME, width=20), _REPOSITORY, *_OUTCOME)
"""The columns of a deletion in several repositories."""


def report(deletion: Deletion, saving: Saving | None, quota: str, log: str = "") -> tuple[Field, ...]:
    """Return the report; ``saving`` is None where no quota exists, ``log`` names the file with all results."""
    counts = (
        ("deleted", deletion.done),
        ("already gone", deletion.already_gone),
        ("skipped", deletion.skipped),
        ("failed", deletion.failed),
        ("not tried", deletion.not_tried),
    )
    sums = " + ".join(f"{number:,} {word}" for word, number in counts)
    fields: list[Field] = []
    if deletion.problem:
        fields.append(("Stopped", printable(f"{deletion.problem} {deletion.next_step}".strip(), 800)))
    fields.append(("Total", f"{sums} = {deletion.planned:,} planned"))
    if deletion.not_tried and not deletion.problem:
        fields.append(("Not tried", _dropped(deletion.not_tried)))
    fields.append(("Freed", f"{size(deletion.bytes_freed)} now"))
    if deletion.done:
        fields.append(("Quota", quota))
    if deletion.done and saving is not None:
        fields.append(("Estimate", _estimate(saving)))
    if log and tried(deletion):
        fields.append(("Log", printable(log, 300)))
    return tuple(fields)


def _dropped(not_tried: int) -> str:
    """Return what becomes of artifacts after the user stopped: the journal keeps no plan that was stopped."""
    stay = count(not_tried, "artifact stays", "artifacts stay")
    return f"{stay} on GitHub. R retries until you quit; the next start does not offer the rest of a stopped plan."


def _estimate(saving: Saving) -> str:
    if saving.in_all < _LEAST:
        return "less than 0.1 GB-hours"
    average = binary_size(saving.average_bytes)
    parts = [f"about {gb_hours(saving.this_month)} GB-hours less this month ({average} on average)"]
    if saving.in_all - saving.this_month > _LEAST:
        parts.append(f" and {gb_hours(saving.in_all)} in all until they would have expired")
    if saving.without_expiry:
        parts.append(f"; {saving.without_expiry:,} without a known expiry count for this month only")
    return f"{''.join(parts)}. From sizes and expiry dates; GitHub's count may differ."


def gb_hours(number: float) -> str:
    """Return GB-hours with as many digits as an estimate deserves: ``less than 0.1``, ``0.4``, ``57``, ``1,204``."""
    if number < _LEAST:
        return "less than 0.1"
    return f"{number:,.1f}" if number < 10 else f"{number:,.0f}"


def of_deletion(deletion: Deletion, transfers: Iterable[Transfer]) -> tuple[Transfer, ...]:
    """Return the artifacts of a deletion in the order of its plan."""
    by_id = {transfer.id: transfer for transfer in transfers}
    return tuple(by_id[number] for number in deletion.ids if number in by_id)


def quota_in_words(session: Session, repositories: Iterable[RepositoryName]) -> str:
    """Return whether a quota counts the artifacts of repositories: a clause for each owner and visibility."""
    kind, public = session.backend.kind, session.public
    known = (quota_of(each.owner, kind, is_public=public.get(each)) for each in repositories)
    return "; ".join(dict.fromkeys(known))
