"""What is protected from deletion, and why."""

from __future__ import annotations

from fnmatch import filter as matching

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artifact_tui.domain.models import Artifact, RunOfArtifact
from artifact_tui.domain.protection import Reason, RepositoryState, protections
from tests.artifacts import any_artifacts

IDS = st.frozensets(st.integers(1, 6), max_size=3)
PATTERNS = st.lists(st.sampled_from(("release-*", "wheel", "[Ll]ogs", "?ogs", "x", "*")), max_size=2)


@given(any_artifacts(), IDS, IDS, st.booleans(), PATTERNS, st.frozensets(st.integers(1, 60), max_size=9))
def test_every_reason_is_found_and_no_other(
    artifacts: list[Artifact],
    running: frozenset[int],
    newest: frozenset[int],
    tagged: bool,
    pinned: list[str],
    downloading: frozenset[int],
) -> None:
    state = RepositoryState(running=running, newest=newest, tags=frozenset(["v1.0"] if tagged else []))
    found = protections(artifacts, state, pinned=pinned, downloading=downloading)
    for artifact in artifacts:
        run = artifact.workflow_run or RunOfArtifact()
        wanted = set()
        if run.id is None:
            wanted.add("run unknown")
        if run.id is not None and run.id in running:
            wanted.add("in progress")
        if run.id is not None and run.id in newest and run.id not in running:
            wanted.add("newest success")
        is_fork = run.repository_id == 1 and run.head_repository_id == 2
        if tagged and run.head_branch == "v1.0" and not is_fork:
            wanted.add("tag")
        if any(matching([artifact.name], pattern) for pattern in pinned):
            wanted.add("pinned")
        if artifact.id in downloading:
            wanted.add("downloading")
        assert set(found.get(artifact.id, ())) == wanted
    assert all(reasons for reasons in found.values())


def test_a_branch_of_a_fork_is_no_tag_of_ours() -> None:
    run = RunOfArtifact(id=1, repository_id=1, head_repository_id=2, head_branch="v1.0")
    state = RepositoryState(tags=frozenset({"v1.0"}))
    assert protections([Artifact(id=1, workflow_run=run)], state) == {}


@pytest.mark.parametrize(
    ("name", "is_tag"),
    [
        ("v1", True),
        ("v26.11.18", True),
        ("1.0.0-rc1", True),
        ("release-2.4", True),
        ("kestrel@1.2.3", True),
        ("core/v2.0", True),
        ("main", False),
        ("v-neck", False),
        ("fix-12", False),
        ("page-index", False),
    ],
)
def test_where_tags_are_not_listed_names_like_versions_are_tags(name: str, is_tag: bool) -> None:
    """Rather one too many than one too few."""
    assert RepositoryState(tags=None).is_tag(name) is is_tag
    assert RepositoryState(tags=frozenset()).is_tag(name) is False


def test_an_artifact_whose_run_the_server_does_not_tell_is_protected() -> None:
    """It might be of any run, the newest one too."""
    assert protections([Artifact(id=1, name="x")], RepositoryState()) == {1: (Reason.UNKNOWN,)}


def test_pins_are_patterns_for_whole_names() -> None:
    run = RunOfArtifact(id=1)
    names = ("release-1", "Release-1", "my-release-1")
    artifacts = [Artifact(id=number, name=name, workflow_run=run) for number, name in enumerate(names)]
    assert set(protections(artifacts, RepositoryState(), pinned=["release-*"])) == {0}
