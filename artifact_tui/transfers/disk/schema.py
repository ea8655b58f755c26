"""The tables of ``transfers.sqlite``, and the migrations from earlier versions."""

from __future__ import annotations

from typing import Final

_DOWNLOADS = """
CREATE TABLE IF NOT EXISTS download (
    id INTEGER PRIMARY KEY, program TEXT NOT NULL, host TEXT NOT NULL,
    artifact_id INTEGER NOT NULL, directory BLOB NOT NULL, "order" BLOB NOT NULL,
    part BLOB NOT NULL DEFAULT x'', etag TEXT NOT NULL DEFAULT '', total INTEGER,
    file_name TEXT NOT NULL DEFAULT '',
    written BLOB NOT NULL DEFAULT '[]', synced BLOB NOT NULL DEFAULT '[]', boot TEXT NOT NULL DEFAULT '',
    scratch BLOB NOT NULL DEFAULT x'', target BLOB NOT NULL DEFAULT x'', inode INTEGER NOT NULL DEFAULT 0,
    standing TEXT NOT NULL DEFAULT 'waiting'
)
"""
_DELETIONS = """
CREATE TABLE IF NOT EXISTS deletion (
    id INTEGER PRIMARY KEY, program TEXT NOT NULL, host TEXT NOT NULL, owner TEXT NOT NULL, name TEXT NOT NULL,
    confirmed_at TEXT NOT NULL, downloads_first INTEGER NOT NULL
)
"""
_DELETION_ITEMS = """
CREATE TABLE IF NOT EXISTS deletion_item (
    deletion INTEGER NOT NULL, position INTEGER NOT NULL, artifact BLOB NOT NULL,
    started INTEGER NOT NULL, proven INTEGER NOT NULL, outcome TEXT, problem TEXT NOT NULL,
    PRIMARY KEY (deletion, position)
) WITHOUT ROWID
"""
_DOWNLOADS_BY_ARTIFACT = "CREATE INDEX IF NOT EXISTS download_of_artifact ON download (host, artifact_id)"

_DOWNLOADS_3 = """
CREATE TABLE download (
    id INTEGER PRIMARY KEY AUTOINCREMENT, program TEXT NOT NULL, host TEXT NOT NULL,
    artifact_id INTEGER NOT NULL, directory BLOB NOT NULL, "order" BLOB NOT NULL,
    part BLOB NOT NULL DEFAULT x'', etag TEXT NOT NULL DEFAULT '', total INTEGER,
    file_name TEXT NOT NULL DEFAULT '',
    written BLOB NOT NULL DEFAULT '[]', synced BLOB NOT NULL DEFAULT '[]', boot TEXT NOT NULL DEFAULT '',
    scratch BLOB NOT NULL DEFAULT x'', target BLOB NOT NULL DEFAULT x'', inode INTEGER NOT NULL DEFAULT 0,
    standing TEXT NOT NULL DEFAULT 'waiting'
)
"""
_COPY_DOWNLOADS_3 = """
INSERT INTO download SELECT
    id, program, host, artifact_id, directory, "order", part, etag, total, file_name, written, synced, boot,
    scratch, target, inode, standing
FROM download_2 ORDER BY id
"""
_DELETIONS_3 = """
CREATE TABLE deletion (
    id INTEGER PRIMARY KEY AUTOINCREMENT, program TEXT NOT NULL, host TEXT NOT NULL,
    confirmed_at TEXT NOT NULL, downloads_first INTEGER NOT NULL
)
"""
_COPY_DELETIONS_3 = (
    "INSERT INTO deletion SELECT id, program, host, confirmed_at, downloads_first FROM deletion_2 ORDER BY id"
)
_DELETION_ITEMS_3 = """
CREATE TABLE deletion_item (
    deletion INTEGER NOT NULL, position INTEGER NOT NULL, owner TEXT NOT NULL, name TEXT NOT NULL,
    artifact BLOB NOT NULL, started INTEGER NOT NULL, proven INTEGER NOT NULL, outcome TEXT, problem TEXT NOT NULL,
    PRIMARY KEY (deletion, position)
) WITHOUT ROWID
"""
_COPY_DELETION_ITEMS_3 = """
INSERT INTO deletion_item SELECT
    item.deletion, item.position, coalesce(plan.owner, ''), coalesce(plan.name, ''),
    item.artifact, item.started, item.proven, item.outcome, item.problem
FROM deletion_item_2 AS item LEFT JOIN deletion_2 AS plan ON plan.id = item.deletion
"""

MIGRATIONS: Final = (
    (_DOWNLOADS, _DELETIONS, _DELETION_ITEMS),
    # Programs of version 1 made the tables one by one, so a killed one may have left some out.
    (_DOWNLOADS, _DELETIONS, _DELETION_ITEMS, _DOWNLOADS_BY_ARTIFACT),
    # The repository moves to each item. SQLite adds AUTOINCREMENT only to a new table; it keeps IDs from being reused,
    # because people type them in commands. Tables of unfinished work are small.
    (
        "ALTER TABLE download RENAME TO download_2",
        "ALTER TABLE deletion RENAME TO deletion_2",
        "ALTER TABLE deletion_item RENAME TO deletion_item_2",
        _DOWNLOADS_3,
        _DELETIONS_3,
        _DELETION_ITEMS_3,
        _COPY_DOWNLOADS_3,
        _COPY_DELETIONS_3,
        _COPY_DELETION_ITEMS_3,
        "DROP TABLE download_2",
        "DROP TABLE deletion_2",
        "DROP TABLE deletion_item_2",
        _DOWNLOADS_BY_ARTIFACT,
    ),
)
"""The statements for each ``PRAGMA user_version``. Never change a released step: add one, and a file to the tests."""
VERSION: Final = len(MIGRATIONS)
