"""The rows of the Storage screen as texts to copy."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from artifact_tui.screens.storage.rows import RowKind, StorageRow, share_words
from artifact_tui.storage.breakdown import moment_of
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
