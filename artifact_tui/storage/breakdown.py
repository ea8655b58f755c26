"""Artifacts by group, with sums that grow page by page; every sum is a whole number of bytes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from datetime import datetime

from msgspec import field

from artifact_tui.domain.models import Artifact
from artifact_tui.storage.groupings import Grouping, GroupingContext
from artifact_tui.storage.growth import DAY, Growth, growth_of, keeps
from artifact_tui.storage.sums import Group

SOON = 7 * DAY
"""Seconds within which an artifact expires soon."""


class StoredGroup(Group, kw_only=True):
    """A group with its artifacts as of ``now``; ``soon_bytes`` of its live bytes expire by themselves within 7 days."""

    now: datetime
    value: Hashable = None
    artifacts: list[Artifact] = field(default_factory=list)
    soon_bytes: int = 0
    _growth: tuple[int, Growth, int | None] | None = None

    def extend(self, artifacts: Sequence[Artifact]) -> None:
        """Add artifacts, by passing over whole lists, which takes a tenth of the time of one by one."""
        moment = self.now.timestamp()
        live = [one for one in artifacts if not one.expired and (one.expires is None or one.expires > moment)]
        live_bytes = sum([one.size_in_bytes for one in live])
        self.live_bytes += live_bytes
        self.live_count += len(live)
        self.soon_bytes += sum([o.size_in_bytes for o in live if o.expires is not None and o.expires <= moment + SOON])
        if len(live) < len(artifacts):
            self.expired_bytes += sum([one.size_in_bytes for one in artifacts]) - live_bytes
            self.expired_count += len(artifacts) - len(live)
        created = [one.created for one in artifacts if one.created is not None]
        if created:
            self.newest = max(created) if self.newest is None else max(self.newest, *created)
            self.oldest = min(created) if self.oldest is None else min(self.oldest, *created)
        self.artifacts += artifacts

    def join(self, other: Group) -> None:
        """Add another group with its artifacts."""
        super().join(other)
        if isinstance(other, StoredGroup):
            self.soon_bytes += other.soon_bytes
            self.artifacts += other.artifacts

    @property
    def parts(self) -> tuple[int, int, int]:
        """The bytes that stay longer than 7 days, that expire within them, and that have expired."""
        return self.live_bytes - self.soon_bytes, self.soon_bytes, self.expired_bytes

    @property
    def growth(self) -> Growth:
        """The growth at the current retention."""
        return self._known()[1]

    @property
    def keeps(self) -> int | None:
        """The most frequent retention in days."""
        return self._known()[2]

    def _known(self) -> tuple[int, Growth, int | None]:
        known, size = self._growth, len(self.artifacts)
        if known is None or known[0] != size:
            self._growth = known = size, growth_of(self.artifacts, self.now), keeps(self.artifacts, self.now)
        return known


class Breakdown:
    """The groups of the artifacts that were added, as of one point in time."""

    def __init__(self, grouping: Grouping, context: GroupingContext) -> None:
        self.grouping = grouping
        self.context = context
        self.groups: dict[Hashable, StoredGroup] = {}
        self._key = grouping.key(context)

    def add(self, artifacts: Iterable[Artifact]) -> None:
        """Add artifacts to their groups."""
        key = self._key
        added: defaultdict[Hashable, list[Artifact]] = defaultdict(list)
        for artifact in artifacts:
            added[key(artifact)].append(artifact)
        for value, members in added.items():
            if value not in self.groups:
                self.groups[value] = StoredGroup(key=str(value), value=value, now=self.context.now)
            self.groups[value].extend(members)

    def total(self) -> StoredGroup:
        """Return the sum of all groups."""
        everything = StoredGroup(key="All", now=self.context.now)
        for group in self.groups.values():
            everything.join(group)
        return everything

    def label(self, group: StoredGroup) -> str:
        """Return the name of a group for people; it is untrusted text."""
        return self.grouping.label(group.value, group.artifacts, self.context)
