"""Moves the files of several downloads into one directory with one receipt.

The receipt is written beside the downloads first, so a program that was killed while it moved files can continue.
"""

from __future__ import annotations

import errno
import os
import shutil
import stat
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from artifact_tui.fsync import sync
from artifact_tui.transfers.disk.atomic_rename import rename_new, settle
from artifact_tui.transfers.errors import TargetExists, TransferError
from artifact_tui.transfers.receipts.merged_receipt import OWN_DIRECTORY, MergedReceipt, merged_places, read_merged
from artifact_tui.transfers.receipts.receipt import Receipt, ancestors
from artifact_tui.transfers.receipts.store import BadReceipt, write_new
from artifact_tui.transfers.receipts.verify import find_changes

_BEGUN = "merged.json"
_AWAY = "Move it away, or choose another directory."


class MergePlace(NamedTuple):
    """A directory for merged files; ``run`` names the receipt and the directory of the downloads."""

    directory: Path
    run: str

    @property
    def work(self) -> Path:
        """The directory of the downloads, each in one named by the ID of its artifact."""
        return self.directory / OWN_DIRECTORY / f"tmp-{self.run}"

    @property
    def begun(self) -> Path:
        """The receipt while files are moved."""
        return self.work / _BEGUN

    @property
    def receipt(self) -> Path:
        """The receipt."""
        return self.directory / OWN_DIRECTORY / f"merged-{self.run}.json"

    def source(self, receipt: Receipt, path: str) -> Path:
        """Return where the download of an artifact has the file that gets this path."""
        base = self.work / str(receipt.artifact_id) / receipt.target
        return base if (status := _status(base)) and stat.S_ISREG(status.st_mode) else base / path


class Earlier(NamedTuple):
    """Earlier merges in a directory: that of the same artifacts, complete or begun, and those of others."""

    present: MergedReceipt | None
    begun: MergedReceipt | None
    others: tuple[tuple[Path, MergedReceipt], ...]


def find_earlier(
    place: MergePlace, identity: set[tuple[str, int, str | None]], check: Callable[[], None] = lambda: None
) -> Earlier:
    """Find earlier merges, and verify that of the same artifacts; raise TransferError or OSError.

    ``check`` may raise before each file.
    """
    own = place.directory / OWN_DIRECTORY
    for path in (own, place.work):
        if (status := _status(path)) and not stat.S_ISDIR(status.st_mode):
            raise TransferError(f"{path} is not a directory.", _AWAY)
    present, begun, others = None, None, []
    for path in (*merged_places(place.directory), *sorted(own.glob(f"tmp-*/{_BEGUN}"))):
        merged = _read(path)
        if merged.identity == identity and path == place.receipt and _is_unchanged(merged, place.directory, check):
            present = merged
        elif merged.identity == identity and path == place.begun and _can_continue(place, merged):
            begun = merged
        else:
            others.append((path, merged))
    return Earlier(present, begun, tuple(others))


def unchanged_files(merged: MergedReceipt, directory: Path) -> set[str]:
    """Return the paths of those files that are as they were downloaded."""
    unchanged = set[str]()
    for receipt in merged.artifacts:
        changed = {change.path for change in find_changes(receipt, directory)}
        paths = [record.path for record in receipt.files]
        unchanged.update(path for path in paths if changed.isdisjoint({path, *ancestors([path])}))
    return unchanged


def check_free(directory: Path, files: Iterable[str], empty: Iterable[str], removable: set[str]) -> None:
    """Raise TargetExists if something has the path of a file, or a file or a link that of a directory."""
    wanted = set(files)
    for path in sorted(ancestors([*wanted, *empty]) | set(empty)):
        status = _status(directory / path)
        if status and not stat.S_ISDIR(status.st_mode) and path not in removable:
            raise TargetExists(f"{directory / path} already exists.", _AWAY)
    for path in sorted(wanted - removable):
        if _status(directory / path):
            raise TargetExists(f"{directory / path} already exists.", _AWAY)


