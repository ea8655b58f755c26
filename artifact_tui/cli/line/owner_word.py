"""The owner that the first word of a command means: ``OWNER``, ``HOST/OWNER``, or the URL of an owner's page."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from artifact_tui.errors import UsageError

TYPE_CHECKING = False  # importing it from typing would cost an error of the command line a tenth of its time
if TYPE_CHECKING:
    from argparse import Namespace

_OWNER = re.compile(r"(?!\d+$)[A-Za-z0-9][A-Za-z0-9_-]{0,99}")
"""A word of digits is the ID of an artifact."""


def take_owner(options: Namespace) -> bool:
    """Move an owner from the words to ``options.owner`` and ``owner_host``; return whether there is one.

    With ``--repo``, words mean artifacts. ``options.pasted_host`` becomes the host of a URL.
    """
    options.owner = options.owner_host = options.pasted_host = ""
    if options.repo or not options.words:
        return False
    word = options.words[0]
    host, owner = _read(word)
    if not owner:
        return False
    if host and options.host and options.host.rpartition("@")[2].lower() != host.lower():
        raise UsageError(f"{word} and --host name different hosts. Use one of them.")
    options.owner, options.owner_host = owner, host
    options.pasted_host = host if "://" in word else ""
    options.words = options.words[1:]
    return True


def _read(word: str) -> tuple[str, str]:
    """Return host and owner; an empty owner for another word."""
    if word.startswith(("https://", "http://")):
        parts = urlsplit(word)
        segments = parts.path.strip("/").split("/")
        owner = segments[1] if segments[0] == "orgs" and len(segments) > 1 else segments[0]
        is_page = len(segments) == 1 or segments[0] == "orgs"
        return (parts.netloc, owner) if is_page and _OWNER.fullmatch(owner) else ("", "")
    host, slash, owner = word.rpartition("/")
    is_host = not slash or (bool(re.search("[.:]", host)) and "/" not in host)
    return (host, owner) if is_host and _OWNER.fullmatch(owner) else ("", "")
