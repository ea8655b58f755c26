"""Downloads that need not be repeated: a receipt names exactly this artifact, and its files are unchanged."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from msgspec.structs import replace

from artifact_tui.transfers.disk.safe_names import IS_RECEIPT
from artifact_tui.transfers.downloads.download import expected_target
from artifact_tui.transfers.downloads.selection_order import SelectionOrder
from artifact_tui.transfers.models import DownloadOrder
from artifact_tui.transfers.receipts.receipt import Receipt
from artifact_tui.transfers.receipts.store import BadReceipt, read_receipt
from artifact_tui.transfers.receipts.verify import is_unchanged

Kept = tuple[Path, Receipt]
"""A receipt and its path."""


def receipts_in(directory: Path) -> tuple[Kept, ...]:
    """Return the newest usable receipt of each file or directory in ``directory``; empty if that is unreadable."""
    newest: dict[str, Kept] = {}
    for path, receipt in sorted(_read_all(directory), key=lambda kept: kept[1].downloaded_at):
        newest[receipt.target] = path, receipt
    return tuple(newest.values())


def receipts_of(order: DownloadOrder, host: str, known: Iterable[Kept]) -> tuple[Kept, ...]:
    """Return the receipts that name the ordered artifact (host, ID, digest) in the ordered form."""
    return tuple(kept for kept in known if _names(kept[1], order, host))


def find_present(candidates: Iterable[Kept], check: Callable[[], None] = lambda: None) -> Kept | None:
    """Return the first receipt whose files are unchanged; reads every byte. ``check`` may raise before each file."""
    for path, receipt in candidates:
        if is_unchanged(receipt, path.parent / receipt.target, check):
            return path, receipt
    return None


def _read_all(directory: Path) -> Iterator[Kept]:
    with suppress(OSError):
        for path in sorted(directory.iterdir()):
            if IS_RECEIPT.search(path.name):
                with suppress(BadReceipt, OSError):
                    yield path, read_receipt(path)


def _names(receipt: Receipt, order: DownloadOrder, host: str) -> bool:
    artifact = order.artifact
    same = (receipt.host, receipt.artifact_id, receipt.digest) == (host, artifact.id, artifact.digest)
    return same and receipt.inside == order.inside and _has_form(receipt, order)


def _has_form(receipt: Receipt, order: DownloadOrder) -> bool:
    """Return whether it was unpacked or kept as ordered; a plain file, which has its own name, is never unpacked."""
    if isinstance(order, SelectionOrder):
        wanted = {f"{receipt.target}/{entry.name}": entry.size for entry in order.selection.entries}
        return {file.path: file.size for file in receipt.files} == wanted
    if receipt.kind == "directory":
        return order.unpack
    packed = expected_target(replace(order, unpack=False)).name
    return not order.unpack or receipt.target != packed or order.label == packed
