"""Artifacts on the disk with their receipts, as a download leaves them."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path

from artifact_tui.archive.unpack import unpack_tree
from artifact_tui.domain.models import RepositoryName, RunOfArtifact
from artifact_tui.transfers.models import DownloadOrder
from artifact_tui.transfers.receipts.receipt import Proof, Receipt, make_receipt
from artifact_tui.transfers.receipts.store import write_receipt
from tests.archive.zips import Part, build
from tests.artifacts import listed

HOST = "github.example.com"
NOW = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
COMMIT = "9a1c" * 10


def order(directory: Path, name: str = "wheel", digest: str | None = None) -> DownloadOrder:
    run = RunOfArtifact(id=412, head_branch="main", head_sha=COMMIT)
    artifact = listed(id=7, name=name, digest=digest, workflow_run=run)
    return DownloadOrder(
        repository=RepositoryName("octo", "kestrel"), artifact=artifact, directory=directory, attempt=2
    )


def unpacked(directory: Path, *parts: Part, name: str = "wheel", now: datetime = NOW) -> Receipt:
    """A directory of that name, and its receipt, which is not written."""
    data = build(*parts)
    archive = directory / "archive"
    archive.write_bytes(data)
    tree = unpack_tree(archive, directory / name)
    archive.unlink()
    sha256 = hashlib.sha256(data).hexdigest()
    proof = Proof(len(data), sha256, verified=True)
    return make_receipt(order(directory, name, f"sha256:{sha256}"), HOST, proof, directory / name, now, tree)


def kept(directory: Path, data: bytes, name: str) -> Receipt:
    """A file of that name, which no digest proved, and its receipt, which is not written."""
    (directory / name).write_bytes(data)
    proof = Proof(len(data), hashlib.sha256(data).hexdigest(), verified=False)
    return make_receipt(order(directory, name), HOST, proof, directory / name, NOW)


def downloaded(directory: Path, *parts: Part, name: str = "wheel") -> Path:
    """A directory of that name with its receipt beside it."""
    write_receipt(unpacked(directory, *parts, name=name), directory)
    return directory / name
