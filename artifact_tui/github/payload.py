"""Whether an artifact's bytes are a zip or one plain file, by what the storage says of them.

The rule is the one of GitHub's own toolkit (``@actions/artifact``): a zip by its content type or by an address that
ends in ``.zip``; everything else is a file that was uploaded as it was (``archive: false``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import unquote_to_bytes, urlsplit

_ZIP_TYPES = {"application/zip", "application/x-zip-compressed", "application/zip-compressed", "zip"}


def raw_file_name(headers: Mapping[str, str], address: str, artifact_name: str) -> str:
    """The name of the plain file that comes, empty for a zip; attacker-controlled, without directories."""
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if not kind or kind in _ZIP_TYPES or urlsplit(address).path.endswith(".zip"):
        return ""
    return _last_part(_disposed_name(headers.get("content-disposition", ""))) or _last_part(artifact_name) or "artifact"


def _disposed_name(disposition: str) -> str:
    """The file name in a Content-Disposition (RFC 6266); ``filename*`` (RFC 8187) goes first."""
    extended = re.search(r";\s*filename\*\s*=\s*([A-Za-z0-9-]+)'[^']*'([^;\s]+)", disposition, re.IGNORECASE)
    if extended and extended[1].lower() in {"utf-8", "iso-8859-1"}:
        return unquote_to_bytes(extended[2]).decode(extended[1], "replace")
    quoted = re.search(r';\s*filename\s*=\s*"((?:[^"\\]|\\.)*)"', disposition, re.IGNORECASE)
    if quoted:
        return re.sub(r"\\(.)", r"\1", quoted[1])
    plain = re.search(r";\s*filename\s*=\s*([^;\s]+)", disposition, re.IGNORECASE)
    return plain[1] if plain else ""


def _last_part(name: str) -> str:
    last = re.split(r"[/\\]", name)[-1]
    return "" if last in {".", ".."} else last
