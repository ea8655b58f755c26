"""One row of the journal of downloads, and its order as JSON."""

from __future__ import annotations

import sqlite3
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from artifact_tui import exact_json
from artifact_tui.archive.selection import Selection
from artifact_tui.domain import artifact_record
from artifact_tui.domain.models import Digest, RepositoryName
from artifact_tui.transfers.disk import column_types as columns
from artifact_tui.transfers.downloads.byte_ranges import Span
from artifact_tui.transfers.downloads.selection_order import SelectionOrder
from artifact_tui.transfers.models import DownloadOrder, Kind, OnExisting, Transfer, Unfinished

SCRATCH: Final = ".unpacking"  # the suffix of scratch directories, in which downloads are unpacked


class RowStatus(StrEnum):
    """Whether a running program works on a download, and if not, why; all are offered once the program has ended.

    A kept one, which the user cancelled without discarding its part file, is also offered while the program runs.
    """

    WAITING = "waiting"
    FAILED = "failed"
    KEPT = "let go"  # the word in existing files


class JournalRow(Struct, frozen=True, kw_only=True):
    """One row: the order of a download and its progress."""

    id: int
    order: DownloadOrder
    part: Path | None = None
    etag: str = ""
    total: int | None = None
    file_name: str = ""
    written: tuple[Span, ...] = ()  # spans of the part file with bytes of the blob ``etag``
    synced: tuple[Span, ...] = ()  # those that survive a power loss
    boot: str = ""
    scratch: Path | None = None  # the directory for unpacking
    target: Path | None = None  # set with ``inode`` right before the final rename
    inode: int = 0
    standing: RowStatus = RowStatus.WAITING

    @property
    def there(self) -> tuple[Span, ...]:
        """The spans that are certainly on the disk."""
        return self.written if self.boot == boot_id() else self.synced

    @property
    def received(self) -> int:
        """The number of bytes in these spans."""
        return sum(end - start for start, end in self.there)


class _Ordered(Struct, frozen=True):
    """A :class:`DownloadOrder` as JSON, without its directory, whose path may not be text."""

    owner: str
    name: str
    artifact: artifact_record.ArtifactRecord
    unpack: bool
    on_existing: OnExisting
    attempt: int | None
    any_size: bool
    selection: Selection | None = None


@cache
def boot_id() -> str:
    """Return the ID of this start of the machine; empty if unknown, and then the digest has to decide."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return ""


def packed(order: DownloadOrder) -> bytes:
    """Return an order as JSON, without its directory."""
    return exact_json.encode(
        _Ordered(
            order.repository.owner,
            order.repository.name,
            artifact_record.record_of(order.artifact),
            order.unpack,
            order.on_existing,
            order.attempt,
            order.any_size,
            order.selection if isinstance(order, SelectionOrder) else None,
        )
    )


def record_of(row: sqlite3.Row) -> JournalRow:
    """Read a row, whose paths are removed and renamed, so only own paths are valid; raise any of ``UNREADABLE``."""
    record = _record(row)
    names = ((record.part, ".part"), (record.scratch, SCRATCH), (record.target, ""))
    if not all(place is None or _is_ours(place, record.order.directory, ending) for place, ending in names):
        raise ValueError("not a path of a download")
    return record


def _record(row: sqlite3.Row) -> JournalRow:
    ordered = columns.packed(row["order"], _Ordered)
    written, synced = (columns.packed(row[name], tuple[Span, ...]) for name in ("written", "synced"))
    if any(not 0 <= start <= end for start, end in (*written, *synced)):
        raise ValueError("invalid spans")
    order = _order(ordered, columns.path(row["directory"]))
    if order.size < 0 or ".." in order.inside.split("/"):
        raise ValueError("invalid order")
    return JournalRow(
        id=row["id"],
        order=order,
        part=_path(row["part"]),
        etag=columns.text(row["etag"]),
        total=None if row["total"] is None else columns.number(row["total"]),
        file_name=columns.text(row["file_name"]),
        written=written,
        synced=synced,
        boot=columns.text(row["boot"]),
        scratch=_path(row["scratch"]),
        target=_path(row["target"]),
        inode=columns.number(row["inode"]),
        standing=RowStatus(row["standing"]),
    )


def _is_ours(place: Path, directory: Path, ending: str) -> bool:
    return place.parent == directory and place.name not in {"", ".", ".."} and place.name.endswith(ending)


def _order(ordered: _Ordered, directory: Path) -> DownloadOrder:
    order = DownloadOrder(
        repository=RepositoryName(ordered.owner, ordered.name),
        artifact=artifact_record.artifact_of(ordered.artifact),
        directory=directory,
        unpack=ordered.unpack,
        on_existing=ordered.on_existing,
        attempt=ordered.attempt,
        any_size=ordered.any_size,
    )
    return order if ordered.selection is None else SelectionOrder.of(order, ordered.selection)


def _path(stored: object) -> Path | None:
    return None if stored == b"" else columns.path(stored)


def asked_for(order: DownloadOrder) -> Transfer:
    """Return the transfer before its first byte; the size in the list is certain only with a digest."""
    is_sure = order.inside or Digest.parse(order.digest)
    return Transfer(
        id=0,
        kind=Kind.DOWNLOAD,
        repository=order.repository,
        artifact=order.artifact,
        total=order.size or None if is_sure else None,
        inside=order.inside,
    )


def unfinished_of(record: JournalRow) -> Unfinished:
    """Return what is left of a download."""
    return Unfinished(id=record.id, order=record.order, received=record.received, total=record.total)


def begun(record: JournalRow) -> Transfer:
    """Return the transfer of a download with bytes on the disk."""
    asked = asked_for(record.order)
    total = asked.total if record.total is None else record.total
    return replace(asked, received=record.received, total=total)
