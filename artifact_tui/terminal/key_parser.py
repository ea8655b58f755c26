"""Splits terminal input into keys, pastes and reports, however it is fragmented.

Sequences end by their grammar (ECMA-48, 5.4; control strings by BEL or ST), not by timing; only a lone escape waits.
Anything but keys, mouse events and expected reports is dropped, because late answers to queries of this or an earlier
program must never act as typed letters.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Iterator

from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual._xterm_parser import XTermParser
from textual.events import Key, Paste
from textual.message import Message

_log = logging.getLogger(__name__)

ESCAPE = "\x1b"
LOST = 2.0
"""Seconds of silence that end an unfinished paste and drop an unfinished sequence."""
REJOINED = 1.0
"""Seconds in which the rest of an arrow key still joins its escape, even if that has acted as the Esc key."""
TYPED_AT_MOST = 64
"""Characters that people can type before one read; more were pasted into a terminal without bracketed paste."""

KEY_FLAGS = 0b11101
"""The requested kitty flags: disambiguate escape codes, report alternate keys, all keys and associated text."""

LONGEST = 32
"""Characters that Textual accepts in a sequence; it would read a longer one as single keys."""

# A report is ``CSI key:shifted:base ; modifiers:event ; text u``, or a number and another final letter
# (https://sw.kovidgoyal.net/kitty/keyboard-protocol/). Textual reads one number in each of the first two fields.
_KEY = re.compile(r"\x1b\[([\d:;]*)([u~ABCDEFHPQRS])\Z", re.ASCII)
_PRESSED = ("", "1", "2")
"""Event types of a press and of a repeat; 3 is a release."""
_SHIFT_AND_LOCKS = 0b11000001
_LAST_ASCII, _LAST_CHARACTER = 0x7F, 0x10FFFF
_SURROGATES, _MORE_CONTROLS = range(0xD800, 0xE000), range(0x7F, 0xA0)
PASTE_START, PASTE_END = "\x1b[200~", "\x1b[201~"
_CONTROL = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")
_UNFINISHED = re.compile(r"\x1b\[[0-?]*[ -/]*\Z|\x1bO\Z")
_STRING = re.compile(r"\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\|\x1b(?=[^\\]))")
_UNFINISHED_STRING = re.compile(r"\x1b[\]PX^_][^\x07\x1b]*\x1b?\Z")
_EXPECTED = re.compile(
    r"\x1b\[(?:[\d:;]*[u~ABCDEFHPQRS]"  # keys with modifiers, cursor position
    r"|<[-\d;]+[Mm]|[-\d;]+M"  # mouse
    r"|[IO]|\?\d+;\d\$y|48;[\d:;]+t)\Z"  # focus, modes, size
)
_REST_OF_KEY = re.compile(r"(?:\[[\d:;]*[ABCDFHPQRSZ~u]|O[A-DFHP-S])\Z")


Piece = str | Key | Paste
"""A character or a whole sequence to parse, or an event."""


class KeyStream:
    """Splits input into pieces; call :meth:`tick` regularly while :attr:`is_waiting`."""

    def __init__(self, delay: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._delay = delay
        self._clock = clock
        self._rest = ""
        self._pasting = False
        self._heard = self._escaped = -LOST

    @property
    def is_waiting(self) -> bool:
        """Whether there is a piece that only more input or a timeout can complete."""
        return self._pasting or bool(self._rest)

    def feed(self, text: str) -> Iterator[Piece]:
        """Yield the complete pieces."""
        now = self._clock()
        if not self._rest and now - self._escaped < REJOINED and _REST_OF_KEY.match(text):
            text = ESCAPE + text
        self._heard, self._escaped = now, -LOST
        self._rest += text
        if not self._pasting and is_pasted(self._rest):
            text, self._rest = self._rest, ""
            yield Paste(text)
        yield from self._pieces()

    def tick(self) -> Iterator[Piece]:
        """Yield the pieces that are complete because no more input has arrived."""
        silence = self._clock() - self._heard
        if self._pasting:
            if silence > LOST:
                yield self._end_paste(len(self._rest))
        elif self._rest == ESCAPE:
            if silence > self._delay:
                self._rest, self._escaped = "", self._clock()
                yield Key("escape", ESCAPE)
        elif self._rest and silence > LOST:
            self._rest = ""

    def _pieces(self) -> Iterator[Piece]:
        while self._rest:
            if self._pasting:
                end = self._rest.find(PASTE_END)
                if end < 0:
                    return
                yield self._end_paste(end, len(PASTE_END))
            elif self._rest[0] != ESCAPE:
                letter, self._rest = self._rest[0], self._rest[1:]
                yield letter
            elif (length := _length(self._rest)) == 0:
                return
            else:
                sequence, self._rest = self._rest[:length], self._rest[length:]
                yield from self._decided(sequence)

    def _decided(self, sequence: str) -> Iterator[Piece]:
        if sequence == PASTE_START:
            self._pasting = True
        elif sequence == ESCAPE:
            yield Key("escape", ESCAPE)
        elif (sequence in ANSI_SEQUENCES_KEYS or (_EXPECTED.match(sequence) and sequence != PASTE_END)) and (
            plain := plain_report(sequence)
        ):
            yield plain

    def _end_paste(self, end: int, mark: int = 0) -> Paste:
        text, self._rest = self._rest[:end], self._rest[end + mark :]
        self._pasting = False
        return Paste(text.replace("\x00", ""))


def _length(text: str) -> int:
    """Return the length of the sequence at the start of ``text``; 0 if it is incomplete."""
    if text == ESCAPE or _UNFINISHED.match(text) or _UNFINISHED_STRING.match(text):
        return 0
    for start, whole in (("\x1b[M", 6), ("\x1b[[", 4)):  # raw mouse bytes; F1 to F5 of the Linux console
        if text.startswith(start):
            return whole if len(text) >= whole else 0
    if match := _CONTROL.match(text) or _STRING.match(text):
        return match.end()
    return next((n for n in (3, 2) if text[:n] in ANSI_SEQUENCES_KEYS and text[1] in "O\x7f"), 1)


def is_pasted(text: str) -> bool:
    """Whether so much text in one read cannot be typed: it has no escapes and is not a held key."""
    return len(text) > TYPED_AT_MOST and ESCAPE not in text and len(set(text)) > 3


class SequenceParser:
    """Parses one character or whole sequence at a time; used from the thread that reads the terminal."""

    def __init__(self, *, debug: bool = False) -> None:
        self._debug = debug
        self._parser = XTermParser(debug)

    def parse(self, sequence: str) -> list[Message]:
        """Return the events of a sequence; log the error and return none if the parser fails."""
        try:
            messages = [*self._parser.feed(sequence)]
        except Exception:  # one bad sequence must not lose the next key
            _log.exception("cannot parse %r", sequence)
            messages = []
            self._parser = XTermParser(self._debug)
        if self._parser._awaiting.timeout is not None:  # it would read the next key as the rest of this one
            self._parser = XTermParser(self._debug)
        return messages


def plain_report(sequence: str) -> str:
    """Return a key report of the kitty keyboard protocol as Textual reads it; empty for a release or an invalid one.

    A key that is not ASCII, pressed with a modifier such as Ctrl, becomes the key at its place on an English keyboard.
    Other sequences of at most ``LONGEST`` characters stay the same.
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
    return (int(modifiers or 1) - 1) & ~_SHIFT_AND_LOCKS > 0


def _is_character(number: str) -> bool:
    return int(number) <= _LAST_CHARACTER and int(number) not in _SURROGATES


def _is_printable(number: str) -> bool:
    return number != "" and _is_character(number) and int(number) >= 0x20 and int(number) not in _MORE_CONTROLS
