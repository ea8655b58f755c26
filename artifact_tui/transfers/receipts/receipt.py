"""The receipt of a download: a small JSON file ``NAME.artifact.json`` beside the file or directory NAME."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta, Struct

from artifact_tui.archive.unpack import UnpackedTree
from artifact_tui.domain.models import Moment
from artifact_tui.transfers.models import DownloadOrder

FORMAT = 1  # increased when an earlier reader would misunderstand the file

ByteCount = Annotated[int, Meta(ge=0)]


class Proof(Struct, frozen=True):
    """The received bytes: size, SHA-256 in lower-case hex, and whether that is GitHub's digest."""

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

    ``target`` is the name of the file or directory. ``size`` in bytes and ``digest`` describe what GitHub stores, so
    the archive if ``kind`` is "directory". ``inside`` is set if only some files of the artifact were downloaded: the
    path of the one file or folder, or ``/``; their CRC-32 in the zip matched. ``verified`` means that the digest
    matched. ``empty_directories`` are those without files at any depth. Names are exactly those of the server.
    With the kind "merged", which only a :class:`~.merged_receipt.MergedReceipt` holds, paths begin without the target.
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
    kind: Literal["file", "directory", "merged"]
    empty_directories: tuple[str, ...] = ()
    inside: str = ""
    files: tuple[FileRecord, ...]


def make_receipt(
    order: DownloadOrder, host: str, proof: Proof, place: Path, now: datetime, tree: UnpackedTree | None = None
) -> Receipt:
    """Return the receipt of ``place`` with the sizes and digests of its files; may raise OSError."""
    artifact = order.artifact
    files = _records(place, proof, tree, order.inside)
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


def _records(place: Path, proof: Proof, tree: UnpackedTree | None, inside: str) -> tuple[FileRecord, ...]:
    if tree is None:
        return (FileRecord(place.name, proof.size, proof.sha256, bool(place.lstat().st_mode & 0o111)),)
    return tuple(
        FileRecord(place.name + _below(each.path, inside), each.size, each.sha256, each.executable)
        for each in tree.files
    )


def _below(path: str, inside: str) -> str:
    """Return the part of a path below the selected file or folder; empty for that file itself."""
    return path[len(inside) :] if inside.strip("/") else f"/{path}"


def _empty_directories(files: tuple[FileRecord, ...], target: str, tree: UnpackedTree, inside: str) -> tuple[str, ...]:
    paths = ("/".join(directory.path) for directory in tree.directories)
    directories = {target + _below(path, inside) for path in paths if path.startswith(inside.strip("/"))} - {target}
    return tuple(sorted(directories - ancestors(file.path for file in files)))


def ancestors(paths: Iterable[str]) -> set[str]:
    """Return every directory above the paths."""
    found: set[str] = set()
    for path in paths:
        above = path.rpartition("/")[0]
        while above and above not in found:
            found.add(above)
            above = above.rpartition("/")[0]
    return found
