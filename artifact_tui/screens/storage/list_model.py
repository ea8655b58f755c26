"""The model of the Storage screen: levels of groups, their order and filter, and the marks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from datetime import datetime
from itertools import islice
from typing import NamedTuple

from artifact_tui.domain.artifact_filter import Context, Query, Sort
from artifact_tui.domain.list_extent import Extent
from artifact_tui.domain.models import Artifact, WorkflowRun
from artifact_tui.screens.list_screen import fits
from artifact_tui.screens.loaded_artifacts import LoadedArtifacts, run_ids_of
from artifact_tui.screens.storage.rows import BY_SIZE, RowKind, StorageRow
from artifact_tui.storage.breakdown import Breakdown, StoredGroup
from artifact_tui.storage.groupings import (
    BRANCH,
    FAMILY,
    NAME,
    RUN,
    Grouping,
    GroupingContext,
    has_one_name,
)
from artifact_tui.storage.growth import WINDOW
from artifact_tui.text import count, size

Artifacts = tuple[Artifact, ...]
_NEXT = (FAMILY, BRANCH, NAME, RUN)
"""The groupings of a group that no filter of artifacts can say, in order."""


class Step(NamedTuple):
    """An opened group; ``filter`` is empty if no filter of artifacts says it."""

    grouping: Grouping
    value: Hashable
    label: str
    filter: str


class StorageList(LoadedArtifacts):
    """The artifacts of a repository by group; an opened group is a further level with a grouping of its own."""

    def __init__(self, grouping: Grouping) -> None:
        super().__init__()
        self.steps: list[Step] = []
        self.rows: tuple[StorageRow, ...] = ()
        self.sort: Sort[StorageRow] = BY_SIZE
        self.descending = True
        self.words: list[str] = []  # of the filter
        self._groupings = [grouping]
        self._breakdown: Breakdown | None = None
        self._total = StoredGroup("All", datetime.min)
        self._counted = 0
        self._identified = 0  # how many of the artifacts are in ``run_ids``
        self._runs_known = 0
        self._range_start: Hashable = None

    @property
    def grouping(self) -> Grouping:
        """The grouping of the current level."""
        return self._groupings[-1]

    @property
    def total(self) -> StoredGroup:
        """The sum of all groups of the current level."""
        return self._total

    @property
    def knows_growth(self) -> bool:
        """Whether all artifacts of the last 7 days are loaded; the newest are listed first."""
        oldest = self._total.oldest
        return self.extent.is_whole or (oldest is not None and oldest < self._total.now.timestamp() - WINDOW)

    @property
    def needs_runs(self) -> bool:
        """Whether the groups depend on known workflow runs."""
        return any(one.needs_runs for one in (self.grouping, *(step.grouping for step in self.steps)))

    @property
    def uncounted(self) -> tuple[str, ...]:
        """The names of artifacts that the next selection counts, if that groups them by family."""
        start = 0 if self._breakdown is None else self._counted
        is_by_family = any(one is FAMILY for one in (self.grouping, *(step.grouping for step in self.steps)))
        return tuple(one.name for one in islice(self._artifacts.values(), start, None)) if is_by_family else ()

    def replace(self, artifacts: dict[int, Artifact], extent: Extent) -> None:
        """Replace the artifacts and the extent; marks of others are removed unless artifacts are missing."""
        super().replace(artifacts, extent)
        self._breakdown, self._identified = None, len(artifacts)

    def select(self, now: datetime, runs: Mapping[int, WorkflowRun]) -> tuple[StorageRow, ...]:
        """Return the rows in order, after counting what was added; the result is also kept in ``rows``."""
        if self._breakdown is None or (self.needs_runs and len(runs) != self._runs_known):
            self._breakdown = Breakdown(self.grouping, GroupingContext(now, runs))
            self._counted, self._runs_known = 0, len(runs)
            self._total = self._breakdown.total()
        if self._count_added(self._breakdown):
            self._total = self._breakdown.total()
        self.rows = tuple(self._arranged(self._breakdown))
        return self.rows

    def _count_added(self, breakdown: Breakdown) -> bool:
        """Count the artifacts that the dict has gained since, and return whether it has gained any."""
        added = list(islice(self._artifacts.values(), self._counted, None))
        self._counted += len(added)
        self.run_ids |= run_ids_of(islice(self._artifacts.values(), self._identified, None))
        self._identified = self._counted
        breakdown.add(self._within(added, breakdown.context))
        return bool(added)

    def _within(self, artifacts: list[Artifact], context: GroupingContext) -> list[Artifact]:
        """Return the artifacts that the opened groups hold."""
        for step in self.steps:
            values = step.grouping.keys(context)(artifacts)
            artifacts = [one for value, one in zip(values, artifacts, strict=True) if value == step.value]
        return artifacts

    def _arranged(self, breakdown: Breakdown) -> Iterable[StorageRow]:
        """Yield the groups in order, then the sum of those that the filter hides, then that of all."""
        if not self._artifacts:
            return
        rows: list[StorageRow] = []
        hidden: list[StorageRow] = []
        for group in breakdown.groups.values():
            rank = int(str(group.value)) if breakdown.grouping.has_order else 0
            row = StorageRow(RowKind.GROUP, breakdown.label(group), group, rank)
            (rows if fits(row.label, self.words) else hidden).append(row)
        yield from self._sorted(sorted(rows, key=lambda row: (row.rank, row.label)))
        if hidden:
            rest = StoredGroup("", breakdown.context.now)
            for row in hidden:
                rest.join(row.group)
            yield StorageRow(RowKind.FILTERED, f"{len(hidden):,} filtered out", rest)
        yield StorageRow(RowKind.ALL, "All", self._total)

    def _sorted(self, rows: list[StorageRow]) -> Iterable[StorageRow]:
        """Yield the rows in order; those whose value is unknown come last in both directions."""
        key = self.sort.key
        yield from sorted((row for row in rows if key(row) is not None), key=key, reverse=self.descending)
        yield from (row for row in rows if key(row) is None)

    def sort_by(self, sort: Sort[StorageRow]) -> None:
        """Sort by another value, or reverse the order."""
        self.descending = not self.descending if sort.id == self.sort.id else sort.descending
        self.sort = sort

    def group_by(self, grouping: Grouping) -> None:
        """Group the current level in another way."""
        self._groupings[-1], self._breakdown = grouping, None

    def filter_of(self, row: StorageRow) -> str | None:
        """Return a filter of artifacts that selects exactly this group, empty for all; None if there is none."""
        if row.kind is RowKind.ALL and not self.steps:
            return ""
        terms = [step.filter for step in self.steps]
        if row.kind is RowKind.GROUP:
            terms.append(self.grouping.filter(row.group.value, row.group.artifacts))
        text = " ".join(term for term in terms if term)
        if not text or self._breakdown is None:
            return None
        context, found = Context(*self._breakdown.context), [*self._artifacts.values()]
        for test in Query.parse(text).tests:
            found = [artifact for artifact in found if test(artifact, context)]
        return text if {one.id for one in found} == {one.id for one in row.group.artifacts} else None

    def is_family(self, row: StorageRow) -> bool:
        """Return whether a row has several names that differ by date, number or hash."""
        return row.kind is RowKind.GROUP and self.grouping is FAMILY and not has_one_name(row.group.artifacts)

    def open(self, row: StorageRow) -> bool:
        """Open a group as a further level; return False if there is nothing left to group it by."""
        used = {self.grouping, *(step.grouping for step in self.steps)}
        useless = {*used, FAMILY} if NAME in used else used
        following = next((grouping for grouping in _NEXT if grouping not in useless), None)
        if row.kind is not RowKind.GROUP or following is None:
            return False
        text = self.grouping.filter(row.group.value, row.group.artifacts)
        self.steps.append(Step(self.grouping, row.group.value, row.label, text))
        self._groupings.append(following)
        self._breakdown, self.words = None, []
        return True

    def leave(self) -> tuple[RowKind, Hashable] | None:
        """Go back to the level above, and return the key of the row that was open; None at the top."""
        if not self.steps:
            return None
        self._groupings.pop()
        self._breakdown, self.words = None, []
        return RowKind.GROUP, self.steps.pop().value

    @property
    def shown(self) -> tuple[StorageRow, ...]:
        """The rows of groups."""
        return tuple(row for row in self.rows if row.kind is RowKind.GROUP)

    def marked_rows(self) -> tuple[frozenset[Hashable], frozenset[Hashable]]:
        """Return the keys of the rows that are marked as a whole, and of those that are marked in part."""
        if self._breakdown is None or not len(self.marks):
            return frozenset(), frozenset()
        grouping, context = self._breakdown.grouping, self._breakdown.context
        marked = self._within([self._artifacts[number] for number in self.marks.ids & self._artifacts.keys()], context)
        numbers = Counter(grouping.keys(context)(marked))
        rows = [row for row in self.shown if row.group.value in numbers]
        whole = frozenset(row.key for row in rows if numbers[row.group.value] == len(row.group.artifacts))
        return whole, frozenset(row.key for row in rows) - whole

    def toggle(self, rows: Iterable[StorageRow]) -> None:
        """Unmark the artifacts of rows that are marked as a whole, and mark the artifacts of other rows."""
        ids = self.marks.ids
        for row in rows:
            if row.kind is RowKind.GROUP:
                missing = [artifact for artifact in row.group.artifacts if artifact.id not in ids]
                for artifact in missing or row.group.artifacts:
                    self.marks.toggle(artifact)

    def mark(self, rows: Iterable[StorageRow]) -> None:
        """Mark the artifacts of all these rows."""
        self.marks.add(artifact for row in rows if row.kind is RowKind.GROUP for artifact in row.group.artifacts)

    def extend(self, row: StorageRow) -> None:
        """Start a range at a row, or mark the rows from there to this one."""
        keys = [one.key for one in self.rows]
        if self._range_start not in keys:
            self._range_start = row.key
            self.mark((row,))
            return
        ends = sorted((keys.index(self._range_start), keys.index(row.key)))
        self.mark(self.rows[ends[0] : ends[1] + 1])
        self._range_start = None

    def clear_marks(self) -> bool:
        """Remove the marks and the start of a range; return False if there were none."""
        had_range, self._range_start = self._range_start is not None, None
        return self.marks.clear() or had_range

    @property
    def hidden_marks(self) -> frozenset[int]:
        """The IDs of marked artifacts that are in no shown row."""
        shown = (artifact.id for row in self.shown for artifact in row.group.artifacts)
        return self.marks.ids.difference(shown) if len(self.marks) else frozenset()

    def summary(self, progress: Extent | None, is_stopped: bool, retry: str = "") -> str:
        """Return the summary above the list: what is missing, then what is marked or shown."""
        state = self.state(progress, is_stopped, retry)
        if self._range_start is not None:
            return f"range: move, then v · {len(self.marks):,} marked"
        if len(self.marks):
            marked = f"{len(self.marks):,} marked · {size(self.marks.size)}"
            parts = (state, marked) if self.extent.is_incomplete and not is_stopped else (marked, state)
            return marked if self.extent.is_whole else " · ".join(part for part in parts if part)
        if progress is not None or not (self._artifacts or self.extent.is_whole):
            return state
        shown, groups = len(self.shown), len(self._breakdown.groups) if self._breakdown else 0
        rows = f"{shown:,} of {groups:,} shown" if shown < groups else ""
        number = "" if state else count(len(self._total.artifacts), "artifact")
        return " · ".join(part for part in (state, rows, number, size(self._total.live_bytes)) if part)
