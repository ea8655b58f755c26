"""A list that grows page by page shows what one that came at once would show."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from artifact_tui.domain.artifact_filter import SORTS, Query
from artifact_tui.domain.list_extent import Extent
from artifact_tui.domain.models import Artifact, WorkflowRun
from artifact_tui.screens.artifacts.list_model import ArtifactList
from tests.artifacts import NOW, any_artifacts

RUNS = {number: WorkflowRun(id=number, name="ci") for number in (1, 2)}
QUERIES = st.builds(
    lambda text, sort, descending: Query.parse(text, sort=sort, descending=descending),
    st.sampled_from(["", "logs", "size>2", "run:ci", "!expired"]),
    st.sampled_from(SORTS),
    st.booleans(),
)


@given(any_artifacts(), QUERIES, st.integers(1, 7), st.integers(0, 24))
def test_pages_are_added_to_what_is_shown(
    artifacts: list[Artifact], query: Query, size: int, runs_known_after: int
) -> None:
    grown, whole = ArtifactList(), ArtifactList()
    grown.query = whole.query = query
    rows: dict[int, Artifact] = {}
    grown.replace(rows, Extent())
    for start in range(0, len(artifacts), size):
        rows.update((artifact.id, artifact) for artifact in artifacts[start : start + size])
        grown.select_added(NOW, RUNS if start >= runs_known_after else {})
    whole.replace({artifact.id: artifact for artifact in artifacts}, Extent())
    runs = RUNS if artifacts and (len(artifacts) - 1) // size * size >= runs_known_after else {}
    assert grown.shown == whole.select(NOW, runs)
    assert grown.run_ids == whole.run_ids
    assert grown.summary(None, False) == whole.summary(None, False)
