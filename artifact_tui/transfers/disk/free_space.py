"""Whether the disk has room, asked before the first byte and answered with numbers."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from artifact_tui.archive.errors import ArchiveRefused, Limits
from artifact_tui.archive.ranges import Ranges
from artifact_tui.archive.unpack_plan import unpacked_size
from artifact_tui.domain.provider import Archive, ProviderError
from artifact_tui.text import size
from artifact_tui.transfers.errors import TransferError
from artifact_tui.transfers.models import DownloadOrder

FreeSpace = Callable[[Path], int]
"""Bytes that can still be written into a directory; may raise OSError."""

_SURELY_ENOUGH = 1040
"""Times the archive: deflate gives at most 1,032 bytes for one (zlib's documentation), and entries have headers."""


def free_space(directory: Path) -> int:
    """Of the file system that holds it."""
    return shutil.disk_usage(directory).free


def check_room(needed: int, place: Path, free: FreeSpace) -> None:
    """Raise before the first byte what would otherwise fail after many."""
    if needed > (left := free(place)):
        raise _too_little(f"It needs {size(needed)}", place, left)


def check_room_to_unpack(order: DownloadOrder, archive: Archive, missing: int, limits: Limits, free: FreeSpace) -> None:
    """Check the free space for the archive and for what it unpacks to, by its table of contents.

    Where that cannot be read in parts nothing is known, and the room is looked at once more before unpacking.
    """
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
        needs = f"It needs {size(missing + unpacked)}{parts}"
        raise _too_little(needs, order.directory, left)


def _too_little(needs: str, place: Path, left: int) -> TransferError:
    return TransferError(
        f"{needs}, and {size(left)} are free in {place}.", "Free some space, or choose another directory."
    )
