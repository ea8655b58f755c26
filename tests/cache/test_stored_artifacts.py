"""A list of artifacts comes back from the disk as it was, but for what has expired since."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from artifact_tui.cache.stored_artifacts import load, store
from artifact_tui.domain.models import Artifact, RunOfArtifact
from tests.artifacts import NOW, any_artifacts

DIGESTS = st.sampled_from([None, "sha512:ab", "", bytes(32), b"x" * 32])
TIMES = st.sampled_from([None, 0, -5, 1.5, 1_750_000_000, 2**32, 1_750_000_000.25])
ODD = st.lists(
    st.builds(
        Artifact,
        id=st.integers(0, 2**63 - 1),
        name=st.text(st.characters(exclude_categories=["Cs"]), max_size=3),
        size_in_bytes=st.integers(0, 2**63 - 1),
        expired=st.booleans(),
        created=TIMES,
        updated=TIMES,
        expires=TIMES,
        sha256=DIGESTS,
        workflow_run=st.none() | st.builds(RunOfArtifact, head_branch=st.none() | st.text("ab", max_size=1)),
    ),
    max_size=12,
)


@given(any_artifacts() | ODD, st.integers(-90, 90))
def test_what_was_stored_is_read(artifacts: list[Artifact], days: int) -> None:
    later = NOW + timedelta(days=abs(days))
    assert load(store(artifacts, NOW), NOW) == [artifact.at(NOW) for artifact in artifacts]
    assert load(store(artifacts, NOW), later) == [artifact.at(later) for artifact in artifacts]


def test_equal_names_and_runs_are_one_object() -> None:
    run = RunOfArtifact(id=1, head_branch="main", head_sha="0" * 40)
    artifacts = [Artifact(id=number, name="wheel", workflow_run=run, created=5, updated=5) for number in range(3)]
    found = load(store(artifacts, NOW), NOW)
    assert len({id(artifact.name) for artifact in found}) == 1
    assert len({id(artifact.workflow_run) for artifact in found}) == 1


def test_a_thousand_artifacts_take_less_than_a_hundred_kilobytes() -> None:
    runs = [
        RunOfArtifact(id=number, repository_id=1, head_branch="main", head_sha=f"{number:040x}") for number in range(99)
    ]
    artifacts = [
        Artifact(
            id=number, name=f"wheel-{number % 30}", created=10**9, sha256=b"x" * 32, workflow_run=runs[number % 99]
        )
        for number in range(1000)
    ]
    assert len(store(artifacts, NOW)) < 100_000


COLUMNS = ["id", "size", "created", "updated", "expires", "name", "run", "sha256"]


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("change", ["shorter", "longer", "odd", "far"])
def test_damaged_columns_are_an_error_of_a_known_kind(column: str, change: str) -> None:
    artifacts = [Artifact(id=number, name=f"{number}", sha256=b"x" * 32) for number in range(1, 5)]
    stored: dict[str, Any] = msgspec.msgpack.decode(store(artifacts, NOW))
    size = len(stored[column]) // 4
    far = b"\xff" * len(stored[column])
    stored[column] = {"shorter": stored[column][:-size], "longer": stored[column] + far[:size],
                      "odd": stored[column][:-1], "far": far}[change]  # fmt: skip
    data = msgspec.msgpack.encode(stored)
    if change == "far" and column not in {"name", "run"}:
        assert len(load(data, NOW)) == 4
        return
    with pytest.raises((ValueError, IndexError)):
        load(data, NOW)


@given(st.data())
def test_no_bytes_are_worse_than_damaged(data: st.DataObject) -> None:
    good = store([Artifact(id=1, name="a"), Artifact(id=2, created=1.5)], NOW)
    place = data.draw(st.integers(0, len(good) - 1))
    bad = good[:place] + bytes([data.draw(st.integers(0, 255))]) + good[place + 1 :]
    try:
        found = load(bad, NOW)
    except (ValueError, IndexError, msgspec.DecodeError):  # the last one is no ValueError before msgspec 0.21
        return
    assert len(found) <= 2
