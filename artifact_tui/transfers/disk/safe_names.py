"""Names of strangers as the name of one file or directory on any disk."""

from __future__ import annotations

import re
import unicodedata

from artifact_tui.domain.models import Artifact

LONGEST = 200
"""In bytes; leaves room for `` (2).zip.part`` within the 255 of every file system."""

RECEIPT_ENDING = ".artifact.json"
"""Of the receipt beside a download; no artifact's own file may look like one."""
IS_RECEIPT = re.compile(r"\.artifact(?: \(\d+\))?\.json\Z", re.IGNORECASE)

_SEPARATING = set('/\\<>:"|?*')
_INVISIBLE = {"Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp"}
_RESERVED_ON_WINDOWS = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)", re.IGNORECASE)
_SUFFIX = re.compile(r"(?<=.)\.[A-Za-z0-9]{1,12}$")


def file_name(artifact: Artifact) -> str:
    """Return the artifact's name as one safe path component of at most 200 bytes.

    A name that had to be changed ends in the artifact's id, so that two different names never become one.
    """
    return _safe(artifact.name, f"-{artifact.id}", "")


def raw_file_name(name: str, artifact: Artifact) -> str:
    """Return the own name of an artifact that is a plain file, made safe; its suffix stays at the end."""
    suffix = _SUFFIX.search(name)
    ending = suffix[0] if suffix else ""
    return _safe(name, f"-{artifact.id}", ending)


def _safe(name: str, mark: str, ending: str) -> str:
    safe = "".join(map(_plain, name)).strip(" ").rstrip(". ")
    if _RESERVED_ON_WINDOWS.match(safe):
        safe = "_" + safe
    if safe and safe == name and not IS_RECEIPT.search(safe) and len(safe.encode()) <= LONGEST:
        return safe
    stem = safe.removesuffix(ending).strip(" .") or "artifact"
    room = LONGEST - len(mark) - len(ending)
    return stem.encode()[:room].decode(errors="ignore").rstrip(" .") + mark + ending


def _plain(character: str) -> str:
    hidden = character in _SEPARATING or unicodedata.category(character) in _INVISIBLE
    return "_" if hidden else character
