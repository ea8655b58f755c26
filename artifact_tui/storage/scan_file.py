"""The last scan of an owner on disk, beside the last lists: with their key, permissions and age limit.

A scan is only found with the same token. Its artifacts are columns, without URLs of requests or tokens.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta

from msgspec import Struct, field

from artifact_tui.cache.list_cache import OLDEST, LastLists, Saved
from artifact_tui.domain.models import Repository
from artifact_tui.domain.storage_models import CacheUsage
from artifact_tui.storage.columns import ArtifactColumns
from artifact_tui.storage.scan import OwnerScan
from artifact_tui.storage.scanned_repository import RepositoryReading

_FORMAT = 1
"""Part of the name, so that a program finds only scans in its own format."""


class KnownCaches(Struct, frozen=True):
    """The caches of a repository at some time."""

    at: datetime
    usage: CacheUsage


class StoredScan(Struct, frozen=True):
    """What is known of an owner; ``listed_at`` is None unless all repositories were listed.

    ``readings`` and ``caches`` are by ID of the repository.
    """

    listed_at: datetime | None = None
    repositories: tuple[Repository, ...] = ()
    readings: dict[int, RepositoryReading] = field(default_factory=dict)
    caches: dict[int, KnownCaches] = field(default_factory=dict)


class _Row(Struct, frozen=True):
    """A repository on disk; ``columns`` is empty if it was never read."""

    repository: Repository
    at: datetime | None = None
    etag: str = ""
    columns: bytes = b""
    caches: KnownCaches | None = None


def load_scan(lists: LastLists | None, owner: str, now: datetime) -> StoredScan:
    """Return the last scan; an empty one if it is missing, damaged, from another account, or too old."""
    saved = lists.read(_name(owner), _Row, now) if lists else None
    if saved is None:
        return StoredScan()
    readings: dict[int, RepositoryReading] = {}
    for row in saved.items:
        if row.at is not None and timedelta(0) <= now - row.at < OLDEST:
            with suppress(ValueError):
                readings[row.repository.id] = RepositoryReading(
                    row.at, ArtifactColumns.from_bytes(row.columns), row.etag
                )
    return StoredScan(
        saved.at if saved.total == len(saved.items) else None,
        tuple(row.repository for row in saved.items),
        readings,
        {row.repository.id: row.caches for row in saved.items if row.caches and row.caches.at <= now},
    )


def save_scan(
    lists: LastLists | None, scan: OwnerScan, before: StoredScan, caches: dict[int, KnownCaches], now: datetime
) -> None:
    """Store what a scan has read, and what an earlier one knew of the rest; what cannot be written is left out."""
    rows = tuple(_rows(scan, before, caches))
    total = len(rows) if scan.listed_at else None
    if lists is not None and rows:
        lists.write(_name(scan.owner), Saved(scan.listed_at or now, rows, total))


def _rows(scan: OwnerScan, before: StoredScan, caches: dict[int, KnownCaches]) -> Iterator[_Row]:
    listed = {found.repository.id: found.repository for found in scan.repositories}
    read = {found.repository.id: found.reading for found in scan.repositories if found.reading}
    if scan.listed_at is None:  # the list broke off, so the rest is unknown, not gone
        listed = {each.id: each for each in before.repositories} | listed
    for number, repository in listed.items():
        reading = read.get(number) or before.readings.get(number)
        known = caches.get(number) or before.caches.get(number)
        if reading is None:
            yield _Row(_plain(repository), caches=known)
        else:
            yield _Row(_plain(repository), reading.at, reading.etag, reading.columns.to_bytes(), known)


def _plain(repository: Repository) -> Repository:
    """Return a repository without what a scan does not need, such as a text that may not be valid Unicode."""
    return Repository(
        id=repository.id,
        full_name=repository.full_name,
        private=repository.private,
        visibility=repository.visibility,
        archived=repository.archived,
        pushed_at=repository.pushed_at,
    )


def _name(owner: str) -> str:
    return f"scan {_FORMAT} {owner.lower()}"
