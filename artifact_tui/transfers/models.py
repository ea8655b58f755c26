"""Transfers as values: what is ordered, and what can be seen of it at one moment."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Final

from msgspec import Struct

from artifact_tui.domain.models import Artifact, RepositoryName
from artifact_tui.domain.provider import Archive, ArtifactStore


class Kind(StrEnum):
    """What is done to the artifact."""

    DOWNLOAD = "download"
    DELETE = "delete"


class State(StrEnum):
    """Where a transfer stands; the last three are final.

    ``paused`` waits for the person. ``parked`` waits for more than minutes and leaves its place to others meanwhile.
    """

    QUEUED = "queued"
    CONNECTING = "connecting"
    DOWNLOADING = "downloading"
    VERIFYING = "verifying"
    UNPACKING = "unpacking"
    DELETING = "deleting"
    WAITING = "waiting"
    PAUSED = "paused"
    PARKED = "parked"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class OnExisting(StrEnum):
    """What happens when something with the wanted name is there already; nothing is ever written through a link."""

    KEEP_BOTH = "keep both"
    SKIP = "skip"
    OVERWRITE = "overwrite"


FINISHED: Final = frozenset({State.DONE, State.FAILED, State.CANCELLED})
RESTING: Final = frozenset({State.QUEUED, State.PAUSED, State.PARKED})
_MOST_BEFORE_DONE: Final = 0.99


class DownloadOrder(Struct, frozen=True, kw_only=True):
    """One artifact to fetch into a directory, which is made when it is missing.

    ``attempt`` is the run attempt, where it is known; ``any_size`` lifts the limit of bytes for unpacking.
    """

    repository: RepositoryName
    artifact: Artifact
    directory: Path
    unpack: bool = True
    on_existing: OnExisting = OnExisting.KEEP_BOTH
    attempt: int | None = None
    any_size: bool = False

    @property
    def number(self) -> int:
        """The same for two orders of the same bytes."""
        return self.artifact.id

    @property
    def size(self) -> int:
        """Bytes to receive, as far as they are declared."""
        return self.artifact.size_in_bytes

    @property
    def digest(self) -> str | None:
        """What the received bytes are held against."""
        return self.artifact.digest

    @property
    def inside(self) -> str:
        """The path within the artifact, where it is not all of it that was ordered."""
        return ""

    @property
    def label(self) -> str:
        """What it is called on the disk, before it is made safe."""
        return self.artifact.name

    def narrow(self, archive: Archive) -> Archive:
        """Return what is ordered of an archive."""
        return archive

    def open(self, storage: ArtifactStore) -> Archive:
        """Open the ordered bytes; blocks, and raises :class:`~artifact_tui.domain.provider.ProviderError`."""
        return self.narrow(storage.open(self.repository, self.artifact))


class Transfer(Struct, frozen=True, kw_only=True):
    """One download or delete as it is at one moment.

    ``received`` and ``total`` in bytes, ``rate`` in bytes a second over the last seconds, ``seconds_left`` to the end
    or, while waiting, to the next try. ``verified`` is True when the digest matched, False when it did not, None when
    there is no digest or nothing was compared. ``problem`` and ``next_step`` are sentences: of a failure, of the last
    failed try while it goes on, or of what is less than was asked for when done. ``tries`` counts the connections that
    were begun. ``over_limit`` is set when it was kept as an archive because it unpacks to more than the limit.
    ``outcome`` is set for deletes only, ``inside`` for downloads of some files of the artifact.
    """

    id: int
    kind: Kind
    repository: RepositoryName
    artifact: Artifact
    state: State = State.QUEUED
    received: int = 0
    total: int | None = None
    rate: float = 0.0
    seconds_left: float | None = None
    path: Path | None = None
    verified: bool | None = None
    problem: str = ""
    next_step: str = ""
    tries: int = 0
    over_limit: bool = False
    outcome: Outcome | None = None
    inside: str = ""

    @property
    def title(self) -> str:
        """The artifact's name, after what of it is fetched, where that is not all."""
        if not self.inside:
            return self.artifact.name
        return f"{'files' if self.inside == '/' else self.inside} of {self.artifact.name}"

    @property
    def fraction(self) -> float | None:
        """How much is there, 0 to 1; None when the size is not known, and 1 only once all is proven and placed."""
        if self.state is State.DONE:
            return 1.0
        if not self.total:
            return None
        return min(self.received / self.total, _MOST_BEFORE_DONE)

    @property
    def finished(self) -> bool:
        """Nothing more happens, unless it is retried."""
        return self.state in FINISHED

    @property
    def active(self) -> bool:
        """Under way: neither finished nor resting."""
        return not self.finished and self.state not in RESTING


class Unfinished(Struct, frozen=True, kw_only=True):
    """A download that an earlier program did not finish; ``received`` of ``total`` bytes are on the disk."""

    id: int
    order: DownloadOrder
    received: int = 0
    total: int | None = None


class Totals(Struct, frozen=True, kw_only=True):
    """All transfers together.

    Bytes and times are those of the downloads that are under way or start by themselves: what has ended or is paused
    says nothing about how long the rest takes. ``queued`` counts those that start by themselves, parked ones with them.
    """

    received: int = 0
    total: int | None = 0
    rate: float = 0.0
    seconds_left: float | None = None
    queued: int = 0
    active: int = 0
    paused: int = 0
    done: int = 0
    failed: int = 0
    cancelled: int = 0

    @classmethod
    def of(cls, transfers: tuple[Transfer, ...]) -> Totals:
        """Add up; ``total`` is None as long as one of the sizes is not known."""
        downloads = [
            each
            for each in transfers
            if each.kind is Kind.DOWNLOAD and not each.finished and each.state is not State.PAUSED
        ]
        sizes = [each.total for each in downloads]
        total = None if None in sizes else sum(each or 0 for each in sizes)
        received = sum(each.received for each in downloads)
        rate = sum(each.rate for each in downloads)
        return cls(
            received=received,
            total=total,
            rate=rate,
            seconds_left=(total - received) / rate if total is not None and rate else None,
            queued=sum(each.state in (State.QUEUED, State.PARKED) for each in transfers),
            active=sum(each.active for each in transfers),
            paused=sum(each.state is State.PAUSED for each in transfers),
            done=sum(each.state is State.DONE for each in transfers),
            failed=sum(each.state is State.FAILED for each in transfers),
            cancelled=sum(each.state is State.CANCELLED for each in transfers),
        )


class Outcome(StrEnum):
    """How the deletion of one artifact of a plan ended; the five counts add up to the plan."""

    DELETED = "deleted"
    ALREADY_GONE = "already gone"
    SKIPPED = "skipped"
    FAILED = "failed"
    NOT_TRIED = "not tried"
