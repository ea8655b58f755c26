"""Lines of a log: without secrets, and with nothing in them that a terminal or a reader of lines would obey."""

from __future__ import annotations

import logging

from artifact_tui.redaction import RedactingFormatter
from artifact_tui.text import printable

LONGEST = 4000


class LineFormatter(RedactingFormatter):
    """A record is one line, whatever its arguments hold; only a traceback adds lines, which are printable too."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  # the library's own name
        """See :class:`logging.Formatter`."""
        return printable(super().formatMessage(record), LONGEST)

    def format(self, record: logging.LogRecord) -> str:
        """As above."""
        lines = super().format(record).split("\n")
        return "\n".join(printable(line, LONGEST) if line.strip() else "" for line in lines)
