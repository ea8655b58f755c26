"""Which keys change the days in the retention dialog."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artifact_tui.screens.dialogs.keypress_guard import BURST, DEAF, KeypressGuard
from artifact_tui.screens.storage.days_entry import DaysEntry

FAST, SLOW = 0.01, 0.5
Keys = list[tuple[str, float]]


def typed(keys: Keys, *, days: int = 90, most: int = 400, shown: float = -9.0) -> tuple[str, bool]:
    """The text after keys, each with the seconds since the one before, and whether none was refused."""
    guard, entry, time, fine = KeypressGuard(shown), DaysEntry(days, most), 0.0, True
    for key, gap in keys:
        time += gap
        fine &= entry.press(key, counts=guard.hear(time), in_burst=guard.in_burst)
    return entry.text, fine


def burst(keys: str) -> Keys:
    return [(key, FAST if place else SLOW) for place, key in enumerate(keys)]


@pytest.mark.parametrize(
    ("keys", "text", "fine"),
    [
        (burst("7"), "7", True),
        ([("1", SLOW), ("4", SLOW)], "14", True),
        (burst("14"), "14", True),
        (burst("14") + burst("0"), "140", True),
        (burst("12345"), "1234", True),
        ([("backspace", SLOW)], "9", True),
        ([("backspace", SLOW)] * 3 + burst("7"), "7", True),
        (burst("x"), "90", True),
        (burst("14x"), "90", False),
        (burst("x14"), "90", False),
        (burst("14x5"), "90", False),
        (burst("xyz"), "90", True),
        (burst("7") + burst("8S"), "7", False),
        (burst("]11;rgb:dddd/EEEE"), "90", False),
        (burst("٧"), "90", True),
    ],
)
def test_digits_replace_the_value_and_noise_leaves_it(keys: Keys, text: str, fine: bool) -> None:
    assert typed(keys) == (text, fine)


def test_digits_before_the_dialog_could_be_read_do_not_count() -> None:
    assert typed(burst("14"), shown=SLOW - DEAF / 2)[0] == "90"


@pytest.mark.parametrize(
    ("text", "value"), [("0", None), ("1", 1), ("90", 90), ("91", None), ("007", 7), ("", None), ("9999", None)]
)
def test_only_allowed_days_are_a_value(text: str, value: int | None) -> None:
    entry = DaysEntry(30, 90)
    entry.text = text
    assert entry.value == value


@pytest.mark.parametrize(
    ("text", "by", "after"), [("30", 1, "31"), ("90", 1, "90"), ("1", -1, "1"), ("", 1, "1"), ("400", -1, "89")]
)
def test_an_arrow_changes_the_days_by_one_within_the_range(text: str, by: int, after: str) -> None:
    entry = DaysEntry(30, 90)
    entry.text = text
    entry.change(by)
    assert entry.text == after
    entry.press("7", counts=True, in_burst=False)
    assert entry.text == "7"


@given(st.text("0123x", max_size=8), st.lists(st.sampled_from((0.0, FAST, BURST, SLOW)), min_size=8, max_size=8))
def test_a_burst_with_anything_but_digits_changes_nothing(keys: str, gaps: list[float]) -> None:
    groups: list[Keys] = []
    for key, gap in zip(keys, gaps, strict=False):
        if gap < BURST and groups:
            groups[-1].append((key, gap))
        else:
            groups.append([(key, SLOW)])
    digits = [group for group in groups if "x" not in {key for key, _ in group}]
    joined = "".join(key for group in digits for key, _ in group)[:4] or "90"
    assert typed([pair for group in groups for pair in group])[0] == joined
