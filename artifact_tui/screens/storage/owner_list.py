"""The model of an owner's storage: what a scan has read and an earlier one knew, as rows in order with their sums."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from msgspec.structs import replace

from artifact_tui.domain.artifact_filter import Sort
from artifact_tui.domain.models import RepositoryName
from artifact_tui.domain.provider import ProviderError
from artifact_tui.domain.storage_models import CacheUsage
from artifact_tui.screens.list_screen import fits
from artifact_tui.screens.storage.owner_rows import OWNER_SORTS, WAITS, OwnerRow, OwnerRowKind, parts_of
from artifact_tui.storage.columns import ArtifactColumns
from artifact_tui.storage.repository_usage import RepositoryUsage, joined, reasons, usage_of
from artifact_tui.storage.scan import OwnerScan
from artifact_tui.storage.scan_file import KnownCaches, StoredScan
from artifact_tui.storage.scanned_repository import LONGEST_RETENTION, ScannedRepository

MOST_WAITING = 10
"""Repositories that are still to be read and have a row of their own, because they have caches."""
SAME_TIME = timedelta(minutes=1)
"""Sums as of a time that is not longer ago stay."""


class _Summed(NamedTuple):
    """The sums of a repository, and what they were made from."""

    columns: ArtifactColumns
    size: int
    state: tuple[bool, ProviderError | None, CacheUsage | None, bool]
    usage: RepositoryUsage


class OwnerList:
    """The repositories of an owner, in the order of the sort; a sum takes the place of those that show nothing."""

    def __init__(self) -> None:
        self.scan: OwnerScan | None = None
        self.stored = StoredScan()
        """What was known before the current scan."""
        self.caches: dict[int, KnownCaches] = {}
        self.keeps: dict[int, int | None] = {}
        """The retention in days by ID of the repository, as far as it was requested; None if unknown."""
        self.wanted = ""
        """The full name, without case, of a repository that always has a row of its own."""
        self.marks: set[int] = set()
        """The IDs of marked repositories."""
        self.is_reading = False
        self.has_growth = False
        self.words: list[str] = []  # of the filter
        self.sort: Sort[OwnerRow] = OWNER_SORTS["size"]
        self.descending = True
        self.rows: tuple[OwnerRow, ...] = ()
        self._before: list[ScannedRepository] = []
        self._now = datetime.min.replace(tzinfo=UTC)
        self._summed: dict[int, _Summed] = {}

    def remember(self, stored: StoredScan, now: datetime) -> None:
        """Show a stored scan until its repositories are listed again, with sums as of now."""
        self._be_at(now)
        self.stored = stored
        self.caches = {**stored.caches, **self.caches}
        self._before = [ScannedRepository(each, stored.readings.get(each.id)) for each in stored.repositories]
        for found in self._before:
            self.usage(found)

    def begin(self, scan: OwnerScan, now: datetime) -> None:
        """Follow another scan."""
        self.scan = scan
        self._be_at(now)

    def _be_at(self, now: datetime) -> None:
        if now - self._now > SAME_TIME:
            self._now, self._summed = now, {}

    def know_caches(self, listed: Mapping[str, CacheUsage], now: datetime) -> None:
        """Know the caches of all repositories from the list of an organization, by full name in lower case."""
        for found in self.found:
            name = found.repository.full_name
            usage = listed.get(name.lower(), CacheUsage(full_name=name))
            self.caches[found.repository.id] = KnownCaches(now, usage)

    @property
    def found(self) -> Sequence[ScannedRepository]:
        """The repositories, from before until they are listed again."""
        scan = self.scan
        is_listed = scan is not None and (scan.listed_at is not None or not self._before)
        return scan.repositories if scan is not None and is_listed else self._before

    @property
    def now(self) -> datetime:
        """The time as of which artifacts have expired."""
        return self._now

    @property
    def is_listed(self) -> bool:
        """Whether the scan has listed all repositories."""
        return self.scan is not None and self.scan.listed_at is not None

    @property
    def is_complete(self) -> bool:
        """Whether the scan has nothing left to do."""
        return self.is_listed and self.scan is not None and not [one for one in self.scan.waiting if one.error is None]

    @property
    def read(self) -> int:
        """The number of repositories that this scan has read."""
        return sum(found.reading is not None for found in self.scan.repositories) if self.scan else 0

    @property
    def total(self) -> RepositoryUsage:
        """The sum of all repositories, as last selected."""
        return self.rows[-1].usage if self.rows else joined((), "All")

    @property
    def biggest(self) -> int:
        """The bytes of the longest bar."""
        return max((sum(parts_of(row.usage)) for row in self.shown), default=0)

    @property
    def shown(self) -> tuple[OwnerRow, ...]:
        """The rows of repositories."""
        return tuple(row for row in self.rows if row.kind is OwnerRowKind.REPOSITORY)

    @property
    def marked(self) -> tuple[OwnerRow, ...]:
        """The rows of marked repositories, shown or hidden by the filter."""
        rows = [self._row(self.usage(found)) for found in self.found if found.repository.id in self.marks]
        return tuple(row for row in rows if row.usage.sums.live_count or row.usage.sums.expired_count)

    def remembered(self) -> StoredScan:
        """Return what the scan and earlier ones know, for the next one."""
        readings = {found.repository.id: found.reading for found in self.found if found.reading is not None}
        listed_at = self.scan.listed_at if self.scan else None
        repositories = tuple(found.repository for found in self.found)
        return StoredScan(listed_at, repositories, {**self.stored.readings, **readings}, dict(self.caches))

    def usage(self, found: ScannedRepository) -> RepositoryUsage:
        """Return the sums of a repository: of this scan or, until it has read all of it, of an earlier one."""
        columns = found.known.columns if found.reading is None and found.known is not None else found.columns
        known, caches = self._summed.get(found.repository.id), self.caches.get(found.repository.id)
        state = (found.reading is None, found.error, caches.usage if caches else None, self.has_growth)
        if known and known.columns is columns and known.size == len(columns) and known.state == state:
            if known.usage.found is found:
                return known.usage
            usage = known.usage._replace(found=found)
        else:
            usage = usage_of(found, columns, state[2], self._now, has_growth=self.has_growth)
        self._summed[found.repository.id] = _Summed(columns, len(columns), state, usage)
        return usage

    def select(self) -> tuple[OwnerRow, ...]:
        """Return the rows in order; the result is also kept in ``rows``."""
        self.rows = tuple(self._arranged([self.usage(found) for found in self.found]))
        return self.rows

    def _arranged(self, usages: list[RepositoryUsage]) -> Iterable[OwnerRow]:
        """Yield the repositories in order, the sums of those that show nothing, and the sum of all."""
        if not usages:
            return
        kinds: dict[OwnerRowKind, list[RepositoryUsage]] = {kind: [] for kind in OwnerRowKind}
        for usage in usages:
            kinds[self._kind(usage)].append(usage)
        ahead = sorted(filter(_by_caches, kinds[OwnerRowKind.MORE]), key=_by_caches)[:MOST_WAITING]
        rows = [self._row(usage) for usage in (*kinds[OwnerRowKind.REPOSITORY], *ahead)]
        yield from self._in_order([row for row in rows if fits(row.label, self.words)])
        if hidden := [row.usage for row in rows if not fits(row.label, self.words)]:
            yield OwnerRow(OwnerRowKind.FILTERED, f"{len(hidden):,} filtered out", joined(hidden, ""))
        if more := [usage for usage in kinds[OwnerRowKind.MORE] if not any(usage is one for one in ahead)]:
            yield OwnerRow(OwnerRowKind.MORE, f"{len(more):,} more", _unknown(more), note=WAITS)
        if empty := kinds[OwnerRowKind.EMPTY]:
            yield OwnerRow(OwnerRowKind.EMPTY, f"{len(empty):,} empty", joined(empty, ""))
        if left := kinds[OwnerRowKind.NOT_SCANNED]:
            yield self._left_out(left)
        if failed := [usage for usage in usages if self._has_failed(usage)]:
            yield self._not_read(failed)
        yield OwnerRow(OwnerRowKind.ALL, "All", joined(usages, "All")._replace(is_part=self._is_part(usages)))

    def _kind(self, usage: RepositoryUsage) -> OwnerRowKind:
        """Return in which row a repository is, REPOSITORY for its own one."""
        found = _found_of(usage)
        has_any = usage.sums.live_count or usage.sums.expired_count
        if has_any or found.repository.full_name.casefold() == self.wanted:
            return OwnerRowKind.REPOSITORY
        if usage.is_known and not usage.is_part:
            return OwnerRowKind.EMPTY
        if found.error is None and self.scan is not None and self.scan.leaves_out(found):
            return OwnerRowKind.NOT_SCANNED
        return OwnerRowKind.MORE if found.error is None and self.is_reading else OwnerRowKind.NOT_READ

    def _has_failed(self, usage: RepositoryUsage) -> bool:
        """Return whether a repository was not read to the end, and will not be without a key."""
        found = _found_of(usage)
        if found.reading is not None or (found.error is None and self.is_reading):
            return False
        is_left = found.error is None and self.scan is not None and self.scan.leaves_out(found)
        return not is_left and (self.is_listed or not usage.is_known)

    def _not_read(self, failed: list[RepositoryUsage]) -> OwnerRow:
        note = f"{self._reasons(failed)}; ⏎ details, r {'retry' if self.is_complete else 'resumes'}"
        return OwnerRow(OwnerRowKind.NOT_READ, f"{len(failed):,} not read", _unknown(failed), note=note)

    def _is_part(self, usages: list[RepositoryUsage]) -> bool:
        """Return whether the sum will grow: something is still to be read, or a list broke off."""
        is_open = self.is_reading or not self.is_complete
        return any(usage.is_part and (is_open or usage.is_known) for usage in usages)

    def _row(self, usage: RepositoryUsage) -> OwnerRow:
        repository = _found_of(usage).repository
        note = "" if usage.is_known else self._note(usage)
        keeps = self.keeps.get(repository.id)
        return OwnerRow(OwnerRowKind.REPOSITORY, repository.name.name, usage, keeps, note)

    def _note(self, usage: RepositoryUsage) -> str:
        """Return why nothing of a repository is shown."""
        if told := reasons([usage]):
            return told.removeprefix("1 ")
        if self.scan is not None and self.scan.leaves_out(_found_of(usage)):
            return "not scanned"
        return WAITS if self.is_reading else "not read"

    def _reasons(self, failed: list[RepositoryUsage]) -> str:
        first = _found_of(failed[0])
        if len(failed) == 1 and first.error:
            return f"{first.repository.name.name}: {reasons(failed).removeprefix('1 ')}"
        stopped = sum(_found_of(one).error is None for one in failed)
        told = [f"{stopped:,} not requested"] if stopped else []
        return ", ".join([*told, *filter(None, [reasons(failed)])])

    def _left_out(self, left: list[RepositoryUsage]) -> OwnerRow:
        archived = any(_found_of(one).repository.archived for one in left)
        why = f"no push for {LONGEST_RETENTION.days} days"
        label = f"{len(left):,} not scanned: {'archived, or ' if archived else ''}{why}; ⏎ scans them too"
        return OwnerRow(OwnerRowKind.NOT_SCANNED, label, _unknown(left))

    def _in_order(self, rows: list[OwnerRow]) -> Iterable[OwnerRow]:
        """Yield the rows in order; those whose value is unknown come last in both directions."""
        key = self.sort.key
        rows.sort(key=lambda row: (not row.usage.is_known, _by_caches(row.usage), row.label.casefold()))
        known = [row for row in rows if row.usage.is_known and key(row) is not None]
        yield from sorted(known, key=key, reverse=self.descending)
        yield from (row for row in rows if not row.usage.is_known or key(row) is None)

    def remove(self, gone: Mapping[RepositoryName, AbstractSet[int]]) -> bool:
        """Remove artifacts by repository and ID; return False if none of them was known."""
        had_any = False
        for found in self.found:
            ids, reading = gone.get(found.repository.name), found.reading
            if ids and reading is not None and not ids.isdisjoint(reading.columns.id):
                numbers = reading.columns.id
                kept = reading.columns.only(lambda place: numbers[place] not in ids)  # noqa: B023  # called at once
                found.reading, had_any = replace(reading, columns=kept), True
        return had_any

    def sort_by(self, sort: Sort[OwnerRow]) -> None:
        """Sort by another value, or reverse the order."""
        self.descending = not self.descending if sort.id == self.sort.id else sort.descending
        self.sort = sort


def _found_of(usage: RepositoryUsage) -> ScannedRepository:
    assert usage.found is not None
    return usage.found


def _by_caches(usage: RepositoryUsage) -> int:
    return -usage.caches.active_caches_size_in_bytes if usage.caches else 0


def _unknown(usages: Sequence[RepositoryUsage]) -> RepositoryUsage:
    """Return the sum of repositories of which nothing is shown; only their caches may be known."""
    return joined([usage for usage in usages if not usage.is_known], "")._replace(is_known=False)
