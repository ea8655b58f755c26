"""The wait of a rate-limited list: when it retries, and the words for it."""

from __future__ import annotations

from datetime import datetime, timedelta

from artifact_tui.domain.provider import RateLimited
from artifact_tui.text import at_time

WITHOUT_TIME = timedelta(seconds=60)
"""The wait if the server names none (GitHub's documentation, "Best practices": at least one minute)."""
SHORTEST, LONGEST_GROWN = timedelta(seconds=5), timedelta(seconds=60)
"""The minimum wait, which doubles with each refusal in a row, and its maximum."""


def retry_time(limited: RateLimited, now: datetime, refusals: int) -> datetime:
    """Return when to retry after ``refusals`` in a row: at the server's time, but never at once."""
    doublings: int = min(refusals - 1, 10)
    least = min(SHORTEST * (1 << doublings), LONGEST_GROWN)
    return max(limited.until or now + WITHOUT_TIME, now + least)


def retried(limited: RateLimited, at: datetime, now: datetime) -> RateLimited:
    """Return the error in the words of a list that retries."""
    sentence = f"Rate limited until {at_time(at, now)}."
    who = "" if limited.sentence.startswith("Rate limit") else limited.sentence  # a proxy, or the download host
    parts = ("Retrying then; r retries now.", who, limited.instead)
    return RateLimited(sentence, " ".join(part for part in parts if part), until=at)
