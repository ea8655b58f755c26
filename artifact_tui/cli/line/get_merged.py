"""``get --layout merge``: the contents of all artifacts directly in one directory, all of them or nothing."""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import Mapping, Sequence
from functools import partial
from threading import Event
from typing import NamedTuple

from msgspec.structs import replace

from artifact_tui.archive.errors import ArchiveRefused, Limits
from artifact_tui.archive.unpack_plan import plan_entries
from artifact_tui.cli.line.context import LineContext
from artifact_tui.cli.line.download_orders import download
from artifact_tui.cli.line.failures import LineError, LineFailure
from artifact_tui.cli.line.get_report import GetReport
from artifact_tui.cli.line.get_rows import GetRow, row_of_failure
from artifact_tui.cli.line.one_artifact import OpenArtifact, read_artifact
from artifact_tui.daemon_thread import in_daemon_thread
from artifact_tui.domain.models import Artifact
from artifact_tui.errors import UsageError, UserError
from artifact_tui.text import count, printable
from artifact_tui.transfers.disk.atomic_rename import NotSettled
from artifact_tui.transfers.disk.safe_names import IS_RECEIPT, raw_file_name
from artifact_tui.transfers.errors import Stopped, TargetExists, TransferError, disk_trouble
from artifact_tui.transfers.models import DownloadOrder, OnExisting
from artifact_tui.transfers.receipts.merge_files import (
    Earlier,
    MergePlace,
    check_free,
    discard_empty,
    find_earlier,
    merge,
    unchanged_files,
    unmoved,
)
from artifact_tui.transfers.receipts.merged_receipt import OWN_DIRECTORY, MergedReceipt, as_merged
from artifact_tui.transfers.receipts.receipt import ancestors
from artifact_tui.transfers.receipts.store import newest_receipt

AT_ONCE = 4
"""Artifacts whose lists of files are requested at the same time."""
_NOT_MERGED = "Not merged, because another artifact failed."


class MergeContents(NamedTuple):
    """The paths of an artifact's files, with what tells whether two are the same, and its empty directories."""

    files: Mapping[str, tuple[object, ...]]
    directories: frozenset[str] = frozenset()


def check_merged(context: LineContext) -> None:
    """Raise UsageError for options that have no meaning with merged files."""
    options = context.options
    other = "--zip" if options.zip else "--file" if options.file else ""
    if options.exists == "keep-both":
        other = "--exists keep-both"
    if other:
        raise UsageError(f"--layout merge and {other} exclude each other.")


async def get_merged(context: LineContext, orders: Sequence[DownloadOrder], report: GetReport) -> None:
    """Download all orders beside their directory's files, and move theirs there; raise LineError for a conflict."""
    if report.has_failed:
        _skip(orders, report, _NOT_MERGED)
    elif orders:
        try:
            await _Merge(context, orders, report).run()
        except TransferError as error:
            if not (isinstance(error, TargetExists) and orders[0].on_existing is OnExisting.SKIP):
                raise LineError("exists", error.sentence, error.next_step) from None
            _skip(orders, report, error.sentence)
        except OSError as error:
            raise LineError("disk", disk_trouble(error, orders[0].directory).sentence) from None


def _skip(orders: Sequence[DownloadOrder], report: GetReport, problem: str) -> None:
    for order in orders:
        report.add(GetRow(artifact=order.artifact, result="skipped", problem=problem))


