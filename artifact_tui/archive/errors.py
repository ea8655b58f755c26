"""Why an archive is not unpacked, and the limits it is measured against.

Errors::

    ArchiveRefused      it breaks a rule; nothing of it is written
      ArchiveDamaged    its bytes are not those of a whole zip
      ArchiveOverLimit  honest as far as can be seen, but it unpacks to more bytes than allowed
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
    """The archive is not unpacked; ``reason`` is a clause, ``entry`` the raw name it is about or empty."""

    def __init__(self, reason: str, entry: str = "") -> None:
        super().__init__(f"“{printable(entry, 80)}” {reason}" if entry else f"it {reason}")
        self.reason = reason
        self.entry = entry


class ArchiveDamaged(ArchiveRefused):
    """The bytes are not those of a whole zip: cut, changed, or contradicting themselves."""


class ArchiveOverLimit(ArchiveRefused):
    """The only refusal a person may overrule: the archive declares more bytes than the limit."""

    def __init__(self, needed: int, limit: int) -> None:
        super().__init__(f"unpacks to {size(needed)}, more than the limit of {size(limit)}")
        self.needed = needed
        self.limit = limit


class Limits(Struct, frozen=True, kw_only=True):
    """How much one archive may unpack to; ``entries`` counts files and directories, named or implied.

    A limit on the ratio is left out on purpose: honest logs pack better than 200 to 1.
    """

    bytes: int = UNPACK_LIMIT
    entries: int = 100_000
    depth: int = 64

    def any_size(self) -> Limits:
        """Any number of bytes, and all else as before: what a person may allow after :class:`ArchiveOverLimit`."""
        return replace(self, bytes=sys.maxsize)


DEFAULT_LIMITS: Final = Limits()
