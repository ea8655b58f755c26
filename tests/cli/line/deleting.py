"""What tests of deletions share: a repository of one page, settings without pauses, and what reached the server."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.cli.line.program import Line

RECORDER = "fernwood-labs/flight-recorder"
ARTIFACTS = f"/repos/{RECORDER}/actions/artifacts"


def write_settings(home: Path, more: str = "") -> None:
    """Settings without a pause between deletes, as far as tests have nothing to see of it."""
    path = home / ".config" / "artifact-tui" / "config.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"delete-interval = 0\n{more}")


def deletes(line: Line) -> list[int]:
    """The IDs that the last command deleted, in order."""
    return [int(request.rpartition("/")[2]) for request in line.requests if request.startswith("DELETE ")]


def planned(line: Line, *arguments: str) -> list[dict[str, Any]]:
    """The artifacts of a plan."""
    found: list[dict[str, Any]] = line("delete", RECORDER, *arguments, "--jsonl", "-q").rows
    assert not deletes(line)
    return found


def log_of(home: Path) -> list[dict[str, Any]]:
    """The log of deletions."""
    path = home / ".local" / "state" / "artifact-tui" / "deletions.jsonl"
    return [json.loads(text) for text in path.read_bytes().splitlines()] if path.exists() else []
