"""Zips on the local disk, browsed like artifacts on GitHub."""

from __future__ import annotations

import os
import threading
from pathlib import Path

from artifact_tui.archive.errors import DEFAULT_LIMITS, Limits
from artifact_tui.archive.files import ZipFiles, plain_words
from artifact_tui.archive.ranges import ArchiveUnreadable
from artifact_tui.archive.zip_directory import ReadAt, read_directory


def open_local_zip(path: Path, limits: Limits = DEFAULT_LIMITS) -> ZipFiles:
    """Return the files of a zip on disk; raise :class:`ArchiveUnreadable`, also for errors of the disk."""
    try:
        file = path.open("rb")
    except OSError as error:
        raise ArchiveUnreadable(f"{path} cannot be read: {error.strerror}.") from None
    lock = threading.Lock()

    def read(offset: int, length: int) -> bytes:
        with lock:
            file.seek(offset)
            return file.read(length)

    return open_zip(read, os.fstat(file.fileno()).st_size, limits)


def open_zip(read: ReadAt, size: int, limits: Limits = DEFAULT_LIMITS) -> ZipFiles:
    """Return the files of any zip of ``size`` bytes; raise :class:`ArchiveUnreadable`."""
    with plain_words():
        return ZipFiles(read, read_directory(read, size, limits))
