"""The journal of line mode, and what to do if it cannot be written."""

from __future__ import annotations

from pathlib import Path

from artifact_tui.cli.line.context import LineContext
from artifact_tui.config.paths import Paths

ELSEWHERE = "Set XDG_STATE_HOME to a directory that you can write to."


def journal_of(context: LineContext) -> Path | None:
    """Return the path of the journal; None without a home directory."""
    paths = Paths.of_user()
    return paths.journal(is_demo=context.options.demo) if paths else None
