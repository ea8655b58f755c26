"""Orders of ``get``: what is present is verified, and the rest downloaded."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from functools import cache
from threading import Event

from artifact_tui.cli.line.context import LineContext
from artifact_tui.cli.line.download_batch import DownloadBatch
from artifact_tui.cli.line.get_rows import GetRow, row_of_present, row_of_transfer
from artifact_tui.transfers.downloads.present import Kept, find_present, receipts_in, receipts_of
from artifact_tui.transfers.errors import Stopped
from artifact_tui.transfers.models import DownloadOrder


async def download(context: LineContext, orders: Iterable[DownloadOrder], add: Callable[[GetRow], object]) -> None:
    """Download the orders that are not present; receipts of the same artifacts are verified meanwhile."""
    absent, candidates = sort_out(context, orders)
    with DownloadBatch(context) as batch:
        batch.add(absent)
        for order, kept in candidates:
            if present := await find_verified(kept):
                add(row_of_present(order.artifact, present))
            else:
                batch.add([order])
        async for order, transfer, until in batch.ended():
            add(row_of_transfer(order, transfer, until))


def sort_out(
    context: LineContext, orders: Iterable[DownloadOrder]
) -> tuple[list[DownloadOrder], list[tuple[DownloadOrder, tuple[Kept, ...]]]]:
    """Return the orders without a receipt, and the others with their receipts."""
    receipts = cache(receipts_in)
    absent, candidates = [], []
    for order in orders:
        if kept := receipts_of(order, context.backend.host, receipts(order.directory)):
            candidates.append((order, kept))
        else:
            absent.append(order)
    return absent, candidates


async def find_verified(kept: tuple[Kept, ...]) -> Kept | None:
    """Return the first receipt whose files are unchanged; the thread that reads them ends if the command is stopped."""
    is_over = Event()

    def check() -> None:
        if is_over.is_set():
            raise Stopped

    try:
        return await asyncio.to_thread(find_present, kept, check)
    finally:
        is_over.set()
