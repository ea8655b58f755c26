"""Artifacts by group: every grouping adds up to the same sum, and filters select what groups hold."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artifact_tui.domain.artifact_filter import Query
from artifact_tui.domain.models import Artifact, RunOfArtifact, WorkflowRun, stored_bytes
from artifact_tui.storage.breakdown import Breakdown
from artifact_tui.storage.groupings import FAMILY, GROUPINGS, Grouping, GroupingContext
from tests.artifacts import NOW, any_artifacts, listed

RUNS = {
    1: WorkflowRun(id=1, name="CI", path=".github/workflows/ci.yml", run_number=7),
    2: WorkflowRun(id=2, name="Nightly", path=".github/workflows/nightly.yml", run_number=1),
    3: WorkflowRun(id=3, name="Code scanning"),
}
ODD_NAMES = ("", " leading", 'quoted "name"', "a b", "x*", "a-2026-11-20", "a-2026-11-21", "[a]-1", "name=x", ">1")
CONTEXT = GroupingContext(NOW, RUNS)


@st.composite
def artifacts_of_any_name(draw: st.DrawFn) -> list[Artifact]:
    """Any artifacts, some with names that the filter language finds hard, and sizes of up to 2^60."""
    artifacts = draw(any_artifacts())
    names = draw(st.lists(st.sampled_from(ODD_NAMES), max_size=8))
    sizes = st.sampled_from((0, 999_999, 10**6, 10**9, 2**60))
    odd = [listed(id=100 + n, name=name, size_in_bytes=draw(sizes), created_at=NOW) for n, name in enumerate(names)]
    return [artifact.at(NOW) for artifact in (*artifacts, *odd)]


def broken_down(artifacts: list[Artifact], grouping: Grouping, step: int) -> Breakdown:
    """Add the artifacts in pages of ``step``."""
    breakdown = Breakdown(grouping, CONTEXT)
    for start in range(0, len(artifacts), step):
        breakdown.add(artifacts[start : start + step])
    return breakdown


@pytest.mark.parametrize("grouping", GROUPINGS.values(), ids=GROUPINGS)
@given(artifacts_of_any_name(), st.integers(1, 9))
def test_groups_add_up_to_the_size_of_the_list(grouping: Grouping, artifacts: list[Artifact], step: int) -> None:
    breakdown = broken_down(artifacts, grouping, step)
    everything = breakdown.total()
    assert everything.live_bytes == stored_bytes(artifacts)
    assert everything.live_bytes + everything.expired_bytes == sum(one.size_in_bytes for one in artifacts)
    assert everything.live_count + everything.expired_count == len(artifacts) == len(everything.artifacts)
    soon = (one for one in artifacts if not one.expired and one.expires_at is not None)
    limit = NOW + timedelta(days=7)
    assert everything.soon_bytes == sum(one.size_in_bytes for one in soon if one.expires_at and one.expires_at <= limit)
    assert everything.newest == max((one.created for one in artifacts if one.created is not None), default=None)
    assert everything.oldest == min((one.created for one in artifacts if one.created is not None), default=None)
    assert sum(everything.parts) == everything.live_bytes + everything.expired_bytes


@pytest.mark.parametrize("grouping", GROUPINGS.values(), ids=GROUPINGS)
@given(artifacts_of_any_name())
def test_a_filter_selects_its_group(grouping: Grouping, artifacts: list[Artifact]) -> None:
    """All but families, whose pattern may match more, and IDs of runs, which are searched in numbers and titles too."""
    for group in broken_down(artifacts, grouping, 100).groups.values():
        text = grouping.filter(group.value, group.artifacts)
        found = Query.parse(text).apply(artifacts, NOW, RUNS)
        missing = {one.id for one in group.artifacts} - {one.id for one in found}
        assert not text or not missing
        is_exact = len(found) == len(group.artifacts)
        assert not text or is_exact or grouping.id in {"family", "run"}


def labels(artifacts: list[Artifact], grouping: Grouping) -> set[str]:
    breakdown = broken_down(artifacts, grouping, 100)
    return {breakdown.label(group) for group in breakdown.groups.values()}


def made(**fields: Any) -> Artifact:
    return listed(**{"id": 1, "name": "a", "created_at": NOW, **fields})


@pytest.mark.parametrize(
    ("grouping", "fields", "label"),
    [
        ("age", {"created_at": NOW - timedelta(hours=23)}, "less than 1 d"),
        ("age", {"created_at": NOW - timedelta(days=7)}, "7 d to 30 d"),
        ("age", {"created_at": NOW - timedelta(days=90)}, "90 d or more"),
        ("age", {"created_at": None}, "(no date)"),
        ("expiry", {"expires_at": NOW}, "expired"),
        ("expiry", {"expires_at": NOW + timedelta(days=2)}, "1 d to 7 d"),
        ("expiry", {}, "(no expiry date)"),
        ("size", {"size_in_bytes": 0}, "less than 1 MB"),
        ("size", {"size_in_bytes": 10**9}, "1 GB or more"),
        ("branch", {"workflow_run": {"id": 1, "head_branch": "main"}}, "main"),
        ("branch", {}, "(no branch)"),
        ("workflow", {"workflow_run": {"id": 2}}, "nightly.yml"),
        ("workflow", {"workflow_run": {"id": 3}}, "Code scanning"),
        ("workflow", {"workflow_run": {"id": 9}}, "(run not looked up)"),
        ("run", {"workflow_run": {"id": 1}}, "CI #7"),
        ("run", {"workflow_run": {"id": 9}}, "run 9"),
        ("run", {}, "(no run)"),
    ],
)
def test_the_label_of_a_group(grouping: str, fields: dict[str, Any], label: str) -> None:
    assert labels([made(**_decoded(fields)).at(NOW)], GROUPINGS[grouping]) == {label}


def _decoded(fields: dict[str, Any]) -> dict[str, Any]:
    run = fields.get("workflow_run")
    return fields if run is None else {**fields, "workflow_run": RunOfArtifact(**run)}


def test_a_family_with_a_single_name_has_that_name() -> None:
    artifacts = [made(name=name) for name in ("a-2026-11-20", "a-2026-11-20", "b-7", "b-8")]
    assert labels(artifacts, FAMILY) == {"a-2026-11-20", "b-*"}
