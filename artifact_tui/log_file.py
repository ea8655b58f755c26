"""The request log: readable by its owner only, printable, without secrets."""

from __future__ import annotations

import logging
import os

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


def log_to(path: str) -> None:
    """Log requests to a file that only the user can read, or to stderr for ``-``.

    Raises :class:`UsageError` if the file cannot be written.
    """
    _log(logging.StreamHandler() if path == "-" else _file(path))


def _file(path: str) -> logging.Handler:
    try:
        opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.fchmod(opened, 0o600)
    except OSError as error:
        raise UsageError(f"Cannot write the log file {path}: {os.strerror(error.errno or 0)}.") from None
    os.close(opened)
    return logging.FileHandler(path, "a", encoding="utf-8", errors="backslashreplace")


def _log(handler: logging.Handler) -> None:
    handler.setFormatter(LineFormatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logger = logging.getLogger("artifact_tui")
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    logger.propagate = False
