"""The growth of a repository: what arrives per day, and where it levels off."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from artifact_tui.domain.models import Artifact
from artifact_tui.storage.growth import DAY, Growth, growth_of, growth_with, keeps
from tests.artifacts import NOW, any_artifacts

HOUR = 3_600
SIMULATED = 120
"""Days of a simulated repository, longer than the longest retention."""


class Job(NamedTuple):
    """A workflow's upload: every so many hours, artifacts of about this size, kept for so many days."""

    name: str
    hours: int
    size: int
    days: int
    is_dated: bool = False


JOBS = st.builds(
    Job,
    name=st.sampled_from(("dist", "logs", "coverage", "report", "wheel")),
    hours=st.sampled_from((3, 4, 6, 8, 12)),
    size=st.integers(1_000, 10**9),
    days=st.sampled_from((1, 7, 30, 90)),
    is_dated=st.booleans(),
)


def uploads(job: Job, longest: int = 400) -> list[Artifact]:
    """Return what a job's uploads of 120 days have left in the list; the repository keeps at most ``longest`` days."""
    dice, now, days = Random(job.hours * job.size), NOW.timestamp(), min(job.days, longest)
    artifacts = []
    for number in range(SIMULATED * 24 // job.hours):
        created = now - number * job.hours * HOUR
        if created + days * DAY > now:
            name = f"{job.name}-2026-11-20-{number}" if job.is_dated else job.name
            size = round(job.size * dice.uniform(0.97, 1.03))
            artifacts.append(
                Artifact(id=number, name=name, size_in_bytes=size, created=created, expires=created + days * DAY)
            )
    return artifacts


@settings(max_examples=40, deadline=None)
@given(st.lists(JOBS, min_size=1, max_size=5, unique_by=lambda job: job.name), st.sampled_from((1, 3, 7, 30, 400)))
def test_levels_off_where_a_simulated_repository_does(jobs: list[Job], longest: int) -> None:
    listed = [artifact for job in jobs for artifact in uploads(job)]
    assert growth_of(listed, NOW).levels_off_at == pytest.approx(sum(one.size_in_bytes for one in listed), rel=0.05)
    shorter = sum(one.size_in_bytes for job in jobs for one in uploads(job, longest))
    assert growth_with(listed, NOW, longest).levels_off_at == pytest.approx(shorter, rel=0.05)


def test_the_window_of_seven_days_does_not_thin_out_what_lives_for_one_day() -> None:
    listed = uploads(Job("logs", hours=6, size=1_000, days=1))
    daily = sum(one.size_in_bytes for one in listed)
    assert len(listed) == 4
    assert growth_of(listed, NOW) == Growth(daily, daily)


def test_families_with_dates_are_one_name() -> None:
    listed = uploads(Job("nightly", hours=12, size=1_000, days=30, is_dated=True))
    assert growth_of(listed, NOW).inflow_per_day == pytest.approx(2_000, rel=0.05)


def test_one_artifact_makes_no_rate() -> None:
    old = [Artifact(id=n, size_in_bytes=5, created=NOW.timestamp() - n * 8 * DAY) for n in range(5)]
    assert growth_of(old, NOW) == Growth()
    assert growth_of([], NOW) == growth_with([], NOW, 7) == Growth()


def test_what_never_expires_levels_off_only_with_a_retention() -> None:
    endless = [Artifact(id=n, size_in_bytes=700, created=NOW.timestamp() - n * HOUR) for n in range(4)]
    assert growth_of(endless, NOW) == Growth(400.0, None)
    assert growth_with(endless, NOW, 10) == Growth(400.0, 4_000)


def test_keeps_tells_the_retention_of_last_week() -> None:
    old = uploads(Job("dist", hours=12, size=1, days=90))
    lowered = [one for one in old if one.created is not None and one.created < NOW.timestamp() - 7 * DAY]
    assert keeps(old, NOW) == keeps(lowered, NOW) == 90
    assert keeps([*lowered, *uploads(Job("dist", hours=12, size=1, days=7))], NOW) == 7
    assert keeps([Artifact(id=1)], NOW) is None


@given(any_artifacts())
def test_any_list_has_a_growth(artifacts: list[Artifact]) -> None:
    """Odd dates, such as expiry before creation, give no negative figure and no error."""
    growth = growth_of(artifacts, NOW + timedelta(hours=1))
    assert (growth.inflow_per_day or 0) >= 0
    assert (growth.levels_off_at or 0) >= 0