class _Merge:
    """One command's merge."""

    def __init__(self, context: LineContext, orders: Sequence[DownloadOrder], report: GetReport) -> None:
        self._context = context
        self._orders = orders
        self._report = report
        runs = [order.artifact.run_id for order in orders]
        self._place = MergePlace(orders[0].directory, str(max((run for run in runs if run), default="unknown-run")))
        self._overwrites = orders[0].on_existing is OnExisting.OVERWRITE

    async def run(self) -> None:
        """Do what is missing of listing, downloading and moving."""
        host = self._context.backend.host
        identity = {(host, order.artifact.id, order.artifact.digest) for order in self._orders}
        earlier = await _stoppable(partial(find_earlier, self._place, identity))
        if earlier.present is not None:
            self._report_all(earlier.present, "present", {})
            return
        self._check_others(earlier)
        begun, rows = earlier.begun, dict[int, GetRow]()
        if begun is not None:
            merged = begun
            await in_daemon_thread(lambda: self._check_free(unmoved(self._place, merged), set(), earlier))
        elif await self._check_contents(earlier) and await self._download(rows):
            merged = await in_daemon_thread(partial(self._merged, rows))
        else:
            return
        await self._move(merged, earlier)
        self._report_all(merged, "downloaded", rows)

    def _check_others(self, earlier: Earlier) -> None:
        if earlier.others and not self._overwrites:
            path = earlier.others[0][0]
            raise TargetExists(
                f"{self._place.directory} has other or changed files of an earlier download: {path} already exists.",
                "Use --exists overwrite, or choose another directory.",
            )

    def _check_free(self, files: set[str], empty: set[str], earlier: Earlier) -> None:
        """Raise TargetExists unless the paths are free, or their files will be removed."""
        directory = self._place.directory
        removable = set[str]().union(*(unchanged_files(other, directory) for _, other in earlier.others))
        check_free(directory, files, empty, removable)

    async def _check_contents(self, earlier: Earlier) -> bool:
        """List the files of all artifacts; raise LineError or TargetExists if they do not fit into the directory."""
        few = asyncio.Semaphore(AT_ONCE)

        async def one(order: DownloadOrder) -> MergeContents | UserError:
            async with few:
                try:
                    work = partial(_contents, order, self._limits)
                    return await read_artifact(self._context, order.artifact, work)
                except UserError as error:
                    return error

        found = await asyncio.gather(*map(one, self._orders))
        contents = [each for each in found if isinstance(each, MergeContents)]
        if len(contents) < len(found):
            self._report_failed(found)
            return False
        check_collisions([order.artifact for order in self._orders], contents)
        files = {path for each in contents for path in each.files}
        empty = {path for each in contents for path in each.directories}
        await in_daemon_thread(partial(self._check_free, files, empty, earlier))
        return True

    @property
    def _limits(self) -> Limits:
        return Limits(bytes=self._context.options.unpack_limit or self._context.settings.unpack_limit)

    def _report_failed(self, found: Sequence[MergeContents | UserError]) -> None:
        for order, each in zip(self._orders, found, strict=True):
            if isinstance(each, UserError):
                item = order.artifact.id, order.artifact.name
                self._report.add(row_of_failure(order.artifact, LineFailure.of(each, item)))
            else:
                _skip([order], self._report, _NOT_MERGED)

    async def _download(self, rows: dict[int, GetRow]) -> bool:
        """Download each artifact into a separate directory; report all and return False if one failed."""
        work = self._place.work
        held = [
            replace(order, directory=work / str(order.number), on_existing=OnExisting.KEEP_BOTH)
            for order in self._orders
        ]
        await download(self._context, held, lambda row: rows.update({row.artifact.id: row}))
        if all(row.path and row.failure is None for row in rows.values()):
            return True
        await in_daemon_thread(partial(discard_empty, self._place, rows))
        for row in rows.values():
            if row.failure is None:
                _skip([order for order in self._orders if order.number == row.artifact.id], self._report, _NOT_MERGED)
            else:
                self._report.add(replace(row, result="failed", path=None, verified=None))
        return False

    def _merged(self, rows: Mapping[int, GetRow]) -> MergedReceipt:
        """Return the receipt of all downloads; raise LineError if two files differ in spite of the same CRC-32."""
        receipts = []
        for order in self._orders:
            row = rows[order.number]
            kept = row.kept or (newest_receipt(row.path) if row.path else None)
            if kept is None:
                raise LineError("disk", f"{printable(order.artifact.name, 80)} has no receipt.", "Repeat the command.")
            receipts.append(as_merged(kept[1]))
        merged = MergedReceipt(artifacts=tuple(receipts))
        first = {path: record for path, (_, record) in merged.files.items()}
        for receipt in receipts:
            for record in receipt.files:
                if record.sha256 != first[record.path].sha256:
                    raise _differs(record.path, merged.files[record.path][0].name, receipt.name)
        return MergedReceipt(
            artifacts=tuple(replace(each, files=tuple(first[file.path] for file in each.files)) for each in receipts)
        )

    async def _move(self, merged: MergedReceipt, earlier: Earlier) -> None:
        try:
            kept = await in_daemon_thread(partial(merge, self._place, merged, earlier.others))
        except NotSettled:
            return
        except FileExistsError as error:
            raise TransferError(f"{error.filename2 or error.filename} already exists.", "Move it away.") from None
        if kept:
            self._context.messages.note(f"{count(kept, 'changed file')} of an earlier download kept.")

    def _report_all(self, merged: MergedReceipt, result: str, rows: Mapping[int, GetRow]) -> None:
        receipts = {receipt.artifact_id: receipt for receipt in merged.artifacts}
        for order in self._orders:
            receipt = receipts[order.number]
            row = rows.get(order.number) or GetRow(artifact=order.artifact, result=result)
            kept, verified = (self._place.receipt, receipt), receipt.verified or None
            directory = self._place.directory
            self._report.add(replace(row, result=result, path=directory, kept=kept, verified=verified))


