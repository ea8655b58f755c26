"""The repositories of a scan: what was read of each, in which order, and what was not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from msgspec import Struct

from artifact_tui.domain.models import Artifact, Page, Repository
from artifact_tui.domain.provider import (
    Forbidden,
    NotFound,
    Offline,
    ProviderError,
    Refused,
    ServerTrouble,
    TimedOut,
    TokenNeeded,
    Withheld,
)
from artifact_tui.storage.columns import ArtifactColumns

LONGEST_RETENTION = timedelta(days=400)
"""GitHub's maximum (documentation, "Configuring the retention period for GitHub Actions artifacts and logs")."""


class IncompleteList(ServerTrouble):
    """The server counts more artifacts than it lists, or sends some that cannot be decoded."""


_WORDS: tuple[tuple[type[ProviderError], str], ...] = (
    (TokenNeeded, "needs a token"),
    (Forbidden, "no permission"),
    (NotFound, "no longer exists"),
    (Withheld, "withheld by law"),
    (Refused, "request refused"),
    (TimedOut, "timed out"),
    (Offline, "connection lost"),
    (IncompleteList, "incomplete list"),
)


class RepositoryReading(Struct, frozen=True):
    """All artifacts of a repository at some time; ``etag`` is that of page 1, empty if it proves nothing."""

    at: datetime
    columns: ArtifactColumns
    etag: str = ""


class ScannedRepository:
    """A repository of a scan: what an earlier scan read, what this one has read, and what went wrong.

    ``reading`` is set once all of it was read; until then ``columns`` holds the pages so far. ``total`` is the server's
    count, None if unknown.
    """

    def __init__(self, repository: Repository, known: RepositoryReading | None = None) -> None:
        self.repository = repository
        self.known = known
        self.reading: RepositoryReading | None = None
        self.error: ProviderError | None = None
        self.total: int | None = None
        self.is_unchanged = False
        self._pages = ArtifactColumns()

    @property
    def columns(self) -> ArtifactColumns:
        """What this scan has read."""
        return self._pages if self.reading is None else self.reading.columns

    def start(self) -> None:
        """Forget the pages so far."""
        self._pages, self.total = ArtifactColumns(), None

    def add(self, page: Page[Artifact]) -> None:
        """Add a page."""
        self._pages.add(page.items)
        self.total = page.total

    def finish(self, at: datetime, etag: str, columns: ArtifactColumns | None = None) -> None:
        """Keep what was read as all of the repository."""
        columns = self._pages if columns is None else columns
        columns.finish()
        self.reading, self.error = RepositoryReading(at, columns, etag), None
        self.total, self._pages = len(columns), ArtifactColumns()


def problem_words(error: ProviderError) -> str:
    """Return at most three words for the reason why a repository was not read."""
    return next((words for kind, words in _WORDS if isinstance(error, kind)), "server error")


def is_idle(repository: Repository, now: datetime) -> bool:
    """Return whether nothing was pushed for longer than artifacts are kept; schedules may still create some."""
    pushed = repository.pushed_at
    return repository.archived or pushed is None or pushed < now - LONGEST_RETENTION


def in_order(
    repositories: Iterable[ScannedRepository], billed: Mapping[str, float], caches: Mapping[str, int], now: datetime
) -> list[ScannedRepository]:
    """Return repositories in the order of reading: those that are archived or were not pushed to for long are last."""

    def key(found: ScannedRepository) -> tuple[bool, float, int, float]:
        repository = found.repository
        pushed = repository.pushed_at.timestamp() if repository.pushed_at else 0.0
        name = repository.full_name.lower()
        return is_idle(repository, now), -billed.get(name, 0.0), -caches.get(name, 0), -pushed

    return sorted(repositories, key=key)


def merged(
    known: ArtifactColumns, page: Page[Artifact], now: datetime, *, drops_expired: bool
) -> ArtifactColumns | None:
    """Return the earlier columns with the new artifacts of page 1, if nothing else can have changed; else None.

    With ``drops_expired``, expired artifacts may have left the list.
    """
    newest, seconds = known.newest_id, now.timestamp()
    new = [artifact for artifact in page.items if newest is None or artifact.id > newest]
    if newest is None or len(new) == len(page.items) or page.is_minimum or page.skipped:
        return None
    for keeps_expired in (True, False) if drops_expired else (True,):
        kept = known.only(lambda place: keeps_expired or not known.is_expired(place, seconds))  # noqa: B023  # called at once
        if len(kept) + len(new) == page.total:
            kept.add_newer(new)
            is_same = list(kept.id[: len(page.items)]) == [artifact.id for artifact in page.items]
            return kept if is_same else None
    return None
