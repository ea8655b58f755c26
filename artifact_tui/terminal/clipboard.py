"""tmux's own clipboard."""

from __future__ import annotations

import subprocess
from threading import Thread

COMMAND = ("tmux", "load-buffer", "-w", "-")
LONGEST = 3.0
"""Seconds for which tmux may think about it."""


def fill_tmux_buffer(text: str) -> None:
    """Give ``text`` to tmux (``load-buffer -w``: to its terminal's clipboard too), without waiting for it."""
    Thread(target=_fill, args=(text.encode("utf-8", "backslashreplace"),), name="tmux-buffer", daemon=True).start()


def _fill(data: bytes) -> None:
    try:
        subprocess.run(
            ["tmux", "load-buffer", "-w", "-"], input=data, capture_output=True, timeout=LONGEST, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return  # OSC 52 was sent, and the text is on the screen
