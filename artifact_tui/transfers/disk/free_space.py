"""Checks of the free space before the first byte."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from artifact_tui.archive.errors import ArchiveRefused, Limits
from artifact_tui.archive.ranges import Ranges
from artifact_tui.archive.unpack_plan import unpacked_size
from artifact_tui.domain.provider import Archive, ProviderError
from artifact_tui.text import size
from artifact_tui.transfers.errors import DiskTrouble, TransferError
from artifact_tui.transfers.models import DownloadOrder

FreeSpace = Callable[[Path], int]  # returns the free bytes of a directory; may raise OSError

_SURELY_ENOUGH = 1040
"""Times the archive's size: the most that deflate makes of it (1,032) with headers; unpacking checks others again."""


def free_space(directory: Path) -> int:
    """Return the free bytes of the file system of a directory."""
    return shutil.disk_usage(directory).free


def check_room(needed: int, place: Path, free: FreeSpace) -> None:
    """Raise :class:`TransferError` if ``needed`` bytes do not fit."""
    if needed > (left := free(place)):
        raise _too_little(size(needed), place, left)


def check_room_to_unpack(order: DownloadOrder, archive: Archive, missing: int, limits: Limits, free: FreeSpace) -> None:
    """Check the free space for the archive and its files; if unknown before the download, unpacking checks again."""
    declared, left = order.size, free(order.directory)
    if not order.unpack or left >= missing + declared * _SURELY_ENOUGH:
        return
    try:
        ranges = Ranges(archive, declared)
        unpacked = 0 if ranges.file_name else unpacked_size(ranges.read, ranges.size, limits)
    except (ProviderError, ArchiveRefused):
        return
    if missing + unpacked > left:
        parts = f" ({size(missing)} for the archive, {size(unpacked)} to unpack it)" if unpacked else ""
        raise _too_little(f"{size(missing + unpacked)}{parts}", order.directory, left)


def _too_little(needs: str, place: Path, left: int) -> TransferError:
    sentence = f"Not enough free space in {place}: {size(left)} free, {needs} needed."
    return DiskTrouble(sentence, "Free some space, or choose another directory.")
