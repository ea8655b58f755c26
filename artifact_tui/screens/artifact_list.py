"""The artifacts of one place as the screen knows them: what has come, what is shown, what is marked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from artifact_tui.model import Artifact, WorkflowRun, stored_bytes
from artifact_tui.query import Query
from artifact_tui.screens.marks import Marks
from artifact_tui.text import count, size


class ArtifactList:
    """Knows nothing of Textual; the screen asks it for rows and for the words above and in place of them."""

    def __init__(self) -> None:
        self.query = Query()
        self.marks = Marks()
        self.total: int | None = None
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

    def replace(self, artifacts: dict[int, Artifact]) -> None:
        """These are all there are; marks of others are forgotten."""
        self._artifacts = artifacts
        self.marks.keep(artifacts)

    def update(self, artifact: Artifact) -> None:
        """One has come anew."""
        self._artifacts[artifact.id] = artifact

    def remove(self, ids: Iterable[int]) -> bool:
        """These are gone; False when none of them was here."""
        gone = self._artifacts.keys() & set(ids)
        if gone:
            self.replace({number: artifact for number, artifact in self._artifacts.items() if number not in gone})
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

    def summary(self, is_loading: bool, is_stopped: bool) -> str:
        """The words above the list: marks first, then how far the walk is, then what is shown."""
        marks = self.marks
        if marks.in_range:
            return f"range: move, then v · {len(marks):,} marked"
        if len(marks):
            hidden = f", {len(self.hidden_marks):,} of them hidden" if self.hidden_marks else ""
            return f"{len(marks):,} marked{hidden} · {size(marks.size)}"
        if is_loading:
            return f"loading {len(self):,} of {self.total:,}…" if self.total else "loading…"
        if is_stopped and self.total is None:
            return "stopped"
        if is_stopped:
            return f"stopped at {len(self):,} of {self.total:,} · {size(self._shown_size)}"
        if len(self.shown) < len(self):
            return f"{len(self.shown):,} of {count(len(self), 'artifact')} · {size(self._shown_size)}"
        return f"{count(len(self), 'artifact')} · {size(self._shown_size)}"

    def placeholder(self, is_loading: bool, is_one_run: bool) -> str:
        """The words in place of rows where there are none, with the way on."""
        if self._artifacts:
            return f"None of {count(len(self), 'artifact')} matches the filter\n\nEsc takes it away"
        if is_loading:
            return "Loading artifacts…"
        if is_one_run:
            return "This workflow run has no artifacts\n\nEsc goes back to the runs, 3 shows all artifacts"
        return "This repository has no artifacts\n\n1 goes to the repositories"
