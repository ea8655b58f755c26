"""What strangers wrote becomes one safe line; sizes and ages read well."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artifact_tui import text

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
FORBIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


@given(st.text(st.characters(codec=None)))
def test_nothing_a_terminal_obeys_is_left(raw: str) -> None:
    shown = text.printable(raw)
    assert shown
    assert not any(unicodedata.category(character) in FORBIDDEN for character in shown)


@given(st.text(st.characters(codec=None)))
def test_printable_text_stays_as_it_is(raw: str) -> None:
    shown = text.printable(raw)
    assert text.printable(shown, limit=10_000) == shown


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("wheel-linux-x86_64", "wheel-linux-x86_64"),
        ("日本語 العربية 🚀", "日本語 العربية 🚀"),
        ("\x1b]0;owned\x07", "␛]0;owned␇"),
        ("a\nb", "a␊b"),
        ("\x9b2J", "\\u009b2J"),
        ("evil\u202egnp.exe", "evil\\u202egnp.exe"),
        ("zero\u200bwidth", "zero\\u200bwidth"),
        ("no\u00a0break", "no␣break"),
        ("e" + "\u0301" * 60, "e\u0301\u0301"),
        ("\ud800", "\\ud800"),
        ("[/nope] [@click=app.quit]", "[/nope] [@click=app.quit]"),
        ("", "(blank)"),
        ("   ", "(blank)"),
        ("\u3164", "\\u3164"),
        ("\t\t", "␉␉"),
    ],
)
def test_odd_names_are_shown_for_what_they_are(raw: str, shown: str) -> None:
    assert text.printable(raw) == shown


def test_a_long_name_is_cut_with_a_sign() -> None:
    assert text.printable("n" * 5000, limit=10) == "n" * 10 + "…"


@pytest.mark.parametrize(
    ("count", "shown"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (12_400_000, "12.4 MB"),
        (99_949, "99.9 kB"),
        (99_950, "100 kB"),
        (999_499, "999 kB"),
        (999_500, "1.0 MB"),
        (2 * 10**9, "2.0 GB"),
        (2**63, "9.2 EB"),
        (2**80, "1.2 YB"),
        (10**400, "> 999 YB"),
    ],
)
def test_sizes_read_well(count: int, shown: str) -> None:
    assert text.size(count) == shown


@given(st.integers(0, 10**30))
def test_sizes_fit_their_column(count: int) -> None:
    assert len(text.size(count)) <= 8


@pytest.mark.parametrize(
    ("count", "shown"),
    [
        (1023, "1023 B"),
        (1024, "1.0 KiB"),
        (1_000_000, "977 KiB"),
        (2**30 - 1, "1.0 GiB"),
        (24_300 * 2**20, "23.7 GiB"),
        (500 * 2**30, "500 GiB"),
        (2**90, "1024 YiB"),
    ],
)
def test_what_github_bills_is_in_binary_units(count: int, shown: str) -> None:
    assert text.binary_size(count) == shown


def test_ages_are_never_negative() -> None:
    assert text.age(NOW + timedelta(hours=1), NOW) == "0 s"
    assert text.age(NOW - timedelta(hours=26), NOW) == "1 d"
    assert text.age(None, NOW) == "—"


def test_what_is_left_until_expiry() -> None:
    assert text.until(NOW + timedelta(days=89, hours=5), NOW) == "89 d"
    assert text.until(NOW, NOW) == "now"


def test_time_left_reads_as_a_clock() -> None:
    assert [text.clock_time(seconds) for seconds in (7.2, 750, 7500)] == ["0:07", "12:30", "2:05:00"]


def test_counts_agree_with_their_noun() -> None:
    assert text.count(1, "artifact") == "1 artifact"
    assert text.count(1204, "repository", "repositories") == "1,204 repositories"
