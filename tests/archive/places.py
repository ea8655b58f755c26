"""Directories that archives are unpacked in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from artifact_tui.archive.errors import DEFAULT_LIMITS, Limits
from artifact_tui.archive.unpack import unpack_tree


def save(place: Path, data: bytes) -> Path:
    archive = place / "a.zip"
    archive.write_bytes(data)
    return archive


def tree(directory: Path) -> dict[str, bytes]:
    return {str(path.relative_to(directory)): path.read_bytes() for path in directory.rglob("*") if path.is_file()}


def listed(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


def unpack(
    archive: Path,
    destination: Path,
    limits: Limits = DEFAULT_LIMITS,
    cancelled: Callable[[], bool] = lambda: False,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> list[Path]:
    """Unpack as a download does, and return the paths of the files."""
    tree = unpack_tree(archive, destination, limits, cancelled, progress)
    return [destination / file.path for file in tree.files]
