"""The world of an owner with many repositories, which is made only on request."""

from __future__ import annotations

from collections import Counter

from artifact_tui.demo.large_owner import BIG, EMPTY, SMALL, TROUBLES, large_world
from tests.double.server import demo_world


def test_it_has_120_more_repositories_beside_those_of_the_demo() -> None:
    world, before = large_world(demo_world()), demo_world()
    added = world.repositories[len(before.repositories) :]
    assert [each.name for each in added] == [*BIG, *SMALL, *EMPTY, *TROUBLES]
    assert world.repositories[: len(before.repositories)] == [*before.repositories]
    counts = Counter(artifact.repository for artifact in world.artifacts[len(before.artifacts) :])
    assert sorted(count > 100 for count in counts.values()) == [False] * 30 + [True] * 7
    for items in (world.repositories, world.workflows, world.runs, world.artifacts):
        assert len({each.id for each in items}) == len(items)
    numbers = [artifact.id for artifact in world.artifacts]
    assert (len(added), numbers, before.troubles) == (120, sorted(numbers), {})
