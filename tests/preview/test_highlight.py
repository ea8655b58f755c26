"""Source and settings files in color: by name only, within limits, and with nothing lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from artifact_tui.preview import highlight
from artifact_tui.preview.kinds import show
from artifact_tui.preview.line import LONGEST_STYLED, Sample
from tests.examples import examples
from tests.preview.looks import look_of_line
from tests.slow_cases import slow_but

FILES = Path(__file__).parent / "files"
ENDS = sorted(end for ends in highlight.LEXERS.values() for end in ends.split())
TEXT = 'def f(x):\n    """A text."""\n    return x  # a comment\n'


def named(end: str) -> str:
    return f"a{end}" if end.startswith(".") else end


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("a.py", "def f(): # c", "‹accent:def› ‹bold:f›(): ‹muted:# c›"),
        ("src/Makefile", "all: x", "‹bold:all›: x"),
        ("a.YML", "key: 'v' # c", "‹accent:key›: ‹success:'v'› ‹muted:# c›"),
        ("a.toml", "n = 1", "n = ‹warning:1›"),
        ("a.ini", "[part]", "‹accent:[part]›"),
        ("a.diff", "-old", "‹error:-old›"),
    ],
)
def test_a_file_is_in_the_colors_of_its_language(name: str, text: str, line: str) -> None:
    page = show(Sample(name, text.encode()))
    assert [look_of_line(one).strip() for one in page.lines] == [line]


@pytest.mark.parametrize("name", ["a", "a.txt", "py", "a.py.log", "#!python"])
def test_a_language_is_never_guessed_from_the_text(name: str) -> None:
    assert show(Sample(name, b"#!/usr/bin/env python\n" + TEXT.encode())).kind == "text"


@pytest.mark.parametrize("end", ENDS)
def test_no_character_is_lost(end: str) -> None:
    text = f"\n\n{TEXT}\t\x1b[1m\x00é中<a b='c'>{{}}\r\nlast"
    page = highlight.read(Sample(named(end), text.encode()))
    plain = show(Sample("a.txt", text.replace("\x1b", "␛").encode()))
    assert page is not None
    assert [line.text.replace("\\x1b", "␛") for line in page.lines] == [line.text for line in plain.lines]


@settings(deadline=None, max_examples=examples(100))
@given(st.sampled_from(ENDS), st.text(max_size=300))
def test_a_file_in_color_has_the_lines_of_its_text(end: str, text: str) -> None:
    data = text.encode(errors="replace")
    page = highlight.read(Sample(named(end), data))
    if page is not None:
        plain = show(Sample("a.txt", data))
        assert len(page.lines) == len(plain.lines)


@pytest.mark.parametrize(
    "text", ["x" * (LONGEST_STYLED + 1), "x\n" * (highlight.MOST_BYTES // 2 + 1)], ids=["long line", "large file"]
)
def test_a_file_beyond_a_limit_is_text(text: str) -> None:
    assert show(Sample("a.py", text.encode())).kind == "text"


HOSTILE = [
    "(",
    '"',
    "'",
    '"\\',
    "\\",
    "<",
    "<a ",
    "<!--",
    "/*",
    "${",
    "a ",
    "a.",
    "a<",
    "0",
    " ",
    "r'",
    "f'{",
    "- ",
    "? ",
    "[",
    "=",
]


@pytest.mark.parametrize("lexer", slow_but(12, highlight.LEXERS))
@pytest.mark.parametrize("width", [400, pytest.param(LONGEST_STYLED, marks=pytest.mark.slow)])
def test_hostile_source_is_read_to_its_end(lexer: str, width: int) -> None:
    """Patterns may take the square of a line's length: the file is text where that takes too long."""
    rows = [(part * width)[:width] for part in HOSTILE]
    for part in (rows[:16], rows[16:]):
        page = show(Sample(named(highlight.LEXERS[lexer].split()[0]), "\n".join(part).encode()))
        assert len(page.lines) == len(part)


def test_a_lexer_that_takes_too_long_leaves_text() -> None:
    assert highlight.read(Sample("a.py", TEXT.encode()), seconds=-1.0) is None


def test_nothing_is_colored_for_a_screen_that_was_left() -> None:
    sample = Sample("a.py", TEXT.encode())
    sample.stop.set()
    assert highlight.read(sample) is None
