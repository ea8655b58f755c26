"""What is known about the quota of a repository and about expired artifacts, as clauses that follow a label.

GitHub's documentation, bills and reports of owners disagree about public repositories, so the program says that it is
unknown whether they count. One bill counted some artifacts for days after they expired, so nothing is said about the
cost of expired ones.
"""

from __future__ import annotations

from typing import NamedTuple

from artifact_tui.domain.models import HostKind
from artifact_tui.text import printable

_FREED = (
    "Freed on the server immediately. The quota is recalculated every 6 to 12 hours, and hours already counted stay "
    "until the month ends."
)
_OWN_STORAGE = "no GitHub quota: this server keeps artifacts in its owner's storage, and deleting frees space there"
_LISTED = (
    "expired: can no longer be downloaded; the server removes the data by itself, so deleting only tidies the list"
)
_NOT_LISTED = "GitHub has not listed expired artifacts since September 2026; their data is gone, or will be within days"


class DeletionFacts(NamedTuple):
    """What to know before deleting: whether a quota counts it, and what deleting changes when.

    ``freed`` is empty where no quota exists.
    """

    quota: str
    freed: str
    kind: HostKind

    def expired(self, number: int) -> str:
        """Return what is known about so many artifacts of the plan that have expired."""
        words = expired_words(self.kind)
        return f"{number:,}: {words}" if self.kind.is_cloud else f"{number:,} {words}"


def facts_before(owner: str, kind: HostKind, *, is_public: bool | None) -> DeletionFacts:
    """Return what to know before deleting artifacts of a repository of ``owner``."""
    quota = quota_of(owner, kind, is_public=is_public, in_short=True)
    return DeletionFacts(quota, _FREED if kind.is_cloud else "", kind)


def expired_words(kind: HostKind) -> str:
    """Return what is known about expired artifacts: only Enterprise Server still lists them."""
    return _NOT_LISTED if kind.is_cloud else _LISTED


def quota_of(
    owner: str, kind: HostKind, *, is_public: bool | None, in_short: bool = False, what_bill_says: str = ""
) -> str:
    """Return whether a quota counts the artifacts of a repository of ``owner``; None is an unknown visibility.

    ``what_bill_says`` takes the place of the advice to check the bill, also if it says why the bill cannot be read.
    """
    if not kind.is_cloud:
        return _OWN_STORAGE
    owner = printable(owner, 100)
    if is_public is False:
        return (
            f"counted: GitHub adds up GB-hours across all private repositories of {owner}, plus Packages; past usage "
            "stays counted until the month ends"
        )
    advice = what_bill_says or f"check the bill for {owner}"
    if in_short:
        return f"unknown whether public repositories count; {advice}"
    return (
        "unknown: GitHub's documentation exempts public repositories and one bill from 2026 agrees, but some owners "
        f"report refused uploads; {advice}"
    )
