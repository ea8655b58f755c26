"""``artifact-tui runs``: the workflow runs of a repository."""

from __future__ import annotations

from contextlib import aclosing

from artifact_tui.cli.line.context import LineContext
from artifact_tui.cli.line.forms import Record, RowWriter, Shape, TableColumn
from artifact_tui.cli.line.records import left_out, run_record
from artifact_tui.cli.line.run_selection import ChosenRun, RunSelection
from artifact_tui.cli.line.table import NAMES
from artifact_tui.domain.models import WorkflowRun
from artifact_tui.errors import UsageError, UserError
from artifact_tui.text import age

_TONES = {"success": "good", "failure": "bad", "timed_out": "bad", "in_progress": "busy", "queued": "busy"}


async def run(context: LineContext) -> int:
    """List the selected runs, newest first."""
    options = context.options
    if options.runs and "--limit" in options.named:
        raise UsageError("--limit and --runs exclude each other. Use one of them.")
    choice = RunSelection(context, options.limit)
    found: list[WorkflowRun] = []
    problem = await context.error_of(_read(context, choice, found))
    if problem is not None and not found and isinstance(problem, UserError):
        raise problem
    output = RowWriter(run_shape(context), NAMES["runs"].fields, context)
    output.rows(found)
    if not found and problem is None:
        context.messages.note("No run matches.")
    for sentence in choice.skipped:
        context.messages.note(sentence)
    if choice.has_more:
        context.messages.note(choice.only_newest("--runs" if options.runs else "--limit"))
    output.end(lambda: _document(context, choice, len(found), is_broken=problem is not None))
    if problem is not None:
        raise problem
    return 0


async def _read(context: LineContext, choice: RunSelection, found: list[WorkflowRun]) -> None:
    async with aclosing(choice.runs()) as runs:
        async for chosen in runs:
            found.append(await _requested(context, chosen))
            if choice.is_newest:
                break


async def _requested(context: LineContext, chosen: ChosenRun) -> WorkflowRun:
    if chosen.run is not None:
        return chosen.run
    return await context.ask(lambda: context.provider.run(context.repository, chosen.id))


def _document(context: LineContext, choice: RunSelection, listed: int, *, is_broken: bool) -> Record:
    total, is_cut = choice.extent.exact, choice.has_more or is_broken
    over = 0 if not is_cut else None if total is None else total - listed
    return {
        "repository": str(context.repository),
        "workflow_runs": [],
        "total_count": total,
        "truncated": is_cut,
        "left_out": left_out(forks=choice.forks, over_limit=over),
        "notes": context.messages.notes,
    }


def run_shape(context: LineContext) -> Shape[WorkflowRun]:
    """Return how workflow runs are written."""
    now = context.now
    columns = (
        TableColumn[WorkflowRun]("ID", lambda run: str(run.id), True),
        TableColumn[WorkflowRun]("STATE", lambda run: run.state, tone=lambda run: _TONES.get(run.state, "")),
        TableColumn[WorkflowRun]("WORKFLOW", lambda run: run.name or run.path or "—"),
        TableColumn[WorkflowRun]("RUN", lambda run: f"#{run.run_number}", True),
        TableColumn[WorkflowRun]("TITLE", lambda run: run.display_title or "—"),
        TableColumn[WorkflowRun]("BRANCH", lambda run: run.head_branch or "—"),
        TableColumn[WorkflowRun]("EVENT", lambda run: run.event or "—"),
        TableColumn[WorkflowRun]("AGE", lambda run: age(run.created_at, now), True),
    )
    return Shape("workflow_runs", run_record, columns, lambda run: str(run.id), lambda run: run.name or "")