async def _stoppable(find: partial[Earlier]) -> Earlier:
    """Return what a thread finds, which ends before the next file if the command is stopped."""
    is_over = Event()

    def check() -> None:
        if is_over.is_set():
            raise Stopped

    try:
        return await in_daemon_thread(lambda: find(check))
    finally:
        is_over.set()


def _contents(order: DownloadOrder, limits: Limits, opened: OpenArtifact) -> MergeContents:
    """Return what an artifact unpacks to, or the plain file that it is; raise LineError if it cannot be unpacked."""
    artifact, entries = order.artifact, opened.remote.entries
    if opened.is_raw:
        same = ("plain", entries[0].size, artifact.digest or artifact.id)
        return MergeContents({raw_file_name(entries[0].name, artifact): same})
    try:
        plan = plan_entries(entries, limits)
    except ArchiveRefused as refusal:
        raise LineError("failed", f"{printable(artifact.name, 80)}: Not unpacked: {refusal}.") from None
    files = {"/".join(file.place.path): ("zip", file.entry.size, file.entry.crc) for file in plan.files}
    return MergeContents(files, frozenset("/".join(place.path) for place in plan.directories))


def check_collisions(artifacts: Sequence[Artifact], contents: Sequence[MergeContents]) -> None:
    """Raise LineError if two artifacts have different files with the same path, or a path is reserved."""
    taken: dict[str, tuple[str, object, str]] = {}
    for artifact, each in zip(artifacts, contents, strict=True):
        name = artifact.name
        wanted: dict[str, object] = dict.fromkeys(each.directories | ancestors(each.files))
        wanted.update(each.files)
        for path, same in wanted.items():
            _check_reserved(path, name)
            key = unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())
            known = taken.setdefault(key, (path, same, name))
            if known[:2] != (path, same):
                raise _differs(path, known[2], name)


def _check_reserved(path: str, name: str) -> None:
    if path.split("/")[0].casefold() == OWN_DIRECTORY or ("/" not in path and IS_RECEIPT.search(path)):
        sentence = f"{printable(name, 80)} has '{printable(path, 200)}', which is reserved for receipts."
        raise LineError("refused_by_plan", sentence, "Use --layout name.")


def _differs(path: str, one: str, other: str) -> LineError:
    names = f"{printable(one, 80)} and {printable(other, 80)}"
    return LineError("refused_by_plan", f"'{printable(path, 200)}' differs in {names}.", "Use --layout name or run.")
