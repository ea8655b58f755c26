"""Resumes and discards unfinished work with the engine."""

from __future__ import annotations

from artifact_tui.cli.line.context import LineContext
from artifact_tui.cli.line.delete_report import DeleteRow, SettledRows
from artifact_tui.cli.line.deletion_run import DeletionRun
from artifact_tui.cli.line.download_batch import DownloadBatch
from artifact_tui.cli.line.engine_watch import EngineWatch
from artifact_tui.cli.line.failures import LineError, LineFailure, joint_code
from artifact_tui.cli.line.forms import Record, RowWriter, Shape
from artifact_tui.cli.line.get_rows import GetRow, row_of_transfer
from artifact_tui.cli.line.lasting_output import LastingOutput
from artifact_tui.cli.line.stderr import clean
from artifact_tui.cli.line.table import NAMES
from artifact_tui.cli.line.unfinished import (
    Entries,
    UnfinishedEntry,
    entry_record,
    journal_errors,
    left_in_journal,
    unfinished_document,
)
from artifact_tui.text import count, size
from artifact_tui.transfers.deletions.models import in_short
from artifact_tui.transfers.models import Outcome


class ResumedRows:
    """Writes one line or record for each entry when it has ended."""

    def __init__(self, context: LineContext) -> None:
        self._context = context
        self._output = LastingOutput(context.messages)
        shape = Shape[Record]("unfinished", lambda record: record, text=_line)
        self._writer = RowWriter(shape, NAMES["resume"].fields, context, self._output.write)
        self._failures: list[LineFailure] = []

    @property
    def code(self) -> int:
        """The exit code so far."""
        return joint_code([*self._failures, *self._output.failures])

    def ended(self, entry: UnfinishedEntry, row: GetRow) -> None:
        """Write a download."""
        if row.failure is not None:
            self._failures.append(row.failure)
            self._context.messages.error(row.failure)
        self._write(
            entry,
            row.result,
            received=row.received + row.resumed,
            artifacts_left=int(row.result == "failed"),
            path=str(row.path) if row.path else None,
            problem=clean(row.problem) or None,
        )

    def discarded(self, entry: UnfinishedEntry, failure: LineFailure | None) -> None:
        """Write an entry that was discarded, or could not be."""
        if failure is not None:
            self._failures.append(failure)
            self._context.messages.error(failure)
        problem = None if failure is None else clean(failure.message)
        self._write(entry, "failed" if failure else "discarded", problem=problem)

    def end(self) -> None:
        """Write the document."""
        self._writer.end(lambda: unfinished_document(self._context))

    def _write(self, entry: UnfinishedEntry, result: str, **more: object) -> None:
        self._writer.rows([entry_record(entry) | {"result": result} | more])


def _line(record: Record) -> str:
    shown = record["path"] or record["name"] or f"deletion in {in_short(record['repositories'])}"
    return f"{record['result']}  {record['number']}  {shown}{_effect(record)}\n"


def _effect(record: Record) -> str:
    """Return what discarding an entry did."""
    if record["result"] != "discarded":
        return ""
    if record["kind"] == "deletion":
        return f": {count(record['artifacts_left'], 'artifact')} not deleted"
    return f": {size(record['received'])} removed" if record["received"] else ""


async def resume_downloads(context: LineContext, entries: Entries) -> int:
    """Resume downloads where they stopped; a signal keeps what is left for later."""
    context.options.jobs = context.options.unpack_limit = None
    rows = ResumedRows(context)
    by_order = {id(entry.download.order): entry for entry in entries if entry.download}
    with DownloadBatch(context) as batch:
        batch.add(entry.download.order for entry in entries if entry.download)
        async for order, transfer, until in batch.ended():
            rows.ended(by_order[id(order)], row_of_transfer(order, transfer, until))
    rows.end()
    return rows.code


async def discard(context: LineContext, entries: Entries) -> int:
    """Remove entries from the journal, and the part files of downloads."""
    rows = ResumedRows(context)
    async with EngineWatch(context) as watch:
        engine = watch.engine
        with journal_errors():
            taken = engine.downloads.discard_unfinished([entry.download.id for entry in entries if entry.download])
            gone = {entry.number for entry in entries if entry.download and entry.download.id in taken}
            gone |= {
                entry.number
                for entry in entries
                if entry.deletion and engine.deletions.discard_unfinished(entry.deletion.number)
            }
    left = {entry.number for entry in left_in_journal(context)[0]}
    for entry in entries:
        rows.discarded(entry, _not_discarded(entry, is_taken=entry.number in gone, is_left=entry.number in left))
    rows.end()
    return rows.code


def _not_discarded(entry: UnfinishedEntry, *, is_taken: bool, is_left: bool) -> LineFailure | None:
    if not is_taken:
        message = f"Entry {entry.number} was not discarded: another artifact-tui works on it."
        return LineFailure(kind="busy", message=message, next_step="Wait until it has ended.")
    if is_left and entry.download:
        message = f"Entry {entry.number} was not discarded: cannot remove its part file."
        return LineFailure(kind="disk", message=message, next_step=f"Check {entry.download.order.directory}.")
    return None


async def resume_deletion(context: LineContext, entry: UnfinishedEntry) -> int:
    """Delete what is left of a confirmed plan, which the user has confirmed again."""
    left = entry.deletion
    assert left is not None
    async with EngineWatch(context) as watch:
        run = DeletionRun(context, watch, ResumedDeletion(context, entry))
        with journal_errors():
            ids = watch.engine.deletions.resume_unfinished(left.number, grace=run.grace)
        if not ids:
            raise LineError("busy", "Another artifact-tui is running this deletion.", "Wait until it has ended.")
        return await run.follow(left.rest)


class ResumedDeletion(SettledRows):
    """The rows of a resumed deletion: one per artifact that was left."""

    command, key = "resume", "unfinished"

    def __init__(self, context: LineContext, entry: UnfinishedEntry) -> None:
        super().__init__(context, names_repositories=len(entry.repositories) > 1)
        self._entry = entry

    def record(self, row: DeleteRow) -> Record:
        """Return the record of a row, with the counts of the whole deletion after it."""
        artifact, outcome = row.artifact, row.outcome
        before, counts = entry_record(self._entry), self.counts
        gone = counts[Outcome.DELETED] + counts[Outcome.ALREADY_GONE]
        tried = len(self.settled) - counts[Outcome.NOT_TRIED]
        return before | {
            "repository": str(row.repository),
            "repositories": [str(row.repository)],
            "name": artifact.name,
            "id": artifact.id,
            "received": before["received"] + gone,
            "artifacts_left": before["artifacts_left"] - tried,
            "result": outcome and outcome.value,
            "problem": clean(row.problem) or None,
        }

    def document(self) -> Record:
        """Return the document of JSON, without its rows."""
        counts = {outcome.value: number for outcome, number in self.counts.items()}
        return unfinished_document(self._context) | {"counts": counts, "bytes_freed": self.bytes_freed}
