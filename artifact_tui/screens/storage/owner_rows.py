"""The rows of an owner's repositories and their columns; table, sort menu and settings read the list of columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from artifact_tui.domain.artifact_filter import Sort
from artifact_tui.domain.models import Repository
from artifact_tui.screens.storage.rows import BAR_WIDTH, UNKNOWN, share_words
from artifact_tui.storage.repository_usage import RepositoryUsage
from artifact_tui.text import age, printable, size
from artifact_tui.widgets.bars import share_bar
from artifact_tui.widgets.row_layout import Cell, Column, Justify, Tone

WAITS = "…"
"""The sign of a repository that is still to be read."""


class OwnerRowKind(StrEnum):
    """What a row of an owner stands for."""

    REPOSITORY = "repository"
    MORE = "more"
    """The repositories that are still to be read, but those with a row of their own."""
    EMPTY = "empty"
    NOT_SCANNED = "not scanned"
    NOT_READ = "not read"
    FILTERED = "filtered"
    ALL = "all"


class OwnerRow(NamedTuple):
    """A repository, or the sum of several; ``note`` takes the place of the figures, ``keeps`` are days."""

    kind: OwnerRowKind
    label: str
    usage: RepositoryUsage
    keeps: int | None = None
    note: str = ""

    @property
    def key(self) -> tuple[OwnerRowKind, int]:
        """The identity of the row."""
        return self.kind, self.number

    @property
    def number(self) -> int:
        """The ID of the repository, 0 for a sum."""
        return self.repository.id if self.repository else 0

    @property
    def has_artifacts(self) -> bool:
        """Whether it is a repository with artifacts."""
        sums = self.usage.sums
        return self.kind is OwnerRowKind.REPOSITORY and bool(sums.live_count or sums.expired_count)

    @property
    def repository(self) -> Repository | None:
        """The repository; None for a sum."""
        return self.usage.found.repository if self.usage.found else None

    @property
    def caches(self) -> int | None:
        """The bytes of the caches; None if unknown."""
        return self.usage.caches.active_caches_size_in_bytes if self.usage.caches else None


class DrawnOwnerRow(NamedTuple):
    """A row and what its cells depend on besides: the bytes of the longest bar and of all rows, and the scan."""

    row: OwnerRow
    now: datetime
    biggest: int
    whole: int
    is_reading: bool = False
    lists_expired: bool = False
    is_ascii: bool = False

    @property
    def plus(self) -> str:
        """The sign of a minimum."""
        return "+" if self.row.usage.is_part else ""


def parts_of(usage: RepositoryUsage) -> tuple[int, int, int]:
    """Return the bytes that stay longer than 7 days, that expire within them, and that have expired."""
    return usage.sums.live_bytes - usage.within, usage.within, usage.sums.expired_bytes


def _bar(drawn: DrawnOwnerRow) -> str | Cell:
    row = drawn.row
    if row.note:
        return Cell(row.note, "muted", spans=row.note != WAITS)
    if row.kind is not OwnerRowKind.REPOSITORY:
        return ""
    parts = parts_of(row.usage)
    return share_bar(parts if drawn.lists_expired else parts[:2], drawn.biggest, BAR_WIDTH, is_ascii=drawn.is_ascii)


def _name(drawn: DrawnOwnerRow) -> Cell:
    kind = drawn.row.kind
    label = printable(drawn.row.label)
    return Cell(label, None if kind is OwnerRowKind.REPOSITORY else "muted", kind is OwnerRowKind.NOT_SCANNED)


def _share(drawn: DrawnOwnerRow) -> str:
    return share_words(drawn.row.usage.sums.live_bytes, drawn.whole)


def _caches(drawn: DrawnOwnerRow) -> str | Cell:
    return size(drawn.row.caches) if drawn.row.caches else UNKNOWN


def _keeps(drawn: DrawnOwnerRow) -> str | Cell:
    if drawn.row.kind is not OwnerRowKind.REPOSITORY:
        return ""
    if drawn.row.keeps is None:
        return "" if drawn.is_reading else UNKNOWN
    return f"{drawn.row.keeps} d"


def _per_day(drawn: DrawnOwnerRow) -> str | Cell:
    inflow = drawn.row.usage.growth.inflow_per_day
    return UNKNOWN if inflow is None else size(round(inflow))


def _level(drawn: DrawnOwnerRow) -> str | Cell:
    level = drawn.row.usage.growth.levels_off_at
    return UNKNOWN if level is None else size(level)


def _access(drawn: DrawnOwnerRow) -> str:
    return drawn.row.repository.access if drawn.row.repository else ""


def _if_known(cell: Callable[[DrawnOwnerRow], str | Cell]) -> Callable[[DrawnOwnerRow], str | Cell]:
    """Return a cell that is empty for a row of which nothing was read."""
    return lambda drawn: cell(drawn) if drawn.row.usage.is_known else ""


def _column(
    name: str,
    label: str,
    width: int,
    cell: Callable[[DrawnOwnerRow], str | Cell],
    sort: Callable[[OwnerRow], object] | None,
    *,
    priority: int = 0,
    tone: Tone | None = None,
    justify: Justify = "right",
    setting: str = "",
) -> Column[DrawnOwnerRow]:
    order = Sort[OwnerRow](name, label, sort, descending=True) if sort else None
    is_essential = name in {"bar", "size", "share", "count", "caches", "keeps"}
    return Column(
        name, label, width, cell=_if_known(cell) if name not in {"bar", "caches", "keeps", "access"} else cell,
        sort=order, justify=justify, tone=tone, priority=priority, essential=is_essential, setting=setting,
    )  # fmt: skip


_BY_NAME = Sort[OwnerRow]("name", "Repository", lambda row: row.label.casefold())
OWNER_COLUMNS = (
    Column("name", "Repository", 18, cell=_name, sort=_BY_NAME, flexible=True, keeps_end=True, essential=True),
    _column("bar", "Stays, ▓ 7 d", BAR_WIDTH, _bar, None, priority=1, tone="chart", justify="left", setting="bar"),
    _column("size", "Size", 8, lambda drawn: size(drawn.row.usage.sums.live_bytes),
            lambda row: row.usage.sums.live_bytes),
    _column("share", "%", 5, _share, None, priority=2, setting="share"),
    _column("count", "Count", 6, lambda drawn: f"{drawn.row.usage.sums.live_count:,}{drawn.plus}",
            lambda row: row.usage.sums.live_count, priority=3),
    _column("caches", "Caches", 8, _caches, lambda row: row.caches, priority=4, tone="muted"),
    _column("keeps", "Keeps", 6, _keeps, lambda row: row.keeps, priority=5, tone="muted"),
    _column("per_day", "Per day", 8, _per_day, lambda row: row.usage.growth.inflow_per_day, priority=6, tone="muted"),
    _column("newest", "Newest", 6, lambda drawn: age(drawn.row.usage.sums.newest_at, drawn.now),
            lambda row: row.usage.sums.newest, priority=7, tone="muted"),
    _column("soon", "Expires in 7 d", 14, lambda drawn: size(drawn.row.usage.within) + drawn.plus,
            lambda row: row.usage.within, priority=8, tone="muted"),
    _column("level", "Levels off at", 13, _level, lambda row: row.usage.growth.levels_off_at, priority=9, tone="muted"),
    _column("access", "Visibility", 10, _access, lambda row: row.repository.access if row.repository else None,
            priority=10, tone="muted", justify="left"),
    _column("expired", "Expired", 8, lambda drawn: size(drawn.row.usage.sums.expired_bytes) + drawn.plus,
            lambda row: row.usage.sums.expired_bytes, priority=11, tone="muted"),
)  # fmt: skip
"""The last one is only for servers that list expired artifacts."""
OWNER_SORTS = {column.id: column.sort for column in OWNER_COLUMNS if column.sort}
GROWTH_FROM = 100
"""Columns of the terminal from which growth may be shown."""


def owner_columns(
    wanted: Sequence[str], *, lists_expired: bool
) -> tuple[tuple[Column[DrawnOwnerRow], ...], tuple[str, ...]]:
    """Return the columns, and the names of those to show."""
    columns = OWNER_COLUMNS if lists_expired else OWNER_COLUMNS[:-1]
    return columns, tuple(name for name in wanted if any(column.name == name for column in columns))
