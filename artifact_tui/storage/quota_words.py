"""What is known about the quota of a repository, as clauses that follow a label.

GitHub's documentation, bills and reports of owners disagree about public repositories, so the program says that it is
unknown whether they count.
"""

from __future__ import annotations

from artifact_tui.domain.models import HostKind

FREED = (
    "Freed on the server immediately. The quota is recalculated every 6 to 12 hours, and hours already counted stay "
    "until the month ends."
)
"""What a deletion changes at once, and what later, on a host that GitHub runs."""
OWN_STORAGE = "no GitHub quota: this server keeps artifacts in its owner's storage, and deleting frees space there"


def quota_of(owner: str, kind: HostKind, *, is_public: bool | None, in_short: bool = False) -> str:
    """Return whether a quota counts the artifacts of a repository of ``owner``; None is an unknown visibility."""
    if not kind.is_cloud:
        return OWN_STORAGE
    if is_public is False:
        return (
            f"counted: GitHub adds up GB-hours across all private repositories of {owner}, plus Packages; past usage "
            "stays counted until the month ends"
        )
    if in_short:
        return f"unknown whether public repositories count; check the bill for {owner}"
    return (
        "unknown: GitHub's documentation exempts public repositories and one bill from 2026 agrees, but some owners "
        f"report refused uploads; check the bill for {owner}"
    )
