"""When a server accepts requests again, read from headers that may be wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from artifact_tui.github.timestamps import epoch_seconds
from artifact_tui.text import span

PLAUSIBLE = timedelta(days=1)
"""The longest wait that is taken at a server's word: GitHub's rate limits last an hour."""
INSTEAD = timedelta(hours=1)
"""What is waited where a server asks for more."""
SOONEST = timedelta(seconds=1)
"""A time that is over already leads to no request in the same moment."""


def until_reset(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """Return the wait until ``X-RateLimit-Reset``; None without a usable one."""
    text = headers.get("x-ratelimit-reset", "").strip()
    return until_epoch(int(text), now) if re.fullmatch(r"[0-9]{1,20}", text) else None


def until_epoch(number: int, now: datetime) -> timedelta:
    """Return the wait until a time since 1970."""
    return datetime.fromtimestamp(epoch_seconds(number), UTC) - now


def retry_after(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """Return the wait that ``Retry-After`` asks for, in seconds or as a date (RFC 9110, 10.2.3); None without one."""
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
