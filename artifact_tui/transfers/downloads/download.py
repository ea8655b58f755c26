"""One download: received, verified, then renamed to its final name."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from artifact_tui.archive.errors import ArchiveRefused
from artifact_tui.domain.models import Digest
from artifact_tui.domain.provider import ArtifactExpired, NotFound, Refused
from artifact_tui.transfers.downloads.context import DownloadContext
from artifact_tui.transfers.downloads.fetch import CorruptTwice, Fetcher
from artifact_tui.transfers.downloads.finalize import (
    ZIP,
    Finalizer,
    Names,
    Placed,
    clear_scratch,
    proof_of,
    raise_if_taken,
    was_placed,
)
from artifact_tui.transfers.downloads.job import DownloadJob
from artifact_tui.transfers.downloads.journal_record import JournalRow
from artifact_tui.transfers.downloads.part_file import PartBusy, PartFile
from artifact_tui.transfers.downloads.part_writer import PartWriter
from artifact_tui.transfers.errors import (
    DownloadedElsewhere,
    JournalError,
    Stopped,
    TargetExists,
    TransferError,
    make_directory,
)
from artifact_tui.transfers.models import DownloadOrder, OnExisting, State
from artifact_tui.transfers.receipts.store import clear_half_written

FOR_GOOD = (CorruptTwice, NotFound, ArtifactExpired, Refused)  # errors after which the bytes on the disk are useless


class Download:
    """Runs one order to its end; raises ProviderError, TransferError, RetryLater, OSError or Stopped.

    The part file and its journal row then stay if a later run can resume, and are removed if not.
    """

    def __init__(self, order: DownloadOrder, job: DownloadJob, context: DownloadContext) -> None:
        self._order = order
        self._job = job
        self._context = context
        self._finalizer = Finalizer(order, job, context)

    def run(self) -> None:
        """Receive, verify and rename, or skip the download if its name exists and the order says so."""
        try:
            self._run()
        except TargetExists as error:
            if not self._job.snapshot().received:
                self._forget()
            if self._order.on_existing is not OnExisting.SKIP:
                raise
            self._job.cancel(problem=error.sentence, error=error)

    def _run(self) -> None:
        self._job.wait_for_predecessor()
        self._job.set_state(State.CONNECTING)
        record = self._record()
        make_directory(self._order.directory)
        if record.target is not None and was_placed(record.target, record.inode):
            self._finish(record, record.target)
            return
        raise_if_taken(self._order, expected_target(self._order).name)
        self._receive_into(*self._part(record))

    def unpack_kept(self, archive: Path) -> None:
        """Unpack an archive that was kept because it unpacks to more than the limit; the archive stays."""
        self._job.wait_for_predecessor()
        self._job.record = self._context.journal.add(self._context.engine.host, [self._order])[0].id
        try:
            proof = proof_of(archive, self._order)
            if self._order.digest and not proof.verified:
                raise TransferError(f"{archive} has changed since it was downloaded.", "Download it again.")
            self._done(self._finalizer.unpack(archive, proof))
        except ArchiveRefused as refusal:
            raise TransferError(f"Not unpacked: {refusal}. The archive is kept.") from None
        finally:
            self._forget()

    def _receive_into(self, part: PartFile, record: JournalRow) -> None:
        writer = PartWriter(part, record, self._job, self._context.journal)
        kept = True
        try:
            if not self._job.snapshot().tries:
                self._job.update(resumed=writer.received)
            proof = Fetcher(self._order, writer, part.path, self._job, self._context).run()
            writer.close()
            self._job.give_way()
            placed = self._finalizer.run(part.path, writer.file_name, proof)
            kept = False
        except FOR_GOOD:
            kept = False
            raise
        except Stopped:
            kept = self._job.keeps
            raise
        finally:
            writer.close()
            self._leave(part, writer, kept=kept)
        self._done(placed)

    def _leave(self, part: PartFile, writer: PartWriter, *, kept: bool) -> None:
        if kept and writer.received:
            writer.flush()
            part.close()
            return
        part.discard()
        if not kept:
            self._forget()

    def _done(self, placed: Placed) -> None:
        verified = self._job.snapshot().verified or (True if Digest.parse(self._order.digest) else None)
        path, problem, over_limit = placed
        self._job.end(State.DONE, path=path, problem=problem, over_limit=over_limit, verified=verified)

    def _record(self) -> JournalRow:
        journal = self._context.journal
        try:
            record = journal.take(self._job.record) or journal.add(self._context.engine.host, [self._order])[0]
            self._job.record = record.id
            if journal.rival(record.id, self._context.engine.host):
                self._forget_unless_begun(record)
                raise self._busy()
        except JournalError:
            return JournalRow(id=self._job.record, order=self._order)
        return record

    def _part(self, record: JournalRow) -> tuple[PartFile, JournalRow]:
        """Return the existing part file and its row, or a new one."""
        clear_scratch(record)
        if (left := self._reopen(record)) is not None:
            return left, record
        part = PartFile.create(self._order.directory, Names.of(self._order).stem + ZIP)
        fresh = JournalRow(id=record.id, order=record.order, part=part.path)
        try:
            self._note(part=part.path, etag="", total=None, file_name="", written=(), synced=())
        except Stopped:
            part.discard()
            raise
        return part, fresh

    def _reopen(self, record: JournalRow) -> PartFile | None:
        try:
            return PartFile.reopen(record.part)
        except PartBusy:
            raise self._busy() from None

    def _busy(self) -> DownloadedElsewhere:
        place = f"into {self._order.directory}"
        sentence = f"Another download of this artifact {place} is running, perhaps in another program."
        return DownloadedElsewhere(sentence, "Wait for it, or choose another directory.")

    def _finish(self, record: JournalRow, target: Path) -> None:
        """Finish the download of a program that ended after the final rename."""
        part = self._reopen(record)
        clear_scratch(record)
        placed = self._finalizer.finish(target, part.path if part else None)
        if part is not None:
            part.discard()
        self._forget()
        self._done(placed)

    def _forget_unless_begun(self, record: JournalRow) -> None:
        if record.part is None:
            self._forget()

    def _forget(self) -> None:
        with suppress(JournalError):  # the next start finds it finished and removes it
            self._context.journal.remove(self._job.record)

    def _note(self, **values: object) -> None:
        try:
            self._context.journal.change(self._job.record, **values)
        except JournalError as trouble:
            self._job.update(problem=f"{trouble} If the program ends, this download restarts.")


def expected_target(order: DownloadOrder) -> Path:
    """Return the target if nothing exists there; a plain file gets its own name, which is unknown before."""
    names = Names.of(order)
    return order.directory / (names.directory if order.unpack else names.stem + ZIP)


def remove_left(record: JournalRow) -> None:
    """Remove what an unfinished download wrote; raise OSError, and :class:`PartBusy` if it is in use."""
    clear_scratch(record)
    if record.target is not None and was_placed(record.target, record.inode):
        clear_half_written(record.target)
    if (part := PartFile.reopen(record.part)) is not None:
        part.remove()
