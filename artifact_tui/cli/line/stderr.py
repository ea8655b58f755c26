"""What a command writes to standard error: notes and errors, in words or as JSON lines."""

from __future__ import annotations

from artifact_tui.cli.line.failures import rfc3339
from artifact_tui.cli.standard_streams import write_error
from artifact_tui.redaction import redact
from artifact_tui.text import printable

TYPE_CHECKING = False  # importing it from typing would cost an error of the command line a tenth of its time
if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from typing import Any

    from artifact_tui.cli.line.failures import LineFailure

LONGEST = 2000


class Messages:
    """Notes and errors without secrets; ``notes`` keeps the notes for the JSON document.

    Errors are JSON lines in a JSON form (``in_json``); with ``all_json`` (``--progress json``) everything is.
    """

    def __init__(self, *, quiet: bool, in_json: bool, all_json: bool, clock: Callable[[], datetime]) -> None:
        self._quiet = quiet
        self._in_json = in_json or all_json
        self._all_json = all_json
        self._clock = clock
        self.notes: list[str] = []
        self.write: Callable[[str], object] = write_error
        """Writes whole lines; progress replaces it, to keep its own line below them."""

    def note(self, text: str) -> None:
        """Write a note, unless ``--quiet`` is given."""
        self.notes.append(clean(text))
        if self._all_json:
            self.event("note", message=clean(text))
        elif not self._quiet:
            self.write(f"artifact-tui: note: {clean(text)}\n")

    def error(self, failure: LineFailure) -> None:
        """Write an error."""
        if self._in_json:
            record = failure.record()
            record |= {"message": clean(failure.message), "next_step": clean(failure.next_step) or None}
            self.event("error", error=record)
        else:
            self.write(f"artifact-tui: {clean(f'{failure.message} {failure.next_step}')}\n")

    def event(self, kind: str, **fields: Any) -> None:
        """Write a JSON line."""
        import json

        line = {"event": kind, "time": rfc3339(self._clock())} | fields
        self.write(json.dumps(line, separators=(",", ":")) + "\n")


def clean(text: str) -> str:
    """Return text as one printable line without secrets."""
    return printable(redact(text.strip()), LONGEST) if text.strip() else ""
