"""Where bytes land: in the part file at their places, in the count, in the journal, and in the sha256."""

from __future__ import annotations

import threading

from artifact_tui.transfers.downloads.byte_ranges import Claim, Pieces, Span
from artifact_tui.transfers.downloads.hasher import Follower
from artifact_tui.transfers.downloads.job import Job
from artifact_tui.transfers.downloads.journal import Journal
from artifact_tui.transfers.downloads.journal_record import Record
from artifact_tui.transfers.downloads.part_file import PartFile
from artifact_tui.transfers.errors import JournalTrouble

RECORD_EVERY = 256 * 1024
"""Bytes between two notes in the journal. A killed program may have to fetch twice of these again, those of the note
that was being written and those since, each with one chunk of every connection on top: at most 1 MiB in all."""


class Landing:
    """One part file while connections fill it, several at a time.

    ``landed`` counts every byte that came, also those that were given up again. What the journal cannot take is said
    and costs nothing but the chance to go on after the program has ended.
    """

    def __init__(self, part: PartFile, record: Record, job: Job, journal: Journal) -> None:
        self.landed = 0
        self.etag = record.etag
        self.file_name = record.file_name
        self._part = part
        self._job = job
        self._journal = journal
        self._lock = threading.Lock()
        self._noting = threading.Lock()
        self._pieces = Pieces(record.total, _within(record.there, part.length))
        self._unrecorded = 0
        self._recording = True
        self._follower = self._follow()

    @property
    def total(self) -> int | None:
        """The size of the blob in bytes, once it is known."""
        return self._pieces.total

    @property
    def received(self) -> int:
        """How many of its bytes are there."""
        with self._lock:
            return self._pieces.received

    @property
    def complete(self) -> bool:
        """Whether all are."""
        with self._lock:
            return self._pieces.complete

    def claim(self, longest: int | None) -> Claim | None:
        """A gap to fill, to be released; None when there is none that nobody fills."""
        with self._lock:
            return self._pieces.claim(longest)

    def release(self, claim: Claim) -> None:
        """Nobody fills it any more."""
        with self._lock:
            self._pieces.release(claim)

    def begin(self, total: int | None, etag: str, file_name: str) -> None:
        """What an answer says of the blob."""
        with self._lock:
            news = (total, etag, file_name) != (self._pieces.total, self.etag, self.file_name)
            self._pieces.total, self.etag, self.file_name = total, etag, file_name
        if news:
            self._note(total=total, etag=etag, file_name=file_name)

    def land(self, claim: Claim, chunk: bytes) -> None:
        """Write the next bytes of a claim; raises OSError, and :class:`~.job.Stopped`."""
        self._part.write(claim.at, chunk)
        with self._lock:
            claim.at += len(chunk)
            self.landed += len(chunk)
            self._unrecorded += len(chunk)
            received, contiguous = self._pieces.received, self._pieces.contiguous
            is_due = self._unrecorded >= RECORD_EVERY
        self._follower.reach(contiguous)
        if is_due:
            self._record()
        self._job.advance(received)

    def end(self) -> None:
        """The answer ended where it had to, so its length is the size."""
        with self._lock:
            total = self._pieces.total = self._pieces.contiguous
        self._note(total=total)

    def restart(self, claim: Claim | None = None) -> None:
        """Forget all bytes; nobody but the owner of ``claim``, which is then one for the whole, may be filling any."""
        self._follower.stop()
        self._part.truncate()
        with self._lock:
            self._pieces = Pieces(whole=claim)
            self.etag = self.file_name = ""
            self._unrecorded = 0
        self._note(total=None, etag="", file_name="", written=(), synced=())
        self._follower = self._follow()

    def sha256(self) -> str:
        """Of all bytes, in lower-case hex; may take a while, and raise :class:`~.job.Stopped` or OSError."""
        assert self.total is not None
        return self._follower.finish(self.total, self._job.check)

    def flush(self) -> None:
        """Everything on the disk and in the journal, for whoever goes on from here; raises OSError."""
        self._record(is_last=True)
        self._sync()

    def close(self) -> None:
        """Let go of the part file."""
        self._follower.stop()

    def _follow(self) -> Follower:
        follower = Follower(self._part, self._sync)
        follower.reach(self._pieces.contiguous)
        return follower

    def _sync(self) -> None:
        with self._lock:
            spans = self._pieces.spans
        self._part.sync()
        self._note(synced=spans)

    def _record(self, *, is_last: bool = False) -> None:
        """Note what is written, one thread at a time: others that have landed as much again wait until it is noted."""
        with self._noting:
            with self._lock:
                if not self._recording or (self._unrecorded < RECORD_EVERY and not is_last):
                    return
                spans, self._unrecorded = self._pieces.spans, 0
            try:
                self._journal.wrote(self._job.record, spans)
            except JournalTrouble as trouble:
                self._give_up_recording(trouble)

    def _note(self, **values: object) -> None:
        if not self._recording:
            return
        try:
            self._journal.change(self._job.record, **values)
        except JournalTrouble as trouble:
            self._give_up_recording(trouble)

    def _give_up_recording(self, trouble: JournalTrouble) -> None:
        self._recording = False
        if not self._job.stopped:
            self._job.tell(problem=f"{trouble} If the program ends, this download starts over.")


def _within(spans: tuple[Span, ...], length: int) -> list[Span]:
    """What of the spans lies in a file of that length: it may have been cut by others."""
    return [(start, min(end, length)) for start, end in spans if start < length]
