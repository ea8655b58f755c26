"""The files inside an artifact, listed and read without downloading it."""

from __future__ import annotations

from collections.abc import Callable

from artifact_tui.archive.errors import DEFAULT_LIMITS, Limits
from artifact_tui.archive.files import Files, PlainFile, ZipFiles, plain_words, read_entry
from artifact_tui.archive.ranges import Ranges
from artifact_tui.archive.zip_directory import Directory, Entry, read_directory
from artifact_tui.domain.provider import Archive


class RemoteZip:
    """An artifact at its signed address, which the archive renews when it runs out.

    An artifact that is a plain file has one entry, that file; one of no bytes has none. Every method may raise
    :class:`ProviderError`, which :class:`ArchiveUnreadable` is. ``etag`` names the blob, where the server tells it,
    and ``start`` is where its directory begins; None where it is no zip.
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
        """Read the list of files: one request, or two when it is long; ``size`` as the API gives it."""
        ranges = Ranges(archive, size, is_wanted)
        if ranges.file_name:
            return cls(PlainFile(ranges.read, ranges.file_name, ranges.size), ranges.etag, None)
        if not ranges.size:
            return cls(ZipFiles(ranges.read, Directory((), 0)), ranges.etag, None)
        with plain_words():
            directory = read_directory(ranges.read, ranges.size, limits)
        return cls(ZipFiles(ranges.read, directory), ranges.etag, directory.start)

    def read_entry(self, entry: Entry, limit: int) -> bytes:
        """Return an entry's bytes, or the first ``limit`` of them; checked against its CRC when they are all."""
        return read_entry(self, entry, limit)
