"""Times as servers write them. Imports nothing heavy, because the first screen needs it."""

from __future__ import annotations

from datetime import UTC, datetime

_MILLISECONDS = 10**12
"""From here on a time counts milliseconds or less: as seconds it is beyond the year 33000, so counted since 2001."""
_LAST = int(datetime(9999, 12, 31, tzinfo=UTC).timestamp())


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
