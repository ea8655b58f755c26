"""The rows of the Storage screen as texts to copy."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from artifact_tui.screens.storage.owner_rows import OwnerRow
from artifact_tui.screens.storage.rows import RowKind, StorageRow, share_words
from artifact_tui.storage.bill import OwnerBill
from artifact_tui.storage.breakdown import moment_of
from artifact_tui.storage.repository_usage import record_of
from artifact_tui.text import printable, size

MOST_COPIED = 300
"""The most rows to copy, because terminals limit the clipboard."""


def rows_as_text(rows: Iterable[StorageRow], whole: int) -> str:
    """Return a line per row: size, share, count and name; ``whole`` are the bytes of all rows."""
    lines = []
    for row in rows:
        group = row.group
        share = share_words(group.live_bytes, whole)
        lines.append(f"{size(group.live_bytes):>8}  {share:>5}  {group.live_count:>7,}  {printable(row.label)}")
    return "\n".join(lines)


def rows_as_json(rows: Iterable[StorageRow], whole: int, *, lists_expired: bool) -> str:
    """Return the rows of groups as JSON, with the fields of ``artifact-tui usage --json``."""
    groups = [_record(row, whole, lists_expired) for row in rows if row.kind is RowKind.GROUP]
    return msgspec.json.format(msgspec.json.encode(groups), indent=1).decode()


def _record(row: StorageRow, whole: int, lists_expired: bool) -> dict[str, Any]:
    group = row.group
    return {
        "key": row.label,
        "live_bytes": group.live_bytes,
        "live_count": group.live_count,
        "expired_bytes": group.expired_bytes if lists_expired else None,
        "expired_count": group.expired_count if lists_expired else None,
        "newest": _utc(group.newest),
        "oldest": _utc(group.oldest),
        "share": round(group.live_bytes / whole, 6) if whole else None,
    }


def _utc(seconds: float | None) -> str | None:
    moment = moment_of(seconds)
    return None if moment is None else f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def repositories_as_text(rows: Sequence[OwnerRow]) -> str:
    """Return a line per repository or sum: size, share, count, caches and name."""
    whole = rows[-1].usage.sums.live_bytes if rows else 0
    lines = []
    for row in (*rows[:MOST_COPIED], *rows[MOST_COPIED:][-1:]):
        sums, is_known = row.usage.sums, row.usage.is_known
        share = share_words(sums.live_bytes, whole) if is_known else ""
        figures = (size(sums.live_bytes), share, f"{sums.live_count:,}") if is_known else ("—", "", "")
        caches = size(row.caches) if row.caches else "—"
        name = f"{row.label} ({row.note})" if row.note else row.label
        lines.append(f"{figures[0]:>8}  {figures[1]:>5}  {figures[2]:>7}  {caches:>8}  {printable(name)}")
    return "\n".join(lines)


def repositories_as_json(rows: Sequence[OwnerRow], bill: OwnerBill | None, *, lists_expired: bool) -> str:
    """Return the rows of repositories as JSON, with the fields of ``artifact-tui usage OWNER --json``."""
    records = []
    for row in rows[:MOST_COPIED]:
        billed = bill.billed(row.label) if bill else (None, None)
        record = record_of(row.usage._replace(billed=billed), knows_expired=lists_expired)
        records.append({**record, "retention_days": row.keeps})
    return msgspec.json.format(msgspec.json.encode(records), indent=1).decode()
