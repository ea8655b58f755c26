"""Textual's parser of keys, mouse and reports, made safe against unknown sequences."""

from __future__ import annotations

import logging

from textual._xterm_parser import XTermParser
from textual.message import Message

_log = logging.getLogger(__name__)


class SequenceParser:
    """Parses one letter or whole sequence at a time; used from the thread that reads the terminal."""

    def __init__(self, *, debug: bool = False) -> None:
        self._debug = debug
        self._parser = XTermParser(debug)

    def parse(self, sequence: str) -> list[Message]:
        """Return the events of a sequence; none, and a line in the log, if the parser fails."""
        try:
            messages = [*self._parser.feed(sequence)]
        except Exception:  # whatever a terminal sends, the next key counts
            _log.exception("cannot parse %r", sequence)
            messages = []
            self._parser = XTermParser(self._debug)
        if self._parser._awaiting.timeout is not None:  # it would take the next key for the rest of this one
            self._parser = XTermParser(self._debug)
        return messages
