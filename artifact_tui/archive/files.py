"""Files in a container: an artifact, a local zip, or an inner archive."""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import NamedTuple, Protocol

from artifact_tui.archive.entry_reader import CHUNK, check_kind, contents, find_bytes
from artifact_tui.archive.errors import ArchiveDamaged, ArchiveRefused
from artifact_tui.archive.ranges import Unopenable
from artifact_tui.archive.zip_directory import BZIP2, STORED, Directory, Entry, ReadAt
from artifact_tui.domain.provider import Offline
from artifact_tui.text import count

_HEADER_ROOM = 256  # more than a local header without its name: 30 bytes and a few extra fields
_LARGEST_HEADER = 30 + 2 * 0xFFFF
_SLACK = 32 * 1024  # packed bytes that are read beyond the expected need, to save another request
_BZIP2_SLACK = 1024 * 1024  # the same for bzip2, which unpacks blocks of up to 900 kB as a whole
_STEP = 8 * 1024


class EntryStream(Protocol):
    """One file, read from its first byte on."""

    def more(self, length: int) -> bytes:
        """Return the next bytes, fewer only at the end; raise ProviderError."""


class ArchiveRemark(NamedTuple):
    """Something that the list of files cannot show: a few words for the summary, and a sentence."""

    words: str
    sentence: str


class Files(Protocol):
    """A container of files; all methods may block and raise ProviderError."""

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All entries in the order of the archive; names may be anything, and repeat."""

    @property
    def remarks(self) -> tuple[ArchiveRemark, ...]:
        """Remarks about hidden entries, guessed names or ignored bytes."""

    def open_entry(self, entry: Entry) -> EntryStream:
        """Open one file without reading it."""

    def reader_of(self, entry: Entry) -> ReadAt | None:
        """Return a reader of a file at any offset; None if it can only be read from its start."""


class PlainFile:
    """A single file outside an archive, as its only entry."""

    def __init__(self, read: ReadAt, name: str, size: int, remarks: tuple[ArchiveRemark, ...] = ()) -> None:
        self._read = read
        self.remarks = remarks
        self.entries: tuple[Entry, ...] = (plain_entry(name, size, 0),)

    def open_entry(self, entry: Entry) -> EntryStream:
        """Open the file at its first byte."""
        return PlainStream(self._read, entry)

    def reader_of(self, entry: Entry) -> ReadAt:
        """Return the reader of the file."""
        return self._read


class ZipFiles:
    """The entries of a zip that ``read`` reads; each is checked against its CRC-32 at its end."""

    def __init__(self, read: ReadAt, directory: Directory) -> None:
        self._read = read
        self._start = directory.start
        self.entries = directory.entries

    @property
    def remarks(self) -> tuple[ArchiveRemark, ...]:
        """A remark about names whose encoding the zip does not state."""
        guessed = sum(entry.name_is_guess for entry in self.entries)
        if not guessed:
            return ()
        names, do = count(guessed, "name"), "does" if guessed == 1 else "do"
        return (ArchiveRemark("names guessed as UTF-8", f"{names} {do} not state an encoding. UTF-8 is a guess."),)

    def open_entry(self, entry: Entry) -> EntryStream:
        """Open one file; a compressed file is read only as far as needed."""
        return PackedStream(self._read, entry, self._start)

    def reader_of(self, entry: Entry) -> ReadAt | None:
        """Return a reader of a stored file; None for a compressed one."""
        if entry.method != STORED:
            return None
        with plain_words():
            start = _start_of(self._read, entry, self._start)

        def read(offset: int, length: int) -> bytes:
            return self._read(start + offset, max(0, min(length, entry.size - offset)))

        return read

    def pieces(self, entry: Entry, step: int) -> Iterator[bytes]:
        """Yield the bytes before they are checked, from reads of ``step``; see :func:`streamed`."""
        return contents(self._read, entry, _start_of(self._read, entry, self._start), step=step)


class InOrder:
    """Files of which one is read ``in_order``, by a reader for rising offsets; parts of files are read by offset."""

    def __init__(self, files: Files, in_order: Files) -> None:
        self.entries, self.remarks = files.entries, files.remarks
        self.reader_of = files.reader_of
        self.open_entry = in_order.open_entry
        self._in_order = in_order

    def pieces(self, entry: Entry, step: int) -> Iterator[bytes]:
        """Yield the bytes before they are checked; see :func:`streamed`."""
        return streamed(self._in_order, entry, step)


class PlainStream:
    """Contiguous bytes from the entry's offset on."""

    def __init__(self, read: ReadAt, entry: Entry) -> None:
        self._read = read
        self._at, self._end = entry.offset, entry.offset + entry.size

    def more(self, length: int) -> bytes:
        """Return the next bytes."""
        data = self._read(self._at, max(0, min(length, self._end - self._at)))
        self._at += len(data)
        return data


