"""Runs jobs in the threads of the engine, and decides what follows a failure."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from artifact_tui.domain.provider import SignedOut
from artifact_tui.retry import RetryLater
from artifact_tui.transfers.downloads.context import DownloadContext
from artifact_tui.transfers.downloads.download import FOR_GOOD, Download, remove_left
from artifact_tui.transfers.downloads.job import DownloadJob
from artifact_tui.transfers.downloads.journal_record import RowStatus
from artifact_tui.transfers.downloads.part_file import PartBusy
from artifact_tui.transfers.errors import JournalError, Stopped, failure_of
from artifact_tui.transfers.models import State


@dataclass(frozen=True)
class JobRunner:
    """Runs one job to its end; ``signed_out`` gets the reason to stop all, ``park`` a job that resumes later."""

    context: DownloadContext
    signed_out: Callable[[str], None]
    park: Callable[[DownloadJob], None]

    def download(self, job: DownloadJob) -> None:
        """Download, verify and rename, or unpack an archive that was kept."""
        try:
            download = Download(job.order, job, self.context)
            download.unpack_kept(job.archive) if job.archive else download.run()
        except Stopped:
            return
        except RetryLater as parked:
            with suppress(Stopped):
                job.park(parked.until, parked.seconds, parked.problem)
                self.park(job)
        except Exception as error:
            self._fail(job, error)

    def tidy(self, job: DownloadJob) -> None:
        """Remove what a download left on the disk, after its thread has ended."""
        job.wait_for_predecessor()
        journal = self.context.journal
        with suppress(JournalError, OSError, PartBusy):  # the next start then offers it again
            if (record := journal.find(job.record)) is not None:
                remove_left(record)
                journal.remove(record.id)

    def keep(self, job: DownloadJob) -> None:
        """Offer to resume a cancelled download whose part file stays."""
        with suppress(JournalError):  # then only the next start offers it
            self.context.journal.change(job.record, standing=RowStatus.KEPT)

    def _fail(self, job: DownloadJob, error: Exception) -> None:
        failure = failure_of(error, job.order.directory)
        with suppress(JournalError):  # then only a retry resumes it
            self.context.journal.change(job.record, standing=RowStatus.FAILED)
        lost = {"received": 0} if isinstance(error, FOR_GOOD) else {}
        job.end(State.FAILED, problem=failure.problem, next_step=failure.next_step, error=failure.error, **lost)
        if isinstance(error, SignedOut):
            self.signed_out(failure.problem)
        if failure.is_bug:
            self.context.engine.crashed(error)
