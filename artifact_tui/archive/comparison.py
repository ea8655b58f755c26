"""Comparison of two lists of files by size and CRC-32, without reading them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from artifact_tui.archive.zip_directory import Entry


class Difference(NamedTuple):
    """One path that differs between the two sides."""

    path: str
    old: Entry | None
    new: Entry | None

    @property
    def what(self) -> Literal["added", "removed", "changed"]:
        """The kind of difference."""
        if self.old is None:
            return "added"
        return "removed" if self.new is None else "changed"


def compare(old: Iterable[Entry], new: Iterable[Entry]) -> Iterator[Difference]:
    """Yield differences by path; of entries with the same name the last one counts, as in unpacking."""
    before, after = ({entry.name: entry for entry in side if not entry.is_directory} for side in (old, new))
    for path in sorted(before.keys() | after.keys()):
        ours, theirs = before.get(path), after.get(path)
        if ours is None or theirs is None or (ours.size, ours.crc) != (theirs.size, theirs.crc):
            yield Difference(path, ours, theirs)
