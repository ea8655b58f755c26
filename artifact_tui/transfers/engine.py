"""All transfers of the program, in their own threads, so a frozen terminal never stops a download."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Set
from operator import itemgetter
from pathlib import Path
from time import monotonic
from typing import Final

from artifact_tui.archive.errors import Limits
from artifact_tui.config.settings import Settings
from artifact_tui.transfers.context import EngineContext
from artifact_tui.transfers.deletions.audit_log import AuditLog
from artifact_tui.transfers.deletions.models import ConfirmedPlan
from artifact_tui.transfers.deletions.pacer import DeletePacer
from artifact_tui.transfers.deletions.queue import DeletionQueue
from artifact_tui.transfers.disk.free_space import FreeSpace
from artifact_tui.transfers.disk.json_lines import beside
from artifact_tui.transfers.disk.shared_pace import SharedPace
from artifact_tui.transfers.downloads.conflicts import spare_each_other
from artifact_tui.transfers.downloads.connection_limit import ConnectionLimiter
from artifact_tui.transfers.downloads.context import DownloadContext
from artifact_tui.transfers.downloads.queue import DownloadQueue
from artifact_tui.transfers.history_file import DownloadLog, History, read_history
from artifact_tui.transfers.journals import open_journals
from artifact_tui.transfers.models import DownloadOrder, Totals, Transfer
from artifact_tui.transfers.notifier import ChangeNotifier


class Engine:
    """Parallel downloads in ``downloads``, and one delete after the other in ``deletions``.

    Any thread may call any method of the three; only :meth:`close` waits, up to its timeout. ``changed`` is called in a
    thread of the engine, at once for a change of state and at most ten times a second for progress; a slow listener
    stops nothing. ``delete_interval`` is the time between two deletes in seconds, which all programs of the user that
    share the journal's directory keep together.

    The journals are in the file ``journal``, unless ``journal_problem`` says why they are in memory; the logs of
    deletions and ended downloads lie beside it. Without a path all three last as long as the engine.
    """

    def __init__(
        self,
        *,
        context: EngineContext,
        settings: Settings,
        delete_interval: float,
        journal: Path | None,
        free_space: FreeSpace,
        changed: Callable[[], None],
    ) -> None:
        self._context = context
        self._changed = changed
        self.now: Final = context.clock.now  # the clock of the history, which in the demo is not that of the screens
        self._journals, self.journal_problem = open_journals(journal)
        self._download_log = DownloadLog(beside(journal, "downloads.jsonl"), context.host, context.clock.now)
        self._notifier = ChangeNotifier(self._told, context.crashed)
        self.downloads = DownloadQueue(
            DownloadContext(
                context,
                self._journals.downloads,
                ConnectionLimiter(settings.connections),
                Limits(bytes=settings.unpack_limit),
                free_space,
            ),
            self._notifier,
            concurrency=settings.concurrency,
            signed_out=self._signed_out,
        )
        self.deletions = DeletionQueue(
            context,
            self._journals.deletions,
            AuditLog(beside(journal, "deletions.jsonl"), context.host, context.clock.now),
            DeletePacer(
                delete_interval,
                context.clock,
                shared=self._shared_pace(journal, delete_interval),
            ),
            self._notifier,
            grace=settings.delete_grace,
            read_only=settings.read_only,
            downloads=self.downloads,
            signed_out=self._signed_out,
        )

    def download_first(
        self,
        orders: Iterable[DownloadOrder],
        confirmed: ConfirmedPlan,
        *,
        grace: float | None = None,
        proven: Set[int] = frozenset(),
    ) -> tuple[int, ...]:
        """Download, then delete what is verified after the grace period, and skip the rest; return the deletes' IDs.

        ``proven`` are the IDs of artifacts whose earlier downloads were just now found to have the server's digest.
        """
        self.deletions.refuse_if_read_only()
        self.downloads.add(spare_each_other(orders))  # whatever they say about existing files
        return self.deletions.add(confirmed, grace=grace, downloads_first=True, proven=proven)

    def cancel(self, number: int, *, keep: bool = False) -> bool:
        """Cancel a transfer; return False if it has ended or its delete was sent. ``keep`` keeps the part file."""
        return self.downloads.cancel(number, keep=keep) or self.deletions.withdraw(number)

    def retry(self, number: int) -> bool:
        """Queue a failed or cancelled transfer again under its ID; return False if there is nothing to retry."""
        return self.downloads.retry(number) or self.deletions.retry(number)

    def transfers(self) -> tuple[Transfer, ...]:
        """Return all in the order they were added, queued downloads as they will start; unchanged ones are the same."""
        downloads = self.downloads.transfers()
        places = sorted(transfer.id for transfer in downloads)
        placed = [*zip(places, downloads, strict=True), *((each.id, each) for each in self.deletions.transfers())]
        return tuple(transfer for _, transfer in sorted(placed, key=itemgetter(0)))

    def totals(self) -> Totals:
        """Return the sums of all transfers."""
        return Totals.of(self.transfers())

    def history(self) -> History:
        """Return the history of downloads and deletions of this and earlier programs; reads files."""
        found = read_history(self._download_log.path, self.deletions.log_path)
        return found._replace(problem=f"{found.problem} {self._download_log.problem}".strip())

    def unreadable(self) -> str:
        """Return a sentence about unreadable rows, or an empty string; raise :class:`JournalError`."""
        return self._journals.unreadable(self._context.host)

    def clear_finished(self) -> None:
        """Remove finished, failed and cancelled transfers from the lists; kept part files stay."""
        self.downloads.clear_finished()
        self.deletions.clear_finished()
        self._notifier.moved()

    def close(self, timeout: float = 0.0, *, keep: bool = True) -> bool:
        """Stop all and wait at most ``timeout`` seconds; ``keep`` leaves part files and plans for the next start.

        A delete that was just sent is waited for first, so its outcome is known. Returns whether all ended in time.
        """
        deadline = monotonic() + timeout
        keep = keep and self._journals.lasting
        self.deletions.close(keep=keep)
        self.downloads.close(keep=keep)
        self.deletions.join(timeout / 2)
        self._context.close()
        ended = True
        for side in (self.downloads, self.deletions):
            ended = side.join(max(0.0, deadline - monotonic())) and ended
        self._notifier.close(max(0.0, deadline - monotonic()))
        self._journals.close(max(0.0, deadline - monotonic()))
        return ended

    def _shared_pace(self, journal: Path | None, interval: float) -> SharedPace | None:
        path = beside(journal, f"deletions-{self._context.host}.pace")
        return SharedPace(path, interval, self._context.clock.monotonic) if path and self._journals.lasting else None

    def _told(self) -> None:
        self._download_log.note(self._notifier.take_ended())
        self._changed()

    def _signed_out(self, reason: str) -> None:
        self.downloads.stop_queued(f"Not tried: {reason}")
        self.deletions.stop_all(reason)
