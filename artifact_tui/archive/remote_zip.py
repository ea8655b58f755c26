"""The files inside an artifact, listed and read without downloading all of it."""

from __future__ import annotations

from collections.abc import Callable

from artifact_tui.archive.errors import DEFAULT_LIMITS, Limits
from artifact_tui.archive.files import Files, PlainFile, ZipFiles, plain_words, read_entry
from artifact_tui.archive.ranges import Ranges
from artifact_tui.archive.zip_directory import Directory, Entry, read_directory
from artifact_tui.domain.provider import Archive


class RemoteZip:
    """An artifact on the server; one that is a plain file has one entry. Every method may raise ProviderError.

    ``etag`` identifies the blob, if any. ``start`` is the offset of the directory; None if the artifact is not a zip.
    """

    def __init__(self, files: Files, etag: str, start: int | None) -> None:
        self.entries, self.remarks = files.entries, files.remarks
        self.open_entry, self.reader_of = files.open_entry, files.reader_of
        self.etag = etag
        self.start = start

    @classmethod
    def open(
        cls,
        archive: Archive,
        size: int,
        *,
        is_wanted: Callable[[], bool] = lambda: True,
        limits: Limits = DEFAULT_LIMITS,
    ) -> RemoteZip:
        """Read the list of files with one request, or two if it is very long; ``size`` is what the API reports."""
        ranges = Ranges(archive, size, is_wanted)
        if ranges.file_name:
            return cls(PlainFile(ranges.read, ranges.file_name, ranges.size), ranges.etag, None)
        if not ranges.size:
            return cls(ZipFiles(ranges.read, Directory((), 0)), ranges.etag, None)
        with plain_words():
            directory = read_directory(ranges.read, ranges.size, limits)
        return cls(ZipFiles(ranges.read, directory), ranges.etag, directory.start)

    def read_entry(self, entry: Entry, limit: int) -> bytes:
        """Return an entry's bytes, or the first ``limit``; all of them are checked against its CRC-32."""
        return read_entry(self, entry, limit)
