"""Two texts held against each other."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from artifact_tui.preview.diff import show_difference
from artifact_tui.preview.line import Sample
from tests.preview.looks import look_of_line


def diff(old: str, new: str) -> list[str]:
    page = show_difference(Sample("a.txt", old.encode()), Sample("a.txt", new.encode()))
    return [look_of_line(line) for line in page.lines]


def test_lines_that_differ_are_shown_with_the_numbers_they_have() -> None:
    old = "".join(f"line {number}\n" for number in range(1, 101))
    assert diff(old, old.replace("line 50\n", "line fifty\n")) == [
        "!‹accent:@@ -47,7 +47,7 @@›",
        "  line 47",
        "  line 48",
        "  line 49",
        " ‹error:-line 50›",
        " ‹success:+line fifty›",
        "  line 51",
        "  line 52",
        "  line 53",
    ]


def test_bytes_that_are_no_text_only_differ() -> None:
    page = show_difference(Sample("a", b"\0\1"), Sample("a", b"\0\2"))
    assert page.lines[0].text == "Binary files differ."


LINES = st.lists(st.sampled_from(["a", "b", "c", "d"]), max_size=30)


@given(LINES, LINES)
def test_every_line_that_went_or_came_is_shown(old: list[str], new: list[str]) -> None:
    lines = diff("\n".join(old), "\n".join(new))
    gone = sum(line.startswith(" ‹error:-") for line in lines)
    came = sum(line.startswith(" ‹success:+") for line in lines)
    assert came - gone == len("\n".join(new).split("\n")) - len("\n".join(old).split("\n"))
    assert bool(gone or came) == (old != new and "\n".join(old) != "\n".join(new))


def test_texts_with_nothing_in_common_cost_no_more_than_a_part_of_them() -> None:
    old, new = "\n".join(map(str, range(30_000))), "\n".join(map(str, range(50_000, 80_000)))
    page = show_difference(Sample("a", old.encode()), Sample("a", new.encode()))
    assert "too many lines" in page.notes[0]
    assert len(page.lines) < 10_000
