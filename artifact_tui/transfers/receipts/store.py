"""Receipts on disk: written atomically, and read as untrusted input."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from io import BufferedReader
from pathlib import Path, PurePath
from typing import TypeVar

import msgspec

from artifact_tui import exact_json, regular_file
from artifact_tui.errors import UserError
from artifact_tui.transfers.disk.atomic_rename import publish, settle
from artifact_tui.transfers.disk.safe_names import IS_RECEIPT, RECEIPT_ENDING
from artifact_tui.transfers.receipts.receipt import FORMAT, Receipt, ancestors

_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
_LARGEST = 100_000_000  # bytes; 100,000 files with the longest names take less
_LONGEST_PATH = 4096
OTHER_VERSION = "was written by another version of this program"
IMPOSSIBLE = "names files that no download can have"
Kind = TypeVar("Kind")


class BadReceipt(UserError):
    """A receipt that cannot be used; the sentence is a clause about it."""


def write_receipt(receipt: Receipt, directory: Path, *, overwrite: bool = False) -> Path:
    """Write the receipt beside its target in ``directory``, atomically, and wait for the disk; may raise OSError.

    With ``overwrite`` it replaces the target's earlier receipt. Else, or if another file has its name, it becomes
    ``NAME.artifact (2).json``: the newest receipt counts.
    """
    target = directory / receipt.target
    work = _work(target)
    clear_half_written(target)
    try:
        write_new(work, receipt)
        earlier = newest_receipt(target) if overwrite else None
        if earlier is None:
            final = PurePath(receipt.target + RECEIPT_ENDING)
            return publish(work, directory, final.stem, final.suffix)
        place = work.replace(earlier[0])
        settle(directory)
        return place
    finally:
        clear_half_written(target)


def newest_receipt(target: Path) -> tuple[Path, Receipt] | None:
    """Return the newest usable receipt of a file or directory, and its path; None without one."""
    return max(_own_receipts(target), key=lambda each: each[1].downloaded_at, default=None)


def remove_receipts(target: Path) -> None:
    """Remove the receipts of a replaced target; failures are ignored."""
    for path, _ in _own_receipts(target):
        with suppress(OSError):
            path.unlink()


def _own_receipts(target: Path) -> list[tuple[Path, Receipt]]:
    own = []
    with suppress(OSError):
        for path in sorted(target.parent.iterdir(), reverse=True):
            name, is_receipt = IS_RECEIPT.subn("", path.name)
            if is_receipt and name == target.name:
                with suppress(BadReceipt, OSError):
                    own.append((path, read_receipt(path)))
    return [(path, receipt) for path, receipt in own if receipt.target == target.name]


def clear_half_written(target: Path) -> None:
    """Remove an unfinished receipt of ``target``; failures are ignored."""
    with suppress(OSError):
        _work(target).unlink()


def _work(target: Path) -> Path:
    return target.with_name(f".receipt-{target.lstat().st_ino:x}")  # unique, and the same after a crash


def write_new(path: Path, receipt: msgspec.Struct) -> None:
    """Write a new file and wait for the disk; may raise OSError."""
    data = _json(receipt)
    with os.fdopen(os.open(path, _NEW_FILE, 0o644), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _json(receipt: msgspec.Struct) -> bytes:
    r"""Return indented JSON that is safe in a terminal: unprintable characters become ``\uXXXX``."""
    text = exact_json.encode_indented(receipt).decode() + "\n"
    if not text.replace("\n", "").isprintable():
        text = "".join(map(_escaped, text))
    return text.encode()


def _escaped(character: str) -> str:
    if character == "\n" or character.isprintable():
        return character
    units = character.encode("utf-16-be")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))


def read_receipt(path: Path) -> Receipt:
    """Read a receipt whose paths all stay in its directory; raise BadReceipt, or OSError if unreadable."""
    receipt = read_as(path, Receipt)
    if receipt.format != FORMAT:
        raise BadReceipt(OTHER_VERSION)
    if receipt.kind == "merged" or not is_consistent(receipt):
        raise BadReceipt(IMPOSSIBLE)
    return receipt


def read_as(path: Path, kind: type[Kind]) -> Kind:
    """Read a regular file of limited size as JSON; raise BadReceipt, or OSError if unreadable."""
    data = _read(path)
    try:
        return exact_json.decode(data, kind)
    except msgspec.DecodeError:
        raise BadReceipt("is damaged") from None


def _read(path: Path) -> bytes:
    if not stat.S_ISREG(path.lstat().st_mode):
        raise BadReceipt("is not a regular file")
    with open_regular(path) as file:
        data = file.read(_LARGEST + 1)
    if len(data) > _LARGEST:
        raise BadReceipt("is too large")
    return data


def open_regular(path: Path) -> BufferedReader:
    """Open a regular file for reading, never through a link or waiting for a pipe; raise OSError."""
    return os.fdopen(regular_file.open_regular(path, os.O_RDONLY | os.O_NOFOLLOW), "rb")


def is_consistent(receipt: Receipt) -> bool:
    """Return whether all paths are at or below the target, unless merged, and none is repeated or of two kinds."""
    files = [file.path for file in receipt.files]
    paths = [*files, *receipt.empty_directories]
    if "/" in receipt.target or not all(map(_is_safe, (receipt.target, *paths))):
        return False
    if receipt.kind == "file":
        return paths == [receipt.target]
    below = receipt.kind == "merged" or all(path.startswith(receipt.target + "/") for path in paths)
    return below and len(set(paths)) == len(paths) and not ancestors(paths) & set(files)


def _is_safe(path: str) -> bool:
    plain = len(path) <= _LONGEST_PATH and not set(path) & {"\0", "\\"}
    return plain and not {"", ".", ".."} & set(path.split("/"))
