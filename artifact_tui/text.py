"""Text for people: printable text, sizes, times, counts.

Strangers write artifact names, branches and file contents, and a terminal obeys control characters in its output.
"""

from __future__ import annotations

import sys
import unicodedata
from functools import lru_cache

TYPE_CHECKING = False  # importing it from typing would cost an error of the command line a tenth of its time
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime, timedelta

BLANK = "(blank)"
CUT = "…"
_PICTURED = {**{code: chr(0x2400 + code) for code in range(0x20)}, 0x7F: "\u2421"}
_ESCAPED_KINDS = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_LOOKS_BLANK = "\u115f\u1160\u2800\u3164\uffa0"  # Hangul fillers and the empty Braille cell
_MARKS_PER_LETTER = 2


def printable(text: str, limit: int = 300) -> str:
    r"""Return text as one line that is safe on any terminal.

    Control characters become pictures (``␛``) or escapes (``\u200b``), odd spaces ``␣``. At most two combining marks
    per letter remain, and a line over ``limit`` characters ends in ``…``. Letters of every script and emoji stay.
    Printable text is returned unchanged.
    """
    if text.isascii() and text.isprintable() and 0 < len(text) <= limit and not text.isspace():
        return text
    return _printable(text, limit)


@lru_cache(maxsize=4096)
def _printable(text: str, limit: int) -> str:
    if not text or text.isspace():
        return BLANK if not text.strip(" ") else "".join(map(_shown, text))[:limit]
    out: list[str] = []
    length = marks = 0
    for character in text:
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks > _MARKS_PER_LETTER:
            continue
        shown = _shown(character)
        length += len(shown)
        if length > limit:
            out.append(CUT)
            break
        out.append(shown)
    return "".join(out)


def _shown(character: str) -> str:
    code = ord(character)
    if 0x20 <= code < 0x7F:
        return character
    if code in _PICTURED:
        return _PICTURED[code]
    if 0xFE00 <= code <= 0xFE0F or 0xE0100 <= code <= 0xE01EF:
        return ""  # variation selectors: terminals disagree about the width they leave behind
    kind = unicodedata.category(character)
    if kind in _ESCAPED_KINDS or character in _LOOKS_BLANK:
        return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
    return "\u2423" if kind == "Zs" else character


_BIGGEST_SIZE = 999 * 10**24
_DECIMAL = ("kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB")
_BINARY = ("KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB")


def size(count: int) -> str:
    """Return a size in at most 8 characters, in decimal units: ``999 B``, ``12.4 MB``, ``> 999 YB``.

    What GitHub bills is in binary units (:func:`binary_size`).
    """
    if abs(count) >= _BIGGEST_SIZE:
        return "> 999 YB"
    return _scaled(count, 1000, _DECIMAL)


def binary_size(count: int) -> str:
    """Return a size in the binary units that GitHub bills in: ``999 B``, ``12.4 MiB``, ``1.0 GiB``."""
    return _scaled(count, 1024, _BINARY)


def _scaled(count: int, step: int, units: tuple[str, ...]) -> str:
    if abs(count) < step:
        return f"{count} B"
    value, unit = float(count), ""
    for unit in units:
        value /= step
        if abs(value) < 99.95:
            return f"{value:.1f} {unit}"
        if abs(value) < step - 0.5:
            break
    return f"{value:.0f} {unit}"


_DAY = 86400
# A threshold and a unit in seconds. 99 days say more than 3 months, because retention is 90 days by default.
_STEPS = (
    (730 * _DAY, 365 * _DAY, "y"),
    (100 * _DAY, 30 * _DAY, "mo"),
    (_DAY, _DAY, "d"),
    (3600, 3600, "h"),
    (60, 60, "min"),
)


def span(length: timedelta) -> str:
    """Return a length of time in its largest unit, rounded down: ``3 h``, ``12 d``, ``0 s``."""
    seconds = max(0, int(length.total_seconds()))
    for least, step, unit in _STEPS:
        if seconds >= least:
            return f"{seconds // step} {unit}"
    return f"{seconds} s"


def age(moment: datetime | None, now: datetime) -> str:
    """Return how long ago, or ``—`` if the time is unknown; never negative, even if clocks differ."""
    return "—" if moment is None else span(now - moment)


def until(moment: datetime | None, now: datetime) -> str:
    """Return the time left: ``12 d``, ``now`` once it has passed, ``—`` if it is unknown."""
    if moment is None:
        return "—"
    return span(moment - now) if moment > now else "now"


def at_time(moment: datetime, now: datetime) -> str:
    """Return a local time, with the date unless it is today: ``14:02``, ``2026-11-28 14:02``."""
    try:
        local, today = moment.astimezone(), now.astimezone()
    except (OverflowError, OSError):  # at the ends of the calendar, times cannot be converted
        local, today = moment, now
    return f"{local:%H:%M}" if local.date() == today.date() else f"{local:%Y-%m-%d %H:%M}"


def clock_time(seconds: float) -> str:
    """Return a duration for a progress line: ``0:07``, ``12:30``, ``2:05:00``."""
    whole = max(0, round(seconds))
    hours, rest = divmod(whole, 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"


def count(number: int, noun: str, plural: str = "") -> str:
    """Return a count with its noun: ``1 artifact``, ``1,204 artifacts``."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def closest(name: str, known: Iterable[str]) -> str:
    """Return the known name that was probably meant; empty for none."""
    from difflib import get_close_matches

    return next(iter(get_close_matches(name, list(known), 1)), "")


_LOWERED = frozenset({"A", "An", "It", "No", "Not", "Nothing", "The", "There", "This", "You"})


def clause(sentence: str) -> str:
    """Return the first sentence in the form that follows a colon: no capital, no full stop."""
    first = printable(sentence.partition(". ")[0].removesuffix("."))
    return first[0].lower() + first[1:] if first.partition(" ")[0] in _LOWERED else first


_COERCED = {"C.UTF-8", "C.utf8", "UTF-8"}


def shows_unicode(environ: Mapping[str, str], *, coerced: bool | None = None) -> bool:
    """Return whether the locale is UTF-8."""
    return "utf8" in locale_variable(environ, coerced=coerced).casefold().replace("-", "")


def locale_variable(environ: Mapping[str, str], *, coerced: bool | None = None) -> str:
    """Return the locale variable that applies, such as ``LANG=C.UTF-8``; empty if none is set.

    In the C locale, Python sets ``LC_CTYPE`` itself and enables UTF-8 mode (PEP 538), which says nothing about the
    terminal.
    """
    if coerced is None:
        coerced = bool(sys.flags.utf8_mode)
    for name in ("LC_ALL", "LC_CTYPE", "LANG"):
        value = environ.get(name, "")
        if value and not (name == "LC_CTYPE" and coerced and value in _COERCED):
            return f"{name}={value}"
    return ""