def unmoved(place: MergePlace, merged: MergedReceipt) -> set[str]:
    """Return the paths of the files that are still among the downloads only."""
    return {
        path
        for path, (receipt, _) in merged.files.items()
        if (source := _status(place.source(receipt, path))) and not _is_same(source, _status(place.directory / path))
    }


def merge(place: MergePlace, merged: MergedReceipt, others: Iterable[tuple[Path, MergedReceipt]]) -> int:
    """Remove the unchanged files of other merges, move those of this one, and write the receipt.

    Returns how many changed files of others were kept. Raises OSError; the next call continues.
    """
    kept = sum(_remove(place, path, other) for path, other in others)
    if not place.begun.exists():
        _begin(place, merged)
    folders = merged.empty_directories | ancestors([*merged.files, *merged.empty_directories])
    for folder in sorted(folders):
        _make_directory(place.directory / folder)
    for path, (receipt, _) in merged.files.items():
        _move(place.source(receipt, path), place.directory / path)
    for folder in sorted(folders, reverse=True):
        sync(place.directory / folder)
    sync(place.directory)
    for receipt in merged.artifacts:
        shutil.rmtree(place.work / str(receipt.artifact_id), ignore_errors=True)
    place.begun.replace(place.receipt)
    remove_empty(place.work)
    settle(place.receipt.parent)
    return kept


def discard_empty(place: MergePlace, artifacts: Iterable[int]) -> None:
    """Remove the directories of downloads that have received nothing, and ours above them."""
    for number in artifacts:
        remove_empty(place.work / str(number))
    for path in (place.work, place.work.parent):
        remove_empty(path)


def remove_empty(path: Path) -> None:
    """Remove a directory unless something is in it."""
    with suppress(OSError):
        path.rmdir()


def _begin(place: MergePlace, merged: MergedReceipt) -> None:
    new = place.begun.with_suffix(".new")
    new.unlink(missing_ok=True)
    write_new(new, merged)
    new.replace(place.begun)
    sync(place.work)


def _read(path: Path) -> MergedReceipt:
    try:
        return read_merged(path)
    except BadReceipt as bad:
        raise TransferError(f"{path} {bad.sentence}.", _AWAY) from None


def _is_unchanged(merged: MergedReceipt, directory: Path, check: Callable[[], None]) -> bool:
    changes = (change for receipt in merged.artifacts for change in find_changes(receipt, directory, check))
    return next(changes, None) is None


def _can_continue(place: MergePlace, merged: MergedReceipt) -> bool:
    """Return whether each file is among the downloads, or was moved and is unchanged."""
    missing = merged.files.keys() - unmoved(place, merged)
    return not missing or missing <= unchanged_files(merged, place.directory)


def _remove(place: MergePlace, path: Path, other: MergedReceipt) -> int:
    """Remove the unchanged files and then empty directories of another merge; return how many files are left."""
    unchanged = unchanged_files(other, place.directory)
    for file in unchanged:
        (place.directory / file).unlink()
    for folder in sorted(other.empty_directories | ancestors([*other.files, *other.empty_directories]), reverse=True):
        remove_empty(place.directory / folder)
    path.unlink()
    if path.parent not in (place.receipt.parent, place.work):
        shutil.rmtree(path.parent, ignore_errors=True)
    return sum((place.directory / file).exists() for file in other.files.keys() - unchanged)


def _make_directory(path: Path) -> None:
    with suppress(FileExistsError):
        path.mkdir(0o755)
    if not stat.S_ISDIR(path.lstat().st_mode):
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(path))


def _move(source: Path, target: Path) -> None:
    status = _status(source)
    if status is None:
        return  # an earlier program has moved it
    if _is_same(status, _status(target)):  # it was killed between link and unlink
        source.unlink()
    else:
        rename_new(source, target)


def _is_same(one: os.stat_result, other: os.stat_result | None) -> bool:
    return other is not None and os.path.samestat(one, other)


def _status(path: Path) -> os.stat_result | None:
    """Return the status of what is at a path, itself if it is a link; None if nothing is."""
    try:
        return path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return None
