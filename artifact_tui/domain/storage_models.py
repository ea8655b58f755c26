"""What GitHub reports about the storage of a repository: its retention and its caches.

As in :mod:`artifact_tui.domain.models`, field names are the API's, and strings are untrusted.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from artifact_tui.domain.models import Moment, Whole

Days = Annotated[int, Meta(ge=1, le=100_000)]
"""A number of days that a date can be moved by."""


class Retention(Struct, frozen=True, kw_only=True):
    """How long new artifacts and logs of a repository are kept, in days, and the most that its owner allows."""

    days: Days
    maximum_allowed_days: Days


class Cache(Struct, frozen=True, kw_only=True):
    """A cache of workflow steps; ``ref`` is a full ref, such as ``refs/heads/main`` or ``refs/pull/7/merge``."""

    id: Whole
    key: str = ""
    ref: str = ""
    version: str = ""
    size_in_bytes: Whole = 0
    created_at: Moment | None = None
    last_accessed_at: Moment | None = None


class CacheUsage(Struct, frozen=True, kw_only=True):
    """The caches of a repository, up to 5 minutes old; ``full_name`` is ``OWNER/NAME``."""

    full_name: str
    active_caches_size_in_bytes: Whole = 0
    active_caches_count: Whole = 0

    @property
    def id(self) -> str:
        """The name of the repository, because a list holds each once."""
        return self.full_name
