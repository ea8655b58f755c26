"""The artifacts of a repository as columns, and the sums over them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artifact_tui.domain.models import Artifact, RunOfArtifact
from artifact_tui.storage.column_sums import KEYS, bytes_within, grouped_columns, sum_of
from artifact_tui.storage.columns import ArtifactColumns
from artifact_tui.storage.families import family
from artifact_tui.storage.sums import NO_BRANCH, NO_RUN, grouped, named_families

NOW = datetime(2026, 11, 28, 9, 30, tzinfo=UTC)
SECONDS = int(NOW.timestamp())
TEXTS = st.text(max_size=12) | st.sampled_from(["coverage", "logs-1", "logs-2", "\ud800", "a\0b"])
RUNS = st.builds(
    RunOfArtifact, id=st.none() | st.integers(1, 2**63 - 1), head_branch=st.none() | TEXTS.filter(bool)
).filter(lambda run: run.id is not None or run.head_branch is not None)
TIMES = st.none() | st.integers(1, 2**32 - 1) | st.integers(SECONDS - 9, SECONDS + 9)
ARTIFACTS = st.lists(
    st.builds(
        Artifact,
        id=st.integers(0, 2**63 - 1),
        name=TEXTS,
        size_in_bytes=st.sampled_from([0, 1, 2**60]) | st.integers(0, 2**40),
        expired=st.booleans(),
        created=TIMES,
        expires=TIMES,
        sha256=st.none() | st.just(b"\1" * 32) | st.just(bytes(range(32))),
        workflow_run=st.none() | RUNS,
    ),
    max_size=12,
)
KEY = {
    "name": lambda artifact: artifact.name,
    "branch": lambda artifact: artifact.branch or NO_BRANCH,
    "run": lambda artifact: str(artifact.run_id or NO_RUN),
}


@given(ARTIFACTS)
def test_artifacts_come_back_from_memory_and_from_a_file(artifacts: list[Artifact]) -> None:
    columns = ArtifactColumns(artifacts[:5], has_digests=True)
    columns.finish()
    columns.add(artifacts[5:])
    assert list(columns) == artifacts
    read = ArtifactColumns.from_bytes(columns.to_bytes())
    assert (list(read), read.newest_id) == (artifacts, max((each.id for each in artifacts), default=None))
    read.add(artifacts[:1])
    assert list(read) == [*artifacts, *artifacts[:1]]


@given(ARTIFACTS, st.sets(st.integers(0, 11)))
def test_a_part_is_independent_of_the_whole(artifacts: list[Artifact], dropped: set[int]) -> None:
    columns = ArtifactColumns(artifacts, has_digests=True)
    part = columns.only(lambda position: position not in dropped)
    kept = [artifact for position, artifact in enumerate(artifacts) if position not in dropped]
    assert list(part) == kept
    part.add_newer(artifacts)
    assert (list(part), list(columns)) == ([*artifacts, *kept], artifacts)


def test_times_that_do_not_fit_become_the_nearest_that_does() -> None:
    odd = [Artifact(id=1, created=-5.5, expires=0), Artifact(id=2, created=1.9, expires=2**40)]
    assert [(each.created, each.expires) for each in ArtifactColumns(odd)] == [(1, 1), (1, 2**32 - 1)]


def test_without_digests_they_are_unknown() -> None:
    columns = ArtifactColumns([Artifact(id=1, sha256=b"\1" * 32)])
    assert [each.digest for each in ArtifactColumns.from_bytes(columns.to_bytes())] == [None]


@given(st.binary(max_size=40) | st.integers(0, 400), st.integers(0, 255))
def test_a_damaged_file_is_refused(damage: bytes | int, value: int) -> None:
    whole = ArtifactColumns([Artifact(id=9, name="logs", created=7)] * 3).to_bytes()
    place = damage % len(whole) if isinstance(damage, int) else 0
    data = damage if isinstance(damage, bytes) else whole[:place] + bytes([value]) + whole[place + 1 :]
    if data in (whole, whole[:-1]):
        return
    with pytest.raises(ValueError):
        ArtifactColumns.from_bytes(data)
    with pytest.raises(ValueError):
        ArtifactColumns.from_bytes(whole[: place or 1])


@pytest.mark.parametrize(
    "damage",
    [{"size": b""}, {"name": b"\7\0\0\0"}, {"ended": (1,)}, {"sha256": b"1"}, {"texts": ()}, {"texts": (b"\xff",)}],
)
def test_columns_that_do_not_fit_together_are_refused(damage: dict[str, object]) -> None:
    import zlib

    import msgspec

    stored = msgspec.msgpack.decode(zlib.decompress(ArtifactColumns([Artifact(id=1)]).to_bytes()))
    with pytest.raises(ValueError):
        ArtifactColumns.from_bytes(zlib.compress(msgspec.msgpack.encode(stored | damage)))


def test_families_follow_names_that_are_added() -> None:
    columns = ArtifactColumns([Artifact(id=2, name="logs-1", workflow_run=RunOfArtifact(id=1, head_branch="logs-2"))])
    assert [group.key for group in grouped_columns([columns], "family", NOW)] == ["logs-1"]
    columns.add([Artifact(id=1, name="logs-2")])
    assert [group.key for group in grouped_columns([columns, columns], "family", NOW)] == ["logs-*"]


@given(ARTIFACTS, st.integers(0, 12))
def test_groups_are_those_of_the_artifacts_themselves(artifacts: list[Artifact], cut: int) -> None:
    parts = [ArtifactColumns(artifacts[:cut]), ArtifactColumns(artifacts[cut:])]
    families = named_families(artifacts, family)
    for by in KEYS:
        key = KEY.get(by, lambda artifact: families[artifact.name])
        assert grouped_columns(parts, by, NOW) == grouped(artifacts, key, NOW)
    everything = sum_of(ArtifactColumns(artifacts), NOW, "All")
    assert [everything] == (grouped(artifacts, lambda artifact: "All", NOW) or [everything])
    soon = [each.size_in_bytes for each in artifacts if not each.expired and 0 < (each.expires or 0) - SECONDS <= 86400]
    assert bytes_within(ArtifactColumns(artifacts), NOW, 86400) == sum(soon)
