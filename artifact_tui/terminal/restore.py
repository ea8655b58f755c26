"""Restores the terminal, whatever state the program is in."""

from __future__ import annotations

import os
import termios
from contextlib import suppress
from typing import Any

RESTORE = (
    "\x1b[?2026l\x1b[r\x1b[m"  # synchronized output, margins, style
    "\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1015l\x1b[?1016l\x1b[?1006l"  # mouse
    "\x1b[?2004l\x1b[?1004l\x1b[?2048l\x1b[<u"  # paste, focus, resizes, keys
    "\x1b[?7h\x1b[?1049l\x1b[?25h"  # line wrap, main screen, cursor
)


def restore_terminal(descriptor: int, attributes: list[Any] | None) -> None:
    """Restore modes, screen and line settings; never block, and drop output that a frozen terminal has not taken."""
    with suppress(termios.error):
        termios.tcflush(descriptor, termios.TCOFLUSH)
        termios.tcflow(descriptor, termios.TCOON)
    if attributes is not None:
        with suppress(termios.error):
            termios.tcsetattr(descriptor, termios.TCSANOW, attributes)
    with suppress(OSError):
        # opened again, because O_NONBLOCK must not affect the shell, which shares the descriptor
        own = os.open(os.ttyname(descriptor), os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK)
        with suppress(OSError):
            os.write(own, RESTORE.encode())
        os.close(own)
