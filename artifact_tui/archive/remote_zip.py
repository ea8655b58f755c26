"""The files inside an artifact, listed and read without downloading all of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from artifact_tui.archive.errors import DEFAULT_LIMITS, Limits
from artifact_tui.archive.files import Files, InOrder, PlainFile, ZipFiles, plain_words, probable_end, read_entry
from artifact_tui.archive.ranges import Ranges
from artifact_tui.archive.zip_directory import STORED, Directory, Entry, ReadAt, read_directory
from artifact_tui.domain.provider import Archive


class RemoteZip:
    """An artifact on the server; one that is a plain file has one entry. Every method may raise ProviderError.

    ``etag`` identifies the blob, if any. ``start`` is the offset of the directory; None if the artifact is not a zip.
    """

    def __init__(self, ranges: Ranges, files_of: Callable[[ReadAt], Files], start: int | None) -> None:
        files = files_of(ranges.read)
        self.entries, self.remarks = files.entries, files.remarks
        self.open_entry, self.reader_of = files.open_entry, files.reader_of
        self.etag = ranges.etag
        self.start = start
        self._ranges = ranges
        self._files_of = files_of

    @classmethod
    def open(
        cls,
        archive: Archive,
        size: int,
        *,
        is_wanted: Callable[[], bool] = lambda: True,
        limits: Limits = DEFAULT_LIMITS,
        tail: int = 0,
    ) -> RemoteZip:
        """Read the list of files with one request, or two if it is very long; ``size`` is what the API reports.

        A short ``tail``, such as :data:`~.archive.ranges.TAIL`, saves bytes and may take the second request earlier.
        """
        ranges = Ranges(archive, size, is_wanted, tail)
        if ranges.file_name:
            return cls(ranges, partial(PlainFile, name=ranges.file_name, size=ranges.size), None)
        if not ranges.size:
            return cls(ranges, partial(ZipFiles, directory=Directory((), 0)), None)
        with plain_words():
            directory = read_directory(ranges.read, ranges.size, limits)
        return cls(ranges, partial(ZipFiles, directory=directory), directory.start)

    @contextmanager
    def in_order(self, entry: Entry, most: int | None = None) -> Iterator[InOrder]:
        """Yield the files for reading one of them from its start, with one request however large it is.

        ``most`` is the number of bytes that are wanted, if not all; more than these may take further requests.
        """
        wanted = entry.size if most is None else min(most, entry.size)
        spare = 0 if entry.method == STORED else None
        end = entry.offset + wanted if self.start is None else probable_end(entry, wanted, spare=spare)
        with self._ranges.in_order(entry.offset, end) as read:
            yield InOrder(self, self._files_of(read))

    def read_entry(self, entry: Entry, limit: int) -> bytes:
        """Return an entry's bytes, or the first ``limit``; all of them are checked against its CRC-32."""
        return read_entry(self, entry, limit)
