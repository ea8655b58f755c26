"""The model of the Storage screen: whatever is grouped, filtered, sorted or opened, the rows add up."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artifact_tui.domain.artifact_filter import Query, Sort
from artifact_tui.domain.list_extent import Ending, Extent
from artifact_tui.domain.models import Artifact, RunOfArtifact, WorkflowRun, stored_bytes
from artifact_tui.screens.storage.list_model import StorageList
from artifact_tui.screens.storage.rows import SORTS, RowKind, StorageRow, share_words
from artifact_tui.storage.groupings import FAMILY, GROUPINGS, WORKFLOW, Grouping
from tests.artifacts import NOW, any_artifacts, listed

RUNS = {1: WorkflowRun(id=1, path="ci.yml"), 2: WorkflowRun(id=2, path="nightly.yml"), 3: WorkflowRun(id=3, name="CI")}


def storage_of(artifacts: Iterable[Artifact], grouping: Grouping = FAMILY, *, is_whole: bool = True) -> StorageList:
    """A list with these artifacts, all that there are or not."""
    rows = {artifact.id: artifact.at(NOW) for artifact in artifacts}
    model = StorageList(grouping)
    ending = Ending.END if is_whole else Ending.BROKEN
    model.replace(rows, Extent(len(rows), len(rows) + (not is_whole), ending=ending))
    model.select(NOW, RUNS)
    return model


def check_sums(model: StorageList, artifacts: list[Artifact]) -> None:
    """The last row is the sum of those before it, and of the artifacts."""
    *rows, everything = model.select(NOW, RUNS)
    assert (everything.kind, everything.label) == (RowKind.ALL, "All")
    assert everything.group.live_bytes == stored_bytes(artifacts)
    assert len(everything.group.artifacts) == len(artifacts)
    for name in ("live_bytes", "live_count", "expired_bytes", "expired_count", "soon_bytes"):
        assert getattr(everything.group, name) == sum(getattr(row.group, name) for row in rows)


@given(
    any_artifacts().filter(bool),
    st.sampled_from([*GROUPINGS.values()]),
    st.lists(st.sampled_from([*SORTS.values()]), max_size=3),
    st.sampled_from(("", "log", "wheel", "!1 d")),
)
def test_rows_add_up_however_they_are_grouped_sorted_and_filtered(
    artifacts: list[Artifact], grouping: Grouping, sorts: list[Sort[StorageRow]], text: str
) -> None:
    model = storage_of(artifacts, grouping)
    model.words = text.split(" ")
    for sort in sorts:
        model.sort_by(sort)
    check_sums(model, model.total.artifacts)
    keys = [model.sort.key(row) for row in model.shown]
    known = [key for key in keys if key is not None]
    assert keys[: len(known)] == known == sorted(known, reverse=model.descending)
    assert len({row.key for row in model.rows}) == len(model.rows)


@given(any_artifacts().filter(bool), st.sampled_from([*GROUPINGS.values()]), st.data())
def test_an_opened_group_has_its_artifacts_and_filters_select_exactly_theirs(
    artifacts: list[Artifact], grouping: Grouping, data: st.DataObject
) -> None:
    model = storage_of(artifacts, grouping)
    everything = [*model.total.artifacts]
    opened: list[StorageRow] = []
    while True:
        row = data.draw(st.sampled_from(model.shown))
        if (text := model.filter_of(row)) is not None:
            found = Query.parse(text).apply(everything, NOW, RUNS)
            assert {one.id for one in found} == {one.id for one in row.group.artifacts}
        if not model.open(row):
            break
        opened.append(row)
        check_sums(model, row.group.artifacts)
    for row in reversed(opened):
        assert model.leave() == row.key
        model.select(NOW, RUNS)
    assert model.leave() is None
    assert model.filter_of(model.rows[-1]) == ""


@given(any_artifacts(), st.sampled_from([*GROUPINGS.values()]), st.integers(1, 7))
def test_pages_that_arrive_count_as_if_they_had_been_there(
    artifacts: list[Artifact], grouping: Grouping, step: int
) -> None:
    rows: dict[int, Artifact] = {}
    growing = StorageList(grouping)
    growing.replace(rows, Extent())
    for start in range(0, len(artifacts), step):
        rows.update((one.id, one.at(NOW)) for one in artifacts[start : start + step])
        growing.select(NOW, RUNS)
    whole = storage_of(artifacts, grouping)
    sums = [(row.label, row.group.parts, row.group.live_count) for row in whole.rows]
    assert [(row.label, row.group.parts, row.group.live_count) for row in growing.rows] == sums


@given(any_artifacts().filter(bool), st.sampled_from([*GROUPINGS.values()]), st.data())
def test_marks_are_those_of_artifacts(artifacts: list[Artifact], grouping: Grouping, data: st.DataObject) -> None:
    """Marked rows stay marked in part or as a whole by every grouping, and a second toggle unmarks."""
    model = storage_of(artifacts)
    chosen = data.draw(st.lists(st.sampled_from(model.rows), max_size=3, unique_by=lambda row: row.key))
    model.toggle(chosen)
    wanted = {one.id for row in chosen if row.kind is RowKind.GROUP for one in row.group.artifacts}
    assert model.marks.ids == wanted
    model.group_by(grouping)
    model.select(NOW, RUNS)
    whole, part = model.marked_rows()
    for row in model.shown:
        ids = {one.id for one in row.group.artifacts}
        assert (row.key in whole, row.key in part) == (ids <= wanted, bool(ids & wanted) and not ids <= wanted)
    model.group_by(FAMILY)
    model.select(NOW, RUNS)
    model.toggle(chosen)
    assert not model.marks.ids


def test_workflows_are_grouped_anew_once_their_runs_are_known() -> None:
    model = StorageList(WORKFLOW)
    artifact = listed(id=1, name="a", created_at=NOW, workflow_run=RunOfArtifact(id=1))
    model.replace({1: artifact}, Extent(1, 1, ending=Ending.END))
    runs: dict[int, WorkflowRun] = {}
    assert [row.label for row in model.select(NOW, runs)] == ["(run not looked up)", "All"]
    runs.update(RUNS)
    assert [row.label for row in model.select(NOW, runs)] == ["ci.yml", "All"]


@pytest.mark.parametrize(
    ("part", "whole", "words"),
    [
        (0, 9, "0 %"),
        (9, 9, "100 %"),
        (999, 1000, "99 %"),
        (1, 1000, "<1 %"),
        (5, 1000, "1 %"),
        (1, 2**60, "<1 %"),
        (0, 0, ""),
    ],
)
def test_a_share_is_never_everything_or_nothing_by_rounding(part: int, whole: int, words: str) -> None:
    assert share_words(part, whole) == words
