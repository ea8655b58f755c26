"""Writes the journal and the log of a deletion in step with its progress."""

from __future__ import annotations

import os
from dataclasses import dataclass

from artifact_tui.transfers.deletions.audit_log import AuditLog
from artifact_tui.transfers.deletions.job import DeleteJob
from artifact_tui.transfers.deletions.journal import DeletionJournal
from artifact_tui.transfers.deletions.plan_run import PlanRun
from artifact_tui.transfers.errors import JournalError
from artifact_tui.transfers.models import Outcome


@dataclass(frozen=True)
class DeletionRecorder:
    """Writes changes to the disk before its methods return; they raise JournalError."""

    host: str
    journal: DeletionJournal
    log: AuditLog

    def keep(self, execution: PlanRun) -> None:
        """Write all changes: a new plan and outcomes. Remove a plan that has nothing left to do."""
        if not execution.record and execution.is_left:
            self._add(execution)
        changed = [each for each in execution.deletes if each.changed]
        for each in changed:
            if each.unlogged is not None:
                self._say(each, *each.unlogged)
                each.unlogged = None
        self._write(execution.record, changed)
        if execution.record and execution.is_over and not execution.is_left:
            self.journal.remove(execution.record)
            execution.record = 0

    def start(self, execution: PlanRun, delete: DeleteJob) -> None:
        """Note that the request for an artifact is about to be sent."""
        self._write(execution.record, [delete])

    def _add(self, execution: PlanRun) -> None:
        execution.record = self.journal.add(
            self.host,
            execution.confirmed_at,
            [each.item for each in execution.deletes],
            downloads_first=execution.downloads_first,
        )

    def _write(self, record: int, changed: list[DeleteJob]) -> None:
        for each in changed:
            each.changed = False
        if changed and record:  # a plan stopped at once has no record
            self.journal.write(record, [(each.position, each.item) for each in changed])

    def _say(self, delete: DeleteJob, outcome: Outcome, problem: str) -> None:
        try:
            self.log.append(delete.shown.repository, delete.shown.artifact, outcome, problem, once=delete.carried)
        except OSError as error:
            reason = os.strerror(error.errno or 0)
            raise JournalError(f"The log of deletions ({self.log.path}) cannot be written: {reason}.") from None
