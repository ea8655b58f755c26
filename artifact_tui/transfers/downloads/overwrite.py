"""What a download may overwrite: a file or directory with a receipt and no changes since."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from artifact_tui.transfers.receipts.receipt import Receipt
from artifact_tui.transfers.receipts.store import newest_receipt
from artifact_tui.transfers.receipts.verify import find_changes, snapshot

_KINDS = {"file": "a file", "directory": "a directory"}


def why_not_replaced(source: Path, target: Path, check: Callable[[], None] = lambda: None) -> str:
    """Return why ``source`` may not replace what is at ``target``, as a clause; empty when it may.

    Every byte is compared with the receipt, so this may take a while: ``check`` is called between files and may raise.
    """
    found = newest_receipt(target)
    if found is None:
        return f"{target.name} was not created by artifact-tui"
    _, receipt = found
    if not is_unchanged(receipt, target, check):
        return f"{target.name} has changed since it was downloaded"
    return "" if (receipt.kind == "directory") is source.is_dir() else f"{target.name} is {_KINDS[receipt.kind]}"


def is_unchanged(receipt: Receipt, target: Path, check: Callable[[], None] = lambda: None) -> bool:
    """Return whether ``target`` is as its receipt has it; see :func:`why_not_replaced` for ``check``.

    It looks twice: reading everything takes time, in which others may write.
    """
    before = snapshot(target)
    return next(find_changes(receipt, target.parent, check), None) is None and snapshot(target) == before


def not_overwritten(why: str, place: Path) -> str:
    """Return the sentence that says why nothing was overwritten, and where the download is now."""
    return f"Not overwritten: {why}. Saved as {place.name}."
