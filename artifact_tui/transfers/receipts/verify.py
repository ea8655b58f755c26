"""Verification of downloads against their receipts: every file as it was, and none besides; links are not followed."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from msgspec import Struct

from artifact_tui.transfers.disk.safe_names import IS_RECEIPT
from artifact_tui.transfers.receipts.merged_receipt import merged_places, read_merged
from artifact_tui.transfers.receipts.receipt import FileRecord, Receipt, ancestors
from artifact_tui.transfers.receipts.store import BadReceipt, newest_receipt, open_regular, read_receipt

_KINDS = {stat.S_IFLNK: "a link", stat.S_IFDIR: "a directory", stat.S_IFREG: "a file"}
Read = TypeVar("Read")


class Change(Struct, frozen=True):
    """A difference from the receipt: ``path`` from the receipt's directory on, and a clause about it."""

    path: str
    what: str


class Verdict(Struct, frozen=True):
    """One artifact, and its changes since the download."""

    receipt: Receipt
    changes: tuple[Change, ...]


class Unusable(Struct, frozen=True):
    """An unusable receipt: its file name, and a clause about it."""

    name: str
    reason: str


def verify(directory: Path) -> Iterator[Verdict | Unusable]:
    """Check every artifact downloaded into ``directory``, or the one that it is itself; raise OSError if unreadable.

    Receipts inside an unpacked directory came with the artifact, so they are checked as files and not trusted.
    """
    whole = Path(os.path.realpath(directory, strict=True))
    own = list(_beside(whole))
    folder, results = (whole.parent, own) if own else (whole, [*_read_all(whole), *_read_merged(whole)])
    yield from (result for result in results if isinstance(result, Unusable))
    for receipt in _newest(result for result in results if isinstance(result, Receipt)):
        yield Verdict(receipt, tuple(find_changes(receipt, folder)))


def _beside(directory: Path) -> Iterator[Receipt | Unusable]:
    """Yield the receipts of the directory itself; none if its parent cannot be listed."""
    try:
        results = list(_read_all(directory.parent, directory.name))
    except OSError:
        return
    for result in results:
        if isinstance(result, Unusable) or (result.kind == "directory" and result.target == directory.name):
            yield result


def _read_all(folder: Path, name: str | None = None) -> Iterator[Receipt | Unusable]:
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        target, is_receipt = IS_RECEIPT.subn("", entry.name)
        if is_receipt and target and name in (None, target) and not entry.is_dir(follow_symlinks=False):
            yield _read(Path(entry.path), read_receipt)


def _read_merged(folder: Path) -> Iterator[Receipt | Unusable]:
    for path in merged_places(folder):
        merged = _read(path, read_merged)
        yield from (merged,) if isinstance(merged, Unusable) else merged.artifacts


def _read(path: Path, read: Callable[[Path], Read]) -> Read | Unusable:
    try:
        return read(path)
    except BadReceipt as bad:
        return Unusable(path.name, bad.sentence)
    except OSError as error:
        return Unusable(path.name, _cannot_be_read(error))


def _newest(receipts: Iterator[Receipt]) -> list[Receipt]:
    newest = {
        (receipt.target, receipt.artifact_id if receipt.kind == "merged" else 0): receipt
        for receipt in sorted(receipts, key=lambda receipt: receipt.downloaded_at)
    }
    return [receipt for _, receipt in sorted(newest.items(), key=lambda item: item[0])]


def find_changes(receipt: Receipt, folder: Path, check: Callable[[], None] = lambda: None) -> Iterator[Change]:
    """Yield each difference between a receipt and the files, by path; ``check`` may raise before each file.

    Files beside those of a merged artifact are not its own, so they are not added ones.
    """
    is_merged = receipt.kind == "merged"
    found, unreadable = _look_up(folder, receipt) if is_merged else _look(folder, receipt.target)
    kind = stat.S_IFDIR if receipt.kind == "directory" else stat.S_IFREG
    changed = None if is_merged else _other_kind(receipt.target, found.get(receipt.target), kind)
    if changed:
        yield changed
        return
    added = () if is_merged else _added(receipt, found)
    changes = [*unreadable, *_changed_directories(receipt, found), *added]
    for record in receipt.files:
        check()
        changes += _changed_file(record, found.get(record.path), folder)
    hidden = {change.path for change in unreadable}
    shown = (change for change in changes if hidden.isdisjoint(ancestors([change.path])))
    yield from sorted(shown, key=lambda change: change.path)


