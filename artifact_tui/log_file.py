"""The request log: readable by its owner only, printable, without secrets."""

from __future__ import annotations

import logging
import os
import stat
import sys
from collections.abc import Callable

from artifact_tui.errors import UsageError
from artifact_tui.redaction import redact
from artifact_tui.text import printable

LONGEST = 4000


class RedactingFormatter(logging.Formatter):
    """A formatter that filters the whole record: message, arguments and traceback."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the filtered line."""
        return redact(super().format(record))


class LineFormatter(RedactingFormatter):
    """A formatter that writes one printable line per record; only a traceback adds lines."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  # the library's own name
        """Return the message as one printable line."""
        return printable(super().formatMessage(record), LONGEST)

    def format(self, record: logging.LogRecord) -> str:
        """Return the whole record, each line of it printable."""
        lines = super().format(record).split("\n")
        return "\n".join(printable(line, LONGEST) if line.strip() else "" for line in lines)


class LogFile(logging.FileHandler):
    """A log that reports the first record it could not write, in one sentence, and tries to write the next ones.

    ``report`` is called in any thread.
    """

    def __init__(self, path: str, report: Callable[[str], object]) -> None:
        super().__init__(path, "a", encoding="utf-8", errors="backslashreplace")
        self._report = report
        self._is_reported = False

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802  # the library's own name
        """Report the error that is being handled, instead of printing its traceback."""
        if not self._is_reported:
            self._is_reported = True
            self._report(f"{_problem(self.baseFilename, sys.exception())} The log is incomplete.")


def log_to(path: str, report: Callable[[str], object]) -> None:
    """Log requests to a file that only the user can read, or to stderr for ``-``.

    Raises :class:`UsageError` if the file cannot be opened. If a write fails later, ``report`` gets one sentence.
    """
    _log(logging.StreamHandler() if path == "-" else _file(path, report))


def _problem(path: str, error: BaseException | None) -> str:
    reason = (error.strerror if isinstance(error, OSError) else None) or type(error).__name__
    return f"Cannot write the log file {path}: {reason}."


def _file(path: str, report: Callable[[str], object]) -> logging.Handler:
    try:
        opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        if stat.S_ISREG(os.fstat(opened).st_mode):  # a device belongs to others, too
            os.fchmod(opened, 0o600)
    except OSError as error:
        raise UsageError(_problem(path, error)) from None
    os.close(opened)
    return LogFile(path, report)


def _log(handler: logging.Handler) -> None:
    handler.setFormatter(LineFormatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logger = logging.getLogger("artifact_tui")
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    logger.propagate = False
