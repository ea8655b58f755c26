"""Markdown as CommonMark and GitHub read it, and files that were made to take long."""

from __future__ import annotations

import pytest

from artifact_tui.preview import markdown
from artifact_tui.preview.kinds import show
from artifact_tui.preview.line import Rendered, Sample
from artifact_tui.preview.markdown import DEEPEST, LONGEST_STYLED, MOST_BYTES, MOST_LINES
from artifact_tui.text import size
from artifact_tui.widgets.line_table import fold_line
from tests.preview.looks import look_of_line


def page_of(text: str) -> Rendered:
    return show(Sample("a.md", text.encode()))


def looks(text: str) -> list[str]:
    return [look_of_line(line).removeprefix(" ") for line in page_of(text).lines]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("One\n===\nTwo\n---\n### Three", "‹accent bold:One›\n‹accent bold:Two›\n‹bold:Three›"),
        ("some words\nof one paragraph\n\n\nand another", "some words of one paragraph\n\nand another"),
        ("one  \ntwo\\\nthree", "one\ntwo\nthree"),
        ("**a *b* c** ~~d~~ `*e*`", "‹bold:a ›‹bold italic:b›‹bold: c› ‹strike:d› ‹success:*e*›"),
        ("[a][1] [1]\n\n[1]: /one 'One'", "‹accent:a›‹muted: (/one)› ‹accent:1›‹muted: (/one)›"),
        ("[![CI](/ci.svg)](/ci)", "‹accent:CI›‹muted: (/ci)›"),
        ("![logo](/logo.svg) ![](/x.svg)", "‹accent:logo›‹muted: (/logo.svg)› ‹accent:/x.svg›"),
        ("<https://a.test> <me@a.test>", "‹accent:https://a.test› ‹accent:me@a.test›"),
        ("[](/b) [c]()", "‹accent:/b› ‹accent:c›"),
        ("<b>bold</b> <!-- &amp; -->\n\n<div>\n</div>", "<b>bold</b> <!-- & -->\n\n<div> </div>"),
        ("- a\n  b\n  - [ ] c\n  - [X] d\n-", "‹accent:• ›a b\n  ‹accent:• ›☐ c\n  ‹accent:• ›☑ d\n‹accent:• ›"),
        ("7. e\n8. f", "‹accent:7. ›e\n‹accent:8. ›f"),
        ("> a\nb\n> - c\n>   d", "‹muted:│ ›a b\n‹muted:│ ›‹accent:• ›c d"),
        ("> ```py\n> x\n> ```\n- y\n\n      z", "‹muted:│ ›    ‹success:x›\n‹accent:• ›y\n\n      ‹success:z›"),
        ("a|b\n-|-:\n`1`|**2**\n\nend", "‹accent bold:a›  ‹accent bold:b›\n1  2\n\nend"),
    ],
)
def test_markdown_is_shown_as_it_is_meant(text: str, lines: str) -> None:
    assert looks(text) == lines.split("\n")


def test_paragraphs_fold_to_the_width_behind_their_marks() -> None:
    (line,) = page_of("> - some words\n>   that go on").lines
    assert [row.text for row in fold_line(1, line, 16)] == ["│ • some words ", "│   that go on"]


TOO_LARGE = f"it has more than {size(MOST_BYTES)} or {MOST_LINES:,} lines"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("> " * DEEPEST + "deep", f"it is nested more than {DEEPEST} levels deep"),
        ("- " * (DEEPEST // 2) + "deep", f"it is nested more than {DEEPEST} levels deep"),
        ("word " * (MOST_BYTES // 5 + 1), TOO_LARGE),
        ("\n" * MOST_LINES, TOO_LARGE),
    ],
    ids=["quotes", "lists", "bytes", "lines"],
)
def test_a_file_beyond_a_limit_is_text_and_says_so(text: str, why: str) -> None:
    page = page_of(text)
    assert page.kind == "text"
    assert page.notes == (f"Not shown as Markdown: {why}.",)
    assert "".join(line.text for line in page.lines).strip() == text.strip()


def test_what_is_nested_up_to_the_limit_is_shown() -> None:
    (line,) = page_of("> " * (DEEPEST - 1) + "deep").lines
    assert line.text == "│ " * (DEEPEST - 1) + "deep"


HOSTILE = [
    "[",
    "![",
    "[a](",
    "](",
    "*",
    "**a ",
    "*_ ",
    "~~a ",
    "`",
    "<",
    "<!--",
    "&#",
    "\\",
    "> ",
    "- ",
    "> - ",
    "|",
    "[![a](b)](c) ",
]


@pytest.mark.parametrize("part", HOSTILE)
@pytest.mark.parametrize("length", [2_000, pytest.param(LONGEST_STYLED, marks=pytest.mark.slow)])
def test_hostile_markdown_is_read_to_its_end(part: str, length: int) -> None:
    rows = [(part * 80)[:80]] * (length // 81)
    assert page_of(f"first\n\n{(part * length)[:length]}").lines
    assert page_of("\n".join(["first", "", *rows])).lines


def test_a_paragraph_that_is_too_long_to_be_parsed_is_text() -> None:
    text = "*a*\n" * (LONGEST_STYLED // 4 + 1)
    assert looks(f"*a*\n\n{text}") == ["‹italic:a›", "", " ".join(text.split())]


def test_markdown_that_takes_too_long_is_text_from_there_on() -> None:
    page = markdown.read(Sample("a.md", b"# a\n\n*b*"), seconds=-1.0)
    assert page is not None
    assert [look_of_line(line) for line in page.lines] == [" ‹accent bold:a›", "", " *b*"]