class PackedStream:
    """One entry, decompressed on demand; each call sends one request if possible."""

    def __init__(self, read: ReadAt, entry: Entry, end: int) -> None:
        self._read = read
        self._entry = entry
        self._end = end
        self._window_start, self._window = 0, b""
        self._wanted = self._given = 0
        self._unpacked = bytearray()
        self._pieces: Iterator[bytes] | None = None
        self._kept: bytearray | None = None
        self._start = 0

    def keep(self) -> None:
        """Keep all bytes from now on for :attr:`packed`; call it before the first read."""
        self._kept = bytearray()

    @property
    def packed(self) -> bytes:
        """The raw entry from its local header on; empty unless all of it was kept and its CRC-32 matches."""
        length = self._start + self._entry.compressed - self._entry.offset
        is_whole = self._pieces is not None and self._given == self._entry.size
        return bytes(self._kept[:length]) if is_whole and self._kept and len(self._kept) >= length else b""

    def more(self, length: int) -> bytes:
        """Return the next bytes; the last ones only if all bytes match the CRC-32."""
        with plain_words():
            return self._more(min(length, self._entry.size - self._given))

    def _more(self, length: int) -> bytes:
        self._wanted = self._given + length
        if self._pieces is None:
            self._pieces = self._begin()
        while len(self._unpacked) < length and (piece := next(self._pieces, None)) is not None:
            self._unpacked += piece
        if self._wanted == self._entry.size:
            self._unpacked += b"".join(self._pieces)
        data = bytes(self._unpacked[:length])
        del self._unpacked[:length]
        self._given += len(data)
        return data

    def _begin(self) -> Iterator[bytes]:
        self._start = _start_of(self._read_ahead, self._entry, self._end)
        return contents(self._read_ahead, self._entry, self._start, step=_STEP)

    def _read_ahead(self, offset: int, length: int) -> bytes:
        """Return bytes read before, then send one request for all that is probably needed."""
        entry = self._entry
        if offset > entry.offset + _most_packed(entry, self._wanted) + _LARGEST_HEADER:
            raise ArchiveDamaged("has far more packed bytes than its size allows", entry.name)
        at = offset - self._window_start
        there = self._window[at : at + length] if at >= 0 else b""
        if len(there) == length:
            return there
        return there + self._request(offset + len(there), length - len(there))

    def _request(self, missing: int, length: int) -> bytes:
        ahead = max(length, probable_end(self._entry, self._wanted) - missing)
        self._window_start = missing
        self._window = self._read(missing, max(0, min(ahead, self._end - missing)))
        if self._kept is not None:
            gap = missing - self._entry.offset - len(self._kept)
            self._kept += self._window
            self._kept = None if gap else self._kept
        return self._window[:length]


def probable_end(entry: Entry, wanted: int, *, spare: int | None = None) -> int:
    """Return where the first ``wanted`` bytes of a zip entry probably end, at its average compression.

    ``spare`` bytes are added, by default as many as a compressed file may need.
    """
    needed = wanted * entry.compressed // max(1, entry.size) + (_slack(entry) if spare is None else spare)
    packed = max(1, min(entry.compressed, needed, _most_packed(entry, wanted)))
    return entry.offset + _HEADER_ROOM + len(entry.raw_name) + packed


def read_entry(files: Files, entry: Entry, limit: int) -> bytes:
    """Return an entry's bytes, or the first ``limit``; all of them are checked against its CRC-32."""
    return files.open_entry(entry).more(limit)


def pieces_of(files: Files, entry: Entry, is_wanted: Callable[[], bool]) -> Iterator[bytes]:
    """Yield an entry's bytes in pieces of 1 MiB; raise Offline once ``is_wanted`` returns False."""
    stream = files.open_entry(entry)
    while piece := stream.more(CHUNK):
        raise_if_unwanted(is_wanted)
        yield piece


def streamed(files: Files, entry: Entry, step: int) -> Iterator[bytes]:
    """Yield an entry's bytes as they are unpacked, from reads of ``step`` bytes, for a reader that cannot wait.

    At the end, :class:`ArchiveDamaged` is raised if the bytes of a zip entry do not match their checksum.
    """
    if isinstance(files, ZipFiles | InOrder):
        yield from files.pieces(entry, step)
        return
    stream = files.open_entry(entry)
    while piece := stream.more(step):
        yield piece


def raise_if_unwanted(is_wanted: Callable[[], bool]) -> None:
    """Raise Offline if ``is_wanted`` returns False."""
    if not is_wanted():
        raise Offline("Cancelled.")


def links_in_words(entries: Iterable[Entry]) -> str:
    """Count the links of a tar without bytes: ``1 symlink, 2 broken hard links``; empty without any."""
    bare = [stat.S_ISLNK(entry.mode) for entry in entries if entry.is_bare_link]
    kinds = ((sum(bare), "symlink", "symlinks"), (len(bare) - sum(bare), "broken hard link", "broken hard links"))
    return ", ".join(count(number, one, many) for number, one, many in kinds if number)


def plain_entry(name: str, size: int, offset: int) -> Entry:
    """Return an entry for bytes that are neither compressed nor checked."""
    return Entry(name=name, size=size, compressed=size, crc=0, method=STORED, flags=0, mode=0, offset=offset)


def _start_of(read: ReadAt, entry: Entry, end: int) -> int:
    """Return where the packed bytes of an entry start; raise ArchiveRefused if they are unsupported or damaged."""
    check_kind(entry)
    start = find_bytes(read, entry)
    if start + entry.compressed > end:
        raise ArchiveDamaged("reaches into the table of contents", entry.name)
    return start


def _most_packed(entry: Entry, wanted: int) -> int:
    return 2 * wanted + _slack(entry)  # compression hardly ever makes data larger


def _slack(entry: Entry) -> int:
    return _BZIP2_SLACK if entry.method == BZIP2 else _SLACK


@contextmanager
def plain_words() -> Iterator[None]:
    """Turn errors of an archive into sentences for the user."""
    try:
        yield
    except ArchiveRefused as refusal:
        sentence = f"Cannot open this archive: {refusal}."
        raise Unopenable(sentence, "A download keeps the artifact as it is.") from None
