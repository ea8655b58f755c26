"""A directory of blobs and the artifacts that an API lists for them, shared by several processes."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct, to_builtins

from artifact_tui.domain.models import Artifact, Repository, RepositoryName, RunOfArtifact, WorkflowRun

PLACE = RepositoryName("bench", "loopback")
RUN = 7
_MADE = datetime(2026, 1, 1, tzinfo=UTC)
_BLOCK = 1024 * 1024


class Blob(Struct, frozen=True):
    """An artifact and the name of the file that holds its bytes; several may share one."""

    artifact: Artifact
    file: str


class Shelf:
    """Blobs by the ids of their artifacts."""

    def __init__(self, directory: Path, blobs: Iterable[Blob] = ()) -> None:
        self.directory = directory
        self._blobs = {blob.artifact.id: blob for blob in blobs}

    @classmethod
    def open(cls, directory: Path) -> Shelf:
        """What another process has saved there."""
        return cls(directory, msgspec.json.decode((directory / "shelf.json").read_bytes(), type=list[Blob]))

    def save(self) -> None:
        """For other processes to open."""
        (self.directory / "shelf.json").write_bytes(msgspec.json.encode(list(self._blobs.values())))

    @property
    def artifacts(self) -> tuple[Artifact, ...]:
        """All, in the order they were put there."""
        return tuple(blob.artifact for blob in self._blobs.values())

    def artifact(self, number: int) -> Artifact:
        """One by its id."""
        return self._blobs[number].artifact

    def blob(self, number: int) -> Path:
        """The file with an artifact's bytes."""
        return self.directory / self._blobs[number].file

    def put_noise(self, name: str, size: int, count: int = 1, seed: int = 1) -> tuple[Artifact, ...]:
        """Bytes that nothing can compress; with ``count`` so many artifacts of the same bytes."""
        draw = random.Random(seed)
        with (self.directory / name).open("wb") as target:
            for length in _blocks(size):
                target.write(draw.randbytes(length))
        return self._list(name, count)

    def put_zeros(self, name: str, size: int, count: int = 1) -> tuple[Artifact, ...]:
        """A sparse file: it takes no room on this side."""
        with (self.directory / name).open("wb") as target:
            target.truncate(size)
        return self._list(name, count)

    def put(self, name: str, data: bytes) -> Artifact:
        """These bytes."""
        (self.directory / name).write_bytes(data)
        return self._list(name, 1)[0]

    def _list(self, file: str, count: int) -> tuple[Artifact, ...]:
        with (self.directory / file).open("rb") as source:
            digest = hashlib.file_digest(source, "sha256").hexdigest()
        first = len(self._blobs) + 1
        made = tuple(
            Artifact(
                id=first + number,
                name=f"{file}-{number:04}",
                size_in_bytes=(self.directory / file).stat().st_size,
                digest=f"sha256:{digest}",
                created_at=_MADE,
                updated_at=_MADE,
                expires_at=datetime(2099, 1, 1, tzinfo=UTC),
                workflow_run=RunOfArtifact(id=RUN, repository_id=1, head_branch="main", head_sha="0" * 40),
            )
            for number in range(count)
        )
        self._blobs.update((each.id, Blob(each, file)) for each in made)
        return made

    def document(self, path: str) -> dict[str, Any] | None:
        """What the API says at a path, None for what is not there; one page holds everything."""
        base = f"/repos/{PLACE}"
        run = WorkflowRun(id=RUN, name="build", status="completed", conclusion="success", created_at=_MADE)
        if path in {f"{base}/actions/artifacts", f"{base}/actions/runs/{RUN}/artifacts"}:
            return {"total_count": len(self._blobs), "artifacts": to_builtins(list(self.artifacts))}
        if path == f"{base}/actions/runs":
            return {"total_count": 1, "workflow_runs": [to_builtins(run)]}
        found: Struct | None = {
            base: Repository(id=1, full_name=str(PLACE)),
            f"{base}/actions/runs/{RUN}": run,
        }.get(path)
        start, _, number = path.rpartition("/")
        if start == f"{base}/actions/artifacts" and number.isdecimal() and int(number) in self._blobs:
            found = self.artifact(int(number))
        return to_builtins(found) if found else None


def _blocks(size: int) -> Iterator[int]:
    yield from (min(_BLOCK, size - offset) for offset in range(0, size, _BLOCK))
