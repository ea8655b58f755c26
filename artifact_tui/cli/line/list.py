"""``artifact-tui list``: the artifacts of a repository or of workflow runs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import aclosing

from artifact_tui.cli.line.artifact_selection import ArtifactSelection, SelectedArtifact
from artifact_tui.cli.line.context import LineContext
from artifact_tui.cli.line.forms import Record, RowWriter, Shape, TableColumn
from artifact_tui.cli.line.records import artifact_record, left_out, run_record, unknown_run
from artifact_tui.cli.line.table import NAMES
from artifact_tui.domain.artifact_filter import SORTS, Query, is_expired
from artifact_tui.domain.models import WorkflowRun
from artifact_tui.errors import UsageError
from artifact_tui.storage.quota_words import expired_words
from artifact_tui.text import age, count, size, until


async def run(context: LineContext) -> int:
    """List the selected artifacts; rows are written page by page in the default order."""
    options = context.options
    if options.all and "--limit" in options.named:
        raise UsageError("--all and --limit exclude each other. Use one of them.")
    selection = ArtifactSelection(context, most=None if options.all else options.limit)
    output = RowWriter(artifact_shape(context), NAMES["list"].fields, context)
    kept: list[SelectedArtifact] = []
    is_streamed = options.sort == "created" and not options.reverse
    problem = await context.error_of(_read(selection, output.rows if is_streamed else kept.extend))
    output.rows(_sorted(kept, context))
    if not output.has_rows and problem is None:
        context.messages.note("No artifact matches.")
    tell_selection(selection)
    output.end(lambda: document(selection, is_broken=problem is not None))
    if problem is not None:
        raise problem
    return 0


async def _read(selection: ArtifactSelection, take: Callable[[list[SelectedArtifact]], None]) -> None:
    async with aclosing(selection.batches()) as batches:
        async for batch in batches:
            take(await _with_runs(selection.context, batch))
    selection.raise_if_incomplete()


def tell_selection(selection: ArtifactSelection) -> None:
    """Write notes about the selected run, and about what was left out."""
    messages, choice, kind = selection.context.messages, selection.run_choice, selection.context.backend.kind
    if selection.wanted.only_expired and kind.is_cloud:
        messages.note(f"{expired_words(kind)}.")
    if choice is not None and len(selection.runs) == 1 and (run := selection.runs[0].run):
        messages.note(run_note(run))
    for sentence in choice.skipped if choice is not None else ():
        messages.note(sentence)
    if choice is not None and choice.is_cut:
        messages.note(choice.only_newest("--runs"))
    if selection.older_attempts:
        older = count(selection.older_attempts, "older artifact")
        messages.note(f"{older} of the same name left out. Use --all-attempts to include all attempts.")
    if selection.is_cut:
        share = selection.extent.share()
        read = "artifact was" if share == "1" else f"{share} artifacts were"
        messages.note(f"Only the newest {read} read. Use --all to read all.")


def run_note(run: WorkflowRun) -> str:
    """Return the note about the selected run."""
    return f"Run {run.id}: {run.name or run.path} #{run.run_number}, {run.state}, {run.head_branch or '-'}."


def document(selection: ArtifactSelection, *, is_broken: bool = False) -> Record:
    """Return the JSON document of a selection, without its rows."""
    context, choice = selection.context, selection.run_choice
    only = selection.runs[0] if len(selection.runs) == 1 else None
    known = (run_record(only.run) if only.run else unknown_run(only.id)) if only else None
    total = selection.extent.exact if choice is None else None
    not_listed = left_out(
        expired=selection.expired,
        forks=choice.forks if choice else 0,
        older_attempts=selection.older_attempts,
        over_limit=selection.over_limit,
    )
    return {
        "repository": str(context.repository),
        "run": known,
        "artifacts": [],
        "total_count": total,
        "truncated": selection.is_cut or is_broken or bool(choice and choice.is_cut),
        "left_out": not_listed,
        "notes": context.messages.notes,
    }


def artifact_shape(context: LineContext) -> Shape[SelectedArtifact]:
    """Return how artifacts are written; ``--long`` writes exact values."""
    repository, api_url = context.repository, context.backend.api_url

    def record(found: SelectedArtifact) -> Record:
        return artifact_record(found.artifact, repository, api_url, found.run)

    columns = _columns(context, record)
    return Shape("artifacts", record, columns, lambda found: str(found.artifact.id), lambda found: found.artifact.name)


def _columns(
    context: LineContext, record: Callable[[SelectedArtifact], Record]
) -> tuple[TableColumn[SelectedArtifact], ...]:
    now = context.now

    def faint(found: SelectedArtifact) -> str:
        return "faint" if is_expired(found.artifact, now) else ""

    def column(header: str, read: str, *, is_number: bool = False) -> TableColumn[SelectedArtifact]:
        return TableColumn(header, lambda found: _shown(record(found), read), is_number, faint)

    identity = column("ID", "id", is_number=True), column("NAME", "name")
    place = column("BRANCH", "workflow_run.head_branch"), column("RUN", "workflow_run.id", is_number=True)
    columns: tuple[TableColumn[SelectedArtifact], ...]
    if context.options.long:
        dates = column("CREATED", "created_at"), column("EXPIRES", "expires_at")
        bytes_ = column("BYTES", "size_in_bytes", is_number=True)
        columns = (*identity, bytes_, *dates, *place, column("DIGEST", "digest"))
    else:
        columns = (
            *identity,
            TableColumn("SIZE", lambda found: size(found.artifact.size_in_bytes), True, faint),
            TableColumn("AGE", lambda found: age(found.artifact.created_at, now), True, faint),
            TableColumn("EXPIRES", lambda found: _expiry(found, context), True, faint),
            *place,
        )
    return (*columns, TableColumn("ATTEMPT", _attempt, True, faint)) if context.options.with_runs else columns


def _shown(record: Record, field: str) -> str:
    value: object = record
    for part in field.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return "—" if value is None else str(value)


def _expiry(found: SelectedArtifact, context: LineContext) -> str:
    return "expired" if is_expired(found.artifact, context.now) else until(found.artifact.expires_at, context.now)


def _attempt(found: SelectedArtifact) -> str:
    if found.run is None:
        return "—"
    kind, number = found.artifact.attempt(found.run)
    return str(number) if kind == "exactly" else f"< {number}"


def _sorted(kept: list[SelectedArtifact], context: LineContext) -> list[SelectedArtifact]:
    options = context.options
    order = next(sort for sort in SORTS if sort.id == options.sort)
    by_id = {found.artifact.id: found for found in sorted(kept, key=lambda found: -found.artifact.id)}
    query = Query("", sort=order, descending=order.descending != options.reverse)
    return [by_id[artifact.id] for artifact in query.apply([found.artifact for found in by_id.values()], context.now)]


async def _with_runs(context: LineContext, batch: list[SelectedArtifact]) -> list[SelectedArtifact]:
    """Return the artifacts with their runs if ``--with-runs`` is given: one request per run."""
    if not context.options.with_runs:
        return batch
    wanted = {found.artifact.run_id for found in batch if found.run is None} - {None}
    few = asyncio.Semaphore(8)

    async def one(number: int) -> WorkflowRun:
        async with few:
            return await context.ask(lambda: context.provider.run(context.repository, number))

    runs = {run.id: run for run in await asyncio.gather(*(one(number) for number in wanted if number is not None))}
    return [found if found.run else found._replace(run=runs.get(found.artifact.run_id or 0)) for found in batch]
