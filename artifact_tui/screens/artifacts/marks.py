"""The marked artifacts: captured when they were marked, whatever the list does afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from artifact_tui.domain.models import Artifact, stored_bytes


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
