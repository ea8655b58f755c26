"""What a crash leaves on the terminal: a short traceback without local variables, which may hold secrets."""

from __future__ import annotations

import logging
import sys
import threading
import traceback

from artifact_tui.log_file import LineFormatter
from artifact_tui.redaction import redact
from artifact_tui.text import printable

FRAMES = 12


def crash_report(error: BaseException) -> str:
    """The last frames and the error's type and text, printable and without secrets; never a value of a variable."""
    summary = traceback.TracebackException.from_exception(error, limit=-FRAMES, capture_locals=False)
    lines = redact("".join(summary.format())).splitlines()
    return "\n".join(printable(line, 300) if line.strip() else "" for line in lines)


def where_the_log_is() -> str:
    """A line for the end of a report: the log file, or how to have one."""
    for handler in logging.getLogger("artifact_tui").handlers:
        if isinstance(handler, logging.FileHandler):
            return f"The log is in {printable(handler.baseFilename)}."
    return "There is no log; --log-file FILE writes one."


def report_all_crashes() -> None:
    """Errors outside the app, in threads, in destructors and in logs nobody set up are reported like the others."""
    sys.excepthook = lambda kind, error, trace: _write(error)
    threading.excepthook = lambda arguments: _write(arguments.exc_value)
    sys.unraisablehook = lambda arguments: _write(arguments.exc_value)
    for foreign in ("httpx", "httpcore"):
        logging.getLogger(foreign).setLevel(logging.WARNING)  # at INFO they write whole addresses
    if logging.lastResort is not None:
        logging.lastResort.setFormatter(LineFormatter())


def _write(error: BaseException | None) -> None:
    if error is not None and sys.stderr is not None:
        sys.stderr.write(f"{crash_report(error)}\n")
