"""The list of artifacts from the server, refreshed with the fewest requests that show that it is complete."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from artifact_tui.domain.list_extent import Ending, Extent
from artifact_tui.domain.models import Artifact, Page, RepositoryName
from artifact_tui.screens.list_loader import Listing


class WholeList(NamedTuple):
    """A complete list: its rows, its extent, and the ETag of page 1."""

    rows: dict[int, Artifact]
    extent: Extent
    etag: str


class KeptList(NamedTuple):
    """The last complete list of all artifacts of a repository, and when it was loaded; screens share it."""

    repository: RepositoryName
    at: datetime
    whole: WholeList


class ArtifactListing(Listing[Artifact]):
    """A listing whose refresh reuses the last complete list.

    An unchanged page 1 has the same count and the same newest artifacts, so the rest is unchanged too. If the loaded
    pages reach the newest known artifact, and the server's count is the number of known and new artifacts, the rest is
    unchanged too. With ``drops_expired``, expired artifacts may be missing, because github.com does not list them.
    """

    def __init__(self, *, drops_expired: bool = False) -> None:
        super().__init__()
        self._drops_expired = drops_expired
        self._whole: WholeList | None = None
        self._etag = ""
        self._first_total: int | None = None

    @property
    def whole(self) -> WholeList | None:
        """The last complete list."""
        return self._whole

    @property
    def etag(self) -> str:
        """The ETag of page 1; empty unless the rows are complete."""
        return self._whole.etag if self._whole is not None and self._whole.rows is self.rows else ""

    def etag_to_send(self, now: datetime) -> str | None:
        """Return the ETag for a refresh, empty if unknown; None if all pages must be loaded, or loading continues."""
        return None if self._whole is None or self.can_continue(now) else self._whole.etag

    def adopt(self, rows: dict[int, Artifact], extent: Extent, etag: str) -> None:
        """Start from a cached list."""
        self.rows, self.extent = rows, extent
        self._whole = WholeList(rows, extent, etag) if extent.is_whole else None

    def _restart(self, now: datetime) -> None:
        super()._restart(now)
        if self._whole is not None:
            self._before = self._whole.rows

    def _add(self, page: Page[Artifact]) -> None:
        if not self.rows:
            self._etag, self._first_total = page.etag, page.total
        super()._add(page)

    def _completes(self, page: Page[Artifact], now: datetime) -> bool:
        whole = self._whole
        if whole is None:
            return False
        if page.is_unchanged:
            self.rows, self.extent, self._etag = _at(whole.rows, now), whole.extent, whole.etag
            return True
        newest = next(iter(whole.rows), None)
        if newest not in self.rows or page.is_minimum or self.extent.skipped:
            return False
        if page.total != self._first_total:  # an upload since page 1 could stand in for a deleted row
            return False
        rows = self.rows | {number: row for number, row in _at(whole.rows, now).items() if number not in self.rows}
        if self._drops_expired and len(rows) != page.total:
            rows = {number: row for number, row in rows.items() if not row.expired}
        if len(rows) != page.total:
            return False
        self.rows, self.extent = rows, Extent(len(rows), page.total)
        return True

    def _finish(self) -> None:
        super()._finish()
        is_whole = self.extent.is_whole and self.extent.ending is Ending.END
        self._whole = WholeList(self.rows, self.extent, self._etag) if is_whole else None


def _at(rows: dict[int, Artifact], now: datetime) -> dict[int, Artifact]:
    """Return the rows, expired as of ``now``; the same dict if none has expired."""
    if all(row.at(now) is row for row in rows.values()):
        return rows
    return {number: row.at(now) for number, row in rows.items()}
