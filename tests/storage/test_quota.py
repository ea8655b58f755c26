"""The estimate of what deleting saves, in GitHub's own unit."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given

from artifact_tui.domain.models import Artifact
from artifact_tui.storage.quota import Saving, estimate_saving
from tests.artifacts import NOW, any_artifacts, listed

GB = 2**30
"""Bytes of a gigabyte as GitHub bills it."""


def kept(size: float, until: datetime | None, *, expired: bool = False) -> Artifact:
    return listed(id=1, size_in_bytes=int(size * GB), expires_at=until, expired=expired)


def test_within_the_month() -> None:
    """2 GB that would have been there for another 30 hours."""
    saving = estimate_saving([kept(2, NOW + timedelta(hours=30))], NOW)
    assert saving == Saving(this_month=60, in_all=60, month_hours=720)
    assert saving.average_bytes == round(60 / 720 * GB)


def test_beyond_the_month() -> None:
    """From 20 November, 9:00, the month has 255 hours left; then the rest of 90 days counts for others."""
    saving = estimate_saving([kept(1, NOW + timedelta(days=90))], NOW)
    assert (saving.this_month, saving.in_all) == (255, 90 * 24)


def test_what_has_expired_is_not_part_of_the_estimate() -> None:
    artifacts = [kept(5, NOW + timedelta(days=3), expired=True), kept(5, NOW - timedelta(hours=1)), kept(5, NOW)]
    assert estimate_saving(artifacts, NOW) == Saving()


def test_without_an_expiry_this_month_counts_alone() -> None:
    saving = estimate_saving([kept(1, None)], NOW)
    assert (saving.this_month, saving.in_all, saving.without_expiry) == (255, 255, 1)


@pytest.mark.parametrize(
    ("moment", "hours", "left"),
    [
        (datetime(2026, 12, 31, 23, tzinfo=UTC), 744, 1),
        (datetime(2028, 2, 1, tzinfo=UTC), 696, 696),
        (datetime(2027, 1, 1, 3, tzinfo=timezone(timedelta(hours=5))), 744, 2),
    ],
)
def test_months_turn_at_midnight_utc(moment: datetime, hours: int, left: int) -> None:
    saving = estimate_saving([kept(1, moment + timedelta(days=400))], moment)
    assert (saving.month_hours, saving.this_month) == (hours, left)


@given(any_artifacts())
def test_hour_by_hour(artifacts: list[Artifact]) -> None:
    """The same as asking at each full hour what is still there."""
    this_month = in_all = 0.0
    for hour in range(24 * 41):
        moment = NOW + timedelta(hours=hour)
        for artifact in artifacts:
            end = artifact.expires_at or datetime(2026, 12, 1, tzinfo=UTC)
            if not artifact.expired and moment < end:
                in_all += artifact.size_in_bytes / GB
                this_month += artifact.size_in_bytes / GB if moment.month == 11 else 0
    saving = estimate_saving(artifacts, NOW)
    assert saving.this_month == pytest.approx(this_month)
    assert saving.in_all == pytest.approx(in_all)
    assert saving.this_month <= saving.in_all + 1e-9
