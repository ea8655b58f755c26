"""``get -o``: one artifact, packed or plain, as one file with exactly that name, or on standard output.

It is downloaded and verified in a directory of its own first, which stays the same, so a repeated command resumes.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from msgspec.structs import replace

from artifact_tui.cli.line.context import LineContext
from artifact_tui.cli.line.download_orders import download
from artifact_tui.cli.line.failures import LineError, LineFailure
from artifact_tui.cli.line.get_rows import GetRow, row_of_failure, row_of_present
from artifact_tui.cli.standard_streams import end_by_signal, send_bytes
from artifact_tui.config.paths import NO_HOME, Paths
from artifact_tui.daemon_thread import in_daemon_thread
from artifact_tui.errors import UsageError
from artifact_tui.text import count
from artifact_tui.transfers.disk.atomic_rename import NotSettled, publish, replace_target
from artifact_tui.transfers.downloads.present import find_present, receipts_in, receipts_of
from artifact_tui.transfers.errors import disk_trouble
from artifact_tui.transfers.models import DownloadOrder, OnExisting
from artifact_tui.transfers.receipts.store import newest_receipt, write_receipt
from artifact_tui.transfers.receipts.verify import why_not_replaced

STDOUT = "-"
_CHUNK = 1024 * 1024
_EXCLUDED = ("dir", "layout", "file", "print0")


def check_output(context: LineContext) -> None:
    """Raise UsageError for options that have no meaning with ``-o``, and LineError for a terminal."""
    options = context.options
    excluded = [key for key in _EXCLUDED if getattr(options, key)]
    if options.output == STDOUT:
        excluded += [key for key in ("json", "jsonl", "tsv") if getattr(options, key)]
    if excluded:
        raise UsageError(f"--output and --{excluded[0]} exclude each other.")
    if options.exists == "keep-both":
        raise UsageError("--output uses exactly one name. Use --exists fail, skip or overwrite.")
    if options.output == STDOUT and sys.stdout.isatty():
        raise LineError("refused_by_plan", "Standard output is a terminal.", "Redirect it, or use -o FILE.")


async def get_one_file(context: LineContext, orders: Sequence[DownloadOrder], add: Callable[[GetRow], object]) -> None:
    """Download the one order, and give the file its name or copy it; raise LineError for several."""
    if len(orders) > 1:
        step = "Name one of them, or leave out --output."
        raise LineError("refused_by_plan", f"{count(len(orders), 'artifact')} match, and --output takes one.", step)
    for order in orders:
        await _get(context, order, _target(context.options.output), add)


async def _get(
    context: LineContext, order: DownloadOrder, target: Path | None, add: Callable[[GetRow], object]
) -> None:
    if target is not None:
        settled = await in_daemon_thread(lambda: _settled(context, order, target))
        if settled is not None:
            add(settled)
            return
    holding, rows = _holding(order, target), list[GetRow]()
    held = replace(order, directory=holding, unpack=False, on_existing=OnExisting.KEEP_BOTH)
    await download(context, [held], rows.append)
    try:
        add(await in_daemon_thread(lambda: _delivered(rows[0], target, holding, order)))
    except BrokenPipeError:  # here, because only the main thread can end the process by a signal
        end_by_signal("SIGPIPE")


def _target(output: str) -> Path | None:
    """Return the absolute path of the file, None for standard output."""
    return None if output == STDOUT else Path(os.path.abspath(output))  # noqa: PTH100  # links are not resolved


def _holding(order: DownloadOrder, target: Path | None) -> Path:
    """Return the directory for the download: beside the target, so that a rename suffices, or in the cache."""
    if target is not None:
        return target.with_name(f".{target.name}.{order.artifact.id}")
    if (paths := Paths.of_user()) is None:
        raise LineError("disk", NO_HOME)
    return paths.cache / "output" / str(order.artifact.id)


def _settled(context: LineContext, order: DownloadOrder, target: Path) -> GetRow | None:
    """Return the row if nothing is to be downloaded: the file is present, or another one has its name."""
    packed = replace(order, directory=target.parent, unpack=False)
    known = [kept for kept in receipts_in(target.parent) if kept[1].target == target.name]
    if (present := find_present(receipts_of(packed, context.backend.host, known))) is not None:
        return row_of_present(order.artifact, present)
    if not os.path.lexists(target) or order.on_existing is OnExisting.OVERWRITE:
        return None
    message, item = f"{target} already exists.", (order.artifact.id, order.artifact.name)
    failure = LineFailure(kind="exists", message=message, next_step="Use --exists skip or overwrite.", item=item)
    if order.on_existing is OnExisting.SKIP:
        return replace(row_of_failure(order.artifact, failure, "skipped"), failure=None)
    return row_of_failure(order.artifact, failure)


def _delivered(row: GetRow, target: Path | None, holding: Path, order: DownloadOrder) -> GetRow:
    """Name or copy a verified file, and remove the directory it was in; a part file stays for the next time."""
    if row.path is None:
        with suppress(OSError):
            holding.rmdir()
        return row
    try:
        if target is not None:
            return _named(row, row.path, target, order)
        _copy(row.path)
        return replace(row, path=None)
    finally:
        shutil.rmtree(holding, ignore_errors=True)


def _copy(path: Path) -> None:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            send_bytes(chunk)


def _named(row: GetRow, path: Path, target: Path, order: DownloadOrder) -> GetRow:
    """Give the file its name and a receipt; return its row."""
    kept, overwrite = row.kept or newest_receipt(path), order.on_existing is OnExisting.OVERWRITE
    try:
        if overwrite and os.path.lexists(target):
            if why := why_not_replaced(path, target):
                return _not_named(row, f"Not overwritten: {why}.", "exists")
            replace_target(path, target, path.with_suffix(".old"))
            placed = target
        else:
            placed = publish(path, target.parent, target.stem, target.suffix)
        if kept is None:
            return replace(row, path=placed)
        files = (replace(kept[1].files[0], path=placed.name),)
        receipt = replace(kept[1], target=placed.name, files=files)
        return replace(row, path=placed, kept=(write_receipt(receipt, target.parent, overwrite=overwrite), receipt))
    except NotSettled:
        return replace(row, path=target)
    except OSError as error:
        return _not_named(row, disk_trouble(error, target.parent).sentence, "disk")


def _not_named(row: GetRow, problem: str, kind: str) -> GetRow:
    item = row.artifact.id, row.artifact.name
    failure = LineFailure(kind=kind, message=problem, next_step="Choose another name.", item=item)
    return row_of_failure(row.artifact, failure)
