"""The artifacts of one place: what is loaded, shown and marked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import islice
from operator import attrgetter

from artifact_tui.domain.artifact_filter import Context, Query
from artifact_tui.domain.artifact_search import ArtifactSearch
from artifact_tui.domain.list_extent import Extent
from artifact_tui.domain.models import Artifact, WorkflowRun, stored_bytes
from artifact_tui.text import count, size


class Marks:
    """Marked artifacts by ID, in the order of marking; a filter that hides them does not unmark them.

    Only shown artifacts can be marked, so a mark changes ``size`` and ``hidden`` without a scan of the whole list.
    """

    def __init__(self) -> None:
        self._marked: dict[int, Artifact] = {}
        self._range_start: int | None = None
        self.size = 0  # the bytes that the marked artifacts take on the server
        self.hidden: set[int] = set()  # the IDs of marked artifacts that are not shown
        self.was_emptied = False  # whether all marked artifacts have left the list, perhaps unnoticed

    def __len__(self) -> int:
        return len(self._marked)

    @property
    def ids(self) -> frozenset[int]:
        """The IDs of the marked artifacts."""
        return frozenset(self._marked)

    @property
    def artifacts(self) -> tuple[Artifact, ...]:
        """The artifacts as they were when marked."""
        return tuple(self._marked.values())

    @property
    def in_range(self) -> bool:
        """Whether a range has been started and not yet ended."""
        return self._range_start is not None

    def toggle(self, artifact: Artifact) -> None:
        """Mark an artifact, or unmark it."""
        before = self._marked.pop(artifact.id, None)
        if before is None:
            self._marked[artifact.id] = artifact
            self.size += stored_bytes((artifact,))
        else:
            self.hidden.discard(artifact.id)
            self.size -= stored_bytes((before,))

    def add(self, artifacts: Iterable[Artifact]) -> None:
        """Mark all of these."""
        self._marked.update((artifact.id, artifact) for artifact in artifacts)
        self.size = stored_bytes(self._marked.values())

    def invert(self, shown: Iterable[Artifact]) -> None:
        """Invert the marks of the shown artifacts; hidden ones keep theirs."""
        for artifact in shown:
            self.toggle(artifact)

    def extend(self, shown: Sequence[Artifact], cursor: Artifact) -> None:
        """Start a range at the cursor, or mark from there to the cursor; without its start, only the cursor's row."""
        if self._range_start is None:
            self._range_start = cursor.id
            self.add((cursor,))
            return
        places = {artifact.id: index for index, artifact in enumerate(shown)}
        here = places[cursor.id]
        ends = sorted((places.get(self._range_start, here), here))
        self.add(shown[ends[0] : ends[1] + 1])
        self._range_start = None

    def keep(self, ids: Iterable[int]) -> None:
        """Remove the marks of all other artifacts."""
        there, had_any = set(ids), bool(self._marked)
        self._marked = {number: artifact for number, artifact in self._marked.items() if number in there}
        self.hidden &= there
        self.size = stored_bytes(self._marked.values())
        self.was_emptied = self.was_emptied or (had_any and not self._marked)

    def clear(self) -> bool:
        """Remove all marks and the range; return False if there were none."""
        had_any = bool(self._marked) or self._range_start is not None
        self._marked, self._range_start = {}, None
        self.hidden, self.size, self.was_emptied = set(), 0, False
        return had_any


