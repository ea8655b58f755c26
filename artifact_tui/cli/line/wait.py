"""``artifact-tui wait``: wait until workflow runs have ended."""

from __future__ import annotations

import asyncio

from artifact_tui.cli.line.context import LineContext
from artifact_tui.cli.line.follow_runs import RunWait, WaitedRun, failure_of
from artifact_tui.cli.line.forms import Record, RowWriter, Shape, TableColumn
from artifact_tui.cli.line.records import left_out, run_record
from artifact_tui.cli.line.runs import run_shape
from artifact_tui.cli.line.table import NAMES
from artifact_tui.domain.models import WorkflowRun


async def run(context: LineContext) -> int:
    """Wait for the selected runs, then write them once; after ``--timeout``, write them as they are."""
    waiting = RunWait(context)
    try:
        await waiting.until_ended()
    except (TimeoutError, asyncio.CancelledError) as end:
        if waiting.results and (isinstance(end, TimeoutError) or context.is_late()):
            _write(context, waiting)
        raise
    _write(context, waiting)
    if error := failure_of(waiting.results):
        raise error
    return 0


def _write(context: LineContext, waiting: RunWait) -> None:
    if waiting.choice.is_cut:
        context.messages.note(waiting.choice.only_newest("--runs"))
    output = RowWriter(_shape(context), NAMES["wait"].fields, context)
    output.rows(waiting.results)
    output.end(lambda: _document(context, waiting))


def _document(context: LineContext, waiting: RunWait) -> Record:
    choice = waiting.choice
    return {
        "repository": str(context.repository),
        "workflow_runs": [],
        "total_count": len(waiting.results),
        "truncated": choice.is_cut,
        "left_out": left_out(forks=choice.forks, over_limit=None if choice.is_cut else 0),
        "notes": context.messages.notes,
    }


def _shape(context: LineContext) -> Shape[WaitedRun]:
    of_runs = run_shape(context)

    def adapted(column: TableColumn[WorkflowRun]) -> TableColumn[WaitedRun]:
        return TableColumn(
            column.header,
            lambda waited: column.cell(waited.run),
            column.is_number,
            lambda waited: column.tone(waited.run),
        )

    return Shape(
        of_runs.key,
        lambda waited: run_record(waited.run) | {"outcome": waited.outcome, "waited_seconds": waited.waited_seconds},
        tuple(map(adapted, of_runs.columns)),
        lambda waited: of_runs.identity(waited.run),
        lambda waited: of_runs.name(waited.run),
    )
