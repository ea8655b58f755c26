"""What the API's values mean."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artifact_tui.domain.models import Artifact, Digest, RepositoryName, RunOfArtifact, WorkflowRun
from tests.artifacts import listed

START = datetime(2026, 11, 20, 9, tzinfo=UTC)


@pytest.mark.parametrize("text", ["acme/rocket", "a-b/c.d_e", "acme/rocket.git"])
def test_owner_and_name_are_read(text: str) -> None:
    assert str(RepositoryName.parse(text)) == text.removesuffix(".git")


@pytest.mark.parametrize("text", ["", "acme", "acme/", "/rocket", "a/b/c", "acme/..", "acme/.", "a b/c", "acme/\x1b"])
def test_what_is_no_repository_is_refused(text: str) -> None:
    assert RepositoryName.parse(text) is None


@given(st.binary(min_size=32, max_size=32))
def test_a_digest_is_read_back_whatever_its_case(raw: bytes) -> None:
    digest = Digest("sha256", raw.hex())
    assert Digest.parse(str(digest)) == digest
    assert Digest.parse(str(digest).upper()) == digest


@pytest.mark.parametrize("text", [None, "", "sha256:", "sha512:" + "0" * 128, "sha256:" + "g" * 64, "0" * 64])
def test_an_unknown_digest_is_none(text: str | None) -> None:
    assert Digest.parse(text) is None


def test_an_artifact_older_than_the_latest_attempt_is_from_an_earlier_one() -> None:
    early, late = (listed(id=1, created_at=START + timedelta(hours=hours)) for hours in (-1, 1))
    second = WorkflowRun(id=1, run_attempt=2, run_started_at=START)
    third = WorkflowRun(id=1, run_attempt=3, run_started_at=START)
    assert late.attempt(second) == ("exactly", 2)
    assert early.attempt(second) == ("exactly", 1)
    assert early.attempt(third) == ("before", 3)
    assert early.attempt(WorkflowRun(id=1)) == ("exactly", 1)


def test_code_from_a_fork_is_known_only_when_both_sides_are() -> None:
    assert Artifact(id=1, workflow_run=RunOfArtifact(repository_id=1, head_repository_id=2)).from_fork
    assert not Artifact(id=1, workflow_run=RunOfArtifact(repository_id=1, head_repository_id=1)).from_fork
    assert not Artifact(id=1, workflow_run=RunOfArtifact(head_repository_id=2)).from_fork
    assert not Artifact(id=1).from_fork


def test_the_state_of_a_run_is_its_conclusion_if_there_is_one() -> None:
    assert WorkflowRun(id=1, status="completed", conclusion="failure").state == "failure"
    assert WorkflowRun(id=1, status="in_progress").state == "in_progress"
    assert WorkflowRun(id=1).state == "unknown"
