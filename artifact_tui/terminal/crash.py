"""Crash reports: a short traceback without local variables, which may hold secrets."""

from __future__ import annotations

import logging
import sys
import threading
import traceback

from artifact_tui import __version__
from artifact_tui.log_file import LineFormatter
from artifact_tui.redaction import redact
from artifact_tui.text import printable

FRAMES = 12


def crash_report(error: BaseException) -> str:
    """Return the last frames and the error, printable, without secrets and without values of variables."""
    summary = traceback.TracebackException.from_exception(error, limit=-FRAMES, capture_locals=False)
    lines = redact("".join(summary.format())).splitlines()
    return "\n".join(printable(line, 300) if line.strip() else "" for line in lines)


def how_to_report() -> str:
    """Return the last line of a report: the version, and the log file or how to get one."""
    log = "the log that --log-file FILE writes"
    for handler in logging.getLogger("artifact_tui").handlers:
        if isinstance(handler, logging.FileHandler):
            log = f"the log {printable(handler.baseFilename)}"
    return f"Internal error in artifact-tui {__version__}. Please report it with this text and {log}."


def report_all_crashes() -> None:
    """Report errors outside the app, in threads, in destructors and in unconfigured loggers in the same way."""
    sys.excepthook = lambda kind, error, trace: _write(error)
    threading.excepthook = lambda arguments: _write(arguments.exc_value)
    sys.unraisablehook = lambda arguments: _write(arguments.exc_value)
    for foreign in ("httpx", "httpcore"):
        logging.getLogger(foreign).setLevel(logging.WARNING)  # at INFO they log whole URLs
    if logging.lastResort is not None:
        logging.lastResort.setFormatter(LineFormatter())


def _write(error: BaseException | None) -> None:
    if error is not None and sys.stderr is not None:
        sys.stderr.write(f"{crash_report(error)}\n{how_to_report()}\n")
