"""The errors of rate limits (GitHub's documentation, "Rate limits for the REST API")."""

from __future__ import annotations

from datetime import datetime, timedelta

from artifact_tui.domain.provider import RateLimited
from artifact_tui.github.retry_after import believable
from artifact_tui.text import at_time, span

SECONDARY_WAIT = timedelta(seconds=60)
"""The wait where the server names none."""


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
