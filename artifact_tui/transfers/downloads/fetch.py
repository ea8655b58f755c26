"""Bytes from the server into a part file, until they are verified."""

from __future__ import annotations

from pathlib import Path

from artifact_tui.archive.errors import ArchiveDamaged, ArchiveRefused
from artifact_tui.archive.unpack import UnpackCancelled, check_contents
from artifact_tui.domain.models import Digest
from artifact_tui.domain.provider import Archive
from artifact_tui.retry import PASSING
from artifact_tui.transfers.disk.free_space import check_room_to_unpack
from artifact_tui.transfers.downloads.context import DownloadContext
from artifact_tui.transfers.downloads.job import DownloadJob
from artifact_tui.transfers.downloads.parallel_fetch import STARTS_OVER, Changed, Corrupt, ParallelFetch
from artifact_tui.transfers.downloads.part_writer import PartWriter
from artifact_tui.transfers.errors import Stopped, TransferError
from artifact_tui.transfers.models import DownloadOrder, State
from artifact_tui.transfers.receipts.receipt import Proof

_CHANGES_BORNE = 4
_ALWAYS_CHANGED = "The download host sends a different archive each time."


class CorruptTwice(TransferError):
    """Two whole downloads did not match the upload; nothing is kept."""


class Fetcher:
    """Fills one part file, resuming from its bytes; every attempt requests a fresh signed URL."""

    def __init__(
        self, order: DownloadOrder, writer: PartWriter, part: Path, job: DownloadJob, context: DownloadContext
    ) -> None:
        self._order = order
        self._writer = writer
        self._part = part
        self._job = job
        self._context = context
        self._digest = Digest.parse(order.digest)
        self._expected = order.size or None if self._digest else None
        self._mismatch = "Digest mismatch" if self._digest else "Checksum mismatch"
        self._plain = self._has_room = False
        self._count = job.snapshot().tries

    def run(self) -> Proof:
        """Fill the part file with verified bytes; download all of it once more if the first is corrupt."""
        try:
            return self._receive_all()
        except Corrupt as corrupt:
            self._start_over(f"{self._mismatch} ({corrupt}). Downloading again.")
        try:
            return self._receive_all()
        except Corrupt as corrupt:
            self._job.set_state(State.VERIFYING, verified=False)
            sentence = f"{self._mismatch} twice: {corrupt}. Nothing was saved."
            raise CorruptTwice(sentence, "Re-run the workflow, or ask who uploaded it.") from None

    def _receive_all(self) -> Proof:
        """Fill the part file over as many attempts as it takes, and verify it; raise :class:`Corrupt`."""
        tries = self._context.engine.new_tries()
        changes = 0
        while not self._writer.complete:
            before = self._writer.landed
            try:
                self._try()
            except Changed:
                changes += 1
                if changes == _CHANGES_BORNE:
                    raise TransferError(_ALWAYS_CHANGED, "Retry later.") from None
                self._plain = True
                self._start_over(STARTS_OVER)
            except PASSING as error:
                if self._writer.landed > before:
                    tries.progressed()
                self._job.wait(tries.wait_after(error), error.sentence)
        return self._prove()

    def _try(self) -> None:
        """Request one signed URL and use it with several connections."""
        if self._writer.received and not self._writer.etag and self._digest is None:
            self._start_over("The server cannot resume this download. Restarting.")
        self._count += 1
        self._job.set_state(State.CONNECTING, tries=self._count)
        with self._context.engine.storage.line() as line, self._job.holding(line):
            archive = self._order.open(self._context.engine.storage)
            self._check_room(archive)
        ParallelFetch(archive, self._writer, self._job, self._context, expected=self._expected, plain=self._plain).run()

    def _check_room(self, archive: Archive) -> None:
        if self._has_room:
            return
        missing = max(0, self._order.size - self._writer.received)
        check_room_to_unpack(self._order, archive, missing, self._context.limits, self._context.free_space)
        self._has_room = True

    def _start_over(self, reason: str) -> None:
        self._writer.restart()
        self._job.set_state(State.CONNECTING, received=0, resumed=0, problem=reason)

    def _prove(self) -> Proof:
        """Verify by the digest, which covers every byte, or else by the checksums inside the zip."""
        total = self._writer.received
        self._job.set_state(State.VERIFYING, problem="", received=total, total=total)
        sha256 = self._writer.sha256()
        if self._digest is not None:
            if sha256 != self._digest.hex:
                raise Corrupt("its SHA-256 is not the digest that GitHub reports")
            self._job.set_state(State.VERIFYING, verified=True)
        elif not self._writer.file_name:
            self._check_zip(self._part)
        return Proof(total, sha256, verified=self._digest is not None)

    def _check_zip(self, archive: Path) -> None:
        try:
            check_contents(archive, lambda: self._job.stopped, limits=self._context.limits)
        except ArchiveDamaged as damage:
            raise Corrupt(str(damage)) from None
        except ArchiveRefused as refusal:
            self._job.set_state(State.VERIFYING, problem=f"Its checksums could not be compared: {refusal}.")
        except UnpackCancelled:
            raise Stopped from None
