"""What was downloaded, from where, and how it looked then: a small JSON beside the files.

The receipt of a file or directory NAME is ``NAME.artifact.json`` in the same directory.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta, Struct

from artifact_tui.archive.unpack import UnpackedTree
from artifact_tui.domain.models import Moment
from artifact_tui.transfers.models import DownloadOrder

FORMAT = 1
"""Raised by one when a reader of before would misunderstand what is written."""

ByteCount = Annotated[int, Meta(ge=0)]


class Proof(Struct, frozen=True):
    """What was received: its bytes, their sha256 in lower-case hex, and whether GitHub's digest is the same."""

    size: ByteCount
    sha256: str
    verified: bool


class FileRecord(Struct, frozen=True, gc=False):
    """One file: ``path`` with ``/`` from the receipt's directory on, ``sha256`` in lower-case hex."""

    path: str
    size: ByteCount
    sha256: Annotated[str, Meta(pattern=r"\A[0-9a-f]{64}\Z")]
    executable: bool = False


class Receipt(Struct, frozen=True, kw_only=True):
    """An artifact as it was downloaded.

    ``target`` is the name of the file or directory; ``size`` in bytes and ``digest`` are of what GitHub keeps, so of
    the archive where ``kind`` is "directory". ``inside`` is set where only some files of the artifact were fetched:
    the path of the one file or folder, or ``/``; their checksums within the zip were right then. ``verified`` tells
    that the digest was compared and is right. ``empty_directories`` are those that hold no file, also not further
    down. Names are exactly what the server sent.
    """

    format: int = FORMAT
    host: str
    repository: str
    run_id: int | None
    run_attempt: int | None
    commit: str | None
    artifact_id: int
    name: str
    digest: str | None
    size: ByteCount
    verified: bool
    downloaded_at: Moment
    target: str
    kind: Literal["file", "directory"]
    empty_directories: tuple[str, ...] = ()
    inside: str = ""
    files: tuple[FileRecord, ...]


def make_receipt(
    order: DownloadOrder, host: str, proof: Proof, place: Path, now: datetime, tree: UnpackedTree | None = None
) -> Receipt:
    """Return the receipt of ``place``, with the sizes and sums that were written there; may raise OSError."""
    artifact = order.artifact
    files = (_own_record(place, proof),) if tree is None else _records(place.name, tree, order.inside)
    is_file = tree is None or (len(files) == 1 and files[0].path == place.name)
    return Receipt(
        host=host,
        repository=str(order.repository),
        run_id=artifact.run_id,
        run_attempt=order.attempt,
        commit=artifact.workflow_run.head_sha if artifact.workflow_run else None,
        artifact_id=artifact.id,
        name=artifact.name,
        digest=artifact.digest,
        size=artifact.size_in_bytes if order.inside else proof.size,
        inside=order.inside,
        verified=proof.verified,
        downloaded_at=now.astimezone(UTC),
        target=place.name,
        kind="file" if is_file else "directory",
        empty_directories=() if tree is None or is_file else _empty_directories(files, place.name, tree, order.inside),
        files=files,
    )


def _own_record(place: Path, proof: Proof) -> FileRecord:
    return FileRecord(place.name, proof.size, proof.sha256, bool(place.lstat().st_mode & 0o111))


def _records(target: str, tree: UnpackedTree, inside: str) -> tuple[FileRecord, ...]:
    return tuple(
        FileRecord(target + _below(file.path, inside), file.size, file.sha256, file.executable) for file in tree.files
    )


def _below(path: str, inside: str) -> str:
    """Return what of a path is below the file or folder that was placed: nothing for that file itself."""
    return path[len(inside) :] if inside.strip("/") else f"/{path}"


def _empty_directories(files: tuple[FileRecord, ...], target: str, tree: UnpackedTree, inside: str) -> tuple[str, ...]:
    paths = ("/".join(directory.path) for directory in tree.directories)
    directories = {target + _below(path, inside) for path in paths if path.startswith(inside.strip("/"))} - {target}
    return tuple(sorted(directories - ancestors(file.path for file in files)))


def ancestors(paths: Iterable[str]) -> set[str]:
    """Every directory above the paths."""
    found: set[str] = set()
    for path in paths:
        above = path.rpartition("/")[0]
        while above and above not in found:
            found.add(above)
            above = above.rpartition("/")[0]
    return found
