"""A search that remembers finds what a filter finds that is applied to each artifact."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artifact_tui.domain.artifact_filter import Context, Query
from artifact_tui.domain.artifact_search import ArtifactSearch
from artifact_tui.domain.models import Artifact, RunOfArtifact, stored_bytes
from tests.artifacts import NOW, any_artifacts

TEXTS = (
    "",
    "l",
    "lo",
    "logs",
    "log",
    "!logs",
    "lo*",
    "LOGS e",
    "e",
    "wheel",
    "branch:m",
    "branch:main l",
    "size>2",
    "r",
)
texts = st.lists(st.sampled_from((*TEXTS, "age>3d", "marked", "expired", "name=logs")), max_size=12)


@given(any_artifacts(), texts)
def test_filters_one_after_the_other_find_the_same_as_alone(artifacts: list[Artifact], typed: list[str]) -> None:
    """Whatever was filtered before, letters added or removed."""
    rows, marked = Query().apply(artifacts, NOW), {artifact.id for artifact in artifacts[::2]}
    search = ArtifactSearch(rows)
    for text in typed:
        query = Query.parse(text)
        found = search.find(query.tests, Context(NOW, {}, marked))
        assert found.rows == query.apply(artifacts, NOW, marked=marked), typed
        assert sum(found.sizes) == stored_bytes(found.rows)


def test_equal_names_share_one_folded_string() -> None:
    """A list of 100,000 rows often has few names."""
    rows = tuple(Artifact(id=number, name=("Wheel", "logs")[number % 2] * 1) for number in range(4))
    search = ArtifactSearch(rows)
    names = search.find(Query.parse("l").tests, Context(NOW, {})).texts["name"]
    assert names == ["wheel", "logs"] * 2
    assert len({id(name) for name in names}) == 2
    assert names[1] is rows[1].name


class Unread(Artifact, frozen=True):
    """An artifact whose branch nothing may read."""

    @property
    def branch(self) -> str:
        raise AssertionError("a row that the filter before had dropped was read again")


def test_a_letter_more_reads_only_what_was_found_before() -> None:
    """The rows that the filter before has dropped are not looked at."""
    row = Artifact(id=1, name="wheel", workflow_run=RunOfArtifact(id=1, head_branch="main"))
    search, context = ArtifactSearch((row, Unread(id=2, name="logs"))), Context(NOW, {})
    assert search.find(Query.parse("wh").tests, context).rows == (row,)
    assert search.find(Query.parse("whe branch=main").tests, context).rows == (row,)
    with pytest.raises(AssertionError):
        search.find(Query.parse("branch=main").tests, context)
