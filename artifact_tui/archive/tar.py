"""The files of a tar as ``tar`` extracts them: the last one of a name counts, and links are never followed."""

from __future__ import annotations

import stat

from msgspec.structs import replace

from artifact_tui.archive.errors import Limits
from artifact_tui.archive.files import ArchiveRemark, EntryStream, PlainStream
from artifact_tui.archive.tar_header import BLOCK, Header, checksum_is_right
from artifact_tui.archive.tar_sparse import SparseMap
from artifact_tui.archive.tar_walk import HARD_LINK, NO_FILES, SYMLINK, Member, members
from artifact_tui.archive.zip_directory import STORED, WITH_HOLES, Entry, ReadAt, unix_stamp
from artifact_tui.text import printable

_MOST_NAMED = 5


class TarFiles:
    """The last file of each name, directories and links; ``remarks`` name what is left out, as devices and FIFOs."""

    def __init__(self, read: ReadAt, size: int, limits: Limits, remarks: tuple[ArchiveRemark, ...] = ()) -> None:
        """Read all headers; raise :class:`ArchiveRefused`. ``remarks`` are about what the tar was unpacked from."""
        self._read = read
        self._remarks = remarks
        self._maps: dict[int, SparseMap] = {}
        self._left_out: list[str] = []
        self._latest: dict[str, Entry] = {}
        for member in members(read, size, limits):
            self._add(member)
        self.entries: tuple[Entry, ...] = tuple(self._latest.values())

    @property
    def remarks(self) -> tuple[ArchiveRemark, ...]:
        """Remarks that name hidden entries, and about ignored bytes."""
        if not self._left_out:
            return self._remarks
        more = len(self._left_out) - _MOST_NAMED
        named = ", ".join(self._left_out[:_MOST_NAMED]) + (f" and {more:,} more" if more > 0 else "")
        return (*self._remarks, ArchiveRemark(f"{len(self._left_out):,} not shown", f"Not shown: {named}."))

    def open_entry(self, entry: Entry) -> EntryStream:
        """Open the entry at its first byte."""
        return PlainStream(self.reader_of(entry), replace(entry, offset=0))

    def reader_of(self, entry: Entry) -> ReadAt:
        """Return a function that reads the entry at any offset; holes are zeros."""
        if entry.is_bare_link:
            return lambda offset, length: b""
        if entry.offset in self._maps:
            return self._maps[entry.offset].reader(self._read)
        return lambda offset, length: self._read(entry.offset + offset, max(0, min(length, entry.size - offset)))

    def _add(self, member: Member) -> None:
        header, name = member.header, _clean(member.header.name) or member.header.name
        if member.is_directory and not _clean(name):
            return  # the root directory
        if member.is_directory:
            self._latest[f"{name}/"] = _entry(header, f"{name}/", member.data, 0)
        elif header.kind in NO_FILES or member.unknown:
            self._leave_out(name, member.unknown or NO_FILES[header.kind])
        else:
            entry = self._file(member, name) if member.is_file else self._link(header, name)
            if self._latest.pop(name, None) is not None:
                self._leave_out(name, "older version")
            self._latest[name] = entry

    def _file(self, member: Member, name: str) -> Entry:
        if member.sparse is None:
            return _entry(member.header, name, member.data, member.size)
        self._maps[member.data] = member.sparse
        entry = _entry(member.header, name, member.data, member.sparse.size)
        return replace(entry, compressed=member.sparse.packed, method=WITH_HOLES)

    def _link(self, header: Header, name: str) -> Entry:
        """Return a symlink as it is; a hard link as the file that its target names so far."""
        target = self._latest.get(_clean(header.link)) if header.kind == HARD_LINK else None
        if target is not None:
            return replace(target, name=name, link=target.link if target.is_bare_link else _clean(header.link))
        kind = stat.S_IFLNK if header.kind == SYMLINK else 0
        return replace(_entry(header, name, -1, 0), mode=kind | header.mode, link=header.link)

    def _leave_out(self, name: str, what: str) -> None:
        self._left_out.append(f"{printable(name, 60)} ({printable(what, 60)})")


def looks_like_tar(start: bytes) -> bool:
    """Return whether the first block of a file is a header."""
    return checksum_is_right(start[:BLOCK])


def _clean(path: str) -> str:
    """Return a path as ``tar`` writes it: relative, and without empty parts."""
    return "/".join(part for part in path.split("/") if part not in ("", "."))


def _entry(header: Header, name: str, offset: int, size: int) -> Entry:
    modified = header.modified
    return Entry(
        name=name,
        size=size,
        compressed=size,
        crc=0,
        method=STORED,
        flags=0,
        mode=header.mode,
        offset=offset,
        stamp=0 if modified is None else unix_stamp(modified),
    )
