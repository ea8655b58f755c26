"""Rate limits: headers, which may be wrong, waiting times, and errors.

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
"""The longest wait that is accepted: GitHub's rate limits last an hour."""
INSTEAD = timedelta(hours=1)
"""The wait instead of an implausible one."""
SOONEST = timedelta(seconds=1)
"""The shortest wait, for a reset time that has passed."""
SECONDARY_WAIT = timedelta(seconds=60)
"""The wait if the server names none."""
_MILLISECONDS = 10**12
"""The smallest number in milli-, micro- or nanoseconds; as seconds it would be beyond the year 33000."""
_LAST = int(datetime(9999, 12, 31, tzinfo=UTC).timestamp())


def read_rate_limit(headers: Mapping[str, str]) -> RateLimit | None:
    """Return the primary rate limit from ``x-ratelimit-*``; None without it, and for the limit of searches."""
    if headers.get("x-ratelimit-resource", "core") != "core":
        return None
    values = [headers.get(f"x-ratelimit-{name}", "") for name in ("limit", "remaining", "reset")]
    if not all(re.fullmatch(r"[0-9]{1,20}", value) for value in values):
        return None
    limit, remaining, reset = map(int, values)
    return RateLimit(limit=limit, remaining=remaining, reset=epoch_seconds(reset))


def until_reset(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """Return the wait until ``X-RateLimit-Reset``; None if it is missing or invalid."""
    text = headers.get("x-ratelimit-reset", "").strip()
    return until_epoch(int(text), now) if re.fullmatch(r"[0-9]{1,20}", text) else None


def until_epoch(number: int, now: datetime) -> timedelta:
    """Return the wait until a Unix time."""
    return datetime.fromtimestamp(epoch_seconds(number), UTC) - now


def retry_after(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """Return the wait of ``Retry-After``, in seconds or as a date (RFC 9110, 10.2.3); None without one."""
    from email.utils import parsedate_to_datetime  # slow to load, and the first screen does not need it

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
    """Return the wait, shortened if it is implausible, and a sentence about that."""
    if wait <= PLAUSIBLE:
        return max(wait, SOONEST), ""
    return INSTEAD, f"The server asks for a wait of {span(wait)}; the wait is limited to {span(INSTEAD)}."


def limited(sentence: str, next_step: str, wait: timedelta | None, now: datetime, instead: str = "") -> RateLimited:
    """Return the error for a plausible wait; without a time if ``wait`` is None."""
    if wait is None:
        return RateLimited(sentence, next_step, instead=instead)
    wait, doubt = believable(wait)
    return RateLimited(sentence, next_step, until=now + wait, instead=doubt or instead)


def primary_limit(wait: timedelta | None, now: datetime, instead: str = "") -> RateLimited:
    """Return the error for the primary rate limit; ``wait`` is None without a valid reset time."""
    step = "Try again in a minute." if wait is None else f"It resets in {span(believable(wait)[0])}."
    return limited("Rate limit reached.", step, wait, now, instead)


def secondary_limit(wait: timedelta | None, now: datetime) -> RateLimited:
    """Return the error for a secondary rate limit; ``wait`` is the server's ``Retry-After``."""
    wait = SECONDARY_WAIT if wait is None else wait
    return limited(f"Rate limited until {at_time(now + believable(wait)[0], now)}.", "Try again then.", wait, now)


def epoch_seconds(number: int) -> int:
    """Return Unix seconds, capped at the year 9999, from seconds, milli-, micro- or nanoseconds."""
    while number >= _MILLISECONDS:
        number //= 1000
    return min(max(0, number), _LAST)


def real_moment(moment: datetime) -> datetime | None:
    """Return a time in UTC; None for Go's zero time, and outside the calendar."""
    try:
        moment = moment.astimezone(UTC)
    except OverflowError:
        return None
    return None if moment.year == 1 else moment
