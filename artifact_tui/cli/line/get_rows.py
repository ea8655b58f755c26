"""What became of each artifact of ``get``: its row, and its failure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from artifact_tui.cli.line.failures import LineFailure
from artifact_tui.cli.line.forms import Record, Shape
from artifact_tui.cli.line.stderr import clean
from artifact_tui.domain.models import Artifact
from artifact_tui.errors import UserError
from artifact_tui.transfers.downloads.present import Kept
from artifact_tui.transfers.errors import DiskTrouble, DownloadedElsewhere, JournalError, TargetExists, TransferError
from artifact_tui.transfers.models import DownloadOrder, State, Transfer
from artifact_tui.transfers.receipts.merged_receipt import folder_of
from artifact_tui.transfers.receipts.store import newest_receipt

_KINDS: tuple[tuple[type[UserError], str], ...] = (
    (DiskTrouble, "disk"),
    (JournalError, "disk"),
    (TargetExists, "exists"),
    (DownloadedElsewhere, "busy"),
    (TransferError, "failed"),
)
_BUSY = "already being downloaded by another artifact-tui"


class GetRow(Struct, frozen=True, kw_only=True):
    """One artifact; ``result`` is downloaded, present, skipped or failed, ``path`` that of the file or directory."""

    artifact: Artifact
    result: str
    path: Path | None = None
    kept: Kept | None = None
    verified: bool | None = None
    received: int = 0
    resumed: int = 0
    problem: str = ""
    next_step: str = ""
    failure: LineFailure | None = None


def row_of_failure(artifact: Artifact, failure: LineFailure, result: str = "failed") -> GetRow:
    """Return the row of an artifact that was not downloaded."""
    problem, step = failure.message, failure.next_step
    return GetRow(artifact=artifact, result=result, problem=problem, next_step=step, failure=failure)


def row_of_present(artifact: Artifact, kept: Kept) -> GetRow:
    """Return the row of an artifact that was downloaded before and is unchanged."""
    path, receipt = kept
    verified = receipt.verified or None
    return GetRow(artifact=artifact, result="present", path=path.parent / receipt.target, kept=kept, verified=verified)


def row_of_transfer(order: DownloadOrder, transfer: Transfer, retry_at: datetime | None) -> GetRow:
    """Return the row of an ended download; ``retry_at`` is set if a rate limit ended it."""
    failure = _failure(order, transfer, retry_at)
    is_done = transfer.state is State.DONE
    is_skipped = transfer.state is State.CANCELLED and isinstance(transfer.error, TargetExists)
    return GetRow(
        artifact=order.artifact,
        result="downloaded" if is_done else "skipped" if is_skipped else "failed",
        path=transfer.path if is_done else None,
        verified=transfer.verified if is_done else None,
        received=max(0, transfer.received - transfer.resumed),
        resumed=transfer.resumed,
        problem=failure.message if failure else transfer.problem,
        next_step=failure.next_step if failure else "",
        failure=None if is_skipped else failure,
    )


def _failure(order: DownloadOrder, transfer: Transfer, retry_at: datetime | None) -> LineFailure | None:
    item = order.artifact.id, order.artifact.name
    problem, step, error = transfer.problem, transfer.next_step, transfer.error
    if retry_at is not None:
        step = "Downloaded bytes are kept. Repeat the command after the wait, or use --rate-wait."
        message = f"{item[1]}: {problem}"
        return LineFailure(kind="rate_limited", message=message, next_step=step, retry_at=retry_at, item=item)
    if transfer.state is State.DONE:  # the bytes are here, but not as ordered
        return LineFailure(kind="failed", message=f"{item[1]}: {problem}", item=item) if problem else None
    if error is None:
        kind = "bug" if transfer.state is State.FAILED else "signed_out"
        return LineFailure(kind=kind, message=f"{item[1]}: {problem}", next_step=step, item=item)
    if isinstance(error, TargetExists):
        message, step = f"{order.directory / error.sentence}", "Use --exists skip, overwrite or keep-both."
    else:
        message = f"{item[1]}: {f'{_BUSY}.' if isinstance(error, DownloadedElsewhere) else problem}"
    known = next((kind for each, kind in _KINDS if isinstance(error, each)), "")
    failure = LineFailure.of(error, item)
    kind = known or failure.kind
    return LineFailure(kind=kind, message=message, next_step=step, retry_at=failure.retry_at, item=item)


def files_of(row: GetRow) -> list[tuple[Path, Record]]:
    """Return the files of a download in the order of its receipt, with their paths; reads the receipt."""
    kept = row.kept or (newest_receipt(row.path) if row.path else None)
    if kept is None:
        return []
    place, receipt = kept
    return [
        (path, {"path": str(path), "size": file.size, "sha256": file.sha256, "executable": file.executable})
        for file in receipt.files
        for path in (folder_of(place, receipt) / file.path,)
    ]


def row_record(row: GetRow) -> Record:
    """Return the record of a row for JSON and TSV; reads the receipt."""
    artifact = row.artifact
    kept = row.kept or (newest_receipt(row.path) if row.path else None)
    return {
        "id": artifact.id,
        "name": artifact.name,
        "run_id": artifact.run_id,
        "result": row.result,
        "path": None if row.path is None else str(row.path),
        "receipt": None if kept is None else str(kept[0]),
        "verified": row.verified,
        "digest": artifact.digest,
        "bytes_received": row.received,
        "resumed_from": row.resumed,
        "files": [record for _, record in files_of(replace(row, kept=kept))],
        "problem": clean(row.problem) or None,
        "next_step": clean(row.next_step) or None,
    }


def row_shape() -> Shape[GetRow]:
    """Return how rows are written; their names are paths."""
    return Shape("artifacts", row_record, (), lambda row: str(row.artifact.id), lambda row: str(row.path))


def paths_of(row: GetRow, what: str) -> Iterable[Path]:
    """Return the paths to print for a row: its own, or those of its files."""
    if row.path is None or what == "none":
        return ()
    return [path for path, _ in files_of(row)] if what == "files" else [row.path]
