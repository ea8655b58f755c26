"""Archives within archives, opened as folders: zips and wheels, tars, and what is packed with gzip, bzip2, xz or zstd.

A zip that is stored as it is within another one is read by ranges, like the one around it; all others are unpacked
into a temporary file first, up to a limit.
"""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable, Iterator
from typing import IO

from artifact_tui.archive.compressed import STEP, is_tar, packing_of, unpack_pieces
from artifact_tui.archive.errors import DEFAULT_LIMITS, Limits
from artifact_tui.archive.files import EntryStream, Files, PlainFile, plain_words
from artifact_tui.archive.local_zip import open_zip
from artifact_tui.archive.ranges import TAIL, ArchiveUnreadable, ahead
from artifact_tui.archive.tar import TarFiles, looks_like_tar
from artifact_tui.archive.tar_header import BLOCK
from artifact_tui.archive.zip_directory import Entry
from artifact_tui.domain.provider import Offline
from artifact_tui.text import size

MOST_UNPACKED = 256_000_000
"""Bytes of an archive within an archive, as it is and as a tar, that are written into a temporary file."""

_ZIPS = (".zip", ".whl", ".jar", ".war", ".aar", ".apk", ".egg", ".nupkg", ".vsix", ".xpi")


def is_archive(name: str) -> bool:
    """Whether a file is opened as a folder; its name decides."""
    return name.lower().endswith((*_ZIPS, ".tar")) or bool(packing_of(name))


def open_nested(
    files: Files,
    entry: Entry,
    *,
    is_wanted: Callable[[], bool] = lambda: True,
    limits: Limits = DEFAULT_LIMITS,
    most: int = MOST_UNPACKED,
) -> Files:
    """Return the files of an archive that is a file of another; raises :class:`~.domain.provider.ProviderError`."""
    if entry.name.lower().endswith(_ZIPS):
        read = files.reader_of(entry)
        if read is not None:
            start = max(0, entry.size - TAIL)
            return open_zip(ahead(read, start, read(start, entry.size - start)), entry.size, limits)
        kept = _keep(_pieces(files.open_entry(entry), is_wanted), most)
        return open_zip(kept.read, kept.size, limits)
    kept = _keep(unpack_pieces(entry.name, _pieces(files.open_entry(entry), is_wanted)), most)
    block = kept.read(0, BLOCK)
    if looks_like_tar(block) or (is_tar(entry.name) and not block.strip(b"\0")):
        with plain_words():
            return TarFiles(kept.read, kept.size, limits)
    if kept.size == entry.size and not packing_of(entry.name):
        raise ArchiveUnreadable("This is not the tar archive that its name says, or it is damaged.", "d saves it.")
    return PlainFile(kept.read, _unpacked_name(entry.name), kept.size)


def _unpacked_name(path: str) -> str:
    """Of what is in a packed file; where its name says that it is a tar, the name goes without that."""
    name = path.rpartition("/")[2]
    stem = name[: len(name) - len(packing_of(name))]
    return (stem[:-4] if stem.lower().endswith(".tar") else stem) or "file"


class _Kept:
    """Bytes in a temporary file, which has no name and goes with the last that reads it."""

    def __init__(self) -> None:
        self._file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed by the garbage collector
        self._lock = threading.Lock()
        self.size = 0

    def add(self, data: bytes) -> None:
        """At the end."""
        self._file.write(data)
        self.size += len(data)

    def read(self, offset: int, length: int) -> bytes:
        """As :data:`~.directory.ReadAt`."""
        with self._lock:
            self._file.seek(offset)
            return self._file.read(length)


def _keep(pieces: Iterator[bytes], most: int) -> _Kept:
    kept = _Kept()
    for piece in pieces:
        if kept.size + len(piece) > most:
            raise ArchiveUnreadable(
                f"This archive has more than {size(most)}, and must be read as a whole to be looked into.",
                "d saves it.",
            )
        try:
            kept.add(piece)
        except OSError as error:
            raise ArchiveUnreadable(f"Not enough free space to unpack it: {error.strerror}.") from None
    return kept


def _pieces(stream: EntryStream, is_wanted: Callable[[], bool]) -> Iterator[bytes]:
    while piece := stream.more(STEP):
        if not is_wanted():
            raise Offline("Cancelled.")
        yield piece
