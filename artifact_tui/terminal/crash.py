"""What a crash leaves on the terminal: a short traceback without local variables, which may hold secrets."""

from __future__ import annotations

import traceback

from artifact_tui.text import printable

FRAMES = 12


def crash_report(error: BaseException) -> str:
    """The last frames and the error's type and text, each line made printable; never a value of a variable."""
    summary = traceback.TracebackException.from_exception(error, limit=-FRAMES, capture_locals=False)
    lines = "".join(summary.format()).splitlines()
    return "\n".join(printable(line, 300) if line.strip() else "" for line in lines)
