"""Orders for some files of an artifact, which the engine handles like orders for artifacts."""

from __future__ import annotations

from hashlib import blake2b

from msgspec.structs import asdict

from artifact_tui.archive.in_memory import Find, HeldArchive
from artifact_tui.archive.selection import Selection
from artifact_tui.domain.provider import Archive, ArtifactStore
from artifact_tui.transfers.models import DownloadOrder


class SelectionOrder(DownloadOrder, frozen=True, kw_only=True):
    """An order for some files, each checked against its CRC-32, because the digest covers the whole artifact."""

    selection: Selection

    @classmethod
    def of(cls, order: DownloadOrder, selection: Selection) -> SelectionOrder:
        """Return the order for a part of the artifact."""
        return cls(**asdict(order), selection=selection)

    @property
    def number(self) -> int:
        """A number for the artifact and the selected bytes, in 62 bits, beyond all IDs of GitHub."""
        spans = repr((self.artifact.id, self.selection.spans, self.selection.root)).encode()
        return int.from_bytes(blake2b(spans, digest_size=8).digest(), "big") >> 2 | 1 << 61

    @property
    def size(self) -> int:
        """The size of the smaller zip."""
        return self.selection.size

    @property
    def digest(self) -> str | None:
        """Always None: GitHub reports no digest of a part."""
        return None

    @property
    def inside(self) -> str:
        """The selected path, or a slash for several."""
        return self.selection.root or "/"

    @property
    def label(self) -> str:
        """The name of the selected file or folder, or the artifact's."""
        return self.selection.root.rpartition("/")[2] or self.artifact.name

    def narrow(self, archive: Archive) -> Archive:
        """Return the smaller zip."""
        return self.selection.narrow(archive)


class HeldOrder(SelectionOrder, frozen=True, kw_only=True):
    """An order for one file that ``find`` may return from memory; the journal keeps it as a SelectionOrder."""

    find: Find

    @classmethod
    def of_held(cls, order: DownloadOrder, selection: Selection, find: Find) -> HeldOrder:
        """Return the order with the held bytes."""
        return cls(**asdict(order), selection=selection, find=find)

    def open(self, storage: ArtifactStore) -> Archive:
        """Open the smaller zip; only bytes that are no longer held are downloaded."""
        whole = HeldArchive(self.find, self.selection.etag, lambda: storage.open(self.repository, self.artifact))
        return self.narrow(whole)
