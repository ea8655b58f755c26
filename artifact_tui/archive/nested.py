"""Archives inside archives, opened as folders; all but zips stored in zips are unpacked into a temporary file first."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from artifact_tui.archive.compressed import is_tar, packing_of, unpack_pieces
from artifact_tui.archive.errors import DEFAULT_LIMITS, Limits
from artifact_tui.archive.files import ArchiveRemark, Files, PlainFile, pieces_of, plain_words
from artifact_tui.archive.local_zip import open_zip
from artifact_tui.archive.ranges import TAIL, ArchiveUnreadable, ScratchError, ahead
from artifact_tui.archive.tar import TarFiles, looks_like_tar
from artifact_tui.archive.tar_header import BLOCK
from artifact_tui.archive.zip_directory import Entry
from artifact_tui.text import size

MOST_UNPACKED = 256_000_000  # bytes of an inner archive that are unpacked into a temporary file

_ZIPS = (".zip", ".whl", ".jar", ".war", ".aar", ".apk", ".egg", ".nupkg", ".vsix", ".xpi")
_GARBAGE = ArchiveRemark("trailing garbage ignored", "The gzip data is followed by other bytes. They were ignored.")


def is_archive(name: str) -> bool:
    """Return whether a file with this name opens as a folder."""
    return name.lower().endswith((*_ZIPS, ".tar")) or bool(packing_of(name))


def open_nested(
    files: Files,
    entry: Entry,
    *,
    is_wanted: Callable[[], bool] = lambda: True,
    limits: Limits = DEFAULT_LIMITS,
    most: int = MOST_UNPACKED,
) -> Files:
    """Return the files of an inner archive; raise :class:`~artifact_tui.domain.provider.ProviderError`."""
    if entry.name.lower().endswith(_ZIPS):
        read = files.reader_of(entry)
        if read is not None:
            start = max(0, entry.size - TAIL)
            return open_zip(ahead(read, start, read(start, entry.size - start)), entry.size, limits)
        kept = _Kept(pieces_of(files, entry, is_wanted), most)
        return open_zip(kept.read, kept.size, limits)
    return _open_unpacked(entry, pieces_of(files, entry, is_wanted), limits, most)


def _open_unpacked(entry: Entry, packed: Iterator[bytes], limits: Limits, most: int) -> Files:
    remarks: list[ArchiveRemark] = []
    kept = _Kept(unpack_pieces(entry.name, packed, lambda: remarks.append(_GARBAGE)), most)
    block = kept.read(0, BLOCK)
    if looks_like_tar(block) or (is_tar(entry.name) and not block.strip(b"\0")):
        with plain_words():
            return TarFiles(kept.read, kept.size, limits, tuple(remarks))
    if kept.size == entry.size and not packing_of(entry.name):
        raise ArchiveUnreadable("Not a valid tar file. It is damaged, or its name is wrong.", "d saves it.")
    return PlainFile(kept.read, _unpacked_name(entry.name), kept.size, tuple(remarks))


def _unpacked_name(path: str) -> str:
    """Return the name without the suffix of the compression, and without ``.tar``: the content is not a tar."""
    name = path.rpartition("/")[2]
    stem = name[: len(name) - len(packing_of(name))]
    return (stem[:-4] if stem.lower().endswith(".tar") else stem) or "file"


class _Kept:
    """Bytes in an unnamed temporary file, which is deleted with the last object that reads it."""

    def __init__(self, pieces: Iterator[bytes], most: int) -> None:
        with _scratch():
            self._file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by the garbage collector
        self._lock = threading.Lock()
        self.size = 0
        for piece in pieces:
            self.size += len(piece)
            if self.size > most:
                sentence = f"This archive unpacks to more than {size(most)}, the limit for opening it here."
                raise ArchiveUnreadable(sentence, "d saves it.")
            with _scratch():
                self._file.write(piece)

    def read(self, offset: int, length: int) -> bytes:
        with self._lock:
            self._file.seek(offset)
            return self._file.read(length)


@contextmanager
def _scratch() -> Iterator[None]:
    """Turn errors of the temporary file into a sentence for the user."""
    try:
        yield
    except OSError as error:
        raise ScratchError(f"The archive cannot be unpacked into a temporary file: {error.strerror}.") from None
