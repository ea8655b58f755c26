"""Directories that archives are unpacked in."""

from __future__ import annotations

from pathlib import Path


def save(place: Path, data: bytes) -> Path:
    archive = place / "a.zip"
    archive.write_bytes(data)
    return archive


def tree(directory: Path) -> dict[str, bytes]:
    return {str(path.relative_to(directory)): path.read_bytes() for path in directory.rglob("*") if path.is_file()}


def listed(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())
