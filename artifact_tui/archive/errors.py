"""Errors of archives, and their limits.

Errors::

    ArchiveRefused      the archive breaks a rule; nothing is written
      ArchiveDamaged    the bytes are not a valid zip
      ArchiveOverLimit  the archive seems valid, but unpacks to more bytes than allowed
"""

from __future__ import annotations

import sys
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from artifact_tui.config.settings import UNPACK_LIMIT
from artifact_tui.errors import UserError
from artifact_tui.text import printable, size


class ArchiveRefused(UserError):
    """The archive is not unpacked; ``reason`` is a clause, ``entry`` the raw name of the entry or empty."""

    def __init__(self, reason: str, entry: str = "") -> None:
        super().__init__(f"'{printable(entry, 80)}' {reason}" if entry else f"it {reason}")
        self.reason = reason
        self.entry = entry


class ArchiveDamaged(ArchiveRefused):
    """The bytes are not a valid zip: truncated, changed, or contradictory."""


class ArchiveOverLimit(ArchiveRefused):
    """The archive declares more bytes than the limit; only the user may allow that."""

    def __init__(self, needed: int, limit: int) -> None:
        super().__init__(f"unpacks to {size(needed)}, more than the limit of {size(limit)}")
        self.needed = needed
        self.limit = limit


class Limits(Struct, frozen=True, kw_only=True):
    """The limits of one archive, none of them on the ratio, because valid logs compress better than 200 to 1."""

    bytes: int = UNPACK_LIMIT
    entries: int = 100_000  # files and directories, named or implied
    depth: int = 64

    def any_size(self) -> Limits:
        """Return the same limits without the one of bytes, for when the user allows that."""
        return replace(self, bytes=sys.maxsize)


DEFAULT_LIMITS: Final = Limits()
