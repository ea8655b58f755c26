"""Logs as terminals would show them, without what only a terminal obeys."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from artifact_tui.preview.ansi import strip
from artifact_tui.preview.kinds import show
from artifact_tui.preview.line import Sample
from tests.examples import examples
from tests.preview.looks import look_of_line


def looks(text: str) -> list[str]:
    return [look_of_line(line)[1:] for line in show(Sample("a.log", text.encode())).lines]


@pytest.mark.parametrize(
    ("text", "look"),
    [
        ("\x1b]8;;https://a.test\x1b\\words\x1b]8;;\x1b\\ after", "words after"),
        ("\x1b]8;id=1;https://a.test\x07words\x1b]8;;\x07 after", "words after"),
        ("\x9d8;;https://a.test\x9cwords\x9d8;;\x9c after", "words after"),
        ("\x1b]0;title\x07text", "text"),
        ("\x1bPq#0\x1b\\text\x1b_app\x1b\\ more\x1b^private\x1b\\", "text more"),
        ("\x1bktitle\x1b\\text\x9fapp\x9c more", "text more"),
        ("red\x1b(B\x1b[m plain\x1b)0\x0f", "red plain"),
        ("\x1b[2K\x1b[1A\x1b[10;20H\x1b[?25l\x1b[Gtext\x1b[0J\x1b[?2004h\x1b7\x1b8\x1b=\x1b>", "text"),
        ("\x9b31mred\x9bm plain", "‹fore=1:red› plain"),
        ("\x1b[>4;1mtext\x1b[!p\x1b[1 q", "text"),
        ("\x1b[38:2::255:0:7mx", "‹fore=(255,0,7):x›"),
        ("\x1b[38:2:255:0:7mx", "‹fore=(255,0,7):x›"),
        ("\x1b[48:2:1:255:0:7:0:1mx", "‹back=(255,0,7):x›"),
        ("\x1b[38:5:208mx", "‹fore=208:x›"),
        ("\x1b[38;5;208mx", "‹fore=208:x›"),
        ("\x1b[1;38:2::9:8:7;4:3mx", "‹fore=(9,8,7) bold underline:x›"),
        ("\x1b[38:5mx\x1b[38:9:1mx\x1b[38;9mx\x1b[38mx", "xxxx"),
        ("\x1b[4:3mx\x1b[4:0my", "‹underline:x›y"),
        ("\x1b[21mx\x1b[24my", "‹underline:x›y"),
        ("\x1b[58;2;255;0;0;4mx", "‹underline:x›"),
        ("\x1b[58:2::255:0:0;1mx\x1b[59my", "‹bold:xy›"),
        ("\x1b[58;5;3mx", "x"),
        ("a\x1b[31mb\tc", "a‹fore=1:b      c›"),
    ],
)
def test_escapes_become_styles_or_nothing(text: str, look: str) -> None:
    assert looks(text) == [look]


@pytest.mark.parametrize(
    "start", ["\x1b]8;;", "\x1b]0;", "\x1bP", "\x1b_", "\x9d", "\x90", "\x1b[31", "\x1b[", "\x1b(", "\x1b"]
)
def test_a_sequence_without_an_end_swallows_nothing(start: str) -> None:
    first, second = looks(f"{start} a line of the log\nthe next\n")
    assert "a line of the log" in first
    assert second == "the next"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r\r\n", "\r\r\r\n"])
def test_a_line_has_one_end(end: str) -> None:
    assert looks(f"one{end}two{end}{end}three{end}") == ["one", "two", "", "three"]


def test_a_carriage_return_alone_begins_a_line() -> None:
    assert looks(" 10%\r 55%\r100%\n") == [" 10%", " 55%", "100%"]


def test_an_error_is_found_behind_escapes() -> None:
    (line,) = show(Sample("a.log", b"\x1b]8;;x\x07a.c\x1b]8;;\x07: \x1b(Berror: no\n")).lines
    assert line.is_error


@given(st.lists(st.sampled_from([*"\x1b\x9b\x9d\x90\x9c\x07\x0e[]()P_m;:?83 \\ab\t\r\n"]), max_size=60).map("".join))
@settings(max_examples=examples(100), deadline=None)
def test_letters_are_lost_only_as_the_ends_of_sequences(text: str) -> None:
    for line in show(Sample("a.log", text.encode())).lines:
        look_of_line(line)
        assert line.text.isprintable()
    assert "\n" not in text or "\n" in strip(text)


@pytest.mark.parametrize("part", ["\x1b]8;;", "\x9d8;;", "\x1b[1;", "\x1b(", "\r", "\x9b1"], ids=repr)
def test_many_sequences_without_an_end_cost_no_more_than_their_length(part: str) -> None:
    """A pattern that looks at the rest of the text again for each of them would take hours."""
    assert strip(part * 200_000 + " end").endswith(" end")
    assert show(Sample("a.log", (part * 20_000 + " end").encode())).lines[-1].text.endswith(" end")
