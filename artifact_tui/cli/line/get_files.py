"""``get --file``: orders for the files that match, instead of whole artifacts; only their bytes are requested."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from msgspec.structs import replace

from artifact_tui.archive.inner_paths import FoundFile
from artifact_tui.archive.selection import select
from artifact_tui.cli.line.context import LineContext
from artifact_tui.cli.line.failures import LineError, LineFailure
from artifact_tui.cli.line.get_report import GetReport
from artifact_tui.cli.line.get_rows import GetRow, row_of_failure
from artifact_tui.cli.line.one_artifact import OpenArtifact, read_artifact
from artifact_tui.errors import UserError
from artifact_tui.text import count
from artifact_tui.transfers.downloads.selection_order import SelectionOrder
from artifact_tui.transfers.models import DownloadOrder

AT_ONCE = 4
"""Artifacts whose lists of files are requested at the same time."""
_NO_FILE = "No file matches --file."


async def narrow_orders(
    context: LineContext, orders: Iterable[DownloadOrder], report: GetReport
) -> list[DownloadOrder]:
    """Return the orders for matching files; artifacts without any are skipped. Raise LineError if none has any."""
    few = asyncio.Semaphore(AT_ONCE)

    async def one(order: DownloadOrder) -> DownloadOrder | LineFailure | None:
        async with few:
            try:
                return await read_artifact(context, order.artifact, lambda opened: _narrowed(context, order, opened))
            except UserError as error:
                return LineFailure.of(error, (order.artifact.id, order.artifact.name))

    wanted = list(orders)
    found = await asyncio.gather(*map(one, wanted))
    if wanted and not any(found):
        raise LineError("not_found", _NO_FILE, 'See "artifact-tui files".')
    for order, result in zip(wanted, found, strict=True):
        if isinstance(result, LineFailure):
            report.add(row_of_failure(order.artifact, result))
        elif result is None:
            report.add(GetRow(artifact=order.artifact, result="skipped", problem=_NO_FILE))
    if without := found.count(None):
        context.messages.note(f"{count(without, 'artifact')} without a matching file skipped.")
    return [order for order in found if isinstance(order, DownloadOrder)]


def _narrowed(context: LineContext, order: DownloadOrder, opened: OpenArtifact) -> DownloadOrder | None:
    """Return the order for the matching files, None if there is none; a plain file is ordered as a whole."""
    for remark in opened.remote.remarks:
        context.messages.note(remark.sentence)
    matching: dict[tuple[int, ...], FoundFile] = {}
    for glob in context.options.file:
        matching |= {file.place: file for file in opened.paths.matching(glob)}
    remote = opened.remote
    if not matching:
        return None
    if remote.start is None:
        return replace(order, unpack=False)
    entries = [file.entry for file in matching.values()]
    return SelectionOrder.of(order, select(remote.entries, entries, remote.start, remote.etag))
