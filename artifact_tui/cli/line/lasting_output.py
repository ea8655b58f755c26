"""Standard output of commands that go on without it, because their work does not depend on it."""

from __future__ import annotations

import sys

from artifact_tui.cli.line.failures import LineFailure
from artifact_tui.cli.line.stderr import Messages
from artifact_tui.cli.standard_streams import OutputError, send_bytes


class LastingOutput:
    """Writes until standard output fails, and reports that once; a reader that closed it is not an error."""

    def __init__(self, messages: Messages) -> None:
        self._messages = messages
        self._is_broken = False
        self.failures: list[LineFailure] = []

    def write(self, data: bytes) -> None:
        """Write, or drop the data if standard output is broken."""
        if self._is_broken:
            return
        if sys.stdout.isatty():
            self._messages.write("")  # removes a progress bar from the line
        try:
            send_bytes(data)
        except BrokenPipeError:
            self._is_broken = True
            self._messages.note("The reader closed standard output. The rest of the output is dropped.")
        except OutputError as error:
            self._is_broken = True
            self.failures.append(LineFailure(kind="output", message=str(error)))
            self._messages.error(self.failures[0])
