"""What the program says about the quota of each kind of repository and server."""

from __future__ import annotations

from pathlib import Path

import pytest

import artifact_tui
from artifact_tui.domain.models import HostKind
from artifact_tui.storage.quota_words import expired_words, facts_before, quota_of

COUNTED = (
    "counted: GitHub adds up GB-hours across all private repositories of acme, plus Packages; past usage stays counted "
    "until the month ends"
)
UNKNOWN = (
    "unknown: GitHub's documentation exempts public repositories and one bill from 2026 agrees, but some owners report "
    "refused uploads; check the bill for acme"
)
SHORT = "unknown whether public repositories count; check the bill for acme"
NO_QUOTA = "no GitHub quota: this server keeps artifacts in its owner's storage, and deleting frees space there"


@pytest.mark.parametrize(
    ("kind", "is_public", "said", "in_short"),
    [
        (HostKind.GITHUB, False, COUNTED, COUNTED),
        (HostKind.GITHUB, True, UNKNOWN, SHORT),
        (HostKind.GITHUB, None, UNKNOWN, SHORT),
        (HostKind.DATA_RESIDENCY, False, COUNTED, COUNTED),
        (HostKind.ENTERPRISE_SERVER, True, NO_QUOTA, NO_QUOTA),
        (HostKind.ENTERPRISE_SERVER, False, NO_QUOTA, NO_QUOTA),
    ],
)
def test_whether_a_quota_counts_it(kind: HostKind, is_public: bool | None, said: str, in_short: str) -> None:
    assert quota_of("acme", kind, is_public=is_public) == said
    assert quota_of("acme", kind, is_public=is_public, in_short=True) == in_short


def test_what_the_bill_says_takes_the_place_of_the_advice_to_check_it() -> None:
    reason = "only owners of acme can read its bill (403)"
    short = quota_of("acme", HostKind.GITHUB, is_public=True, in_short=True, what_bill_says=reason)
    assert short == f"unknown whether public repositories count; {reason}"
    assert quota_of("acme", HostKind.GITHUB, is_public=None, what_bill_says=reason).endswith(
        f"refused uploads; {reason}"
    )
    assert quota_of("acme", HostKind.GITHUB, is_public=False, what_bill_says=reason) == COUNTED
    assert quota_of("acme", HostKind.ENTERPRISE_SERVER, is_public=True, what_bill_says=reason) == NO_QUOTA


def test_what_deleting_changes_and_when() -> None:
    github = facts_before("acme", HostKind.GITHUB, is_public=True)
    assert (github.quota, github.freed) == (
        SHORT,
        "Freed on the server immediately. The quota is recalculated every 6 to 12 hours, and hours already counted "
        "stay until the month ends.",
    )
    server = facts_before("acme", HostKind.ENTERPRISE_SERVER, is_public=True)
    assert (server.quota, server.freed) == (NO_QUOTA, "")


def test_nothing_is_said_about_the_cost_of_expired_artifacts() -> None:
    assert (
        expired_words(HostKind.GITHUB)
        == expired_words(HostKind.DATA_RESIDENCY)
        == ("GitHub has not listed expired artifacts since September 2026; their data is gone, or will be within days")
    )
    assert expired_words(HostKind.ENTERPRISE_SERVER) == (
        "expired: can no longer be downloaded; the server removes the data by itself, so deleting only tidies the list"
    )
    github = facts_before("acme", HostKind.GITHUB, is_public=True)
    assert github.expired(1204).startswith("1,204: GitHub has not listed expired artifacts since")
    server = facts_before("acme", HostKind.ENTERPRISE_SERVER, is_public=True)
    assert server.expired(2).startswith("2 expired: can no longer be downloaded;")


def test_names_of_owners_are_printable() -> None:
    assert "\x1b" not in quota_of("a\x1b[31m", HostKind.GITHUB, is_public=True)


def test_no_text_says_that_a_quota_stays_the_same() -> None:
    package = Path(artifact_tui.__file__).parent
    texts = [*package.rglob("*.py"), *package.rglob("*.md"), package.parent / "README.md"]
    found = [path for path in texts if "not affected" in " ".join(path.read_text(encoding="utf-8").split())]
    assert (found, len(texts) > 300) == ([], True)
