"""The artifacts of one place as the screen knows them: what has come, what is shown, what is marked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from artifact_tui.domain.artifact_filter import Query
from artifact_tui.domain.list_extent import Extent
from artifact_tui.domain.models import Artifact, WorkflowRun, stored_bytes
from artifact_tui.text import count, size


class Marks:
    """Artifacts by id, in the order of marking; hidden by a filter they stay marked."""

    def __init__(self) -> None:
        self._marked: dict[int, Artifact] = {}
        self._range_start: int | None = None
        self.was_emptied = False
        """All that was marked has left the list, which the person may not know."""

    def __len__(self) -> int:
        return len(self._marked)

    @property
    def ids(self) -> frozenset[int]:
        """The ids, for the table's sign column."""
        return frozenset(self._marked)

    @property
    def artifacts(self) -> tuple[Artifact, ...]:
        """The captured artifacts."""
        return tuple(self._marked.values())

    @property
    def size(self) -> int:
        """The bytes that all that is marked takes on the server."""
        return stored_bytes(self._marked.values())

    @property
    def in_range(self) -> bool:
        """Whether a range has been started and not yet ended."""
        return self._range_start is not None

    def toggle(self, artifact: Artifact) -> None:
        """Mark it, or take its mark away."""
        if self._marked.pop(artifact.id, None) is None:
            self._marked[artifact.id] = artifact

    def add(self, artifacts: Iterable[Artifact]) -> None:
        """Mark all of them."""
        self._marked.update((artifact.id, artifact) for artifact in artifacts)

    def invert(self, shown: Iterable[Artifact]) -> None:
        """Turn round what is shown; what is hidden keeps its mark."""
        for artifact in shown:
            self.toggle(artifact)

    def extend(self, shown: Sequence[Artifact], cursor: Artifact) -> None:
        """Start a range at the cursor; called again, mark everything between, both ends included.

        The start is known by its id; when it is not shown any more, the range is the cursor's row alone.
        """
        if self._range_start is None:
            self._range_start = cursor.id
            self._marked[cursor.id] = cursor
            return
        places = {artifact.id: index for index, artifact in enumerate(shown)}
        here = places[cursor.id]
        ends = sorted((places.get(self._range_start, here), here))
        self.add(shown[ends[0] : ends[1] + 1])
        self._range_start = None

    def keep(self, ids: Iterable[int]) -> None:
        """Forget the marks of artifacts that are not there any more."""
        there, had_any = set(ids), bool(self._marked)
        self._marked = {number: artifact for number, artifact in self._marked.items() if number in there}
        self.was_emptied = self.was_emptied or (had_any and not self._marked)

    def clear(self) -> bool:
        """Take all marks away; False when there was nothing to take."""
        had_any = bool(self._marked) or self._range_start is not None
        self._marked, self._range_start = {}, None
        self.was_emptied = False
        return had_any


class ArtifactList:
    """Knows nothing of Textual; the screen asks it for rows and for the words above and in place of them."""

    def __init__(self) -> None:
        self.query = Query()
        self.marks = Marks()
        self.extent = Extent()
        self.shown: tuple[Artifact, ...] = ()
        self._artifacts: dict[int, Artifact] = {}
        self._shown_size = 0

    def __len__(self) -> int:
        return len(self._artifacts)

    @property
    def run_ids(self) -> set[int]:
        """The workflow runs that its artifacts belong to, as far as the server tells."""
        return {artifact.run_id for artifact in self._artifacts.values() if artifact.run_id is not None}

    @property
    def newest(self) -> tuple[Artifact, ...]:
        """All, in the server's order."""
        return tuple(self._artifacts.values())

    def holds(self, artifacts: dict[int, Artifact]) -> bool:
        """Return whether the list shows this very dict, which may grow."""
        return self._artifacts is artifacts

    def replace(self, artifacts: dict[int, Artifact], extent: Extent) -> None:
        """Replace the artifacts and the extent; marks of others are removed unless artifacts are missing."""
        self._artifacts = artifacts
        self.extent = extent
        if extent.is_whole or not artifacts:
            self.marks.keep(artifacts)

    def update(self, artifact: Artifact) -> None:
        """One has come anew."""
        self._artifacts[artifact.id] = artifact

    def remove(self, ids: Iterable[int], uncounted: Iterable[int] = ()) -> bool:
        """Remove artifacts; return False if the list held none of them.

        The server's count held all of them but the ``uncounted``, which were deleted while it was made.
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
        """Filter and sort; remembered as what is shown."""
        self.shown = self.query.apply(self._artifacts.values(), now, runs, self.marks.ids)
        self._shown_size = stored_bytes(self.shown)
        return self.shown

    @property
    def hidden_marks(self) -> frozenset[int]:
        """Those of the marked ones that are not shown."""
        return self.marks.ids - {artifact.id for artifact in self.shown}

    def summary(self, progress: Extent | None, is_stopped: bool, retry: str = "") -> str:
        """Return the summary above the list: what is missing, then what is marked or shown.

        ``progress`` is how far a walk under way has come; ``retry`` says how an incomplete list may become complete.
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
        hidden = f", {len(self.hidden_marks):,} of them hidden" if self.hidden_marks else ""
        return f"{len(marks):,} marked{hidden} · {size(marks.size)}" if len(marks) else ""

    def _state(self, progress: Extent | None, is_stopped: bool, retry: str) -> str:
        if progress is not None:
            return f"loading {progress.share()}…" if progress.total else "loading…"
        if is_stopped and not self.extent.is_whole:
            return f"stopped at {self.extent.share()}" if self._artifacts else "stopped"
        return self.extent.title(retry) if self.extent.is_incomplete else ""

    def placeholder(self, is_loading: bool, is_one_run: bool) -> str:
        """Return the words in place of rows where there are none, with the way on."""
        part = self.extent.part()
        if self._artifacts:
            return f"No match {part or f'among {len(self):,}'}\n\nEsc clears the filter"
        if is_loading:
            return "Loading artifacts…"
        if part:
            return f"No artifacts could be listed\n\n{self.extent.title('r retries')}"
        if is_one_run:
            return "This workflow run has no artifacts\n\nEsc goes back to the runs, 3 shows all artifacts"
        return "This repository has no artifacts\n\n1 goes to the repositories"
