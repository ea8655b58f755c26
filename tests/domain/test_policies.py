"""Policies name exactly what a person would find by going through the list with a pencil."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artifact_tui.domain.models import Artifact, RunOfArtifact
from artifact_tui.domain.policies import BiggerThan, Expired, KeepNewest, OlderThan, Policy
from tests.artifacts import NOW, any_artifacts, listed


def is_over(artifact: Artifact) -> bool:
    return artifact.expired or (artifact.expires_at is not None and artifact.expires_at <= NOW)


def is_newer(one: Artifact, other: Artifact) -> bool:
    assert one.created_at is not None
    assert other.created_at is not None
    return (one.created_at, one.id) > (other.created_at, other.id)


@given(any_artifacts())
def test_expired(artifacts: list[Artifact]) -> None:
    wanted = set()
    for artifact in artifacts:
        if is_over(artifact):
            wanted.add(artifact.id)
    assert Expired().choose(artifacts, NOW) == wanted


@given(any_artifacts(), st.integers(0, 24 * 50))
def test_older_than(artifacts: list[Artifact], hours: int) -> None:
    wanted = set()
    for artifact in artifacts:
        if artifact.created_at is not None and artifact.created_at < NOW - timedelta(hours=hours):
            wanted.add(artifact.id)
    assert OlderThan(timedelta(hours=hours)).choose(artifacts, NOW) == wanted


@given(any_artifacts(), st.integers(0, 6) | st.integers(0, 10**12))
def test_bigger_than(artifacts: list[Artifact], limit: int) -> None:
    wanted = set()
    for artifact in artifacts:
        if artifact.size_in_bytes > limit:
            wanted.add(artifact.id)
    assert BiggerThan(limit).choose(artifacts, NOW) == wanted


@given(any_artifacts(), st.integers(0, 4), st.booleans(), st.randoms(use_true_random=False))
def test_keep_newest(artifacts: list[Artifact], count: int, by_branch: bool, random: object) -> None:
    """An artifact is named when ``count`` newer ones of its name are still there, whatever the order of the list."""
    random.shuffle(artifacts)  # type: ignore[attr-defined]  # hypothesis gives a Random
    there = [artifact for artifact in artifacts if artifact.created_at is not None and not is_over(artifact)]
    wanted = set()
    for artifact in there:
        newer = 0
        for other in there:
            same = other.name == artifact.name and (not by_branch or other.branch == artifact.branch)
            same = same and other.from_fork is artifact.from_fork
            newer += same and is_newer(other, artifact)
        if newer >= count:
            wanted.add(artifact.id)
    assert KeepNewest(count, by_branch).choose(artifacts, NOW) == wanted


def made(number: int, hours_ago: float, *, expired: bool = False, branch: str = "main") -> Artifact:
    created = NOW - timedelta(hours=hours_ago)
    run = RunOfArtifact(id=number, head_branch=branch)
    return listed(id=number, name="wheel", size_in_bytes=5, created_at=created, expired=expired, workflow_run=run)


@pytest.mark.parametrize(
    ("policy", "named"),
    [
        (KeepNewest(1), {2, 4}),
        (KeepNewest(1, by_branch=True), {2}),
        (KeepNewest(0), {1, 2, 4}),
        (KeepNewest(9), set()),
        (OlderThan(timedelta(hours=2)), {3, 4}),
        (BiggerThan(5), set()),
        (BiggerThan(4), {1, 2, 3, 4}),
        (Expired(), {3}),
    ],
    ids=str,
)
def test_by_example(policy: Policy, named: set[int]) -> None:
    """1 is the newest, 3 has expired, 4 is of another branch."""
    artifacts = [made(1, 1), made(2, 2), made(3, 2.5, expired=True), made(4, 3, branch="topic")]
    assert policy.choose(artifacts, NOW) == named