def snapshot(target: Path) -> dict[str, tuple[int, ...]]:
    """Return a fingerprint of a file or directory and everything below it; it differs after a change."""
    found, _ = _look(target.parent, target.name)
    return {
        path: (status.st_ino, status.st_mode, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
        for path, status in found.items()
    }


def _look(folder: Path, target: str) -> tuple[dict[str, os.stat_result], list[Change]]:
    """Return everything at and below the target by path, and the unreadable directories."""
    found: dict[str, os.stat_result] = {}
    unreadable: list[Change] = []
    try:
        found[target] = (folder / target).lstat()
    except OSError as error:
        return found, [] if error.errno == errno.ENOENT else [Change(target, _cannot_be_read(error))]
    below = [target] if stat.S_ISDIR(found[target].st_mode) else []
    while below:
        path = below.pop()
        try:
            inside = list(_scan(folder, path))
        except OSError as error:
            unreadable.append(Change(path, _cannot_be_read(error)))
            continue
        found.update(inside)
        below += (name for name, status in inside if stat.S_ISDIR(status.st_mode))
    return found, unreadable


def _look_up(folder: Path, receipt: Receipt) -> tuple[dict[str, os.stat_result], list[Change]]:
    """Return what there is of a merged artifact by path, never through a link, and the unreadable directories."""
    found: dict[str, os.stat_result] = {}
    unreadable: dict[str, Change] = {}
    paths = {record.path for record in receipt.files} | set(receipt.empty_directories)
    for path in sorted(paths | ancestors(paths)):
        above = path.rpartition("/")[0]
        if above and not (above in found and stat.S_ISDIR(found[above].st_mode)):
            continue
        try:
            found[path] = (folder / path).lstat()
        except OSError as error:
            if error.errno != errno.ENOENT:
                unreadable[above or path] = Change(above or path, _cannot_be_read(error))
    return found, list(unreadable.values())


def _scan(folder: Path, path: str) -> Iterator[tuple[str, os.stat_result]]:
    with os.scandir(folder / path) as entries:
        for entry in entries:
            yield f"{path}/{entry.name}", entry.stat(follow_symlinks=False)


def _changed_directories(receipt: Receipt, found: dict[str, os.stat_result]) -> Iterator[Change]:
    """Yield missing or replaced directories; for a missing one with files, its files suffice."""
    for path in ancestors(record.path for record in receipt.files) | set(receipt.empty_directories):
        status = found.get(path)
        changed = _other_kind(path, status, stat.S_IFDIR)
        if changed and (status or path in receipt.empty_directories):
            yield changed


def _added(receipt: Receipt, found: dict[str, os.stat_result]) -> Iterator[Change]:
    """Yield paths that no receipt names; for new directories with files, only the files."""
    files = {record.path for record in receipt.files}
    known = files | ancestors(files) | set(receipt.empty_directories) | ancestors(receipt.empty_directories)
    new = found.keys() - known - {receipt.target}
    for path in new - ancestors(new):
        yield Change(path, "was added")


def _changed_file(record: FileRecord, status: os.stat_result | None, folder: Path) -> Iterator[Change]:
    changed = _other_kind(record.path, status, stat.S_IFREG)
    if changed or status is None:
        yield changed or Change(record.path, "is missing")
        return
    if status.st_size != record.size:
        yield Change(record.path, f"has {status.st_size:,} bytes instead of {record.size:,}")
    else:
        yield from _changed_content(record, folder)
    if bool(status.st_mode & 0o111) != record.executable:
        yield Change(record.path, "is no longer executable" if record.executable else "is executable now")


def _changed_content(record: FileRecord, folder: Path) -> Iterator[Change]:
    try:
        with open_regular(folder / record.path) as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        yield Change(record.path, _cannot_be_read(error))
        return
    if sha256 != record.sha256:
        yield Change(record.path, "has different content")


def _other_kind(path: str, status: os.stat_result | None, kind: int) -> Change | None:
    if status is None:
        return Change(path, "is missing")
    now = stat.S_IFMT(status.st_mode)
    return None if now == kind else Change(path, f"is {_KINDS.get(now, 'neither file nor directory')} now")


def _cannot_be_read(error: OSError) -> str:
    return f"cannot be read: {os.strerror(error.errno) if error.errno else error}"


def why_not_replaced(source: Path, target: Path, check: Callable[[], None] = lambda: None) -> str:
    """Return why ``source`` may not replace ``target``, as a clause, or nothing; reads every byte of ``target``."""
    found = newest_receipt(target)
    if found is None:
        return f"{target.name} was not created by artifact-tui"
    _, receipt = found
    if not is_unchanged(receipt, target, check):
        return f"{target.name} has changed since it was downloaded"
    return "" if (receipt.kind == "directory") is source.is_dir() else f"{target.name} is a {receipt.kind}"


def is_unchanged(receipt: Receipt, target: Path, check: Callable[[], None] = lambda: None) -> bool:
    """Return whether ``target`` matches its receipt, and no other program changed it meanwhile."""
    before = snapshot(target)
    return next(find_changes(receipt, target.parent, check), None) is None and snapshot(target) == before


def not_overwritten(why: str, place: Path) -> str:
    """Return the sentence that says why nothing was overwritten, and where the download is."""
    return f"Not overwritten: {why}. Saved as {place.name}."
