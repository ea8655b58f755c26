"""Untrusted names as names of files or directories that are valid on any disk."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path, PurePath

from artifact_tui.domain.models import Artifact

LONGEST = 200  # the most bytes; with `` (2).zip.part`` they fit into the 255 of every file system

RECEIPT_ENDING = ".artifact.json"  # the ending of receipts; no artifact's own file may have it
IS_RECEIPT = re.compile(r"\.artifact(?: \(\d+\))?\.json\Z", re.IGNORECASE)

_SEPARATING = set('/\\<>:"|?*')
_INVISIBLE = {"Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp"}
_RESERVED_ON_WINDOWS = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)", re.IGNORECASE)
_SUFFIX = re.compile(r"(?<=.)\.[A-Za-z0-9]{1,12}$")


def file_name(artifact: Artifact) -> str:
    """Return the artifact's name as a path component of at most 200 bytes, with its ID if the name had to change."""
    return _safe(artifact.name, artifact, "")


def raw_file_name(name: str, artifact: Artifact) -> str:
    """Return the name of a plain file made safe, with its suffix at the end."""
    suffix = _SUFFIX.search(name)
    return _safe(name, artifact, suffix[0] if suffix else "")


def split_name(source: Path, name: str) -> tuple[str, str]:
    """Return stem and suffix of ``name`` if ``source`` is a file; a directory's name has no suffix."""
    return (PurePath(name).stem, PurePath(name).suffix) if source.is_file() else (name, "")


def _safe(name: str, artifact: Artifact, ending: str) -> str:
    safe = "".join("_" if _is_hidden(character) else character for character in name).strip(" ").rstrip(". ")
    if _RESERVED_ON_WINDOWS.match(safe):
        safe = "_" + safe
    if safe and safe == name and not IS_RECEIPT.search(safe) and len(safe.encode()) <= LONGEST:
        return safe
    stem = safe.removesuffix(ending).strip(" .") or "artifact"
    mark = f"-{artifact.id}{ending}"
    return stem.encode()[: LONGEST - len(mark)].decode(errors="ignore").rstrip(" .") + mark


def _is_hidden(character: str) -> bool:
    return character in _SEPARATING or unicodedata.category(character) in _INVISIBLE
