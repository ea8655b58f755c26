"""How long deletes take: at the pace between two, and with two requests of the rate limit for each."""

from __future__ import annotations

import math
from datetime import datetime

from artifact_tui.domain.models import RateLimit
from artifact_tui.text import clock_time

_REQUESTS = 2
"""Requests for each artifact: a check and a DELETE."""
_HOUR = 3600.0
"""Seconds from one reset of the rate limit to the next."""


def seconds_for(deletes: int, each: float, limit: RateLimit | None, now: datetime) -> float:
    """Return the seconds that ``deletes`` take, one in ``each`` seconds and no more than the rate limit allows.

    What the remaining requests do not cover waits for the reset; then a limit of 5,000 lets 2,500 deletes run an hour
    (https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api). None is a server without a limit.
    """
    if limit is None:
        return deletes * each
    allowed, window = limit.remaining // _REQUESTS, min(limit.reset - now.timestamp(), _HOUR)
    an_hour = max(1, limit.limit // _REQUESTS)
    if window <= 0:
        allowed, window = an_hour, _HOUR
    here = min(allowed, window / each if each else math.inf)
    if deletes <= here:
        return deletes * each
    later = deletes - here
    hours = math.ceil(later / an_hour) - 1 if each * an_hour < _HOUR else 0
    return window + hours * _HOUR + (later - hours * an_hour) * each


def least_time(deletes: int, interval: float, limit: RateLimit | None, now: datetime, *, told: float = 1.0) -> str:
    """Return ``The deletion takes at least 0:58.``, or nothing below ``told`` seconds.

    ``interval`` is that of two deletes, in seconds.
    """
    seconds = seconds_for(deletes, interval, limit, now)
    return f"The deletion takes at least {clock_time(seconds)}." if seconds >= told else ""
