"""Keys as terminals with the kitty keyboard protocol report them, and whatever else a terminal may send."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from textual.events import Key
from textual.message import Message

from artifact_tui.terminal.key_parser import KeyStream, Piece, SequenceParser
from tests.pty_program import PROGRAM, Terminal, environment


class Reader:
    """What the program makes of what a terminal sends."""

    def __init__(self) -> None:
        self._parser = SequenceParser()
        self.messages: list[Message] = []

    def read(self, *texts: str) -> list[str]:
        """All names of keys so far; two seconds pass after each text."""
        now = 0.0
        stream = KeyStream(0.1, lambda: now)
        for text in texts:
            self._take(stream.feed(text))
            now += 2.1
            self._take(stream.tick())
        return [message.key for message in self.messages if isinstance(message, Key)]

    def _take(self, pieces: Iterable[Piece]) -> None:
        for piece in pieces:
            self.messages += self._parser.parse(piece) if isinstance(piece, str) else [piece]


@pytest.mark.parametrize(
    ("report", "keys"),
    [
        ("\x1b[1;1:1A", ["up"]),
        ("\x1b[1;1:2A", ["up"]),
        ("\x1b[1;1:3A", []),
        ("\x1b[106;1:1u", ["j"]),
        ("\x1b[106;1:2u", ["j"]),
        ("\x1b[106;1:3u", []),
        ("\x1b[27;1:3u", []),
        ("\x1b[106;1:2;106u", ["j"]),
        ("\x1b[106;;106u", ["j"]),
        ("\x1b[3;5:1~", ["ctrl+delete"]),
        ("\x1b[3;5:3~", []),
        ("\x1b[97:65;2;65u", ["A"]),
        ("\x1b[97:65:97;2:2;65u", ["A"]),
        ("\x1b[57441;2:1u", ["left_shift"]),
        ("\x1b[1;129A", ["up"]),
        ("\x1b[0;;229u", ["å"]),
        ("\x1b[106;1:9u", []),
        ("\x1b[1114112;1u", []),
        ("\x1b[55296;1u", []),
        ("\x1b[106;1;1114112u", ["j"]),
        ("\x1b[1;2;3;4;5u", []),
        ("\x1b[" + "9" * 5000 + "u", []),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_presses_and_repeats_are_keys_and_releases_are_not(report: str, keys: list[str]) -> None:
    assert Reader().read(report) == keys
    assert Reader().read(report + "q") == [*keys, "q"]


@pytest.mark.parametrize(
    ("report", "key"),
    [
        ("\x1b[1089:1057:99;5u", "ctrl+c"),
        ("\x1b[1089::99;5u", "ctrl+c"),
        ("\x1b[1103:1071:122;5:1u", "ctrl+z"),
        ("\x1b[1074::100;5:2u", "ctrl+d"),
        ("\x1b[1075::117;5u", "ctrl+u"),
        ("\x1b[1089::99;69u", "ctrl+c"),
        ("\x1b[968::99;5u", "ctrl+c"),
        ("\x1b[106::99;5u", "ctrl+j"),
        ("\x1b[1089:1057:99;1;1089u", "с"),
        ("\x1b[1089:1057:99;2;1057u", "С"),
    ],
)
def test_ctrl_and_a_letter_that_is_not_latin_is_the_key_of_an_english_keyboard(report: str, key: str) -> None:
    """Alone it is the letter; on a Latin layout the layout's own letter counts."""
    assert Reader().read(report) == [key]


PARTS = st.one_of(
    st.sampled_from(
        ["\x1b[", "\x1bO", "\x1b]", "\x1bP", "\x1b", "\x1b[M", "\x1b[<", "\x1b[?2026;", "\x1b[48;", "\x1b[200~"]
    ),
    st.sampled_from(["u", "~", "A", "R", "M", "m", "t", "$y", "\x07", "\x1b\\", ":", ";", "-", "?", "q", "j"]),
    st.integers(0, 2**70).map(str),
    st.binary(max_size=4).map(lambda data: data.decode("utf-8", "replace")),
)


@given(st.lists(PARTS, max_size=12).map("".join))
@example("\x1b[1;1:3A\x1b[106;1:2u")
@example("\x1b[:;:;:u")
@example("\x1b[48;99999999999;1:;1;1t")
def test_whatever_a_terminal_sends_the_next_key_is_read(text: str) -> None:
    reader = Reader()
    assert reader.read(text, "q")[-1] == "q"
    for message in reader.messages:
        if isinstance(message, Key):
            assert message.name
            assert message.name_aliases


@given(st.binary(max_size=60))
def test_whatever_bytes_a_terminal_sends_the_next_key_is_read(data: bytes) -> None:
    assert Reader().read(data.decode("utf-8", "replace"), "q")[-1] == "q"


def test_keys_of_kitty_and_ghostty_move_and_quit_and_releases_do_nothing(tmp_path: Path) -> None:
    with Terminal((*PROGRAM, "--demo"), environment(tmp_path), tmp_path) as terminal:
        terminal.until_shown("fernwood-labs/kestrel", "mira-holm")
        assert b"\x1b[>29u" in terminal.output
        terminal.type("\x1b[1;1:1B\x1b[1;1:3B\x1b[106;1:2u\x1b[106;1:3u\x1b[58:59:46;2:1;58u\x1b[58;2:3u")
        terminal.until(lambda: "╭─" in terminal.text, "the palette is open")
        terminal.type("\x1b[27;1:1u\x1b[27;1:3u\x1b[113;1:3u\x1b[1089:1057:99;5:1u")
        terminal.until_shown("Press Ctrl+C again to quit")
        terminal.type("\x1b[1089:1057:99;5:3u\x1b[1089:1057:99;5u")
        assert terminal.exit_code() == 130


def test_an_error_of_the_thread_that_reads_keys_ends_with_an_error(tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "from artifact_tui.cli.main import main\n"
        "def fail(driver, message):\n"
        "    raise ValueError('a driver of another Textual')\n"
        "from textual.driver import Driver\n"
        "Driver.process_message = fail\n"
        "sys.exit(main(['--demo']))\n"
    )
    with Terminal((sys.executable, "-c", code), environment(tmp_path), tmp_path) as terminal:
        terminal.until_shown("fernwood-labs/kestrel", "mira-holm")
        terminal.type("j")
        assert terminal.exit_code() == 1
        assert "ValueError: a driver of another Textual" in terminal.text
        assert terminal.is_restored
