"""The connections of one attempt: one for small archives, two to eight for large ones, each filling gaps."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from artifact_tui.domain.provider import Archive, Body, CancelScope, ServerTrouble
from artifact_tui.retry import PASSING
from artifact_tui.text import size
from artifact_tui.transfers.disk.free_space import check_room
from artifact_tui.transfers.disk.safe_names import raw_file_name
from artifact_tui.transfers.downloads.byte_ranges import Lease
from artifact_tui.transfers.downloads.connection_growth import PARALLEL_FROM, ConnectionGrowth
from artifact_tui.transfers.downloads.context import DownloadContext
from artifact_tui.transfers.downloads.finalize import raise_if_taken
from artifact_tui.transfers.downloads.job import DownloadJob
from artifact_tui.transfers.downloads.part_writer import PartWriter
from artifact_tui.transfers.downloads.stall_detector import StallDetector
from artifact_tui.transfers.errors import Stopped
from artifact_tui.transfers.models import State

_PIECES = 16  # few requests, but all connections busy until the end
_SMALLEST_PIECE, _LARGEST_PIECE = 8 * 1024 * 1024, 32 * 1024 * 1024
STARTS_OVER: Final = "The server cannot resume this download. Restarting."


class Corrupt(Exception):
    """The received bytes are not those of the upload; the message is a clause."""


class Changed(Exception):
    """The server has another blob than before, or sends no ranges: the received bytes are useless."""


class _MakesWay(Exception):
    """Another download has no connection."""


class ParallelFetch:
    """Fills the gaps of a part file from one signed URL; ``plain`` requests everything in one stream.

    ``expected`` is the size if a digest covers it; else the size in the list may be wrong.
    """

    def __init__(
        self,
        archive: Archive,
        writer: PartWriter,
        job: DownloadJob,
        context: DownloadContext,
        *,
        expected: int | None,
        plain: bool,
    ) -> None:
        self._archive = archive
        self._writer = writer
        self._job = job
        self._context = context
        self._expected = expected
        piece = min(max(_SMALLEST_PIECE, -(-job.order.size // _PIECES)), _LARGEST_PIECE)
        self._longest = None if plain or job.order.size < PARALLEL_FROM else piece  # bytes per request
        self._begun = self._in_ranges = False
        self._growth = ConnectionGrowth(context.engine.clock.monotonic)
        self._lock = threading.Lock()
        self._lines: set[CancelScope] = set()
        self._others: list[threading.Thread] = []
        self._turned_away = 0
        self._error: Exception | None = None

    def run(self) -> None:
        """Fill all gaps and end all threads; raise ProviderError, Corrupt, Changed, OSError or Stopped."""
        error: Exception | None = None
        self._context.connections.take_first(self._job)
        try:
            self._lead()
        except PASSING as passing:
            error = passing  # the others continue
        except Exception as final:
            self._abort(final)
        finally:
            self._context.connections.give(self._job)
        for other in self._others:
            other.join()
        error = self._error or (None if self._writer.complete else error)
        if error is not None:
            raise error

    def _lead(self) -> None:
        """Fill gaps, then wait for the other connections, which may leave gaps after an error."""
        self._work(leads=True)
        while self._others:
            self._others.pop().join()
            self._work(leads=True)

    def _assist(self) -> None:
        """Fill gaps beside the first connection, which takes over after a passing error."""
        left = False
        try:
            self._work()
        except _MakesWay:
            left = True
        except PASSING:
            with self._lock:
                self._turned_away += 1
        except Exception as error:  # the first connection raises it
            self._abort(error)
        finally:
            self._context.connections.give(self._job, left=left)

    def _work(self, *, leads: bool = False) -> None:
        while self._error is None and (lease := self._writer.lease(self._longest)) is not None:
            if leads and self._in_ranges:
                self._call_others()
            try:
                self._fill(lease, leads=leads)
            finally:
                self._writer.release(lease)

    def _fill(self, lease: Lease, *, leads: bool) -> None:
        with self._open(lease) as body:
            self._check(lease, body, leads=leads)
            stalls = StallDetector(self._context.engine.policy, self._context.engine.clock.monotonic)
            for chunk in body:
                if lease.end is not None and lease.at + len(chunk) > lease.end:
                    raise Corrupt(f"longer than the expected {lease.end:,} bytes")
                self._writer.land(lease, chunk)
                stalls.beat(len(chunk))
                if not leads and self._context.connections.must_leave(self._job):
                    raise _MakesWay
                if leads and self._in_ranges and self._growth.measure(self._writer.landed):
                    self._call_others()
        if lease.end is None:
            self._writer.end()
        elif lease.at < lease.end:
            raise ServerTrouble(f"The connection ended {size(lease.end - lease.at)} early.")

    @contextmanager
    def _open(self, lease: Lease) -> Iterator[Body]:
        """Request a closed range, or no range for the whole file."""
        whole = lease.at == 0 and self._longest is None
        start, end = (0, None) if whole else (lease.at, lease.end)
        with self._line(), self._archive.read(start, end, etag=self._writer.etag) as body:
            yield body

    @contextmanager
    def _line(self) -> Iterator[None]:
        """Let stopping and aborting end the waits of the calling thread."""
        with self._context.engine.storage.line() as line, self._job.holding(line):
            with self._lock:
                self._lines.add(line)
            try:
                yield
            finally:
                with self._lock:
                    self._lines.discard(line)

    def _check(self, lease: Lease, body: Body, *, leads: bool) -> None:
        """Check a response: the requested range, or the whole file, with which the download restarts."""
        if self._writer.received and (body.start, body.end) != (lease.at, lease.end):
            if self._begun or not leads or body.start:
                raise Changed
            self._writer.restart(lease)
            self._job.set_state(State.CONNECTING, received=0, resumed=0, problem=STARTS_OVER)
        elif body.start != lease.at:
            raise Changed
        self._check_total(lease, body)

    def _check_total(self, lease: Lease, body: Body) -> None:
        total = body.total if body.total is not None else self._expected
        if self._expected is not None and total != self._expected:
            raise Corrupt(f"it has {total:,} bytes instead of {self._expected:,}")
        if self._begun and (total, body.etag) != (self._writer.total, self._writer.etag):
            raise Changed
        if self._writer.received and total != self._writer.total:
            raise Changed
        if not self._begun:
            self._begin(lease, body, total)

    def _begin(self, lease: Lease, body: Body, total: int | None) -> None:
        self._begun = True
        if body.file_name:
            raise_if_taken(self._job.order, raw_file_name(body.file_name, self._job.order.artifact))
        self._writer.begin(total, body.etag, body.file_name)
        if total is not None:
            check_room(total - self._writer.received, self._job.order.directory, self._context.free_space)
        ranged = lease.end is not None and body.end == lease.end
        if not ranged:
            lease.end = total
        self._job.set_state(State.DOWNLOADING, total=total, received=self._writer.received)
        if ranged and self._longest is not None and (body.etag or self._expected is not None):
            self._in_ranges = True
            self._growth.start(self._writer.landed)
            self._call_others()

    def _call_others(self) -> None:
        self._others = [other for other in self._others if other.is_alive()]
        width, connections = self._growth.width - self._turned_away, self._context.connections
        if width <= 1 or not self._writer.has_gap:
            connections.settle(self._job)
        while self._writer.has_gap and len(self._others) < width - 1 and connections.take(self._job, width):
            other = threading.Thread(target=self._assist, name="transfers: connection", daemon=True)
            self._others.append(other)
            other.start()

    def _abort(self, error: Exception) -> None:
        with self._lock:
            if self._error is None or isinstance(self._error, Stopped):
                self._error = error
            lines = tuple(self._lines)
        for line in lines:
            line.close()
