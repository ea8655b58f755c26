"""The artifacts of one place: what is loaded, shown and marked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from itertools import islice
from operator import attrgetter

from artifact_tui.domain.artifact_filter import Context, Query
from artifact_tui.domain.artifact_search import ArtifactSearch
from artifact_tui.domain.list_extent import Extent
from artifact_tui.domain.models import Artifact, WorkflowRun, stored_bytes
from artifact_tui.screens.loaded_artifacts import LoadedArtifacts, run_ids_of
from artifact_tui.text import count, size


class ArtifactList(LoadedArtifacts):
    """The model of an artifact list, independent of Textual."""

    def __init__(self) -> None:
        super().__init__()
        self.query = Query()
        self.shown: tuple[Artifact, ...] = ()
        self._selected = 0  # how many of the artifacts were filtered and sorted
        self._runs_known = 0
        self._shown_size = 0
        self._search: ArtifactSearch | None = None
        self._search_of: tuple[int, str, bool] | None = None
        """The number and the order of the artifacts that the search was made for."""

    def replace(self, artifacts: dict[int, Artifact], extent: Extent) -> None:
        """Replace the artifacts and the extent; marks of others are removed unless artifacts are missing."""
        super().replace(artifacts, extent)
        self._search, self._selected = None, 0

    def update(self, artifact: Artifact) -> None:
        """Replace one artifact with a fresh copy."""
        self._artifacts[artifact.id] = artifact
        self.run_ids |= run_ids_of((artifact,))
        self._search = None

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
        self.run_ids |= run_ids_of(fresh)
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
        state = self.state(progress, is_stopped, retry)
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
