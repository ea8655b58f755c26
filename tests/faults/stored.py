"""Artifacts of the misbehaving site: their bytes, how they are answered for, and what was asked."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from artifact_tui.domain.artifact_record import ArtifactRecord, record_of
from artifact_tui.domain.models import Artifact
from tests.faults.replies import HONEST, Reply


class Zeros:
    """So many zero bytes, which take no memory."""

    def __init__(self, length: int) -> None:
        self._length = length

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, span: slice) -> Zeros:
        return Zeros(len(range(*span.indices(self._length))))

    def __bytes__(self) -> bytes:
        return bytes(self._length)


Data = bytes | Zeros


@dataclass
class Asked:
    """A request to the storage: its range (None for the whole), its address's signature, the ETag it named."""

    range: tuple[int, int | None] | None
    address: str
    condition: str
    sent: int = 0
    """How many bytes of the body went out."""

    @property
    def start(self) -> int:
        return self.range[0] if self.range else 0


@dataclass
class Stored:
    """One artifact. The next requests for its address and for its bytes take a reply each, then it is ``..._always``.

    ``api_asked`` has the moment of each request for an address, in seconds.
    """

    artifact: Artifact
    data: Data
    etag: str = '"0x8DC"'
    kind: str = "application/zip"
    file_name: str = ""
    blob: deque[Reply] = field(default_factory=deque)
    api: deque[Reply] = field(default_factory=deque)
    blob_always: Reply = HONEST
    api_always: Reply = HONEST
    asked: list[Asked] = field(default_factory=list)
    api_asked: list[float] = field(default_factory=list)

    @property
    def record(self) -> ArtifactRecord:
        """The artifact as JSON can have it."""
        return record_of(self.artifact)

    @property
    def head(self) -> dict[str, str | None]:
        """The headers of an honest storage."""
        name = self.file_name or f"{self.artifact.name}.zip"
        disposition = f'attachment; filename="{name}"' if name.isascii() and name.isprintable() else None
        return {"Content-Type": self.kind, "ETag": self.etag, "Content-Disposition": disposition}

    @property
    def resent(self) -> int:
        """How many bytes went out that had gone out before."""
        return sum(asked.sent for asked in self.asked) - len(self.data)
