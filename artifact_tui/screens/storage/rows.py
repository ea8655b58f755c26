"""The rows of the Storage screen and their columns; table, sort menu and settings read the list of columns."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from artifact_tui.domain.artifact_filter import Sort
from artifact_tui.storage.breakdown import StoredGroup, moment_of
from artifact_tui.storage.groupings import Grouping
from artifact_tui.text import age, printable, size
from artifact_tui.widgets.bars import share_bar
from artifact_tui.widgets.row_layout import Cell, Column

BAR_WIDTH = 12
UNKNOWN = Cell("—", "muted")


class RowKind(StrEnum):
    """What a row stands for."""

    GROUP = "group"
    FILTERED = "filtered"
    """The sum of the rows that the filter hides."""
    ALL = "all"


class StorageRow(NamedTuple):
    """A group with its label, or the sum of other rows; ``rank`` is its place among spans."""

    kind: RowKind
    label: str
    group: StoredGroup
    rank: int = 0

    @property
    def key(self) -> tuple[RowKind, Hashable]:
        """The identity of the row."""
        return self.kind, self.group.value


class DrawnRow(NamedTuple):
    """A row and what its cells depend on besides.

    ``biggest`` are the bytes of the longest bar, ``whole`` those of all rows. While artifacts are missing, sums are
    minimums and shares are unknown, and with ``knows_growth`` False also what arrives per day.
    """

    row: StorageRow
    now: datetime
    biggest: int
    whole: int
    is_complete: bool
    knows_growth: bool
    lists_expired: bool = False
    is_ascii: bool = False

    @property
    def plus(self) -> str:
        """The sign of a minimum."""
        return "" if self.is_complete else "+"


def _name(drawn: DrawnRow) -> Cell:
    return Cell(printable(drawn.row.label), None if drawn.row.kind is RowKind.GROUP else "muted")


def _bar(drawn: DrawnRow) -> str:
    if drawn.row.kind is not RowKind.GROUP:
        return ""
    parts = drawn.row.group.parts if drawn.lists_expired else drawn.row.group.parts[:2]
    return share_bar(parts, drawn.biggest, BAR_WIDTH, is_ascii=drawn.is_ascii)


def _share(drawn: DrawnRow) -> str:
    return share_words(drawn.row.group.live_bytes, drawn.whole) if drawn.is_complete else ""


def share_words(part: int, whole: int) -> str:
    """Return ``62 %``, and never 100 % for less than everything or 0 % for more than nothing."""
    if not whole:
        return ""
    percent = (200 * part + whole) // (2 * whole)
    if part and not percent:
        return "<1 %"
    return f"{min(percent, 99 if part < whole else 100)} %"


def _per_day(drawn: DrawnRow) -> str | Cell:
    inflow = drawn.row.group.growth.inflow_per_day if drawn.knows_growth else None
    return UNKNOWN if inflow is None else size(round(inflow))


def _level(drawn: DrawnRow) -> str | Cell:
    level = drawn.row.group.growth.levels_off_at if drawn.knows_growth else None
    return UNKNOWN if level is None else size(level)


def _keeps(drawn: DrawnRow) -> str | Cell:
    if drawn.row.kind is not RowKind.GROUP:
        return ""
    days = drawn.row.group.keeps
    return UNKNOWN if days is None else f"{days} d"


_BY_LABEL = Sort[StorageRow]("name", "Name", lambda row: (row.rank, row.label.casefold(), row.label))
BY_SIZE = Sort[StorageRow]("size", "Size", lambda row: row.group.live_bytes, descending=True)
_BY_COUNT = Sort[StorageRow]("count", "Count", lambda row: row.group.live_count, descending=True)
_BY_NEWEST = Sort[StorageRow]("newest", "Newest", lambda row: row.group.newest, descending=True)
_BY_INFLOW = Sort[StorageRow]("per_day", "Per day", lambda row: row.group.growth.inflow_per_day, descending=True)
_BY_KEEPS = Sort[StorageRow]("keeps", "Keeps", lambda row: row.group.keeps, descending=True)
_BY_LEVEL = Sort[StorageRow]("level", "Levels off at", lambda row: row.group.growth.levels_off_at, descending=True)
_BY_SOON = Sort[StorageRow]("soon", "Expires in 7 d", lambda row: row.group.soon_bytes, descending=True)
_BY_EXPIRED = Sort[StorageRow]("expired", "Expired", lambda row: row.group.expired_bytes, descending=True)

COLUMNS = (
    Column("name", "Name", 18, cell=_name, sort=_BY_LABEL, flexible=True, keeps_end=True, essential=True),
    Column("bar", "Stays, ▓ 7 d", BAR_WIDTH, cell=_bar, tone="chart", essential=True, setting="bar", priority=1),
    Column[DrawnRow](
        "size",
        "Size",
        8,
        cell=lambda drawn: size(drawn.row.group.live_bytes) + drawn.plus,
        sort=BY_SIZE,
        justify="right",
        essential=True,
    ),
    Column("share", "%", 5, cell=_share, justify="right", essential=True, setting="share", priority=2),
    Column[DrawnRow](
        "count",
        "Count",
        6,
        cell=lambda drawn: f"{drawn.row.group.live_count:,}{drawn.plus}",
        sort=_BY_COUNT,
        justify="right",
        essential=True,
        priority=3,
    ),
    Column(
        "per_day",
        "Per day",
        8,
        cell=_per_day,
        sort=_BY_INFLOW,
        justify="right",
        tone="muted",
        essential=True,
        priority=4,
    ),
    Column("keeps", "Keeps", 6, cell=_keeps, sort=_BY_KEEPS, justify="right", tone="muted", essential=True, priority=5),
    Column[DrawnRow](
        "newest",
        "Newest",
        6,
        cell=lambda drawn: age(moment_of(drawn.row.group.newest), drawn.now),
        sort=_BY_NEWEST,
        justify="right",
        tone="muted",
        priority=6,
    ),
    Column[DrawnRow](
        "soon",
        "Expires in 7 d",
        14,
        cell=lambda drawn: size(drawn.row.group.soon_bytes) + drawn.plus,
        sort=_BY_SOON,
        justify="right",
        tone="muted",
        priority=7,
    ),
    Column("level", "Levels off at", 13, cell=_level, sort=_BY_LEVEL, justify="right", tone="muted", priority=8),
    Column[DrawnRow](
        "expired",
        "Expired",
        8,
        cell=lambda drawn: size(drawn.row.group.expired_bytes) + drawn.plus,
        sort=_BY_EXPIRED,
        justify="right",
        tone="muted",
        priority=9,
    ),
)
"""The last one is only for servers that list expired artifacts."""


def columns_of(
    grouping: Grouping, wanted: Sequence[str], *, lists_expired: bool
) -> tuple[tuple[Column[DrawnRow], ...], tuple[str, ...]]:
    """Return the columns, the first of which is headed by what the rows are, and the names of those to show."""
    first, *others = COLUMNS if lists_expired else COLUMNS[:-1]
    columns = (replace(first, label=grouping.header, setting=first.name), *others)
    return columns, tuple(name for name in wanted if any(column.name == name for column in columns))


SORTS = {column.id: column.sort for column in COLUMNS if column.sort}
