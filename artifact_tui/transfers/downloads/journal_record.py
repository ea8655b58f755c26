"""One download as the journal keeps it, and its order as JSON."""

from __future__ import annotations

import sqlite3
from enum import StrEnum
from pathlib import Path
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from artifact_tui import exact_json
from artifact_tui.archive.selection import Selection
from artifact_tui.domain.models import Artifact, Digest, RepositoryName
from artifact_tui.transfers.disk import column_types as columns
from artifact_tui.transfers.downloads.byte_ranges import Span
from artifact_tui.transfers.downloads.selection_order import SelectionOrder
from artifact_tui.transfers.models import DownloadOrder, Kind, OnExisting, Transfer

SCRATCH: Final = ".unpacking"
"""How the names of directories end in which a download is unpacked."""


class RowStatus(StrEnum):
    """Whether somebody is after a download: now, again at the next start, or not until it is ordered anew."""

    WAITING = "waiting"
    FAILED = "failed"
    LET_GO = "let go"


class JournalRow(Struct, frozen=True, kw_only=True):
    """One row: what is known of a download beside its order.

    ``written`` are the spans of the part file that hold bytes of the blob ``etag``; after a power loss only ``synced``
    ones do, and :attr:`there` knows which to believe. ``target`` and ``inode`` are set right before the final rename,
    ``scratch`` is the directory in which it is unpacked.
    """

    id: int
    order: DownloadOrder
    part: Path | None = None
    etag: str = ""
    total: int | None = None
    file_name: str = ""
    written: tuple[Span, ...] = ()
    synced: tuple[Span, ...] = ()
    boot: str = ""
    scratch: Path | None = None
    target: Path | None = None
    inode: int = 0
    standing: RowStatus = RowStatus.WAITING

    @property
    def there(self) -> tuple[Span, ...]:
        """The spans that can be trusted to be on the disk now."""
        return self.written if self.boot == boot_id() else self.synced

    @property
    def received(self) -> int:
        """Their bytes."""
        return sum(end - start for start, end in self.there)


class _Ordered(Struct, frozen=True):
    """A :class:`DownloadOrder` without its directory, as JSON keeps it; paths need not be text."""

    owner: str
    name: str
    artifact: Artifact
    unpack: bool
    on_existing: OnExisting
    attempt: int | None
    any_size: bool
    selection: Selection | None = None


def boot_id() -> str:
    """Tells one start of the machine from the next; empty where that is not known: there the digest has to find out."""
    return _BOOT


def _read_boot_id() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    except OSError:
        return ""


_BOOT: Final = _read_boot_id()


def packed(order: DownloadOrder) -> bytes:
    """Return an order as JSON; its directory is kept beside it."""
    return exact_json.encode(
        _Ordered(
            order.repository.owner,
            order.repository.name,
            order.artifact,
            order.unpack,
            order.on_existing,
            order.attempt,
            order.any_size,
            order.selection if isinstance(order, SelectionOrder) else None,
        )
    )


def record_of(row: sqlite3.Row) -> JournalRow:
    """Read a row of the table; raises any of :data:`~.columns.UNREADABLE`.

    The program removes and renames what the paths of a row name, so these are only those that it makes itself.
    """
    record = _record(row)
    names = ((record.part, ".part"), (record.scratch, SCRATCH), (record.target, ""))
    if not all(place is None or _is_ours(place, record.order.directory, ending) for place, ending in names):
        raise ValueError("a place that no download uses")
    return record


def _record(row: sqlite3.Row) -> JournalRow:
    ordered = columns.packed(row["order"], _Ordered)
    written, synced = (columns.packed(row[name], tuple[Span, ...]) for name in ("written", "synced"))
    if any(not 0 <= start <= end for start, end in (*written, *synced)):
        raise ValueError("spans of less than nothing")
    order = _order(ordered, columns.path(row["directory"]))
    if order.size < 0 or ".." in order.inside.split("/"):
        raise ValueError("an order that nobody can give")
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
        artifact=ordered.artifact,
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
    """Return a download before its first byte; a digest says that the size in the list is the archive's own."""
    artifact = order.artifact
    is_sure = order.inside or Digest.parse(order.digest)
    return Transfer(
        id=0,
        kind=Kind.DOWNLOAD,
        repository=order.repository,
        artifact=artifact,
        total=order.size or None if is_sure else None,
        inside=order.inside,
    )


def begun(record: JournalRow) -> Transfer:
    """Return a download of which something is there."""
    asked = asked_for(record.order)
    total = asked.total if record.total is None else record.total
    return replace(asked, received=record.received, total=total)
