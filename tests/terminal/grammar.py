"""All that the program may write to a terminal: its own sequences and printable text, nothing else."""

from __future__ import annotations

import re

MODES = "1000|1002|1003|1004|1006|1015|1049|2004|2026|2048|25|7"
_SEQUENCES = re.compile(
    rf"\x1b\[\?(?:{MODES})[hl]|\x1b\[\?(?:2026|2048)\$p"  # modes, set, reset and asked for
    r"|\x1b\[>\d+u|\x1b\[<u"  # keys
    r"|\x1b\[[\d;:]*m"  # looks
    r"|\x1b\[(?:\d+(?:;\d+)?)?H|\x1b\[\d*[CEGKXML]|\x1b\[2J|\x1b\[(?:\d+;\d+)?r"  # moving, erasing, scrolling
    r"|\x1b\]22;[a-z-]*\x07|\x1b\]52;c;[A-Za-z0-9+/=]*\x07"  # the pointer's shape, the clipboard
    r"|\r\n|\x07"
)


def foreign(data: bytes) -> str:
    """What is left when all that may be there is taken out, in escaped form; empty when all is well."""
    text = _SEQUENCES.sub("", data.decode("utf-8"))
    return "".join(character for character in text if not character.isprintable()).encode("unicode_escape").decode()
