"""The receipt of artifacts whose files lie directly in one directory: ``.artifact-tui/merged-RUN.json`` in it."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from artifact_tui.transfers.receipts.receipt import FORMAT, FileRecord, Receipt, ancestors
from artifact_tui.transfers.receipts.store import IMPOSSIBLE, OTHER_VERSION, BadReceipt, is_consistent, read_as

OWN_DIRECTORY = ".artifact-tui"
"""The one directory among the merged files that is ours."""


class MergedReceipt(Struct, frozen=True, kw_only=True):
    """Artifacts that were downloaded into one directory; files that several of them have are the same."""

    format: int = FORMAT
    kind: Literal["merged"] = "merged"
    artifacts: tuple[Receipt, ...]

    @property
    def identity(self) -> set[tuple[str, int, str | None]]:
        """Host, ID and digest of each artifact."""
        return {(each.host, each.artifact_id, each.digest) for each in self.artifacts}

    @property
    def files(self) -> dict[str, tuple[Receipt, FileRecord]]:
        """Each file by its path, with the first artifact that has it."""
        owned: dict[str, tuple[Receipt, FileRecord]] = {}
        for receipt in self.artifacts:
            for record in receipt.files:
                owned.setdefault(record.path, (receipt, record))
        return owned

    @property
    def empty_directories(self) -> set[str]:
        """All directories without files of their artifact."""
        return {path for receipt in self.artifacts for path in receipt.empty_directories}


def as_merged(receipt: Receipt) -> Receipt:
    """Return the receipt of a download with the paths that its files get in the common directory."""
    if receipt.kind == "file":
        return replace(receipt, kind="merged")
    start = len(receipt.target) + 1
    return replace(
        receipt,
        kind="merged",
        files=tuple(replace(record, path=record.path[start:]) for record in receipt.files),
        empty_directories=tuple(path[start:] for path in receipt.empty_directories),
    )


def merged_places(directory: Path) -> Iterator[Path]:
    """Yield the paths of the merged receipts of a directory, never through a link."""
    own = directory / OWN_DIRECTORY
    if own.is_dir() and stat.S_ISDIR(own.lstat().st_mode):
        yield from sorted(own.glob("merged-*.json"))


def folder_of(place: Path, receipt: Receipt) -> Path:
    """Return the directory from which the paths of a receipt at ``place`` lead on."""
    return place.parent.parent if receipt.kind == "merged" else place.parent


def read_merged(path: Path) -> MergedReceipt:
    """Read a merged receipt whose paths all stay in its directory; raise BadReceipt, or OSError if unreadable."""
    merged = read_as(path, MergedReceipt)
    if {merged.format, *(each.format for each in merged.artifacts)} != {FORMAT}:
        raise BadReceipt(OTHER_VERSION)
    files = merged.files
    paths = [*files, *merged.empty_directories]
    is_usable = all(each.kind == "merged" and is_consistent(each) for each in merged.artifacts)
    is_one = all(record == files[record.path][1] for each in merged.artifacts for record in each.files)
    own = any(path.split("/")[0].casefold() == OWN_DIRECTORY for path in paths)
    if not (is_usable and is_one) or own or (ancestors(paths) | merged.empty_directories) & files.keys():
        raise BadReceipt(IMPOSSIBLE)
    return merged
