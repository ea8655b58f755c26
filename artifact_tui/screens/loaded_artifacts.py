"""The artifacts of one place that are loaded so far, and those of them that are marked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from artifact_tui.domain.list_extent import Extent
from artifact_tui.domain.models import Artifact, stored_bytes


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


class LoadedArtifacts:
    """The artifacts of a place, how much of its list they are, and the marks; independent of Textual."""

    def __init__(self) -> None:
        self.marks = Marks()
        self.extent = Extent()
        self.run_ids: set[int] = set()  # of the artifacts' workflow runs, as far as the server reports them
        self._artifacts: dict[int, Artifact] = {}

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
        self._artifacts, self.run_ids = artifacts, run_ids_of(artifacts.values())
        self.extent = extent
        if extent.is_whole or not artifacts:
            self.marks.keep(artifacts)

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

    def state(self, progress: Extent | None, is_stopped: bool, retry: str) -> str:
        """Return what is missing, for the title; empty for a complete list."""
        if progress is not None:
            return f"loading {progress.share()}…" if progress.total else "loading…"
        if is_stopped and not self.extent.is_whole:
            return f"stopped at {self.extent.share()}" if self._artifacts else "stopped"
        return self.extent.title(retry) if self.extent.is_incomplete else ""


def run_ids_of(artifacts: Iterable[Artifact]) -> set[int]:
    """Return the IDs of the artifacts' workflow runs, as far as the server reports them."""
    return {artifact.run_id for artifact in artifacts if artifact.run_id is not None}
