"""What a file's bytes look like: text in its encoding, printable, or a dump."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artifact_tui.archive.preview import hex_lines, read_text

WORDS = "Größe → 12 kB"


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (WORDS.encode(), "UTF-8"),
        (WORDS.encode("utf-8-sig"), "UTF-8 with BOM"),
        (codecs.BOM_UTF16_LE + WORDS.encode("utf-16-le"), "UTF-16"),
        (codecs.BOM_UTF16_BE + WORDS.encode("utf-16-be"), "UTF-16"),
        (codecs.BOM_UTF32_LE + WORDS.encode("utf-32-le"), "UTF-32"),
    ],
)
def test_text_is_read_in_the_encoding_it_shows(data: bytes, encoding: str) -> None:
    text = read_text(data, is_cut=False)
    assert text is not None
    assert (text.lines, text.encoding) == ((WORDS,), encoding)


def test_other_text_is_taken_for_latin_1_and_the_guess_is_said() -> None:
    text = read_text("café\nnaïve".encode("latin-1"), is_cut=False)
    assert text is not None
    assert (text.lines, text.encoding) == (("café", "naïve"), "Latin-1 (a guess)")


def test_a_character_that_was_cut_in_two_does_not_make_it_latin_1() -> None:
    data = "prüfen ✓".encode()[:-1]
    text = read_text(data, is_cut=True)
    assert text is not None
    assert (text.lines, text.encoding) == (("prüfen ",), "UTF-8")
    whole = read_text(data, is_cut=False)
    assert whole is not None
    assert whole.encoding == "Latin-1 (a guess)"


@pytest.mark.parametrize("data", [b"\x7fELF\0\0", b"\x89PNG\r\n\x1a\n\0\0", bytes(range(1, 256))])
def test_what_is_no_text_is_not_shown_as_text(data: bytes) -> None:
    assert read_text(data, is_cut=False) is None


def test_a_log_loses_its_colours_and_keeps_its_lines() -> None:
    text = read_text(b"\x1b[1;32mPASSED\x1b[0m one\r\n\x1b[K10%\r20%\n\n\tindented\n", is_cut=False)
    assert text is not None
    assert text.lines == ("PASSED one", "10%", "20%", "", "        indented")


def test_other_escapes_are_shown_as_pictures() -> None:
    text = read_text(b"\x1b]0;title\x07\x1b[2J", is_cut=False)
    assert text is not None
    assert text.lines == ("␛]0;title␇␛[2J",)


@given(st.binary(max_size=2000), st.booleans())
def test_no_file_can_steer_the_terminal(data: bytes, is_cut: bool) -> None:
    text = read_text(data, is_cut=is_cut)
    if text is not None:
        assert all(line.isprintable() for line in text.lines)


@given(st.binary(max_size=500), st.integers(0, 200))
def test_a_dump_holds_every_byte_and_fits(data: bytes, width: int) -> None:
    lines = hex_lines(data, width)
    step = 16 if width >= 74 else 8 if width >= 42 else 4
    codes = [line[8 : 8 + 3 * step + 1].split() for line in lines]
    assert bytes.fromhex("".join(code for line in codes for code in line)) == data
    assert [int(line[:6], 16) for line in lines] == list(range(0, len(data), step))
    assert all(line.isprintable() and len(line) <= max(width, 26) for line in lines)
