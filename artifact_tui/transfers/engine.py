"""All transfers of the program, in threads of their own: a frozen terminal must not stop a download."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from functools import partial
from operator import itemgetter
from pathlib import Path
from random import Random

from artifact_tui.archive.errors import Limits
from artifact_tui.clock import Clock
from artifact_tui.domain.provider import ArtifactStore
from artifact_tui.retry import Retrier, RetryPolicy
from artifact_tui.transfers.context import EngineContext
from artifact_tui.transfers.deletions.audit_log import AuditLog
from artifact_tui.transfers.deletions.models import ConfirmedPlan, Deletion, UnfinishedDeletion
from artifact_tui.transfers.deletions.pacer import DeletePacer
from artifact_tui.transfers.deletions.queue import DeletionQueue
from artifact_tui.transfers.disk.free_space import FreeSpace, free_space
from artifact_tui.transfers.downloads.conflicts import spare_each_other
from artifact_tui.transfers.downloads.connection_limit import ConnectionLimiter
from artifact_tui.transfers.downloads.context import DownloadContext
from artifact_tui.transfers.downloads.queue import DownloadQueue
from artifact_tui.transfers.history_file import DownloadLog, History, read_history
from artifact_tui.transfers.journals import Journals
from artifact_tui.transfers.models import DownloadOrder, Kind, Totals, Transfer, Unfinished
from artifact_tui.transfers.notifier import ChangeNotifier

_PATIENCE = RetryPolicy()
_LIMITS = Limits()
_CLOCK = Clock()


class Engine:
    """Downloads several artifacts at once and deletes one after the other.

    Every method may be called from any thread, and only :meth:`close` waits, as long as it is told to. ``changed`` is
    called from a thread of the engine, at once for a change of state and ten times a second at most for progress; how
    long it takes stops nothing. ``crashed`` gets each exception that is a bug of the program, after its transfer has
    failed in words; without it, it is raised in the thread it happened in. ``host`` is where the artifacts are, and
    ``journal`` is closed by the engine. ``delete_interval`` are the seconds between two deletes, ``delete_grace`` those
    between a confirmation and its first request; each result is a line in the file ``deletion_log``,
    as is each end of a download in ``download_log``.
    """

    def __init__(
        self,
        storage: Callable[[], ArtifactStore],
        *,
        changed: Callable[[], None],
        crashed: Callable[[Exception], None] | None = None,
        host: str = "",
        journal: Journals | None = None,
        deletion_log: Path | None = None,
        download_log: Path | None = None,
        concurrency: int = 4,
        connections: int = 8,
        delete_interval: float = 1.0,
        delete_grace: float = 5.0,
        read_only: bool = False,
        policy: RetryPolicy = _PATIENCE,
        limits: Limits = _LIMITS,
        clock: Clock = _CLOCK,
        random: Random | None = None,
        free_space: FreeSpace = free_space,
    ) -> None:
        self.read_only = read_only
        self.deletion_log = deletion_log
        self._changed = changed
        self._download_log = DownloadLog(download_log, host, clock.now)
        self._monotonic = clock.monotonic
        self._journal = journal or Journals()
        crashed = crashed or _raise
        draw = random or Random()  # noqa: S311 - spreads retries, keeps no secret
        self._context = EngineContext(
            host=host,
            make_storage=storage,
            policy=policy,
            new_tries=lambda: Retrier(policy, draw, clock),
            clock=clock,
            crashed=crashed,
        )
        self._notifier = ChangeNotifier(self._told, crashed)
        new_id = partial(next, itertools.count(1))
        downloads = DownloadContext(
            self._context, self._journal.downloads, ConnectionLimiter(connections), limits, free_space
        )
        self._downloads = DownloadQueue(
            downloads, self._notifier, concurrency=concurrency, new_id=new_id, signed_out=self._signed_out
        )
        self._deletions = DeletionQueue(
            self._context,
            self._journal.deletions,
            AuditLog(deletion_log),
            DeletePacer(delete_interval, clock),
            self._notifier,
            grace=delete_grace,
            read_only=read_only,
            new_id=new_id,
            proof=self._downloads.has_verified,
            saving=self._downloads.is_saving,
            signed_out=self._signed_out,
        )

    def history(self) -> History:
        """Return the history of downloads and deletions, also of earlier programs; reads files."""
        found = read_history(self._download_log.path, self.deletion_log)
        return found._replace(problem=f"{found.problem} {self._download_log.problem}".strip())

    def _told(self) -> None:
        """In the herald's thread."""
        self._download_log.note(self._downloads.transfers())
        self._changed()

    def download(self, orders: Iterable[DownloadOrder]) -> tuple[int, ...]:
        """Queue downloads; gives their ids in the same order."""
        return self._downloads.begin(orders)

    def delete(self, confirmed: ConfirmedPlan, *, grace: float | None = None) -> tuple[int, ...]:
        """Carry out a plan that a person has confirmed, after so many seconds of grace.

        Gives the ids of its transfers, in the plan's order. Raises :class:`~.deletions.models.ReadOnly`.
        """
        return self._deletions.begin(confirmed, grace=grace)

    def download_first(
        self, orders: Iterable[DownloadOrder], confirmed: ConfirmedPlan, *, grace: float | None = None
    ) -> tuple[int, ...]:
        """Download, then delete of the plan what was verified by its digest, and skip the rest.

        No download takes the place of another one of them, whatever they say of what is there already. Grace begins
        when the last has ended. Gives the ids of the deletes and raises as :meth:`delete`.
        """
        self._deletions.refuse_if_read_only()
        self._downloads.begin(spare_each_other(orders))
        return self._deletions.begin(confirmed, grace=grace, downloads_first=True)

    def deletions(self) -> tuple[Deletion, ...]:
        """A snapshot of each plan that is or was carried out, oldest first."""
        return self._deletions.look()

    def stop_deletion(self, number: int) -> bool:
        """Send no further delete of a plan, now or later; False when there is nothing to stop."""
        return self._deletions.stop(number)

    def pause_deletion(self, number: int) -> bool:
        """Send no further delete of a plan until it is resumed; False when there is nothing to pause."""
        return self._deletions.pause(number)

    def resume_deletion(self, number: int) -> bool:
        """Go on with a paused plan; False when it is not paused."""
        return self._deletions.resume(number)

    def unfinished_deletions(self) -> tuple[UnfinishedDeletion, ...]:
        """What earlier programs have left of their plans; raises :class:`JournalError`."""
        return self._deletions.unfinished()

    def go_on_deleting(self, number: int) -> tuple[int, ...]:
        """Carry out the rest of what :meth:`unfinished_deletions` gave; no ids when another program was faster.

        Raises :class:`JournalError` and :class:`~.deletions.models.ReadOnly`.
        """
        return self._deletions.go_on(number)

    def forget_deletion(self, number: int) -> None:
        """Never offer it again; raises :class:`JournalError`."""
        self._deletions.forget(number)

    def deleting(self, artifact_id: int) -> bool:
        """Whether an artifact is about to be deleted by us."""
        return self._is_under_way(Kind.DELETE, artifact_id)

    def downloading(self, artifact_id: int) -> bool:
        """Whether an artifact is being downloaded by us, or is going to be."""
        return self._is_under_way(Kind.DOWNLOAD, artifact_id)

    def unfinished(self) -> tuple[Unfinished, ...]:
        """Downloads that earlier programs have left; raises :class:`JournalError`."""
        return self._downloads.unfinished()

    def unreadable(self) -> str:
        """Return a sentence about unreadable rows, or an empty string; raises :class:`JournalError`."""
        return self._journal.unreadable(self._context.host)

    def go_on(self) -> tuple[int, ...]:
        """Queue all that :meth:`unfinished` gives; raises :class:`JournalError`."""
        return self._downloads.go_on()

    def forget(self) -> None:
        """Remove what :meth:`unfinished` gives, part files and all; raises :class:`JournalError`."""
        self._downloads.forget()

    def cancel(self, number: int, *, keep: bool = False) -> bool:
        """End a transfer at once; False when it is finished or its delete was just sent.

        The part file of a download is removed, or kept for a later download of the same artifact into the same
        directory.
        """
        return self._downloads.cancel(number, keep=keep) or self._deletions.withdraw(number)

    def pause(self, number: int) -> bool:
        """Stop a download until :meth:`resume`; False when there is nothing to stop."""
        return self._downloads.pause(number)

    def resume(self, number: int) -> bool:
        """Let a paused or parked download go on in front of the queue; False when it is neither."""
        return self._downloads.resume(number)

    def move(self, number: int, steps: int) -> bool:
        """Let a queued download start so many places later, or earlier when negative."""
        return self._downloads.move(number, steps)

    def retry(self, number: int) -> bool:
        """Queue a failed or cancelled transfer again under its id; False when there is nothing to try again.

        What was skipped because it has changed needs a new plan.
        """
        return self._downloads.retry(number) or self._deletions.retry(number)

    def unpack_anyway(self, number: int) -> bool:
        """Unpack an archive that was kept because it is over the limit of bytes; False when there is no such."""
        return self._downloads.unpack_anyway(number)

    def clear_finished(self) -> None:
        """Forget what is done, failed or cancelled; part files that were kept stay where they are."""
        self._downloads.clear_finished()
        self._deletions.clear_finished()
        self._notifier.moved()

    def transfers(self) -> tuple[Transfer, ...]:
        """A snapshot of all: in the order they were given, downloads that wait in the order they will start.

        One that does not change is the same object again.
        """
        downloads, deletes = self._downloads.transfers(), self._deletions.transfers()
        places = sorted(transfer.id for transfer in downloads)
        placed = [*zip(places, downloads, strict=True), *((each.id, each) for each in deletes)]
        return tuple(transfer for _, transfer in sorted(placed, key=itemgetter(0)))

    def totals(self) -> Totals:
        """All transfers added up."""
        return Totals.of(self.transfers())

    @property
    def active(self) -> int:
        """How many are queued or under way."""
        return sum(not transfer.finished for transfer in self.transfers())

    def close(self, timeout: float = 0.0, *, keep: bool = True) -> bool:
        """Stop everything, close the storage, and wait at most ``timeout`` seconds until all is cleaned up.

        With ``keep`` what was downloaded so far, and what was queued or planned, is for the next start. A delete that
        was just sent is waited for first, so that its outcome is known. Whether all ended in time.
        """
        deadline = self._monotonic() + timeout
        keep = keep and self._journal.lasting
        self._deletions.close(keep=keep)
        self._downloads.close(keep=keep)
        self._deletions.join(timeout / 2)
        self._context.close()
        ended = True
        for side in (self._downloads, self._deletions):
            ended = side.join(max(0.0, deadline - self._monotonic())) and ended
        self._notifier.close(max(0.0, deadline - self._monotonic()))
        self._journal.close(max(0.0, deadline - self._monotonic()))
        return ended

    def _is_under_way(self, kind: Kind, artifact_id: int) -> bool:
        return any(
            transfer.kind is kind and transfer.artifact.id == artifact_id and not transfer.finished
            for transfer in self.transfers()
        )

    def _signed_out(self, reason: str) -> None:
        problem = f"Not tried: {reason}"
        self._downloads.stop_queued(problem)
        self._deletions.stop_all(reason)


def _raise(error: Exception) -> None:
    raise error
