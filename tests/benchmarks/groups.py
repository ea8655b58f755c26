"""The groups of the Storage screen: processor time to count artifacts, a page, and the families of names."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random

from artifact_tui.domain.models import Artifact, RunOfArtifact
from artifact_tui.storage.breakdown import Breakdown
from artifact_tui.storage.families import family
from artifact_tui.storage.groupings import FAMILY, GROUPINGS, Grouping, GroupingContext
from tests.benchmarks.results import Figure, Goal, absolute
from tests.benchmarks.sizes import Sizes

PAGE = 100
_CONTEXT = GroupingContext(datetime(2026, 2, 1, tzinfo=UTC), {})
_RUNS_PER_ARTIFACT = 0.1


def counting(work: Path, program: Sequence[str], sizes: Sizes) -> list[Figure]:
    """Measure each grouping of many artifacts, a page that arrives, and families of names that are all different."""
    artifacts = _artifacts(sizes.longest)
    slowest = max(_least(sizes.few, partial(_count, grouping, artifacts)) for grouping in GROUPINGS.values())
    breakdown = Breakdown(FAMILY, _CONTEXT)
    breakdown.add(artifacts)
    page = _least(sizes.presses, lambda: breakdown.add(artifacts[:PAGE]))
    names = [f"nightly-{number:x}-2026-02-01-shard-{number}" for number in range(sizes.longest)]
    family.cache_clear()
    families = _least(1, lambda: [family(name) for name in names])
    return [
        absolute("the slowest grouping", [slowest * 1000], Goal(100, "ms"), "processor time"),
        absolute("a page of 100 more", [page * 1000], Goal(0.3, "ms"), "processor time"),
        absolute("families of different names", [families * 1000], Goal(700, "ms"), "processor time, in a thread"),
    ]


def _count(grouping: Grouping, artifacts: list[Artifact]) -> None:
    Breakdown(grouping, _CONTEXT).add(artifacts)


def _artifacts(number: int) -> list[Artifact]:
    """Return artifacts of 3,500 names, 40 branches and one run for every ten of them."""
    dice, now = Random(1), _CONTEXT.now
    runs = [
        RunOfArtifact(id=one, head_branch=f"topic-{one % 40}")
        for one in range(max(1, int(number * _RUNS_PER_ARTIFACT)))
    ]
    quarter = timedelta(days=90).total_seconds()
    return [
        Artifact(
            id=one,
            name=f"build-{one % 500}-part{one % 7}",
            size_in_bytes=dice.randrange(10**8),
            created=now.timestamp() - dice.random() * quarter,
            expires=now.timestamp() + dice.random() * quarter,
            workflow_run=runs[one % len(runs)],
        )
        for one in range(number)
    ]


def _least(rounds: int, work: Callable[[], object]) -> float:
    """Return the least processor time of some rounds, in seconds."""
    times = []
    for _ in range(rounds):
        began = time.process_time()
        work()
        times.append(time.process_time() - began)
    return min(times)
