"""Some files of an artifact as an order: the engine fetches, resumes, proves and places them as it does artifacts."""

from __future__ import annotations

from hashlib import blake2b

from msgspec.structs import asdict

from artifact_tui.archive.in_memory import Find, HeldArchive
from artifact_tui.archive.selection import Selection
from artifact_tui.domain.provider import Archive, ArtifactStore
from artifact_tui.transfers.models import DownloadOrder


class SelectionOrder(DownloadOrder, frozen=True, kw_only=True):
    """The files of ``selection``: one file, one folder, or many, which then come in a directory of the artifact's name.

    GitHub's digest covers the whole artifact and proves nothing of a part, so each file is held against its own length
    and checksum.
    """

    selection: Selection

    @classmethod
    def of(cls, order: DownloadOrder, selection: Selection) -> SelectionOrder:
        """Return the same order for less."""
        return cls(**asdict(order), selection=selection)

    @property
    def number(self) -> int:
        """Of the artifact and all that is fetched of it; in 62 bits, which no id of GitHub's comes near to."""
        spans = repr((self.artifact.id, self.selection.spans, self.selection.root)).encode()
        return int.from_bytes(blake2b(spans, digest_size=8).digest(), "big") >> 2 | 1 << 61

    @property
    def size(self) -> int:
        """As :class:`DownloadOrder` has it."""
        return self.selection.size

    @property
    def digest(self) -> str | None:
        """There is none of a part."""
        return None

    @property
    def inside(self) -> str:
        """The chosen path, or a slash for a choice among all."""
        return self.selection.root or "/"

    @property
    def label(self) -> str:
        """The name of the chosen file or folder, or the artifact's."""
        return self.selection.root.rpartition("/")[2] or self.artifact.name

    def narrow(self, archive: Archive) -> Archive:
        """Return the smaller zip."""
        return self.selection.narrow(archive)


class HeldOrder(SelectionOrder, frozen=True, kw_only=True):
    """An order for one file that may be in memory; what ``find`` returns is not downloaded.

    The journal keeps it as a :class:`SelectionOrder`: after a restart the file is fetched.
    """

    find: Find

    @classmethod
    def of_held(cls, order: DownloadOrder, selection: Selection, find: Find) -> HeldOrder:
        """Return the order with the held bytes."""
        return cls(**asdict(order), selection=selection, find=find)

    def open(self, storage: ArtifactStore) -> Archive:
        """Open the smaller zip; only bytes that are no longer held are downloaded."""
        whole = HeldArchive(self.find, self.selection.etag, lambda: storage.open(self.repository, self.artifact))
        return self.narrow(whole)
