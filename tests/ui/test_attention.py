"""Which keys count in the question whether to delete."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from artifact_tui.screens.attention import BURST, DEAF, LULL, Attention

GAPS = st.lists(st.sampled_from((0.0, 0.001, 0.033, BURST, 0.1, LULL, 0.25, 1.0)) | st.floats(0, 2), max_size=12)


@given(st.floats(0, 10), GAPS)
def test_a_key_counts_late_enough_and_apart_from_the_one_before(shown: float, gaps: list[float]) -> None:
    times = [0.0]
    for gap in gaps:
        times.append(times[-1] + gap)
    attention = Attention(shown)
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
    attention = Attention(0.0)
    assert [attention.hear(1 + number / 30) for number in range(5)] == [True, False, False, False, False]


def test_nothing_counts_before_the_question_is_shown() -> None:
    attention = Attention(float("inf"))
    assert not attention.hear(1e6)
    assert not attention.is_calm(1e9)
