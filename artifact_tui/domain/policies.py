"""Policies that mark artifacts for a deletion review; each is a value with a pure function."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from msgspec import Struct

from artifact_tui.domain.artifact_filter import is_expired
from artifact_tui.domain.models import Artifact


class _EachArtifact(Struct, frozen=True):
    def choose(self, artifacts: Iterable[Artifact], now: datetime) -> frozenset[int]:
        """Return the ids of the matching artifacts."""
        return frozenset(artifact.id for artifact in artifacts if self._matches(artifact, now))

    def _matches(self, artifact: Artifact, now: datetime) -> bool:
        raise NotImplementedError


class Expired(_EachArtifact, frozen=True):
    """Artifacts that cannot be downloaded anymore."""

    def _matches(self, artifact: Artifact, now: datetime) -> bool:
        return is_expired(artifact, now)


class OlderThan(_EachArtifact, frozen=True):
    """Artifacts older than ``age``; an unknown age never matches."""

    age: timedelta

    def _matches(self, artifact: Artifact, now: datetime) -> bool:
        return artifact.created_at is not None and now - artifact.created_at > self.age


class BiggerThan(_EachArtifact, frozen=True):
    """Artifacts with more than ``bytes``, by the listed size."""

    bytes: int

    def _matches(self, artifact: Artifact, now: datetime) -> bool:
        return artifact.size_in_bytes > self.bytes


class KeepNewest(Struct, frozen=True):
    """All but the newest ``count`` of each name, or of each name and branch.

    Only artifacts that can still be downloaded count and match: an expired newer one must not cost the last usable one.
    Those of forks count apart, so they never take the place of the repository's own. Artifacts of unknown age neither
    count nor match. Of two from the same second, the one with the higher id is newer.
    """

    count: int
    by_branch: bool = False

    def choose(self, artifacts: Iterable[Artifact], now: datetime) -> frozenset[int]:
        """Return the ids of the matching artifacts."""
        series: dict[tuple[str, str | None, bool], list[tuple[datetime, int]]] = defaultdict(list)
        for artifact in artifacts:
            if artifact.created_at is not None and not is_expired(artifact, now):
                branch = artifact.branch if self.by_branch else None
                series[artifact.name, branch, artifact.from_fork].append((artifact.created_at, artifact.id))
        return frozenset(
            number for made in series.values() for _, number in sorted(made, reverse=True)[max(0, self.count) :]
        )


Policy = Expired | OlderThan | BiggerThan | KeepNewest
