"""The words below the list: where the space of a repository goes, and what an opened group is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from artifact_tui.domain.models import Artifact, HostKind, RepositoryName, WorkflowRun
from artifact_tui.domain.storage_models import CacheUsage, Retention
from artifact_tui.screens.storage.rows import share_words
from artifact_tui.storage.bill import OwnerBill
from artifact_tui.storage.bill_words import bill_words
from artifact_tui.storage.breakdown import StoredGroup
from artifact_tui.storage.groupings import workflow_of
from artifact_tui.storage.growth import Growth, growth_with
from artifact_tui.storage.quota import GIB, estimate_saving
from artifact_tui.storage.quota_words import quota_of
from artifact_tui.text import binary_size, count, printable, size
from artifact_tui.widgets.detail_pane import Field

SHORT_RETENTION = 7
"""Days of the retention that the current one is compared with."""
FREE_CACHES = "10 GB"
"""The caches that GitHub keeps per repository without a charge, in the words of its documentation."""
_NAMES = 3


class Facts(NamedTuple):
    """What the server reports about a repository besides its artifacts; None is unknown."""

    is_public: bool | None = None
    retention: Retention | None = None
    caches: CacheUsage | None = None
    bill: OwnerBill | None = None


def repository_fields(
    total: StoredGroup,
    repository: RepositoryName,
    facts: Facts,
    kind: HostKind,
    *,
    knows_growth: bool,
    has_deleted: bool,
    caches_key: str,
) -> tuple[Field, ...]:
    """Return where the space goes; with ``has_deleted``, more arrives than the list still shows.

    ``caches_key`` is the key that lists the caches.
    """
    growth = total.growth if knows_growth else None
    fields = [("Stored", _stored(total, kind)), ("Growth", _growth(growth, has_deleted))]
    if facts.retention is not None:
        fields.append(("Retention", _retention(total, facts.retention, growth)))
    if facts.caches is not None:
        fields.append(("Caches", _caches(facts.caches, kind, caches_key)))
    fields.extend(_quota(repository, facts, kind))
    return tuple(fields)


def _quota(repository: RepositoryName, facts: Facts, kind: HostKind) -> Iterator[Field]:
    """Yield whether a quota counts the repository, and what the bill says if it can be read."""
    said = "" if facts.bill is None else bill_words(facts.bill, repository.name)
    yield "Quota", quota_of(repository.owner, kind, is_public=facts.is_public, in_short=True, what_bill_says=said)
    if facts.is_public is False and facts.bill is not None and facts.bill.bill is not None:
        yield "Bill", said


def _stored(total: StoredGroup, kind: HostKind) -> str:
    stored = f"{size(total.live_bytes)} = {binary_size(total.live_bytes)}"
    metered = f", {gigabyte_hours(total.live_bytes / GIB * 24)} GB-hours per day" if kind.is_cloud else ""
    return f"{stored}{metered}; {size(total.soon_bytes)} expires in 7 d"


def gigabyte_hours(number: float) -> str:
    """Return GB-hours with as many digits as matter."""
    return f"{number:,.0f}" if number >= 10 else f"{number:.1f}"


def _growth(growth: Growth | None, has_deleted: bool) -> str:
    if growth is None:
        return "unknown until all artifacts of the last 7 d are loaded"
    if growth.inflow_per_day is None:
        return "unknown: too few artifacts of one name in the last 7 d"
    least = "at least " if has_deleted else ""
    per_day = f"{least}{size(round(growth.inflow_per_day))} per day"
    if growth.levels_off_at is None:
        return f"{per_day}; some artifacts never expire, so it does not level off"
    return f"{per_day}; at current retention, levels off at {least}{size(growth.levels_off_at)}"


def _retention(total: StoredGroup, retention: Retention, growth: Growth | None) -> str:
    days = f"{retention.days} d for new artifacts (maximum {retention.maximum_allowed_days})"
    if growth is None or growth.levels_off_at is None or retention.days <= SHORT_RETENTION:
        return days
    shorter = growth_with(total.artifacts, total.now, SHORT_RETENTION).levels_off_at
    return days if shorter is None else f"{days}; with {SHORT_RETENTION} d, levels off at {size(shorter)}"


def _caches(caches: CacheUsage, kind: HostKind, key: str) -> str:
    of = f" of {FREE_CACHES}" if kind.is_cloud else ""
    number = count(caches.active_caches_count, "cache")
    return f"{size(caches.active_caches_size_in_bytes)}{of}, in {number}; counted separately ({key} shows them)"


def group_fields(total: StoredGroup, runs: Mapping[int, WorkflowRun], kind: HostKind) -> tuple[Field, ...]:
    """Return what an opened group is: its names, its workflows, its biggest artifacts, and what deleting saves."""
    artifacts = total.artifacts
    if not artifacts:
        return (("Names", "none: all its artifacts are gone"),)
    fields = [("Names", _names([*dict.fromkeys(artifact.name for artifact in artifacts)]))]
    if made_by := [*dict.fromkeys(_workflows(artifacts, runs))]:
        more = f" and {count(len(made_by) - 1, 'more workflow')}" if len(made_by) > 1 else ""
        kept = "" if total.keeps is None else f", kept for {total.keeps} d"
        fields.append(("Created by", f"{made_by[0]}{more}{kept}"))
    if total.live_count > 1 and total.live_bytes:
        fields.append(("Largest", _largest(total)))
    fields.append(("If deleted", _if_deleted(total, kind)))
    return tuple(fields)


def _names(names: list[str]) -> str:
    """Return the first names, of which those after the first are cut to what is different."""
    first, *others = names[:_NAMES]
    low, high = min(names[:_NAMES]), max(names[:_NAMES])
    same = low[: next((at for at, pair in enumerate(zip(low, high, strict=False)) if len({*pair}) > 1), len(low))]
    same = same.rstrip("0123456789")
    start = len(same) - 1 if same and not same[-1].isalnum() else 0
    shown = ", ".join(printable(name, 80) for name in (first, *(one[start:] for one in others)))
    return shown if len(names) <= _NAMES else f"{shown} and {len(names) - _NAMES:,} more"


def _workflows(artifacts: list[Artifact], runs: Mapping[int, WorkflowRun]) -> Iterator[str]:
    for artifact in artifacts:
        run = runs.get(artifact.run_id or 0)
        if run is not None:
            file = workflow_of(run)
            yield printable(f"{run.name} ({file})" if run.name and run.name != file else file, 80)


def _largest(total: StoredGroup) -> str:
    """Return how few artifacts hold half of the bytes."""
    sizes = sorted((one.size_in_bytes for one in total.artifacts if not one.expired), reverse=True)
    held = number = 0
    while 2 * held < total.live_bytes and number < len(sizes):
        held += sizes[number]
        number += 1
    verb = "holds" if number == 1 else "hold"
    return f"{number:,} of the {total.live_count:,} {verb} {share_words(held, total.live_bytes)} of the size"


def _if_deleted(total: StoredGroup, kind: HostKind) -> str:
    freed = f"{size(total.live_bytes)} less immediately"
    saved = estimate_saving(total.artifacts, total.now).this_month
    return f"{freed}; about {gigabyte_hours(saved)} GB-hours less this month" if kind.is_cloud else freed
