"""``artifact-tui delete``: show what would be deleted, and delete it with consent."""

from __future__ import annotations

import shlex
from pathlib import Path

from artifact_tui.cli.line.context import LineContext
from artifact_tui.cli.line.delete_options import WORDS, Consent, read_options
from artifact_tui.cli.line.delete_plan import PlannedDeletion, save_plan
from artifact_tui.cli.line.delete_report import DeleteReport, long_time
from artifact_tui.cli.line.delete_selection import DeleteSelection
from artifact_tui.cli.line.failures import READ_ONLY_OFF, LineError
from artifact_tui.cli.line.list import tell_selection
from artifact_tui.domain.protection import Reason
from artifact_tui.errors import UsageError
from artifact_tui.text import count, size

_LONGEST_COMMAND = 400
_KEPT = ("host", "api-url", "api-version", "ca-file", "backup")
_FORMS_OF_PLANS = {"--ids", "--names", "-0", "--print0"}


async def run(context: LineContext) -> int:
    """Plan, and delete if the options consent to exactly this plan."""
    options = context.options
    read_options(options, context.settings.policies)
    consent = Consent.of(options)
    if consent is None:
        planned, selection = await _planned(context, must_know_downloads=False)
        report = DeleteReport(context, planned, selection.listed)
        _tell_protected(context, planned)
        report.write_plan()
        _tell_next(context, planned)
        return 0
    if options.ids or options.names:
        raise UsageError("--ids and --names are for plans. Use --jsonl or --tsv with --yes and --at-most.")
    if context.settings.read_only:
        raise LineError("refused_by_plan", "Read-only mode: nothing is deleted.", READ_ONLY_OFF)
    return await _carry_out(context, consent)


async def _carry_out(context: LineContext, consent: Consent) -> int:
    from artifact_tui.cli.line.deletion_run import DeletionRun
    from artifact_tui.cli.line.engine_watch import EngineWatch

    async with EngineWatch(context) as watch:  # first, because without a journal nothing may be deleted
        planned, selection = await _planned(context, must_know_downloads=True)
        _tell_protected(context, planned)
        consent.check(len(planned.plan.artifacts))
        run = DeletionRun(context, watch, DeleteReport(context, planned, selection.listed))
        return await run.begin(planned.plan)


async def _planned(context: LineContext, *, must_know_downloads: bool) -> tuple[PlannedDeletion, DeleteSelection]:
    selection = DeleteSelection(context)
    planned = await selection.plan(must_know_downloads=must_know_downloads)
    if selection.listed is not None:
        tell_selection(selection.listed)
    if context.options.save_plan:
        save_plan(planned, Path(context.options.save_plan))
    return planned, selection


def _tell_protected(context: LineContext, planned: PlannedDeletion) -> None:
    if not planned.protected:
        return
    numbers = planned.reasons
    by_reason = ", ".join(f"{numbers[reason]:,} {WORDS[reason]}" for reason in Reason if numbers[reason])
    words = ",".join(WORDS[reason] for reason in Reason if numbers[reason] and reason is not Reason.DOWNLOADING)
    step = f" To include: --include-protected {words}" if words else ""
    left = count(len(planned.protected), "protected artifact")
    context.messages.note(f"{left} left out ({by_reason}).{step}")


def _tell_next(context: LineContext, planned: PlannedDeletion) -> None:
    """Say what the plan is, and the command that carries it out."""
    artifacts = planned.plan.artifacts
    if not artifacts:
        context.messages.note("Nothing to delete.")
        return
    command = shlex.join(["artifact-tui", "delete", "--yes", str(len(artifacts)), *_selection(context)])
    if len(command) > _LONGEST_COMMAND:
        command = f"the same command with --yes {len(artifacts)}"
    total = f"{count(len(artifacts), 'artifact')}, {size(planned.plan.bytes)}. {long_time(context, len(artifacts))}"
    context.messages.note(f"{total.rstrip()} Nothing was deleted. To delete: {command}")


def _selection(context: LineContext) -> list[str]:
    """Return the arguments that select the plan again: its file if it was saved."""
    options = context.options
    if not options.save_plan:
        return [each for each in options.given if each not in _FORMS_OF_PLANS]
    values = [f"--{key}={value}" for key in _KEPT if (value := getattr(options, key.replace("-", "_")))]
    switches = ["--demo"] * options.demo + ["--no-config"] * options.no_config
    return ["--plan", options.save_plan, *values, *switches]
