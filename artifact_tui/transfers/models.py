"""Values of transfers: orders, and snapshots of their progress."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Final

from msgspec import Struct

from artifact_tui.domain.models import Artifact, RepositoryName
from artifact_tui.domain.provider import Archive, ArtifactStore
from artifact_tui.errors import UserError


class Kind(StrEnum):
    """What a transfer does to the artifact."""

    DOWNLOAD = "download"
    DELETE = "delete"


class State(StrEnum):
    """The state of a transfer, the last three final; ``paused`` waits for the user, ``parked`` frees its slot."""

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
    """What to do if the name exists; nothing is ever written through a link."""

    KEEP_BOTH = "keep both"
    SKIP = "skip"
    OVERWRITE = "overwrite"
    FAIL = "fail"


CHOICES_FOR_EXISTING: Final = (OnExisting.KEEP_BOTH, OnExisting.SKIP, OnExisting.OVERWRITE)
"""The choices of the screen; commands also have FAIL."""
FINISHED: Final = frozenset({State.DONE, State.FAILED, State.CANCELLED})
RESTING: Final = frozenset({State.QUEUED, State.PAUSED, State.PARKED})
_MOST_BEFORE_DONE: Final = 0.99


class DownloadOrder(Struct, frozen=True, kw_only=True):
    """An order for one artifact into a directory; ``attempt`` is the run's, ``any_size`` lifts the limit of bytes."""

    repository: RepositoryName
    artifact: Artifact
    directory: Path
    unpack: bool = True
    on_existing: OnExisting = OnExisting.KEEP_BOTH
    attempt: int | None = None
    any_size: bool = False

    @property
    def number(self) -> int:
        """The same number for two orders of the same bytes."""
        return self.artifact.id

    @property
    def size(self) -> int:
        """The declared number of bytes to receive."""
        return self.artifact.size_in_bytes

    @property
    def digest(self) -> str | None:
        """The expected digest of the received bytes."""
        return self.artifact.digest

    @property
    def inside(self) -> str:
        """The path within the artifact, or an empty string for all of it."""
        return ""

    @property
    def label(self) -> str:
        """The name on disk, before it is made safe."""
        return self.artifact.name

    def narrow(self, archive: Archive) -> Archive:
        """Return the part of an archive that was ordered."""
        return archive

    def open(self, storage: ArtifactStore) -> Archive:
        """Open the ordered bytes; blocks, and raises :class:`~artifact_tui.domain.provider.ProviderError`."""
        return self.narrow(storage.open(self.repository, self.artifact))


class Transfer(Struct, frozen=True, kw_only=True):
    """A snapshot of one download or delete."""

    id: int
    kind: Kind
    repository: RepositoryName
    artifact: Artifact
    state: State = State.QUEUED
    received: int = 0  # bytes
    resumed: int = 0  # those of them that an earlier program received
    total: int | None = None
    rate: float = 0.0  # bytes a second over the last seconds
    seconds_left: float | None = None  # to the end or, while waiting, to the next attempt
    path: Path | None = None
    verified: bool | None = None  # whether the digest matched; None if nothing was compared
    problem: str = ""  # a failure, the last failed attempt, or what differs from the order
    next_step: str = ""
    error: UserError | None = None  # the cause of a failure or of a skipped download; None for a bug
    tries: int = 0  # connections, one after another
    interrupted: int = 0  # those of them that the user ended
    over_limit: bool = False  # the archive was kept because it unpacks to more than the limit
    outcome: Outcome | None = None  # of a delete
    inside: str = ""  # the path of the part, if only some files of the artifact are downloaded
    kept: bool = False  # cancelled, but its part file stays for later
    batch: int = 0  # the same for all downloads that were ordered while another one of them was pending

    @property
    def title(self) -> str:
        """The artifact's name, after the path of the ordered part."""
        if not self.inside:
            return self.artifact.name
        return f"{'files' if self.inside == '/' else self.inside} of {self.artifact.name}"

    @property
    def attempts(self) -> int:
        """The number of attempts: those that failed and the current one, but none that the user ended."""
        return self.tries - self.interrupted

    @property
    def fraction(self) -> float | None:
        """The received part, 0 to 1; None if the size is unknown, and 1 only after the final rename."""
        if self.state is State.DONE:
            return 1.0
        if not self.total:
            return None
        return min(self.received / self.total, _MOST_BEFORE_DONE)

    @property
    def finished(self) -> bool:
        """Whether nothing more happens without a retry."""
        return self.state in FINISHED

    @property
    def active(self) -> bool:
        """Whether it runs: neither finished, queued, paused nor parked."""
        return not self.finished and self.state not in RESTING

    @property
    def pending(self) -> bool:
        """Whether it runs or will start by itself: neither finished nor paused."""
        return not self.finished and self.state is not State.PAUSED


class Unfinished(Struct, frozen=True, kw_only=True):
    """An unfinished or kept download that nothing works on; ``received`` of ``total`` bytes are on the disk."""

    id: int
    order: DownloadOrder
    received: int = 0
    total: int | None = None

    @property
    def length(self) -> int:
        """The bytes of the whole download, by the listed size while the length is unknown."""
        return self.order.artifact.size_in_bytes if self.total is None else self.total

    @property
    def missing(self) -> int:
        """The bytes that are still to be received."""
        return max(0, self.length - self.received)


class Totals(Struct, frozen=True, kw_only=True):
    """The sums of all transfers; bytes are counted in the batches with pending downloads.

    A finished or paused download counts with the bytes it has received, so the sums do not shrink when one ends.
    """

    received: int = 0
    total: int | None = 0
    rate: float = 0.0
    seconds_left: float | None = None
    queued: int = 0  # includes parked ones
    active: int = 0
    paused: int = 0
    done: int = 0
    failed: int = 0
    cancelled: int = 0  # includes kept ones
    kept: int = 0
    ended: int = 0  # finished downloads whose bytes are in the sums

    @classmethod
    def of(cls, transfers: tuple[Transfer, ...]) -> Totals:
        """Add up the transfers; ``total`` is None if a size is unknown."""
        downloads = [each for each in transfers if each.kind is Kind.DOWNLOAD]
        batches = {each.batch for each in downloads if each.pending}
        counted = [each for each in downloads if each.batch in batches]
        states = [each.state for each in transfers]
        sizes = [each.total if each.pending else each.received for each in counted]
        total = None if None in sizes else sum(each or 0 for each in sizes)
        received = sum(each.received for each in counted)
        rate = sum(each.rate for each in counted)
        return cls(
            received=received,
            total=total,
            rate=rate,
            seconds_left=(total - received) / rate if total is not None and rate else None,
            queued=states.count(State.QUEUED) + states.count(State.PARKED),
            active=sum(each.active for each in transfers),
            paused=states.count(State.PAUSED),
            done=states.count(State.DONE),
            failed=states.count(State.FAILED),
            cancelled=states.count(State.CANCELLED),
            kept=sum(each.kept for each in downloads),
            ended=sum(each.finished for each in counted),
        )


class Outcome(StrEnum):
    """How the deletion of one artifact of a plan ended; the five counts add up to the plan."""

    DELETED = "deleted"
    ALREADY_GONE = "already gone"
    SKIPPED = "skipped"
    FAILED = "failed"
    NOT_TRIED = "not tried"
