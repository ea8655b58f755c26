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

MIGRATIONS: Final = (
    (_DOWNLOADS, _DELETIONS, _DELETION_ITEMS),
    # Programs of version 1 made the tables one by one, so a killed one may have left some out.
    (_DOWNLOADS, _DELETIONS, _DELETION_ITEMS, _DOWNLOADS_BY_ARTIFACT),
)
"""The statements for each ``PRAGMA user_version``. Never change a released step: add one, and a file to the tests."""
VERSION: Final = len(MIGRATIONS)
