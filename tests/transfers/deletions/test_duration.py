"""How long a plan takes: its pace, and two requests of the rate limit for each delete."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artifact_tui.domain.models import RateLimit
from artifact_tui.transfers.deletions.duration import least_time, seconds_for

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


def left(remaining: int, minutes: float = 60, limit: int = 5000) -> RateLimit:
    return RateLimit(limit=limit, remaining=remaining, reset=int(NOW.timestamp() + minutes * 60))


@pytest.mark.parametrize(
    ("deletes", "each", "limit", "seconds"),
    [
        (12, 1.3, left(5000), 15.6),
        (2500, 1.0, left(5000), 2500),
        (2501, 1.0, left(5000), 3601),
        (5000, 1.0, left(5000), 3600 + 2500),
        (10_000, 1.0, left(5000), 3 * 3600 + 2500),
        (10_000, 1.5, left(5000), 15_000),
        (100, 1.0, left(100, 10), 600 + 50),
        (100, 1.0, left(0, 10), 600 + 100),
        (10_000, 1.0, left(5000, -5), 3 * 3600 + 2500),
        (10_000, 0.0, left(5000), 3 * 3600),
        (10_000, 1.0, None, 10_000),
        (3, 1e6, left(5000), 3e6),
        (3, 1.0, left(1, 30, 1), 1800 + 2 * 3600 + 1),
    ],
)
def test_a_long_plan_waits_for_the_rate_limit(
    deletes: int, each: float, limit: RateLimit | None, seconds: float
) -> None:
    assert seconds_for(deletes, each, limit, NOW) == pytest.approx(seconds)


@given(
    st.integers(0, 20_000),
    st.floats(0.0, 20.0),
    st.integers(0, 5000),
    st.floats(-1, 60),
    st.integers(2, 15_000),
)
def test_the_time_is_never_shorter_than_the_pace_or_the_limit_allows(
    deletes: int, each: float, remaining: int, minutes: float, limit: int
) -> None:
    seconds = seconds_for(deletes, each, left(remaining, minutes, limit), NOW)
    assert seconds >= deletes * each * 0.999999
    resets = 1 + seconds // 3600
    assert deletes <= remaining // 2 + (resets + 1) * (limit // 2)
    assert seconds_for(deletes + 1, each, left(remaining, minutes, limit), NOW) >= seconds * 0.999999


def test_only_a_long_time_is_told() -> None:
    assert least_time(58, 1.0, left(5000), NOW) == "The deletion takes at least 0:58."
    assert least_time(5000, 1.0, left(5000), NOW) == "The deletion takes at least 1:41:40."
    assert least_time(3, 0.25, None, NOW) == ""
    assert least_time(58, 1.0, None, NOW, told=60) == ""
