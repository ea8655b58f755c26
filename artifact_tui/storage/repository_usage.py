"""The storage of repositories as a scan knows it, and its sums; what is unknown is None."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from math import fsum
from typing import Any, NamedTuple

from artifact_tui.domain.storage_models import CacheUsage
from artifact_tui.storage.column_sums import bytes_within, sum_of
from artifact_tui.storage.columns import ArtifactColumns
from artifact_tui.storage.growth import WINDOW, Growth, growth_of
from artifact_tui.storage.scanned_repository import ScannedRepository, problem_words
from artifact_tui.storage.sums import Group, total
from artifact_tui.text import count


class RepositoryUsage(NamedTuple):
    """The storage of one repository, or of several in one line; ``found`` is None for these.

    ``billed`` are the GB-hours on the bill and what was charged, in USD. ``is_known`` is False if nothing was read, and
    ``is_part`` is True if pages are missing.
    """

    sums: Group
    within: int
    growth: Growth
    caches: CacheUsage | None = None
    found: ScannedRepository | None = None
    is_known: bool = True
    is_part: bool = False
    problem: str = ""
    billed: tuple[float | None, float | None] = (None, None)


def usage_of(
    found: ScannedRepository,
    columns: ArtifactColumns,
    caches: CacheUsage | None,
    now: datetime,
    *,
    has_growth: bool = True,
) -> RepositoryUsage:
    """Return the storage of a repository, of which ``columns`` are the artifacts that count.

    An earlier reading may have found them. Growth takes most of the time; without ``has_growth``, it is unknown.
    """
    is_read = found.reading is not None or (found.known is not None and columns is found.known.columns)
    growth = growth_in(columns, now) if is_read and has_growth else Growth()
    if is_read:
        columns.finish()
    return RepositoryUsage(
        sum_of(columns, now, found.repository.name.name),
        bytes_within(columns, now),
        growth,
        caches,
        found,
        is_known=is_read or len(found.columns) > 0,
        is_part=not is_read,
        problem=_problem(found),
    )


def growth_in(columns: ArtifactColumns, now: datetime) -> Growth:
    """Return the growth, which only recent artifacts tell."""
    since = now.timestamp() - WINDOW
    recent = (place for place, created in enumerate(columns.created) if created > since)
    return growth_of(map(columns.artifact, recent), now)


def _problem(found: ScannedRepository) -> str:
    if found.reading is not None:
        return ""
    if found.error is not None:
        return found.error.sentence
    read = len(found.columns)
    return f"{read:,} of {count(found.total or read, 'artifact')} read." if read else "Not read."


def joined(rows: Sequence[RepositoryUsage], key: str) -> RepositoryUsage:
    """Return the sum of rows; growth and caches are unknown unless every row's are known."""
    caches = [row.caches for row in rows if row.caches]
    sizes = sum(usage.active_caches_size_in_bytes for usage in caches)
    number = sum(usage.active_caches_count for usage in caches)
    known = CacheUsage(full_name="", active_caches_size_in_bytes=sizes, active_caches_count=number)
    return RepositoryUsage(
        total((row.sums for row in rows), key),
        sum(row.within for row in rows),
        Growth() if any(row.is_part for row in rows) else _growth(rows),
        known if rows and len(caches) == len(rows) else None,
        is_part=any(row.is_part for row in rows),
        billed=(_known_sum(row.billed[0] for row in rows), _known_sum(row.billed[1] for row in rows)),
    )


def _known_sum(figures: Iterable[float | None]) -> float | None:
    """Return the sum of what is on the bill; None if nothing is."""
    known = [figure for figure in figures if figure is not None]
    return fsum(known) if known else None


def _growth(rows: Sequence[RepositoryUsage]) -> Growth:
    growing = [row.growth for row in rows if row.growth.inflow_per_day is not None]
    inflow = sum(growth.inflow_per_day or 0 for growth in growing) if growing else None
    levels = [growth.levels_off_at for growth in growing]
    return Growth(inflow, None if None in levels or not levels else sum(level or 0 for level in levels))


def record_of(row: RepositoryUsage, *, knows_expired: bool) -> dict[str, Any]:
    """Return the record of a row for programs; what is unknown is None."""
    sums, is_known, growth, caches = row.sums, row.is_known, row.growth, row.caches
    return {
        "name": sums.key,
        "visibility": row.found.repository.access if row.found else None,
        "artifacts": sums.live_count if is_known else None,
        "bytes": sums.live_bytes if is_known else None,
        "bytes_within_7d": row.within if is_known else None,
        "bytes_expired": sums.expired_bytes if is_known and knows_expired else None,
        "inflow_per_day": None if growth.inflow_per_day is None else round(growth.inflow_per_day),
        "levels_off_at": growth.levels_off_at,
        "retention_days": None,
        "caches": caches.active_caches_count if caches else None,
        "cache_bytes": caches.active_caches_size_in_bytes if caches else None,
        "billed_gb_hours": row.billed[0],
        "billed_net": row.billed[1],
        "problem": row.problem,
    }


def reasons(rows: Sequence[RepositoryUsage]) -> str:
    """Return how many repositories were not read for which reason; empty without any."""
    words = [problem_words(row.found.error) for row in rows if row.found and row.found.error]
    return ", ".join(f"{number:,} {reason}" for reason, number in Counter(words).most_common())
