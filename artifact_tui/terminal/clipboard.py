"""The clipboard of tmux."""

from __future__ import annotations

import subprocess
from contextlib import suppress
from threading import Thread

COMMAND = ("tmux", "load-buffer", "-w", "-")
TIMEOUT = 3.0  # seconds


def fill_tmux_buffer(text: str) -> None:
    """Copy ``text`` to tmux and, with ``-w``, to the clipboard of its terminal; return without waiting for it."""
    Thread(target=_fill, args=(text.encode("utf-8", "backslashreplace"),), name="tmux-buffer", daemon=True).start()


def _fill(data: bytes) -> None:
    with suppress(OSError, subprocess.TimeoutExpired):  # OSC 52 was sent too, and the text is on the screen
        subprocess.run(COMMAND, input=data, capture_output=True, timeout=TIMEOUT, check=False)
