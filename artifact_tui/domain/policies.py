"""Policies that choose artifacts to be looked at for deletion; each is a value and a pure function.

A policy only names ids. What becomes of them (marks, a review, a question) is decided elsewhere.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from msgspec import Struct

from artifact_tui.domain.artifact_filter import is_expired
from artifact_tui.domain.models import Artifact


class Expired(Struct, frozen=True):
    """What cannot be downloaded any more: the server says so, or the time is over."""

    def choose(self, artifacts: Iterable[Artifact], now: datetime) -> frozenset[int]:
        """Return the ids of those it names."""
        return frozenset(artifact.id for artifact in artifacts if is_expired(artifact, now))


class OlderThan(Struct, frozen=True):
    """What was made longer ago than this; never what has no known time."""

    age: timedelta

    def choose(self, artifacts: Iterable[Artifact], now: datetime) -> frozenset[int]:
        """Return the ids of those it names."""
        return frozenset(
            artifact.id
            for artifact in artifacts
            if artifact.created_at is not None and now - artifact.created_at > self.age
        )


class BiggerThan(Struct, frozen=True):
    """What has more bytes than this, by the size that is listed."""

    bytes: int

    def choose(self, artifacts: Iterable[Artifact], now: datetime) -> frozenset[int]:
        """Return the ids of those it names."""
        return frozenset(artifact.id for artifact in artifacts if artifact.size_in_bytes > self.bytes)


class KeepNewest(Struct, frozen=True):
    """All but the newest ``count`` of each name, or of each name and branch.

    Only what can still be downloaded is counted and named: an expired newer one must not cost the last usable older
    one, and frees nothing itself. What has no known time is neither counted nor named. Of two made in the same second
    the one with the higher id is newer.
    """

    count: int
    by_branch: bool = False

    def choose(self, artifacts: Iterable[Artifact], now: datetime) -> frozenset[int]:
        """Return the ids of those it names."""
        series: dict[tuple[str, str | None], list[tuple[datetime, int]]] = defaultdict(list)
        for artifact in artifacts:
            if artifact.created_at is not None and not is_expired(artifact, now):
                branch = artifact.branch if self.by_branch else None
                series[artifact.name, branch].append((artifact.created_at, artifact.id))
        return frozenset(
            number for made in series.values() for _, number in sorted(made, reverse=True)[max(0, self.count) :]
        )


Policy = Expired | OlderThan | BiggerThan | KeepNewest
