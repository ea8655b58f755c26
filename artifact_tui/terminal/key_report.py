"""Key reports of the kitty keyboard protocol, in the form that Textual's parser understands.

A report is ``CSI key:shifted:base ; modifiers:event ; text u``, or has another final letter and a number for its key
(https://sw.kovidgoyal.net/kitty/keyboard-protocol/). Textual reads one number in each of the first two fields.
"""

from __future__ import annotations

import re

KEY_FLAGS = 0b11101
"""What is asked of the terminal: escape codes that are no letters, alternate keys, all keys, and their text."""

LONGEST = 32
"""Characters up to which Textual takes a sequence for one; of a longer one every letter would be a key."""

_KEY = re.compile(r"\x1b\[([\d:;]*)([u~ABCDEFHPQRS])\Z", re.ASCII)
_PRESSED = ("", "1", "2")
"""Event types of a press and of its repeats; 3 is a release."""
_SHIFT_AND_LOCKS = 0b11000001
_LAST_ASCII, _LAST_CHARACTER = 0x7F, 0x10FFFF
_SURROGATES, _MORE_CONTROLS = range(0xD800, 0xE000), range(0x7F, 0xA0)


def plain_report(sequence: str) -> str:
    """Return the key report with one number per field; empty for a release or an invalid report.

    A key that is not ASCII and comes with a modifier such as Ctrl becomes the one at its place on an English keyboard.
    Sequences that are not about keys stay as they are, up to ``LONGEST``.
    """
    if len(sequence) > LONGEST:
        return ""
    match = _KEY.match(sequence)
    if match is None:
        return sequence
    fields = [field.split(":") for field in match[1].split(";")]
    if len(fields) > 3:
        return ""
    key, modifiers, text = [*fields, [""], [""]][:3]
    if modifiers[1:2] and modifiers[1] not in _PRESSED:
        return ""
    code, letters = key[0], [letter for letter in text if _is_printable(letter)]
    if _is_command(modifiers[0]) and int(code or 1) > _LAST_ASCII and key[2:3] not in ([], [""]):
        code, letters = key[2], []
    if not _is_character(code or "1") or (code == "0" and not letters):
        return ""
    fields_left = ";".join((code, modifiers[0], ":".join(letters))).rstrip(";")
    return f"\x1b[{fields_left}{match[2]}"


def _is_command(modifiers: str) -> bool:
    """Whether more is held than Shift, Caps Lock and Num Lock."""
    return (int(modifiers or 1) - 1) & ~_SHIFT_AND_LOCKS > 0


def _is_character(number: str) -> bool:
    return int(number) <= _LAST_CHARACTER and int(number) not in _SURROGATES


def _is_printable(number: str) -> bool:
    return number != "" and _is_character(number) and int(number) >= 0x20 and int(number) not in _MORE_CONTROLS
