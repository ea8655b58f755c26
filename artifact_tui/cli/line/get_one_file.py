"""``get -o``: one artifact, packed or plain, as one file with exactly that name, or on standard output.

It is downloaded and verified in a private directory first. The path of that depends only on artifact and target, so a
repeated command resumes.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from msgspec.structs import replace

from artifact_tui.cli.line.context import LineContext
from artifact_tui.cli.line.download_orders import download
from artifact_tui.cli.line.failures import LineError, LineFailure
from artifact_tui.cli.line.get_rows import GetRow, row_of_failure, row_of_present
from artifact_tui.cli.line.spool_directory import SpoolDirectory
from artifact_tui.cli.standard_streams import end_by_signal, send_bytes
from artifact_tui.config.paths import NO_HOME, Paths
from artifact_tui.daemon_thread import in_daemon_thread
from artifact_tui.errors import UsageError
from artifact_tui.text import count
from artifact_tui.transfers.disk.atomic_rename import NotSettled, publish, replace_target
from artifact_tui.transfers.downloads.present import find_present, receipts_in, receipts_of
from artifact_tui.transfers.errors import disk_trouble
from artifact_tui.transfers.models import DownloadOrder, OnExisting
from artifact_tui.transfers.receipts.receipt import Receipt
from artifact_tui.transfers.receipts.store import newest_receipt, write_receipt
from artifact_tui.transfers.receipts.verify import why_not_replaced

STDOUT = "-"
_CHUNK = 1024 * 1024
_KEPT = "Fix that and repeat the command. The download is kept."
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
    rows: list[GetRow] = []
    try:
        with SpoolDirectory(_spool_path(context, order, target)) as spool:
            held = replace(order, directory=spool.path, unpack=False, on_existing=OnExisting.KEEP_BOTH)
            await download(context, [held], rows.append)
            row = await in_daemon_thread(lambda: _delivered(rows[0], target, spool, order))
    except BrokenPipeError:  # here, because only the main thread can end the process by a signal
        end_by_signal("SIGPIPE")
    except LineError as error:
        row = row_of_failure(order.artifact, LineFailure.of(error, (order.artifact.id, order.artifact.name)))
    add(row)


def _target(output: str) -> Path | None:
    """Return the absolute path of the file, None for standard output."""
    return None if output == STDOUT else Path(os.path.abspath(output))  # noqa: PTH100  # links are not resolved


def _spool_path(context: LineContext, order: DownloadOrder, target: Path | None) -> Path:
    """Return the directory for the download: beside the target, so that a rename suffices, or in the cache."""
    host, number = context.backend.host, str(order.artifact.id)
    kind = "demo-output" if context.options.demo else "output"
    if target is not None:
        return target.with_name(f".artifact-tui-{kind}-{host}-{number}")
    if (paths := Paths.of_user()) is None:
        raise LineError("disk", NO_HOME)
    return paths.cache / kind / host / number


def _settled(context: LineContext, order: DownloadOrder, target: Path) -> GetRow | None:
    """Return the row if nothing is to be downloaded: the file is present, or another one has its name."""
    packed = replace(order, directory=target.parent, unpack=False)
    known = [kept for kept in receipts_in(target.parent) if kept[1].target == target.name]
    if (present := find_present(receipts_of(packed, context.backend.host, known))) is not None:
        return row_of_present(order.artifact, present)
    problem = _why_not_named(_spool_path(context, order, target) / target.name, target, order)
    if not problem:
        return None
    if order.on_existing is OnExisting.SKIP:
        return GetRow(artifact=order.artifact, result="skipped", problem=problem)
    step = "Choose another name." if order.on_existing is OnExisting.OVERWRITE else "Use --exists skip or overwrite."
    return row_of_failure(order.artifact, _failure(order, "exists", problem, step))


def _why_not_named(path: Path, target: Path, order: DownloadOrder) -> str:
    """Return why the file ``path``, which may not exist yet, cannot be renamed to ``target``; empty if it can."""
    if not os.path.lexists(target):
        return ""
    if order.on_existing is not OnExisting.OVERWRITE:
        return f"{target} already exists."
    why = why_not_replaced(path, target)
    return f"Not overwritten: {why}." if why else ""


def _delivered(row: GetRow, target: Path | None, spool: SpoolDirectory, order: DownloadOrder) -> GetRow:
    """Name or copy a verified file, then clear the directory it was in; otherwise it stays for the next time."""
    if row.path is None:
        return row
    try:
        delivered = _copied(row, row.path, order) if target is None else _named(row, row.path, target, order)
    except BrokenPipeError:  # the reader has what it wanted
        spool.clear()
        raise
    if delivered.result != "failed":
        spool.clear()
    return delivered


def _copied(row: GetRow, path: Path, order: DownloadOrder) -> GetRow:
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                send_bytes(chunk)
    except BrokenPipeError:
        raise
    except OSError as error:
        return row_of_failure(order.artifact, _disk_failure(error, path.parent, order))
    return replace(row, path=None)


def _named(row: GetRow, path: Path, target: Path, order: DownloadOrder) -> GetRow:
    """Give the file its name and a receipt; return its row."""
    if problem := _why_not_named(path, target, order):
        return row_of_failure(order.artifact, _failure(order, "exists", problem, _KEPT))
    kept = row.kept or newest_receipt(path)
    try:
        placed = _renamed(path, target)
    except OSError as error:
        return row_of_failure(order.artifact, _disk_failure(error, target.parent, order))
    if kept is None:
        return replace(row, path=placed)
    return _with_receipt(replace(row, path=placed), placed, kept[1], order)


def _renamed(path: Path, target: Path) -> Path:
    """Return the new path, which differs from ``target`` only if that was taken meanwhile; raise OSError."""
    try:
        if not os.path.lexists(target):
            return publish(path, target.parent, target.stem, target.suffix)
        replace_target(path, target, path.with_suffix(".old"))
    except NotSettled:
        return target
    return target


def _with_receipt(row: GetRow, placed: Path, receipt: Receipt, order: DownloadOrder) -> GetRow:
    receipt = replace(receipt, target=placed.name, files=(replace(receipt.files[0], path=placed.name),))
    try:
        place = write_receipt(receipt, placed.parent, overwrite=order.on_existing is OnExisting.OVERWRITE)
    except NotSettled:
        return row
    except OSError as error:  # without a receipt the file is only harder to check later
        trouble = disk_trouble(error, placed.parent)
        problem, step = f"No receipt: {trouble.sentence}", trouble.next_step
        return replace(row, problem=problem, next_step=step, failure=_failure(order, "disk", problem, step))
    return replace(row, kept=(place, receipt))


def _disk_failure(error: OSError, place: Path, order: DownloadOrder) -> LineFailure:
    return _failure(order, "disk", disk_trouble(error, place).sentence, _KEPT)


def _failure(order: DownloadOrder, kind: str, problem: str, step: str) -> LineFailure:
    item = order.artifact.id, order.artifact.name
    return LineFailure(kind=kind, message=problem, next_step=step, item=item)
