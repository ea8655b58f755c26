"""The look of a plan under review: its rows, and the notes below them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from artifact_tui.domain.models import Artifact, WorkflowRun, stored_bytes
from artifact_tui.domain.protection import Reason
from artifact_tui.screens.artifact_details import run_label
from artifact_tui.screens.deletion.review_model import ReviewList, ReviewRow, RowLevel
from artifact_tui.storage.quota_words import DeletionFacts
from artifact_tui.text import age, count, printable, size
from artifact_tui.widgets.detail_pane import Field
from artifact_tui.widgets.row_layout import Cell, Column, Tone

_COUNT_WIDTH = 9
FOLDED, UNFOLDED = "▸", "▾"
FORK, HIDDEN, KEPT, UNCHECKED = "fork", "hidden", "kept", "not checked yet"
NAMES_TOLD = 4

_MEANINGS = {
    Reason.RUNNING: "of a run in progress",
    Reason.NEWEST: "of the newest success of a workflow on the default branch",
    Reason.TAG: "made for a tag",
    Reason.PINNED: "pinned by name in config.toml",
    Reason.DOWNLOADING: "being downloaded here",
    Reason.UNKNOWN: "of an unknown run",
}
_SENTENCES = {
    Reason.RUNNING: ("belongs to a run in progress.", "belong to runs in progress."),
    Reason.NEWEST: (
        "belongs to the newest success of its workflow on the default branch.",
        "belong to the newest successes of their workflows on the default branch.",
    ),
    Reason.TAG: ("was made for a tag.", "were made for tags."),
    Reason.PINNED: ("is pinned by name in config.toml.", "are pinned by name in config.toml."),
    Reason.DOWNLOADING: ("is being downloaded here.", "are being downloaded here."),
    Reason.UNKNOWN: ("is of an unknown run.", "are of unknown runs."),
}


class PlanRow(NamedTuple):
    """A row of a plan under review, with what its cells need."""

    row: ReviewRow
    plan: ReviewList
    runs: Mapping[int, WorkflowRun]
    now: datetime

    @property
    def going(self) -> list[Artifact]:
        """The artifacts to delete."""
        return [artifact for artifact in self.row.artifacts if self.plan.goes(artifact)]

    @property
    def tone(self) -> Tone | None:
        """Muted if nothing would be deleted."""
        return None if self.going else "muted"

    @property
    def moments(self) -> list[datetime]:
        """When its artifacts were created, oldest first, where known."""
        return sorted(one.created_at for one in self.row.artifacts if one.created_at is not None)


def _name(one: PlanRow) -> Cell:
    row, sign = one.row, " "
    text = printable(row.name)
    if row.is_group:
        sign = UNFOLDED if one.plan.is_unfolded(row) else FOLDED
    elif row.kind is RowLevel.MEMBER:
        text = _member(row, one.runs)
    return Cell(f"{'  ' * row.depth}{sign} {text}", one.tone)


def _member(row: ReviewRow, runs: Mapping[int, WorkflowRun]) -> str:
    """Return what tells an artifact from others of its name: its run and branch, after its name if others exist."""
    artifact = row.artifacts[0]
    run = run_label(artifact, runs.get(artifact.run_id or 0))
    if artifact.name != row.name:
        return f"{printable(artifact.name)} · {run}"
    return f"{run} · {printable(artifact.branch, 60)}" if artifact.branch else run


def _count(one: PlanRow) -> Cell:
    going, every = len(one.going), len(one.row.artifacts)
    text = f"{going:,}" if going == every else f"{going} of {every}" if going else KEPT
    return Cell(text if len(text) <= _COUNT_WIDTH else text.replace(" of ", "/"), one.tone)


def _note(one: PlanRow) -> Cell:
    row, plan = one.row, one.plan
    if row.repository in plan.unchecked:
        return Cell(UNCHECKED, "accent")
    protected = [artifact for artifact in row.artifacts if plan.is_protected(artifact)]
    forks = [artifact for artifact in row.artifacts if artifact.from_fork]
    hidden = [artifact for artifact in row.artifacts if artifact.id in plan.hidden]
    if row.is_group:
        fork_words = "from a fork" if len(forks) == 1 else "from forks"
        counted = ((protected, "protected"), (forks, fork_words), (hidden, HIDDEN))
        words = [f"{len(which):,} {word}" for which, word in counted if which]
    else:
        flags = ((forks, FORK), (hidden, HIDDEN))
        words = [*plan.reasons(row.artifacts[0]), *(word for which, word in flags if which)]
    return Cell(", ".join(words), "accent" if protected else "warning" if forks else "muted")


def _size(one: PlanRow) -> Cell:
    return Cell(size(stored_bytes(one.going)) if one.going else "—", one.tone)


def _newest(one: PlanRow) -> str:
    return age(one.moments[-1] if one.moments else None, one.now)


def _oldest(one: PlanRow) -> str:
    return age(one.moments[0] if one.moments else None, one.now) if one.row.is_group else ""


COLUMNS = (
    Column("name", "Name", 22, cell=_name, flexible=True, keeps_end=True, essential=True),
    Column("count", "Delete", _COUNT_WIDTH, cell=_count, justify="right", essential=True),
    Column("size", "Size", 8, cell=_size, justify="right", essential=True),
    Column("newest", "Newest", 6, cell=_newest, justify="right", tone="muted", priority=1),
    Column("oldest", "Oldest", 6, cell=_oldest, justify="right", tone="muted", priority=2),
    Column("note", "Note", 14, cell=_note, flexible=True),
)


def title(plan: ReviewList) -> str:
    """Return how much of the plan would be deleted."""
    going = plan.going
    shown = "" if plan.shown is None else f" · {len(plan.shown):,} of {len(plan):,} shown"
    if plan.unchecked:
        shown += f" · {_unchecked(plan)}"
    if not going:
        return f"nothing to delete{shown}"
    of = "" if len(going) == len(plan) else f" of {len(plan):,}"
    return f"{len(going):,}{of} to delete · {size(stored_bytes(going))}{shown}"


def _unchecked(plan: ReviewList) -> str:
    return f"{count(len(plan.unchecked), 'repository', 'repositories')} {UNCHECKED}"


def notes(plan: ReviewList, directory: str, facts: DeletionFacts, part: str = "") -> tuple[Field, ...]:
    """Return what to know before deleting: one field for each fact that applies.

    ``directory`` is where everything is downloaded first, or empty; ``part`` says how many of all artifacts were
    loaded, if not all.
    """
    fields: list[Field] = [("Incomplete", f"marked out {part}")] if part else []
    fields.extend(_chosen_notes(plan))
    expired = sum(artifact.expired for artifact in plan.going)
    if directory:
        lost = f"; {expired:,} expired kept" if expired else ""
        fields.append(("First", f"download into {printable(directory, 200)}, then delete what was verified{lost}"))
    elif expired:
        fields.append(("Expired", facts.expired(expired)))
    if plan.going:
        fields.append(("Quota", facts.quota))
    if facts.freed and stored_bytes(plan.going):
        fields.append(("Storage", facts.freed))
    return tuple(fields)


def _chosen_notes(plan: ReviewList) -> Iterator[Field]:
    forks = [artifact for artifact in plan.going if artifact.from_fork]
    hidden = [artifact for artifact in plan.going if artifact.id in plan.hidden]
    if plan.protected:
        yield "Protected", f"{len(plan.protected):,}: {_reasons(plan, plan.protected)}"
    if plan.unprotected:
        yield "Unprotected", f"{len(plan.unprotected):,} to delete: {_reasons(plan, plan.unprotected)}"
    if hidden:
        yield "Hidden", f"{len(hidden):,} by the filter of the list: {names_of(hidden)}"
    if plan.unseen:
        unseen = count(len(plan.unseen), "to delete is", "to delete are")
        yield "Filter", f"{unseen} not shown: {names_of(plan.unseen)}"
    if forks:
        yield "Forks", f"{len(forks):,} from a fork: {names_of(forks)}"


def warnings_of(plan: ReviewList, downloads_first: bool, part: str = "") -> tuple[str, ...]:
    """Return the sentences to repeat in the confirmation."""
    going = plan.going
    counted = Counter(reason for artifact in plan.unprotected for reason in plan.reasons(artifact))
    sentences = [count(counted[reason], *_SENTENCES[reason]) for reason in Reason if counted[reason]]
    for number, words in (
        (sum(artifact.id in plan.hidden for artifact in going), "hidden by the filter of the list."),
        (len(plan.unseen), "hidden by the filter of the review."),
        (sum(artifact.from_fork for artifact in going), "from a fork."),
    ):
        if number:
            sentences.append(f"{count(number, 'is', 'are')} {words}")
    if plan.unchecked:
        sentences.append(f"{_unchecked(plan)}: nothing of {'it' if len(plan.unchecked) == 1 else 'them'} is deleted.")
    if part:
        sentences.append(f"Marked out {part}.")
    if downloads_first:
        expired = sum(artifact.expired for artifact in going)
        lost = f" {count(expired, 'expired artifact is', 'expired artifacts are')} not deleted." if expired else ""
        sentences.append(f"Each is downloaded first; only what was verified is deleted.{lost}")
    return tuple(sentences)


def _reasons(plan: ReviewList, artifacts: Iterable[Artifact]) -> str:
    artifacts = tuple(artifacts)
    counted = Counter(reason for artifact in artifacts for reason in plan.reasons(artifact))
    if list(counted.values()) == [len(artifacts)]:
        return _MEANINGS[next(iter(counted))]
    return ", ".join(f"{counted[reason]:,} {_MEANINGS[reason]}" for reason in Reason if counted[reason])


def names_of(artifacts: Iterable[Artifact]) -> str:
    """Return the most frequent names: ``coverage (9), sdist (3) and 12 more names``."""
    counted = Counter(artifact.name for artifact in artifacts)
    shown = [f"{printable(name, 40)} ({number:,})" for name, number in counted.most_common(NAMES_TOLD)]
    more = len(counted) - len(shown)
    return ", ".join(shown) + (f" and {count(more, 'more name')}" if more else "")
