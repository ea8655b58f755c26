"""The storage of artifacts, added up by group; sizes are whole numbers of bytes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from msgspec import Struct

from artifact_tui.domain.artifact_filter import is_expired
from artifact_tui.domain.models import Artifact

NO_BRANCH, NO_RUN, NO_WORKFLOW = "(no branch)", "(no run)", "(run not looked up)"
"""The groups of artifacts without a branch, without a run, and of a run whose workflow is unknown."""


class Group(Struct, kw_only=True):
    """The sums of one group; expired artifacts are counted apart, because their data is removed by itself.

    ``newest`` and ``oldest`` are times of creation in seconds since the epoch.
    """

    key: str
    live_bytes: int = 0
    live_count: int = 0
    expired_bytes: int = 0
    expired_count: int = 0
    newest: float | None = None
    oldest: float | None = None

    def add(self, artifact: Artifact, *, expired: bool) -> None:
        """Add one artifact."""
        if expired:
            self.expired_bytes += artifact.size_in_bytes
            self.expired_count += 1
        else:
            self.live_bytes += artifact.size_in_bytes
            self.live_count += 1
        if artifact.created is not None:
            self.newest = max(artifact.created, artifact.created if self.newest is None else self.newest)
            self.oldest = min(artifact.created, artifact.created if self.oldest is None else self.oldest)

    def join(self, other: Group) -> None:
        """Add another group."""
        self.live_bytes += other.live_bytes
        self.live_count += other.live_count
        self.expired_bytes += other.expired_bytes
        self.expired_count += other.expired_count
        newest = [moment for moment in (self.newest, other.newest) if moment is not None]
        oldest = [moment for moment in (self.oldest, other.oldest) if moment is not None]
        self.newest, self.oldest = max(newest, default=None), min(oldest, default=None)

    @property
    def newest_at(self) -> datetime | None:
        """The time when the newest artifact was created."""
        return None if self.newest is None else datetime.fromtimestamp(self.newest, UTC)

    @property
    def oldest_at(self) -> datetime | None:
        """The time when the oldest artifact was created."""
        return None if self.oldest is None else datetime.fromtimestamp(self.oldest, UTC)


def grouped(artifacts: Iterable[Artifact], key: Callable[[Artifact], str], now: datetime) -> list[Group]:
    """Return the groups of all artifacts, the one with the most bytes first, equal ones by key."""
    groups: dict[str, Group] = {}
    for artifact in artifacts:
        name = key(artifact)
        if name not in groups:
            groups[name] = Group(key=name)
        groups[name].add(artifact, expired=is_expired(artifact, now))
    return sorted(groups.values(), key=lambda group: (-group.live_bytes, -group.expired_bytes, group.key))


def named_families(artifacts: Iterable[Artifact], family: Callable[[str], str]) -> dict[str, str]:
    """Return the key of each name: its family, or the name itself if no other name belongs to the family."""
    names: dict[str, set[str]] = defaultdict(set)
    for artifact in artifacts:
        names[family(artifact.name)].add(artifact.name)
    return {name: key if len(members) > 1 else name for key, members in names.items() for name in members}


def total(groups: Iterable[Group], key: str) -> Group:
    """Return the sum of groups under a key."""
    joined = Group(key=key)
    for group in groups:
        joined.join(group)
    return joined
