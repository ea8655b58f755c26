"""Writing of received bytes: into the part file, the count, the journal and the SHA-256."""

from __future__ import annotations

import threading

from artifact_tui.transfers.downloads.byte_ranges import Lease, RangeSet, Span
from artifact_tui.transfers.downloads.hasher import Hasher, StreamHasher
from artifact_tui.transfers.downloads.job import DownloadJob
from artifact_tui.transfers.downloads.journal import DownloadJournal
from artifact_tui.transfers.downloads.journal_record import JournalRow
from artifact_tui.transfers.downloads.part_file import PartFile
from artifact_tui.transfers.errors import JournalError

MOST_LOST = 1024 * 1024
"""Bytes that a killed program has to fetch again: those not yet recorded in the journal, or not yet written."""
_UNWRITTEN = (64 + 16) * 1024  # bytes of each of several connections: a chunk and a TLS record
_UNWRITTEN_ALONE = (256 + 16) * 1024  # bytes of a connection that fetches the whole


class PartWriter:
    """One part file while several connections fill it; ``landed`` counts every received byte.

    If the journal cannot be written, the user is told, and the download cannot be resumed after the program ends.
    """

    def __init__(self, part: PartFile, record: JournalRow, job: DownloadJob, journal: DownloadJournal) -> None:
        self.landed = 0
        self.etag = record.etag
        self.file_name = record.file_name
        self._part = part
        self._job = job
        self._journal = journal
        self._lock = threading.Lock()
        self._noting = threading.Lock()
        self._ranges = RangeSet(record.total, _within(record.there, part.length))
        self._unrecorded = 0
        self._recording = True
        self._hasher = self._follow()

    @property
    def total(self) -> int | None:
        """The size of the blob in bytes, if known."""
        return self._ranges.total

    @property
    def received(self) -> int:
        """The number of bytes in the part file."""
        with self._lock:
            return self._ranges.received

    @property
    def complete(self) -> bool:
        """Whether all bytes are in the part file."""
        with self._lock:
            return self._ranges.complete

    @property
    def has_gap(self) -> bool:
        """Whether bytes are missing that no lease covers."""
        with self._lock:
            return self._ranges.has_gap

    def lease(self, longest: int | None) -> Lease | None:
        """Return a gap to fill, to be released; None if no gap is free."""
        with self._lock:
            lease = self._ranges.lease(longest)
            is_due = self._is_due()  # with another connection, less may be unrecorded
        if is_due:
            self._record()
        return lease

    def release(self, lease: Lease) -> None:
        """Return a lease."""
        with self._lock:
            self._ranges.release(lease)

    def begin(self, total: int | None, etag: str, file_name: str) -> None:
        """Take over size, ETag and file name of a response."""
        with self._lock:
            news = (total, etag, file_name) != (self._ranges.total, self.etag, self.file_name)
            self._ranges.total, self.etag, self.file_name = total, etag, file_name
        if news:
            self._note(total=total, etag=etag, file_name=file_name)

    def land(self, lease: Lease, chunk: bytes) -> None:
        """Write the next bytes of a lease; raise OSError and Stopped."""
        self._part.write(lease.at, chunk)
        with self._lock:
            lease.at += len(chunk)
            self.landed += len(chunk)
            self._unrecorded += len(chunk)
            received = self._ranges.received
            is_due = self._is_due()
            contiguous = self._ranges.contiguous if is_due else 0
        if is_due:
            self._hasher.reach(contiguous)
            self._record()
        self._job.add_progress(received)

    def end(self) -> None:
        """Take over the length of a complete response."""
        with self._lock:
            total = self._ranges.total = self._ranges.contiguous
        self._note(total=total)

    def restart(self, lease: Lease | None = None) -> None:
        """Discard all bytes; nobody but the owner of ``lease``, which then covers the whole, may be writing."""
        self._hasher.stop()
        self._part.truncate()
        with self._lock:
            self._ranges = RangeSet(whole=lease)
            self.etag = self.file_name = ""
            self._unrecorded = 0
        self._note(total=None, etag="", file_name="", written=(), synced=())
        self._hasher = self._follow()

    def sha256(self) -> str:
        """Return the SHA-256 of all bytes in lower-case hex; may take long, and raise Stopped or OSError."""
        assert self.total is not None
        return self._hasher.finish(self.total, self._job)

    def flush(self) -> None:
        """Write everything to the disk and the journal; raise OSError."""
        self._record(is_last=True)
        self._sync()

    def close(self) -> None:
        """Stop reading the part file."""
        self._hasher.stop()

    def _follow(self) -> Hasher:
        if self._job.is_small:
            return Hasher(self._part, self._sync)
        hasher = StreamHasher(self._part, self._sync)
        hasher.reach(self._ranges.contiguous)
        return hasher

    def _sync(self) -> None:
        with self._lock:
            spans = self._ranges.spans
        self._part.sync()
        self._note(synced=spans)

    def _is_due(self) -> bool:
        """Return whether to record, or to wait for the thread that does: both together keep :data:`MOST_LOST`."""
        return self._unrecorded >= (self._most_unrecorded() // 2 if self._noting.locked() else self._most_unrecorded())

    def _most_unrecorded(self) -> int:
        """Return the bytes after which to record: two thirds if other connections write a third meanwhile."""
        if self._ranges.leases <= 1:
            return MOST_LOST - _UNWRITTEN_ALONE
        return (MOST_LOST - _UNWRITTEN * self._ranges.leases) * 2 // 3

    def _record(self, *, is_last: bool = False) -> None:
        """Note the written bytes, one thread at a time; others with as many new bytes wait for it."""
        with self._noting:
            with self._lock:
                if not self._recording or (self._unrecorded < self._most_unrecorded() and not is_last):
                    return
                spans, self._unrecorded = self._ranges.spans, 0
            try:
                self._journal.wrote(self._job.record, spans)
            except JournalError as trouble:
                self._give_up_recording(trouble)

    def _note(self, **values: object) -> None:
        if not self._recording:
            return
        try:
            self._journal.change(self._job.record, **values)
        except JournalError as trouble:
            self._give_up_recording(trouble)

    def _give_up_recording(self, trouble: JournalError) -> None:
        self._recording = False
        if not self._job.stopped:
            self._job.update(problem=f"{trouble} If the program ends, this download restarts.")


def _within(spans: tuple[Span, ...], length: int) -> list[Span]:
    """Return the parts of the spans in a file of that length; another program may have truncated it."""
    return [(start, min(end, length)) for start, end in spans if start < length]
