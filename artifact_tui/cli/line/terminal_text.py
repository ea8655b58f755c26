"""Text of strangers on a terminal: control characters as the viewer on the screen shows them, and no binary data."""

from __future__ import annotations

import sys

from artifact_tui.cli.line.failures import LineError
from artifact_tui.cli.standard_streams import REPLACE
from artifact_tui.preview.ansi import strip
from artifact_tui.preview.encoding import decode
from artifact_tui.preview.line import shown
from artifact_tui.preview.log import LINE_END

BLOCK = 256 * 1024
"""Bytes that are decoded at once; the first block decides whether a file is text."""


class TerminalText:
    """Turns the bytes of one file after the other into printable lines, a block of whole lines at a time."""

    def __init__(self, *, ascii_only: bool) -> None:
        self._encoding = "ascii" if ascii_only else getattr(sys.stdout, "encoding", None) or "utf-8"
        self._held = b""
        self._is_text = False

    def shown(self, data: bytes) -> bytes:
        """Return what to write after these bytes have arrived; raise LineError for binary data."""
        self._held += data
        if len(self._held) < BLOCK:
            return b""
        end = self._held.rfind(b"\n") + 1 or len(self._held)
        block, self._held = self._held[:end], self._held[end:]
        return self._lines(block, is_cut=True)

    def end(self) -> bytes:
        """Return the rest of the file; the next bytes are those of another."""
        rest, self._held = self._held, b""
        lines = self._lines(rest, is_cut=False) if rest else b""
        self._is_text = False
        return lines

    def _lines(self, block: bytes, *, is_cut: bool) -> bytes:
        decoded = decode(block, is_cut=is_cut)
        if decoded is None and not self._is_text:
            raise LineError("unsafe", "binary data: redirect the output, or use --raw")
        self._is_text = True
        text = decoded[0] if decoded else block.decode(errors="backslashreplace")
        lines = "\n".join(shown(strip(row)) for row in LINE_END.split(text))
        return lines.encode(self._encoding, REPLACE)
