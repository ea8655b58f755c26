"""One download: received, proven, then shown under its final name, in this order."""

from __future__ import annotations

import os
from pathlib import Path

from artifact_tui.archive.errors import ArchiveRefused
from artifact_tui.domain.models import Digest
from artifact_tui.domain.provider import ArtifactExpired, NotFound, Refused
from artifact_tui.transfers.downloads.context import DownloadContext
from artifact_tui.transfers.downloads.fetch import CorruptTwice, Fetcher
from artifact_tui.transfers.downloads.finalize import ZIP, Finalizer, Names, Placed, clear_scratch, proof_of, was_placed
from artifact_tui.transfers.downloads.job import DownloadJob
from artifact_tui.transfers.downloads.journal_record import JournalRow
from artifact_tui.transfers.downloads.part_file import PartBusy, PartFile
from artifact_tui.transfers.downloads.part_writer import PartWriter
from artifact_tui.transfers.errors import JournalError, Stopped, TransferError
from artifact_tui.transfers.models import DownloadOrder, OnExisting, State
from artifact_tui.transfers.receipts.store import clear_half_written

FOR_GOOD = (CorruptTwice, NotFound, ArtifactExpired, Refused)
"""After these nothing that is on the disk will ever be of use."""


class Download:
    """Runs one order to its end in the calling thread.

    Raises ProviderError, TransferError, RetryLater, OSError or Stopped. The part file and its row in the journal are
    then still there when a later run can go on from them, and gone when not.
    """

    def __init__(self, order: DownloadOrder, job: DownloadJob, context: DownloadContext) -> None:
        self._order = order
        self._job = job
        self._context = context
        self._names = Names.of(order)

    def run(self) -> None:
        """Receive, prove, place."""
        self._job.wait_for_predecessor()
        self._job.set_state(State.CONNECTING)
        record = self._record()
        directory = self._order.directory
        directory.mkdir(parents=True, exist_ok=True)
        if record.target is not None and was_placed(record.target, record.inode):
            self._finish(record, record.target)
            return
        if self._order.on_existing is OnExisting.SKIP and os.path.lexists(expected_target(self._order)):
            self._job.cancel(problem=f"{expected_target(self._order).name} already exists.")
            self._forget()
            return
        part, record = self._part(record)
        self._receive_into(part, record)

    def unpack_kept(self, archive: Path) -> None:
        """Unpack an archive that was kept because it unpacks to more than the limit; it stays where it is."""
        self._job.wait_for_predecessor()
        self._job.record = self._context.journal.add(self._context.engine.host, [self._order])[0].id
        try:
            proof = proof_of(archive, self._order)
            if self._order.digest and not proof.verified:
                raise TransferError(f"{archive} has changed since it was downloaded.", "Download it again.")
            self._done(Finalizer(self._order, self._job, self._context).unpack(archive, proof))
        except ArchiveRefused as refusal:
            raise TransferError(f"Not unpacked: {refusal}. The archive is still there.") from None
        finally:
            self._forget()

    def _receive_into(self, part: PartFile, record: JournalRow) -> None:
        writer = PartWriter(part, record, self._job, self._context.journal)
        kept = True
        try:
            proof = Fetcher(self._order, writer, part.path, self._job, self._context).run()
            part.sync()
            writer.close()
            placed = Finalizer(self._order, self._job, self._context).run(part.path, writer.file_name, proof)
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
        self._job.end(
            State.DONE, path=placed.path, problem=placed.problem, over_limit=placed.over_limit, verified=verified
        )

    def _record(self) -> JournalRow:
        """Our row; a new one where it was removed, as after a download that failed for good."""
        journal = self._context.journal
        try:
            record = journal.take(self._job.record) or journal.add(self._context.engine.host, [self._order])[0]
            self._job.record = record.id
            if journal.rival(record.id, self._context.engine.host):
                raise self._busy()
        except JournalError:
            return JournalRow(id=self._job.record, order=self._order)
        return record

    def _part(self, record: JournalRow) -> tuple[PartFile, JournalRow]:
        """Return the part file that was left, with what is known of it, or a new one."""
        clear_scratch(record)
        try:
            left = PartFile.reopen(record.part) if record.part is not None else None
        except PartBusy:
            raise self._busy() from None
        if left is not None:
            return left, record
        part = PartFile.create(self._order.directory, self._names.stem + ZIP)
        fresh = JournalRow(id=record.id, order=record.order, part=part.path)
        try:
            self._note(part=part.path, etag="", total=None, file_name="", written=(), synced=())
        except Stopped:
            part.discard()
            raise
        return part, fresh

    def _busy(self) -> TransferError:
        return TransferError(
            f"This artifact is being downloaded into {self._order.directory} already, perhaps by another program.",
            "Wait for it, or choose another directory.",
        )

    def _finish(self, record: JournalRow, target: Path) -> None:
        """Finish what a program left that died after the last rename."""
        try:
            part = PartFile.reopen(record.part) if record.part else None
        except PartBusy:
            raise self._busy() from None
        clear_scratch(record)
        placed = Finalizer(self._order, self._job, self._context).finish(target, part.path if part else None)
        if part is not None:
            part.discard()
        self._forget()
        self._done(placed)

    def _forget(self) -> None:
        try:
            self._context.journal.remove(self._job.record)
        except JournalError:
            return  # the next start finds it finished, and removes it

    def _note(self, **values: object) -> None:
        try:
            self._context.journal.change(self._job.record, **values)
        except JournalError as trouble:
            self._job.update(problem=f"{trouble} If the program ends, this download starts over.")


def expected_target(order: DownloadOrder) -> Path:
    """Where an order will be when nothing is there yet; a plain file comes under its own name, not known before."""
    names = Names.of(order)
    return order.directory / (names.directory if order.unpack else names.stem + ZIP)


def remove_left(record: JournalRow) -> None:
    """Remove what an unfinished download wrote; raises :class:`PartBusy` when somebody is at it."""
    clear_scratch(record)
    if record.target is not None and was_placed(record.target, record.inode):
        clear_half_written(record.target)
    part = PartFile.reopen(record.part) if record.part is not None else None
    if part is not None:
        part.discard()
