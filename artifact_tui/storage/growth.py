"""How fast artifacts arrive, and the size at which they stay when as much expires as arrives.

Sizes add up to whole bytes. A rate is the bytes of a window of whole artifacts, divided by its length.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from statistics import median

from msgspec import Struct

from artifact_tui.domain.models import Artifact
from artifact_tui.storage.families import family

DAY = 86_400
"""Seconds of a day."""
WINDOW = 7 * DAY
"""Seconds before now whose artifacts tell the rate."""
_LEAST = 2
"""Artifacts in a window that make a rate."""
_SHORTEST = DAY // 24
"""Seconds of the shortest window, so that a wrong expiry date gives no infinite rate."""


class Growth(Struct, frozen=True):
    """Bytes that arrive per day, and the bytes at which that levels off; None if unknown."""

    inflow_per_day: float | None = None
    levels_off_at: int | None = None


class _Source(Struct, frozen=True):
    """What arrives under one name: bytes per second, and the seconds that it is kept, if it expires."""

    inflow: float
    keeps: float | None


def growth_of(artifacts: Iterable[Artifact], now: datetime) -> Growth:
    """Return the growth at the current retention.

    Names of one family count as one name, because a name with a date occurs once. A family of which fewer than two
    artifacts have arrived within its window does not count.
    """
    return _growth(_sources(artifacts, now), None)


def growth_with(artifacts: Iterable[Artifact], now: datetime, days: int) -> Growth:
    """Return the growth with a retention of ``days``, which shortens what workflows request but extends nothing."""
    return _growth(_sources(artifacts, now), days * DAY)


def keeps(artifacts: Iterable[Artifact], now: datetime) -> int | None:
    """Return the most frequent retention in days of what arrived in the last 7 days, or else of all; None if unknown.

    Of equally frequent ones, the longest counts.
    """
    known, since = [*artifacts], now.timestamp() - WINDOW
    recent = [one for one in known if one.created is not None and one.created > since]
    days: dict[int, int] = defaultdict(int)
    for artifact in recent or known:
        if (retention := _retention(artifact)) is not None:
            days[round(retention / DAY)] += 1
    return max(days, key=lambda number: (days[number], number), default=None)


def _growth(sources: list[_Source], longest: float | None) -> Growth:
    if not sources:
        return Growth()
    level = 0.0
    for source in sources:
        limits = [limit for limit in (source.keeps, longest) if limit is not None]
        if not limits:  # it never expires, so it never levels off
            return Growth(sum(one.inflow for one in sources) * DAY)
        level += source.inflow * min(limits)
    return Growth(sum(one.inflow for one in sources) * DAY, round(level))


def _sources(artifacts: Iterable[Artifact], now: datetime) -> list[_Source]:
    moment = now.timestamp()
    recent: dict[str, list[Artifact]] = defaultdict(list)
    for artifact in artifacts:
        if artifact.created is not None and artifact.created > moment - WINDOW:
            recent[family(artifact.name)].append(artifact)
    found = (_source(group, moment) for group in recent.values())
    return [source for source in found if source is not None]


def _source(recent: list[Artifact], moment: float) -> _Source | None:
    """Return what arrives under one name; what lives shorter than 7 days is not listed for all of them."""
    retentions = [kept for kept in map(_retention, recent) if kept is not None]
    window = max(_SHORTEST, min([WINDOW, *retentions]))
    sizes = [one.size_in_bytes for one in recent if one.created is not None and one.created > moment - window]
    if len(sizes) < _LEAST:
        return None
    return _Source(sum(sizes) / window, median(retentions) if retentions else None)


def _retention(artifact: Artifact) -> float | None:
    """Return the seconds between creation and expiry; None if one of them is unknown or they are in wrong order."""
    if artifact.created is None or artifact.expires is None or artifact.expires <= artifact.created:
        return None
    return artifact.expires - artifact.created
