"""An artifact's bytes on the server, read in as few and as large closed ranges as possible."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from artifact_tui.archive.zip_directory import ReadAt
from artifact_tui.domain.provider import Archive, Body, Offline, ProviderError

TAIL = 66 * 1024  # bytes of the first request: the largest end record of a zip, and the whole directory of most zips
_LONGEST_TAIL = 960 * 1024  # bytes: the directory of 10,000 files with names of 50 bytes
_SHARE_OF_TAIL = 1024  # the tail is a 1024th of the blob: 195 kB of 200 MB
_DOWNLOAD = "Esc goes back, and d there downloads the artifact."


class ArchiveUnreadable(ProviderError):
    """The archive cannot be opened on the server: damaged, refused, or not available in parts."""


class Unopenable(ArchiveUnreadable):
    """The archive breaks a rule or a limit, but its bytes can be downloaded."""


class ScratchError(ArchiveUnreadable):
    """The temporary file for an archive within the artifact cannot be written."""


class WholeOnly(ArchiveUnreadable):
    """The server sends the artifact only as a whole; ``total`` in bytes, if known."""

    def __init__(self, sentence: str, next_step: str, total: int | None) -> None:
        super().__init__(sentence, next_step)
        self.total = total


class Ranges:
    """One blob, unchanged from the first request to the last; several threads may read at once.

    A wrong ``expected`` size costs a request. ``is_wanted`` is called at each chunk; False ends the read. ``tail`` is
    the number of bytes at the end to read first, by default :func:`tail_of` the size.
    """

    def __init__(
        self, archive: Archive, expected: int, is_wanted: Callable[[], bool] = lambda: True, tail: int = 0
    ) -> None:
        self._archive = archive
        self._first = tail
        self._is_wanted = is_wanted
        self.etag = ""
        self.size = expected
        self.file_name = ""  # set if the artifact is a plain file, not a zip
        self.read: ReadAt = self._fetch
        self._tail = expected, b""
        for _ in range(2):
            if self._begin():
                return
        raise changed()

    def _begin(self) -> bool:
        """Read the tail; return False if the size differed, which is then known."""
        start = max(0, self.size - (self._first or tail_of(self.size)))
        with self._archive.read(start, max(1, self.size)) as body:
            if body.total is None:
                sentence = "This server creates the zip while sending it, so it cannot be read in parts."
                raise WholeOnly(sentence, _DOWNLOAD, None)
            if body.total != self.size:
                self.size = body.total
                return False
            if body.start != start:
                sentence = "This server sends an artifact only as a whole, so it cannot be read in parts."
                raise WholeOnly(sentence, _DOWNLOAD, body.total)
            self.etag, self.file_name = body.etag, body.file_name
            self._tail = start, self._take(body, self.size - start)
            self.read = ahead(self._fetch, *self._tail)
        return True

    @contextmanager
    def in_order(self, start: int, end: int) -> Iterator[ReadAt]:
        """Yield a reader for rising offsets, to which one request sends all bytes from ``start`` up to ``end``.

        It is for one thread. Other bytes take requests of their own.
        """
        with ExitStack() as leaving:
            stream = RangeStream(
                self._fetch, lambda: self._open(leaving, start, min(end, self._tail[0])), self._is_wanted
            )
            yield ahead(stream.read, *self._tail)

    def _open(self, leaving: ExitStack, start: int, end: int) -> Body | None:
        """Return the opened bytes, or None if there are none."""
        if end <= start:
            return None
        body = leaving.enter_context(self._archive.read(start, end, etag=self.etag))
        if (body.start, body.total, body.etag) != (start, self.size, self.etag):
            raise changed()
        return body

    def _fetch(self, offset: int, length: int) -> bytes:
        end = min(offset + length, self.size)
        if end <= offset:
            return b""
        with self._archive.read(offset, end, etag=self.etag) as body:
            if (body.start, body.total, body.etag) != (offset, self.size, self.etag):
                raise changed()
            return self._take(body, end - offset)

    def _take(self, body: Body, length: int) -> bytes:
        """Return the first ``length`` bytes; read no further, unless the body ends there, to reuse its connection."""
        taken = bytearray()
        is_longer = body.end != body.start + length
        if length:
            for chunk in body:
                if not self._is_wanted():
                    raise Offline("Cancelled.")
                taken += chunk
                if is_longer and len(taken) >= length:
                    break
        if len(taken) < length:
            raise Offline("Connection to the download host lost.", "Try again.")
        return bytes(taken[:length])


class RangeStream:
    """Reads a body at rising offsets, from the first read on; other offsets are read by ``read_at``."""

    def __init__(self, read_at: ReadAt, begin: Callable[[], Body | None], is_wanted: Callable[[], bool]) -> None:
        self._read_at = read_at
        self._begin = begin
        self._is_wanted = is_wanted
        self._chunks: Iterator[bytes] | None = None
        self._at = 0
        self._held = bytearray()

    def read(self, offset: int, length: int) -> bytes:
        """Return the bytes; those between the earlier reads and this one are skipped."""
        if self._chunks is None:
            body = self._begin()
            self._chunks, self._at = iter(body or ()), body.start if body else offset
        if offset < self._at:
            return self._read_at(offset, length)
        while self._at + len(self._held) < offset + length and (chunk := next(self._chunks, None)):
            if not self._is_wanted():
                raise Offline("Cancelled.")
            self._held += chunk
            self._skip_to(offset)
        self._skip_to(offset)
        data = bytes(self._held[:length])
        rest = length - len(data)
        return data + self._read_at(offset + len(data), rest) if rest else data

    def _skip_to(self, offset: int) -> None:
        skipped = min(offset - self._at, len(self._held))
        del self._held[:skipped]
        self._at += skipped


def tail_of(size: int) -> int:
    """Return how many bytes at the end of a blob of ``size`` bytes to read first.

    The number grows with the blob, because large archives tend to hold many files, and a second request takes longer
    than these bytes.
    """
    return max(TAIL, min(size // _SHARE_OF_TAIL, _LONGEST_TAIL))


def ahead(read: ReadAt, start: int, data: bytes) -> ReadAt:
    """Return a reader that takes bytes from ``data``, which begins at ``start``, and others from ``read``."""
    stop = start + len(data)

    def found(offset: int, length: int) -> bytes:
        end = offset + length
        before = read(offset, min(end, start) - offset) if offset < start else b""
        here = data[max(0, offset - start) : max(0, end - start)]
        after = read(max(offset, stop), end - max(offset, stop)) if end > stop else b""
        return before + here + after

    return found


def changed() -> ArchiveUnreadable:
    """Return the error for a blob that was replaced."""
    return ArchiveUnreadable("The artifact was replaced while it was read.", "Go back and refresh the list.")
