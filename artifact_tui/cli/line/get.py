"""``artifact-tui get``: downloads artifacts with the engine of the screen, and writes their paths."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator

from artifact_tui.archive.inner_paths import WITHIN
from artifact_tui.cli.line.artifact_selection import ArtifactSelection, SelectedArtifact
from artifact_tui.cli.line.context import LineContext
from artifact_tui.cli.line.download_orders import download
from artifact_tui.cli.line.failures import LineFailure
from artifact_tui.cli.line.get_one_file import check_output, get_one_file
from artifact_tui.cli.line.get_orders import expired_failures, has_expired, layout_of, orders_of, select_whole
from artifact_tui.cli.line.get_report import GetReport
from artifact_tui.cli.line.get_rows import GetRow, row_of_failure
from artifact_tui.cli.line.list import tell_selection
from artifact_tui.domain.models import Digest
from artifact_tui.errors import UsageError
from artifact_tui.text import count
from artifact_tui.transfers.models import DownloadOrder

MOST_JOBS = 16
RUNS_BY_LIST = (
    "workflow",
    "branch",
    "event",
    "actor",
    "status",
    "commit",
    "pr",
    "tag",
    "latest",
    "latest_good",
    "runs",
)
"""The options that select runs from a list; after a wait, its runs replace them."""


async def run(context: LineContext) -> int:
    """Download what is selected and not present, and write each path as its download ends."""
    _check(context)
    if context.options.wait:
        await _wait_for_runs(context)
    selection = ArtifactSelection(context, most=None)
    found = await select_whole(selection)
    live = [each for each in found if not has_expired(each, context)]
    orders = orders_of(context, live)
    tell_selection(selection)
    report = GetReport(context)
    _skip_expired(selection, found, report)
    wanted = list(_refuse_without_digest(context, orders, report))
    if context.options.file:
        from artifact_tui.cli.line.get_files import narrow_orders

        wanted = await narrow_orders(context, wanted, report)
    try:
        await _deliver(context, wanted, report)
    except asyncio.CancelledError:
        if context.is_late():
            report.end(selection, is_late=True)
        raise
    report.end(selection)
    return report.code


async def _deliver(context: LineContext, wanted: list[DownloadOrder], report: GetReport) -> None:
    if context.options.output:
        await get_one_file(context, wanted, report.add)
    elif context.options.layout == "merge":
        from artifact_tui.cli.line.get_merged import get_merged

        await get_merged(context, wanted, report)
    else:
        await download(context, wanted, report.add)


def _check(context: LineContext) -> None:
    options = context.options
    if options.jobs and options.jobs > MOST_JOBS:
        raise UsageError(f"--jobs must be from 1 to {MOST_JOBS}, not {options.jobs}.")
    if options.any_outcome and not options.wait:
        raise UsageError("--any-outcome needs --wait.")
    if options.file and (options.zip or options.require_digest):
        other = "--zip" if options.zip else "--require-digest"
        raise UsageError(f"--file and {other} exclude each other, because a digest covers the whole zip.")
    if inner := next((glob for glob in options.file if WITHIN in glob), ""):
        raise UsageError(f"--file cannot lead into an inner archive ({inner!r}). Use artifact-tui cat.")
    if options.output:
        check_output(context)
    elif options.layout == "merge":
        from artifact_tui.cli.line.get_merged import check_merged

        check_merged(context)
    options.ids = options.all_matches = False
    options.names = not (options.json or options.jsonl or options.tsv)  # the names of rows are their paths


async def _wait_for_runs(context: LineContext) -> None:
    """Wait for the selected runs and select exactly these, because newer ones may have begun; raise LineError."""
    from artifact_tui.cli.line.follow_runs import RunWait, failure_of

    options = context.options
    waiting = RunWait(context)
    await waiting.until_ended()
    if not options.any_outcome and (error := failure_of(waiting.results)):
        raise error
    options.layout = layout_of(options)
    for option in (*RUNS_BY_LIST, "look_back"):
        setattr(options, option, None)
    options.waited_runs = {waited.run.id: waited.run for waited in waiting.results}
    options.run = [str(waited.run.id) for waited in waiting.results]


def _skip_expired(selection: ArtifactSelection, found: list[SelectedArtifact], report: GetReport) -> None:
    expired = [each.artifact for each in found if has_expired(each, selection.context)]
    failures = expired_failures(selection, expired, is_all=len(expired) == len(found))
    known = {failure.item: failure for failure in failures}
    report.expired = len(expired)
    for artifact in expired:
        failure = known.get((artifact.id, artifact.name))
        shown = GetRow(artifact=artifact, result="skipped", problem="It has expired.")
        report.add(row_of_failure(artifact, failure, "skipped") if failure else shown)
    if unnamed := len(expired) - len(failures):
        selection.context.messages.note(f"{count(unnamed, 'expired artifact')} skipped.")


def _refuse_without_digest(
    context: LineContext, orders: Iterable[DownloadOrder], report: GetReport
) -> Iterator[DownloadOrder]:
    for order in orders:
        artifact = order.artifact
        if not context.options.require_digest or Digest.parse(artifact.digest):
            yield order
            continue
        message = f"{artifact.name}: not verified by digest, because the server reports none."
        step = "Leave out --require-digest to download it anyway."
        item = artifact.id, artifact.name
        report.add(row_of_failure(artifact, LineFailure(kind="failed", message=message, next_step=step, item=item)))
