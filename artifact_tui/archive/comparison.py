"""Two lists of files held against each other: no file is read, their sizes and checksums tell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from artifact_tui.archive.zip_directory import Entry


class Difference(NamedTuple):
    """One path that is not the same on both sides."""

    path: str
    old: Entry | None
    new: Entry | None

    @property
    def what(self) -> Literal["added", "removed", "changed"]:
        """What became of the file."""
        if self.old is None:
            return "added"
        return "removed" if self.new is None else "changed"


def compare(old: Iterable[Entry], new: Iterable[Entry]) -> Iterator[Difference]:
    """By path; of files with one name the last counts, as it does when they are unpacked."""
    before, after = _by_name(old), _by_name(new)
    for path in sorted(before.keys() | after.keys()):
        ours, theirs = before.get(path), after.get(path)
        if ours is None or theirs is None or (ours.size, ours.crc) != (theirs.size, theirs.crc):
            yield Difference(path, ours, theirs)


def _by_name(entries: Iterable[Entry]) -> dict[str, Entry]:
    return {entry.name: entry for entry in entries if not entry.is_directory}
