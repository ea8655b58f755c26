"""Rate limits: what the headers say, which may be wrong, how long to wait, and the errors.

Sources: GitHub's documentation, "Rate limits for the REST API", and RFC 9110. The first screen loads this module, so it
imports nothing heavy.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from artifact_tui.domain.models import RateLimit
from artifact_tui.domain.provider import RateLimited
from artifact_tui.text import at_time, span

PLAUSIBLE = timedelta(days=1)
"""The longest wait that is taken at a server's word: GitHub's rate limits last an hour."""
INSTEAD = timedelta(hours=1)
"""What is waited where a server asks for more."""
SOONEST = timedelta(seconds=1)
"""A time that is over already leads to no request in the same moment."""
SECONDARY_WAIT = timedelta(seconds=60)
"""The wait where the server names none."""
_MILLISECONDS = 10**12
"""From here on a time counts milliseconds or less: as seconds it is beyond the year 33000, so counted since 2001."""
_LAST = int(datetime(9999, 12, 31, tzinfo=UTC).timestamp())


def read_rate_limit(headers: Mapping[str, str]) -> RateLimit | None:
    """Return the primary rate limit from ``x-ratelimit-*``; None without them, and for the search's own limit."""
    if headers.get("x-ratelimit-resource", "core") != "core":
        return None
    values = [headers.get(f"x-ratelimit-{name}", "") for name in ("limit", "remaining", "reset")]
    if not all(re.fullmatch(r"[0-9]{1,20}", value) for value in values):
        return None
    limit, remaining, reset = map(int, values)
    return RateLimit(limit=limit, remaining=remaining, reset=epoch_seconds(reset))


def until_reset(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """Return the wait until ``X-RateLimit-Reset``; None without a usable one."""
    text = headers.get("x-ratelimit-reset", "").strip()
    return until_epoch(int(text), now) if re.fullmatch(r"[0-9]{1,20}", text) else None


def until_epoch(number: int, now: datetime) -> timedelta:
    """Return the wait until a time since 1970."""
    return datetime.fromtimestamp(epoch_seconds(number), UTC) - now


def retry_after(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """Return the wait that ``Retry-After`` asks for, in seconds or as a date (RFC 9110, 10.2.3); None without one."""
    from email.utils import parsedate_to_datetime  # here, because the first screen does without it

    text = headers.get("retry-after", "").strip()
    if match := re.fullmatch(r"([0-9]+)(?:\.[0-9]*)?", text):
        return timedelta(seconds=int(match[1][:10]))
    try:
        moment = parsedate_to_datetime(text)
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return max(timedelta(0), aware - now)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def believable(wait: timedelta) -> tuple[timedelta, str]:
    """Return how long to wait, and a sentence if the server asks for a longer, implausible wait."""
    if wait <= PLAUSIBLE:
        return max(wait, SOONEST), ""
    return INSTEAD, f"The server asks for a wait of {span(wait)}; the wait is limited to {span(INSTEAD)}."


def limited(sentence: str, next_step: str, wait: timedelta | None, now: datetime, instead: str = "") -> RateLimited:
    """Return the error for a wait, shortened if it is not believable; without a time if ``wait`` is None."""
    if wait is None:
        return RateLimited(sentence, next_step, instead=instead)
    wait, doubt = believable(wait)
    return RateLimited(sentence, next_step, until=now + wait, instead=doubt or instead)


def primary_limit(wait: timedelta | None, now: datetime, instead: str = "") -> RateLimited:
    """Return the error for a used-up number of requests; ``wait`` is None where there was no usable reset time."""
    step = "Try again in a minute." if wait is None else f"It resets in {span(believable(wait)[0])}."
    return limited("Rate limit reached.", step, wait, now, instead)


def secondary_limit(wait: timedelta | None, now: datetime) -> RateLimited:
    """Return the error for too many requests at once; ``wait`` is the pause that the server asks for."""
    wait = SECONDARY_WAIT if wait is None else wait
    return limited(f"Rate limited until {at_time(now + believable(wait)[0], now)}.", "Try again then.", wait, now)


def epoch_seconds(number: int) -> int:
    """Return a time as seconds since 1970, whether ``number`` counts seconds, milli-, micro- or nanoseconds.

    What lies beyond the last year that Python has ends there.
    """
    while number >= _MILLISECONDS:
        number //= 1000
    return min(max(0, number), _LAST)


def real_moment(moment: datetime) -> datetime | None:
    """Return a point in time in UTC; None for the zero time of Go, and for one that no calendar has in UTC."""
    try:
        moment = moment.astimezone(UTC)
    except OverflowError:
        return None
    return None if moment.year == 1 else moment
