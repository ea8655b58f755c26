"""What the threads of the engine do with a job, and what becomes of it when that fails."""

from __future__ import annotations

from collections.abc import Callable

from artifact_tui.domain.provider import SignedOut
from artifact_tui.retry import RetryLater
from artifact_tui.transfers.downloads.context import DownloadContext
from artifact_tui.transfers.downloads.download import FOR_GOOD, Download, remove_left
from artifact_tui.transfers.downloads.job import DownloadJob
from artifact_tui.transfers.downloads.journal_record import RowStatus
from artifact_tui.transfers.downloads.part_file import PartBusy
from artifact_tui.transfers.errors import JournalError, Stopped, failure_of
from artifact_tui.transfers.models import State


class JobRunner:
    """Each method runs one job to its end in the calling thread; one bad artifact never stops the others.

    ``signed_out`` is told why nothing else can succeed either, ``park`` of a job that goes on by itself later.
    """

    def __init__(
        self,
        context: DownloadContext,
        *,
        signed_out: Callable[[str], None],
        park: Callable[[DownloadJob], None],
    ) -> None:
        self._context = context
        self._signed_out = signed_out
        self._park = park

    def download(self, job: DownloadJob) -> None:
        """Fetch, prove and place, or unpack what was kept."""
        try:
            download = Download(job.order, job, self._context)
            download.unpack_kept(job.archive) if job.archive else download.run()
        except Stopped:
            return
        except RetryLater as parked:
            self._wait_elsewhere(job, parked)
        except Exception as error:
            self._fail(job, error)

    def tidy(self, job: DownloadJob) -> None:
        """Remove what a download has left on the disk, once its thread has ended."""
        job.wait_for_predecessor()
        journal = self._context.journal
        try:
            record = journal.find(job.record)
            if record is not None:
                remove_left(record)
                journal.remove(record.id)
        except (JournalError, OSError, PartBusy):
            return  # it is offered again at the next start

    def let_go(self, job: DownloadJob) -> None:
        """Keep the part file of a download that nobody waits for."""
        try:
            self._context.journal.change(job.record, standing=RowStatus.LET_GO)
        except JournalError:
            return  # it is offered at the next start, and can be refused there

    def _failed(self, job: DownloadJob) -> None:
        """Keep it for the next start, or for a new download of the same artifact."""
        try:
            self._context.journal.change(job.record, standing=RowStatus.FAILED)
        except JournalError:
            return  # then only the retry goes on from it

    def _wait_elsewhere(self, job: DownloadJob, parked: RetryLater) -> None:
        try:
            job.park(parked.until, parked.seconds, parked.problem)
        except Stopped:
            return
        self._park(job)

    def _fail(self, job: DownloadJob, error: Exception) -> None:
        failure = failure_of(error, job.order.directory)
        self._failed(job)
        lost = {"received": 0} if isinstance(error, FOR_GOOD) else {}
        job.end(State.FAILED, problem=failure.problem, next_step=failure.next_step, **lost)
        if isinstance(error, SignedOut):
            self._signed_out(failure.problem)
        if failure.is_bug:
            self._context.engine.crashed(error)
