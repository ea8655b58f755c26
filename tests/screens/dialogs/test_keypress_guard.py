"""Which keys count in the question whether to delete."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artifact_tui.screens.dialogs.keypress_guard import BURST, DEAF, LULL, CountEntry, KeypressGuard

GAPS = st.lists(st.sampled_from((0.0, 0.001, 0.033, BURST, 0.1, LULL, 0.25, 1.0)) | st.floats(0, 2), max_size=12)


@given(st.floats(0, 10), GAPS)
def test_a_key_counts_late_enough_and_apart_from_the_one_before(shown: float, gaps: list[float]) -> None:
    times = [0.0]
    for gap in gaps:
        times.append(times[-1] + gap)
    attention = KeypressGuard(shown)
    calm = heard = 0
    for before, time in pairwise([-1e9, *times]):
        is_calm = attention.is_calm(time)
        assert attention.hear(time) == (time >= shown and time - shown >= DEAF and time - before >= BURST)
        assert is_calm == (time >= shown and time - shown >= DEAF and time - before >= LULL)
        calm, heard = calm + is_calm, heard + 1
    assert heard == len(times)
    assert calm <= heard


def test_a_held_key_never_counts_again() -> None:
    """Thirty times a second, as terminals repeat."""
    attention = KeypressGuard(0.0)
    assert [attention.hear(1 + number / 30) for number in range(5)] == [True, False, False, False, False]


def test_nothing_counts_before_the_question_is_shown() -> None:
    attention = KeypressGuard(float("inf"))
    assert not attention.hear(1e6)
    assert not attention.is_calm(1e9)


FAST, SLOW = 0.01, 0.5


def typed(wanted: str, keys: list[tuple[str, float]], shown: float = -9.0) -> str:
    """What counts of keys, each with the seconds since the one before."""
    attention, entry, time = KeypressGuard(shown), CountEntry(wanted), 0.0
    for key, gap in keys:
        time += gap
        counts = attention.hear(time)
        entry.press(key, counts=counts, in_burst=attention.in_burst)
    return entry.typed


def burst(keys: str) -> list[tuple[str, float]]:
    return [(key, FAST if place else SLOW) for place, key in enumerate(keys)]


@pytest.mark.parametrize(
    ("keys", "result"),
    [
        (burst("263"), "263"),
        (burst("2634"), ""),
        (burst("1263"), ""),
        (burst("26"), ""),
        (burst("x263"), ""),
        (burst("263x"), ""),
        (burst("26") + burst("3"), "3"),
        (burst("2") + burst("63"), ""),
        (burst("2") + burst("6") + burst("3"), "263"),
        (burst("99") + burst("263"), "263"),
        (burst("2") + burst("263"), "263"),
        (burst("263") + burst("xx"), "263"),
        (burst("263") + burst("5"), "2635"),
        ([*burst("263"), ("backspace", SLOW)], "26"),
        (burst("٢٦٣"), ""),
    ],
)
def test_a_burst_counts_when_it_is_exactly_the_wanted_digits(keys: list[tuple[str, float]], result: str) -> None:
    assert typed("263", keys) == result


def test_a_burst_that_began_before_the_question_could_be_read_does_not_count() -> None:
    assert typed("263", burst("263"), shown=SLOW - DEAF / 2) == ""


@given(st.text("0123x", max_size=8), st.lists(st.sampled_from((0.0, FAST, BURST, SLOW)), min_size=8, max_size=8))
def test_the_number_is_right_only_after_its_digits_alone(keys: str, gaps: list[float]) -> None:
    """One by one or at once, but never with anything else in the same burst."""
    groups = [""]
    for key, gap in zip(keys, gaps, strict=False):
        groups = [*groups, key] if gap >= BURST else [*groups[:-1], groups[-1] + key]
    if typed("123", list(zip(keys, gaps, strict=False))) == "123":
        last = [group for group in groups if group.strip("x") or len(group) == 1]
        digits = "".join(group for group in last if len(group) == 1 and group != "x")
        assert "123" in groups or digits.endswith("123")