class ArtifactList:
    """The model of an artifact list, independent of Textual."""

    def __init__(self) -> None:
        self.query = Query()
        self.marks = Marks()
        self.extent = Extent()
        self.shown: tuple[Artifact, ...] = ()
        self.run_ids: set[int] = set()  # of the artifacts' workflow runs, as far as the server reports them
        self._artifacts: dict[int, Artifact] = {}
        self._selected = 0  # how many of the artifacts were filtered and sorted
        self._runs_known = 0
        self._shown_size = 0
        self._search: ArtifactSearch | None = None
        self._search_of: tuple[int, str, bool] | None = None
        """The number and the order of the artifacts that the search was made for."""

    def __len__(self) -> int:
        return len(self._artifacts)

    @property
    def newest(self) -> tuple[Artifact, ...]:
        """All artifacts, in the server's order."""
        return tuple(self._artifacts.values())

    def holds(self, artifacts: dict[int, Artifact]) -> bool:
        """Return whether the list shows this very dict, which may still grow."""
        return self._artifacts is artifacts

    def replace(self, artifacts: dict[int, Artifact], extent: Extent) -> None:
        """Replace the artifacts and the extent; marks of others are removed unless artifacts are missing."""
        self._artifacts, self._search = artifacts, None
        self._selected, self.run_ids = 0, _runs_of(artifacts.values())
        self.extent = extent
        if extent.is_whole or not artifacts:
            self.marks.keep(artifacts)

    def update(self, artifact: Artifact) -> None:
        """Replace one artifact with a fresh copy."""
        self._artifacts[artifact.id] = artifact
        self.run_ids |= _runs_of((artifact,))
        self._search = None

    def remove(self, ids: Iterable[int], uncounted: Iterable[int] = ()) -> bool:
        """Remove artifacts; return False if the list held none of them.

        The server's total includes all of them except ``uncounted``, which were deleted while it was counted.
        """
        deleted = set(ids)
        gone = self._artifacts.keys() & deleted
        self.marks.keep(self.marks.ids - deleted)
        if gone:
            extent = self.extent.without(len(gone), len(gone.difference(uncounted)))
            left = {number: artifact for number, artifact in self._artifacts.items() if number not in gone}
            self.replace(left, extent)
        return bool(gone)

    def select(self, now: datetime, runs: Mapping[int, WorkflowRun]) -> tuple[Artifact, ...]:
        """Filter and sort; the result is also kept in ``shown``."""
        found = self._searched(now).find(self.query.tests, Context(now, runs, self.marks.ids))
        self.shown, self._shown_size = found.rows, sum(found.sizes)
        self._selected, self._runs_known = len(self._artifacts), len(runs)
        self.marks.hidden = set(self.hidden_marks)
        return self.shown

    def select_added(self, now: datetime, runs: Mapping[int, WorkflowRun]) -> tuple[Artifact, ...]:
        """Return the same as :meth:`select`, but read only artifacts that the dict has gained since."""
        fresh = list(islice(self._artifacts.values(), self._selected, None))
        self.run_ids |= _runs_of(fresh)
        if not self._selected or len(runs) != self._runs_known:
            return self.select(now, runs)
        added = self.query.apply(fresh, now, runs, self.marks.ids)
        self.shown = self.query.joined(self.shown, added)
        self._shown_size += stored_bytes(added)
        self._selected += len(fresh)
        self.marks.hidden.difference_update(artifact.id for artifact in added)
        return self.shown

    def prepare_filter(self, now: datetime) -> None:
        """Case-fold the names, so that the first letter of a filter does not wait for that."""
        self._searched(now).read()

    def _searched(self, now: datetime) -> ArtifactSearch:
        wanted = len(self._artifacts), self.query.sort.id, self.query.descending
        if self._search is None or self._search_of != wanted:
            in_order = Query(sort=self.query.sort, descending=self.query.descending)
            self._search, self._search_of = ArtifactSearch(in_order.apply(self._artifacts.values(), now)), wanted
        return self._search

    @property
    def hidden_marks(self) -> frozenset[int]:
        """The IDs of marked artifacts that are not shown, computed from the whole list."""
        return self.marks.ids.difference(map(attrgetter("id"), self.shown)) if len(self.marks) else frozenset()

    def summary(self, progress: Extent | None, is_stopped: bool, retry: str = "") -> str:
        """Return the summary above the list: what is missing, then what is marked or shown.

        ``progress`` is the extent of a load in progress; ``retry`` says how to complete an incomplete list.
        """
        marked = self._marked()
        state = self._state(progress, is_stopped, retry)
        if marked:
            parts = (state, marked) if self.extent.is_incomplete and not is_stopped else (marked, state)
            return marked if self.extent.is_whole else " · ".join(part for part in parts if part)
        if progress is not None or not (self._artifacts or self.extent.is_whole):
            return state
        shown = "" if state else count(len(self), "artifact")
        if len(self.shown) < len(self):
            shown = f"{len(self.shown):,} shown" if state else f"{len(self.shown):,} of {shown}"
        return " · ".join(part for part in (state, shown, size(self._shown_size)) if part)

    def _marked(self) -> str:
        marks = self.marks
        if marks.in_range:
            return f"range: move, then v · {len(marks):,} marked"
        hidden = f", {len(marks.hidden):,} of them hidden" if marks.hidden else ""
        return f"{len(marks):,} marked{hidden} · {size(marks.size)}" if len(marks) else ""

    def _state(self, progress: Extent | None, is_stopped: bool, retry: str) -> str:
        if progress is not None:
            return f"loading {progress.share()}…" if progress.total else "loading…"
        if is_stopped and not self.extent.is_whole:
            return f"stopped at {self.extent.share()}" if self._artifacts else "stopped"
        return self.extent.title(retry) if self.extent.is_incomplete else ""

    def placeholder(self, is_loading: bool, is_one_run: bool, expired: str) -> str:
        """Return the text for an empty table, with the next step; ``expired`` says why none of those is listed."""
        part = self.extent.part()
        if self._artifacts:
            why = f"\n{expired}" if expired and self.query.only_expired else ""
            return f"No match {part or f'among {len(self):,}'}{why}\n\nEsc clears the filter"
        if is_loading:
            return "Loading artifacts…"
        if part:
            return f"No artifacts could be listed\n\n{self.extent.title('r retries')}"
        if is_one_run:
            return "This workflow run has no artifacts\n\nEsc goes back to the runs, 3 shows all artifacts"
        return "This repository has no artifacts\n\n1 goes to the repositories"


def _runs_of(artifacts: Iterable[Artifact]) -> set[int]:
    return {artifact.run_id for artifact in artifacts if artifact.run_id is not None}
