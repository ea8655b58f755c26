"""What the threads of the engine do with a job, and what becomes of it when that fails."""

from __future__ import annotations

from collections.abc import Callable

from artifact_tui.provider import Forbidden, SignedOut
from artifact_tui.transfers.deletion import Deletion, Pace
from artifact_tui.transfers.download import Download, remove_left
from artifact_tui.transfers.failure import failure_of
from artifact_tui.transfers.job import Job, Stopped
from artifact_tui.transfers.journal import JournalTrouble
from artifact_tui.transfers.means import Means
from artifact_tui.transfers.part import PartBusy
from artifact_tui.transfers.patience import Parked
from artifact_tui.transfers.record import Standing
from artifact_tui.transfers.transfer import ConfirmedPlan, DownloadOrder, Outcome, State


class Work:
    """Each method runs one job to its end in the calling thread; one bad artifact never stops the others.

    ``stop`` takes queued jobs out of the queue, with the reason. ``park`` is told of a job that goes on
    by itself later.
    """

    def __init__(
        self,
        means: Means,
        pace: Pace,
        crashed: Callable[[Exception], None],
        *,
        stop: Callable[[str, Callable[[Job], bool]], None],
        park: Callable[[Job], None],
    ) -> None:
        self._means = means
        self._pace = pace
        self._crashed = crashed
        self._stop = stop
        self._park = park

    def download(self, job: Job) -> None:
        """Fetch, prove and place, or unpack what was kept."""
        order = job.order
        assert isinstance(order, DownloadOrder)
        try:
            download = Download(order, job, self._means)
            download.unpack_kept(job.archive) if job.archive else download.run()
        except Stopped:
            return
        except Parked as parked:
            self._wait_elsewhere(job, parked)
        except Exception as error:
            self._fail(job, error)

    def delete(self, job: Job) -> None:
        """Delete one artifact of a confirmed plan."""
        confirmed = job.order
        assert isinstance(confirmed, ConfirmedPlan)
        artifact = job.look().artifact
        try:
            Deletion(confirmed, artifact, job, self._means.storage, self._means.new_tries(), self._pace).run()
        except Stopped:
            return
        except Exception as error:  # the rest of the plan is decided by what it was
            self._fail(job, error)

    def tidy(self, job: Job) -> None:
        """Remove what a download has left on the disk, once its thread has ended."""
        job.wait_for_predecessor()
        journal = self._means.journal
        try:
            record = journal.find(job.record)
            if record is not None:
                remove_left(record)
                journal.remove(record.id)
        except (JournalTrouble, OSError, PartBusy):
            return  # it is offered again at the next start

    def let_go(self, job: Job) -> None:
        """The part file stays, but nobody waits for the rest."""
        try:
            self._means.journal.change(job.record, standing=Standing.LET_GO)
        except JournalTrouble:
            return  # it is offered at the next start, and can be refused there

    def _failed(self, job: Job) -> None:
        """It is offered at the next start, and a new order for the same may go on from it."""
        try:
            self._means.journal.change(job.record, standing=Standing.FAILED)
        except JournalTrouble:
            return  # then only the retry goes on from it

    def _wait_elsewhere(self, job: Job, parked: Parked) -> None:
        try:
            job.park(parked.until, parked.seconds, parked.problem)
        except Stopped:
            return
        self._park(job)

    def _fail(self, job: Job, error: Exception) -> None:
        place = job.order.directory if isinstance(job.order, DownloadOrder) else None
        failure = failure_of(error, place)
        outcome = None if place else Outcome.FAILED
        if place is not None:
            self._failed(job)
        job.end(State.FAILED, problem=failure.problem, next_step=failure.next_step, outcome=outcome)
        if isinstance(error, SignedOut):
            self._stop(failure.problem, lambda other: True)
        elif isinstance(error, Forbidden) and isinstance(job.order, ConfirmedPlan):
            self._stop(failure.problem, lambda other: other.order is job.order)
        if failure.is_bug:
            self._crashed(error)
