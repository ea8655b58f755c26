"""A confirmed deletion in line mode: its grace period, its rows as they are settled, and its exit code."""

from __future__ import annotations

import sys

from artifact_tui.cli.line.backup import BackupDownloads
from artifact_tui.cli.line.context import LineContext
from artifact_tui.cli.line.delete_report import DeleteRow, SettledRows, long_time
from artifact_tui.cli.line.engine_watch import EngineWatch
from artifact_tui.cli.line.failures import LineFailure, joint_code
from artifact_tui.cli.line.state_files import ELSEWHERE
from artifact_tui.text import clock_time, count, size
from artifact_tui.transfers.deletions.models import DeletePlan, Deletion, DeletionState
from artifact_tui.transfers.errors import JournalError
from artifact_tui.transfers.models import Outcome, Transfer

KEPT = 'Run "artifact-tui resume" to see the rest.'


class DeletionRun:
    """Hands one plan to the engine and reports it; the deletion does not depend on its output."""

    def __init__(self, context: LineContext, watch: EngineWatch, report: SettledRows) -> None:
        self._context = context
        self._watch = watch
        self._report = report
        self._failures: list[LineFailure] = []
        self._open: set[int] = set()
        self._backup: BackupDownloads | None = None
        self._not_saved: set[int] = set()
        self._waits_told = ""
        self._first_notes: list[str] = []  # told when signals are caught, because they say what Ctrl+C does
        watch.engine.deletions.limit_waits(context.rate_wait_left.total_seconds())
        self._is_cancelled = False

    async def begin(self, plan: DeletePlan) -> int:
        """Delete exactly this plan, which the user has confirmed; return the exit code."""
        if not plan.artifacts:
            self._context.messages.note("Nothing to delete.")
            self._report.end()
            return 0
        confirmed = plan.confirm(len(plan.artifacts))
        if self._context.options.backup:
            self._backup = BackupDownloads(self._context, self._watch.engine)
            await self._backup.begin(confirmed, self.grace)
        else:
            self._watch.engine.deletions.add(confirmed, grace=self.grace)
        return await self.follow(plan)

    async def follow(self, plan: DeletePlan) -> int:
        """Report the artifacts of a plan until the end, by itself or by a signal; return the exit code."""
        self._open = {artifact.id for artifact in plan.artifacts}
        if self.grace and self._backup is None:
            sentence = f"Deletion of {count(len(plan.artifacts), 'artifact')} starts in {clock_time(self.grace)}."
            self._first_notes.append(f"{sentence} Nothing has been sent yet; Ctrl+C cancels.")
        if takes := long_time(self._context, len(plan.artifacts)):
            self._first_notes.append(f"Deleting {count(len(plan.artifacts), 'artifact')}. {takes}")
        await self._watch.follow(self)
        return joint_code([*self._failures, *self._report.output_failures])

    @property
    def grace(self) -> float:
        """The seconds in which nothing is sent: by default some on a terminal, and none elsewhere."""
        options = self._context.options
        if options.grace is not None:
            return float(options.grace)
        return self._context.settings.delete_grace if sys.stderr.isatty() else 0.0

    @property
    def _deletion(self) -> Deletion:
        return self._watch.engine.deletions.snapshots()[0]

    def leave(self) -> None:
        """Keep the rest for resume, unless nothing was sent yet."""
        self._first_notes.clear()
        deletion = self._deletion
        if deletion.state is DeletionState.GRACE:
            self._is_cancelled = self._watch.engine.deletions.stop(deletion.number)
        elif not deletion.finished:
            self._context.messages.note("Stopping after the current request. A second signal ends the program at once.")

    def look(self) -> bool:
        """Report what is settled, and why it waits; return whether the deletion has ended."""
        while self._first_notes:
            self._context.messages.note(self._first_notes.pop(0))
        deletion = self._deletion  # first, so that the transfers are at least as new
        for failure in self._backup.failures() if self._backup else ():
            self._fail(failure)
            self._not_saved |= {failure.item[0]} if failure.item else set()
        for transfer in self._watch.engine.deletions.transfers():
            artifact, outcome = transfer.artifact, transfer.outcome
            if outcome is not None and artifact.id in self._open:
                self._open.discard(artifact.id)
                if outcome in (Outcome.FAILED, Outcome.SKIPPED) and artifact.id not in self._not_saved:
                    self._fail(_failure_of(transfer))
                self._report.add(DeleteRow(transfer.repository, artifact, outcome, transfer.problem))
        waits = deletion.problem if deletion.state is DeletionState.WAITING else ""
        if waits and waits != self._waits_told:
            self._context.messages.note(f"Waiting {clock_time(deletion.seconds_left or 0)}: {waits}")
        self._waits_told = waits
        return deletion.finished

    def _fail(self, failure: LineFailure) -> None:
        self._failures.append(failure)
        self._context.messages.error(failure)

    def end(self, *, is_interrupted: bool) -> str:
        """Write the document, and return the totals and where the rest is; say why it was not tried."""
        counts = self._report.counts
        left = counts[Outcome.NOT_TRIED]
        if left and not self._failures and not is_interrupted:  # the journal or the log could not be written
            self._fail(LineFailure(kind="disk", message=self._deletion.problem, next_step=ELSEWHERE))
        self._report.end()
        if self._is_cancelled:
            return "Cancelled: nothing was sent."
        sums = ", ".join(f"{number:,} {outcome}" for outcome, number in counts.items() if number)
        freed = size(self._report.bytes_freed)
        sentence = f"{sums} of {count(sum(counts.values()), 'artifact')}. {freed} freed on the server."
        if self._deletion.stopped:
            sentence = f"{sentence} {self._deletion.problem}"
        return f"{sentence} {KEPT}" if left else sentence


def _failure_of(transfer: Transfer) -> LineFailure:
    item = (transfer.artifact.id, transfer.artifact.name)
    if isinstance(transfer.error, JournalError):
        return LineFailure(kind="disk", message=transfer.problem, next_step=ELSEWHERE, item=item)
    if transfer.error is not None:
        return LineFailure.of(transfer.error, item)
    kind = "changed" if transfer.outcome is Outcome.SKIPPED else "server_trouble"
    return LineFailure(kind=kind, message=transfer.problem, next_step=transfer.next_step, item=item)
