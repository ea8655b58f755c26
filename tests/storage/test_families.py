"""The family of a name, and sums by group."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artifact_tui.demo.fixed_clock import demo_clock
from artifact_tui.domain.models import Artifact, stored_bytes
from artifact_tui.storage.families import family
from artifact_tui.storage.sums import grouped, named_families, total

FAMILIES = {
    "nightly-kestrel-2026-11-20": "nightly-kestrel-*",
    "bake-8f3a2c1d9e-shard-3": "bake-*-shard-*",
    "deadbeef": "deadbeef",
    "deadbeefab": "*",
    "coverage": "coverage",
    "kestrel-cli-ubuntu-24.04": "kestrel-cli-ubuntu-*",
    "wheel-cp311-abi3-linux_x86_64": "wheel-cp311-abi3-linux_x86_64",
    "image-arm64": "image-arm64",
    "dist-v1.2.3": "dist-v1.*",
    "logs-20261120T083000Z": "logs-*",
    "logs_2026-11-20T08:30:00Z_7": "logs_*",
    "shard 3 of 12": "shard * of *",
    "550e8400-e29b-41d4-a716-446655440000": "*",
    "": "",
    "*": "*",
}


@pytest.mark.parametrize(("name", "key"), FAMILIES.items())
def test_the_family_of_a_name(name: str, key: str) -> None:
    assert family(name) == key


NAMES = st.from_regex(r"\A[a-z0-9_.x*-]{0,24}\Z")


@given(NAMES)
def test_a_family_is_its_own_family(name: str) -> None:
    assert family(family(name)) == family(name)


@given(NAMES, NAMES)
def test_names_that_differ_in_a_word_are_not_one_family(name: str, other: str) -> None:
    def words(text: str) -> list[str]:
        return [word for word in re.findall(r"[a-z]+", text) if not re.fullmatch(r"[a-f]+|x", word)]

    if words(name) != words(other):
        assert family(name) != family(other)


ARTIFACTS = st.lists(
    st.builds(
        Artifact,
        id=st.integers(1, 10**6),
        name=st.sampled_from(["log-1", "log-2", "dist", "log-2026-11-20"]),
        size_in_bytes=st.one_of(st.integers(0, 10**6), st.just(2**60)),
        expired=st.booleans(),
        created=st.one_of(st.none(), st.integers(0, 1_800_000_000)),
    ),
    max_size=40,
)


@given(ARTIFACTS)
def test_rows_add_up_to_all_for_every_grouping(artifacts: list[Artifact]) -> None:
    keys = named_families(artifacts, family)
    for key in (lambda each: each.name, lambda each: keys[each.name], lambda each: each.branch or "", lambda _: "one"):
        groups = grouped(artifacts, key, demo_clock() - timedelta(days=9000))
        everything = total(groups, "All")
        assert everything.live_bytes == stored_bytes(artifacts)
        assert everything.live_count + everything.expired_count == len(artifacts)
        assert [group.live_bytes for group in groups] == sorted((group.live_bytes for group in groups), reverse=True)
        assert everything.newest == max((each.created for each in artifacts if each.created is not None), default=None)


def test_a_family_of_one_name_keeps_it() -> None:
    artifacts = [Artifact(id=1, name="log-1"), Artifact(id=2, name="dist-1"), Artifact(id=3, name="dist-2")]
    assert named_families(artifacts, family) == {"log-1": "log-1", "dist-1": "dist-*", "dist-2": "dist-*"}
