"""Checks of entry names: names that are invalid for files, and names that some file systems cannot tell apart."""

from __future__ import annotations

import re
import stat
import unicodedata
from hashlib import blake2b

from artifact_tui.archive.errors import ArchiveRefused
from artifact_tui.archive.zip_directory import Entry

ROOT_KEY = bytes(16)
_LONGEST_NAME, _LONGEST_PATH = 255, 2048
_DRIVE = re.compile(r"[A-Za-z]:")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")

PathParts = tuple[str, ...]


def safe_path(name: str, depth: int) -> PathParts:
    """Return the parts of an entry's path without ``.``; raise :class:`ArchiveRefused`.

    Refused are absolute paths, ``..``, backslashes, control characters, empty or long names, and more than ``depth``
    parts.
    """
    if name.startswith("/") or _DRIVE.match(name):
        raise ArchiveRefused("has an absolute path", name)
    if "\\" in name or _CONTROL.search(name):
        raise ArchiveRefused("has a name with an invalid character", name)
    parts = name.removesuffix("/").split("/")
    path = tuple(part for part in parts if part != ".")
    if ".." in path:
        raise ArchiveRefused("points outside the directory", name)
    if "" in path or not (path or name.endswith("/")):
        raise ArchiveRefused("has an empty name", name)
    if len(path) > depth:
        raise ArchiveRefused(f"is nested more than {depth} directories deep", name)
    if len(_encoded(name)) > _LONGEST_PATH or any(len(_encoded(part)) > _LONGEST_NAME for part in path):
        raise ArchiveRefused("has a name that is too long", name)
    return path


def check_type(entry: Entry) -> None:
    """Refuse links and directories with bytes; other types count as their name says, as for ``zip x.zip -``."""
    if stat.S_ISLNK(entry.mode):
        raise ArchiveRefused("is a link", entry.name)
    if entry.is_directory and entry.size:
        raise ArchiveRefused("is a directory that holds bytes", entry.name)


def name_key(parent: bytes, name: str) -> bytes:
    """Return a short key for a name in a directory; names that a file system may not tell apart share it."""
    folded = unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())
    return blake2b(parent + _encoded(folded), digest_size=len(ROOT_KEY)).digest()


def _encoded(name: str) -> bytes:
    return name.encode(errors="surrogateescape")  # names in a tar need not be UTF-8
