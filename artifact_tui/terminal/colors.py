"""The number of colors of the terminal, from COLORTERM or TERM."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

Colors = Literal["standard", "256", "truecolor"]

_WITH_256 = ("256color", "alacritty", "contour", "foot", "ghostty", "iterm", "kitty", "konsole", "rio", "wezterm")
"""Parts of the names of terminals with at least 256 colors; SSH servers often lack their terminfo."""
_UNKNOWN = ("", "dumb", "unknown")


def colors_of(environ: Mapping[str, str]) -> Colors:
    """Return the colors from COLORTERM, or from the name or terminfo entry of TERM; 16 if unknown."""
    if environ.get("COLORTERM", "").strip().lower() in {"truecolor", "24bit"}:
        return "truecolor"
    kind = environ.get("TERM", "").strip().lower()
    if any(part in kind for part in _WITH_256):
        return "256"
    number = 0 if kind in _UNKNOWN else _in_terminfo(environ["TERM"].strip())
    return "truecolor" if number > 256 else "256" if number == 256 else "standard"


def _in_terminfo(kind: str) -> int:
    try:
        import curses

        curses.setupterm(kind, 1)
        return curses.tigetnum("colors")
    except (ImportError, curses.error):  # Python without curses, or a terminal without a terminfo entry
        return 0
