"""Bytes from the server into a part file, until they are proven to be those that were uploaded."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from artifact_tui.archive.refusal import ArchiveDamaged, ArchiveRefused, Limits
from artifact_tui.archive.unpack import UnpackCancelled, check_contents
from artifact_tui.model import Digest
from artifact_tui.provider import Body, ServerTrouble, Storage
from artifact_tui.text import size
from artifact_tui.transfers.job import Cancelled, Job
from artifact_tui.transfers.part import PartFile
from artifact_tui.transfers.patience import PASSING, Tries
from artifact_tui.transfers.transfer import DownloadOrder, State
from artifact_tui.transfers.trouble import TransferTrouble, check_room

_ATTEMPTS_AT_INTACT_BYTES = 2


class _Corrupt(Exception):
    """What came is not what was uploaded; the message is a clause."""


class Reception:
    """Fills one part file; its ``raw_name`` is then the own name of a plain file, or empty for a zip.

    Stable between connections are the part file, its length and the blob's ETag; every try asks for a fresh address.
    """

    def __init__(
        self,
        order: DownloadOrder,
        part: PartFile,
        job: Job,
        storage: Storage,
        new_tries: Callable[[], Tries],
        limits: Limits,
    ) -> None:
        self.raw_name = ""
        self._order = order
        self._part = part
        self._job = job
        self._storage = storage
        self._new_tries = new_tries
        self._limits = limits
        self._digest = Digest.parse(order.artifact.digest)
        self._expected = order.artifact.size_in_bytes or None if self._digest else None
        self._total: int | None = None
        self._etag = ""
        self._count = 0

    def run(self) -> None:
        """Intact bytes in the part file, after one more full download when the first was corrupt."""
        for attempt in range(1, _ATTEMPTS_AT_INTACT_BYTES + 1):
            try:
                self._receive_all()
                self._prove()
            except _Corrupt as corrupt:
                if attempt == _ATTEMPTS_AT_INTACT_BYTES:
                    raise self._refusal(corrupt) from None
                self._start_over(f"It came damaged ({corrupt}), so it is fetched again.")
            else:
                return

    def _refusal(self, corrupt: _Corrupt) -> TransferTrouble:
        self._job.enter(State.VERIFYING, verified=False)
        return TransferTrouble(
            f"Corrupt, twice: {corrupt}. Nothing was kept.", "Run the workflow again, or ask who uploaded it."
        )

    def _receive_all(self) -> None:
        """All bytes that were promised, over as many connections as it takes."""
        tries = self._new_tries()
        while True:
            before = self._part.length
            try:
                self._receive()
            except PASSING as error:
                if self._total is not None and self._part.length == self._total:
                    return
                if self._part.length > before:
                    tries.progressed()
                self._job.wait(tries.wait_after(error), error.sentence)
            else:
                return

    def _receive(self) -> None:
        """One connection: from where the part file ends, if the server can prove that it is the same blob."""
        if self._part.length and not self._etag:
            self._start_over("The server cannot resume, so it starts over.")
        self._count += 1
        self._job.enter(State.CONNECTING, tries=self._count)
        archive = self._storage.open(self._order.repository, self._order.artifact)
        with archive.read(self._part.length, etag=self._etag) as body, self._job.holding(body):
            self._begin(body)
            for chunk in body:
                self._take(chunk)
        if self._total is not None and self._part.length < self._total:
            raise ServerTrouble(f"The connection ended {size(self._total - self._part.length)} early.")

    def _begin(self, body: Body) -> None:
        if body.start != self._part.length:
            self._start_over("The archive has changed on the server, so it starts over.")
        if body.start != self._part.length:
            raise ServerTrouble("The server sent another part of the archive than it was asked for.")
        self._etag, self.raw_name = body.etag, body.file_name
        self._total = body.total if body.total is not None else self._expected
        if self._expected is not None and self._total != self._expected:
            raise _Corrupt(f"it has {self._total:,} bytes instead of {self._expected:,}")
        if self._total is not None:
            check_room(self._total - self._part.length, self._order.directory)
        self._job.enter(State.DOWNLOADING, total=self._total, received=self._part.length)

    def _take(self, chunk: bytes) -> None:
        if self._total is not None and self._part.length + len(chunk) > self._total:
            raise _Corrupt(f"it has more than its {self._total:,} bytes")
        self._part.write(chunk)
        self._job.advance(self._part.length)

    def _start_over(self, reason: str) -> None:
        """Progress goes back to nothing, and says why."""
        self._part.restart()
        self._etag = ""
        self._job.enter(State.CONNECTING, received=0, problem=reason)

    def _prove(self) -> None:
        """By the digest, which covers every byte; without one by the checksums inside the zip."""
        length = self._part.length
        self._job.enter(State.VERIFYING, problem="", received=length, total=length)
        if self._digest is not None:
            if self._part.sha256 != self._digest.hex:
                raise _Corrupt("its sha256 is not the digest that GitHub gives")
            self._job.enter(State.VERIFYING, verified=True)
        elif not self.raw_name:
            self._check_zip(self._part.path)

    def _check_zip(self, archive: Path) -> None:
        try:
            check_contents(archive, lambda: self._job.cancelled, limits=self._limits)
        except ArchiveDamaged as damage:
            raise _Corrupt(str(damage)) from None
        except ArchiveRefused as refusal:
            self._job.enter(State.VERIFYING, problem=f"Its checksums could not be compared: {refusal}.")
        except UnpackCancelled:
            raise Cancelled from None
