"""What is said about caches, which GitHub counts apart from artifacts."""

from __future__ import annotations

import re

from artifact_tui.text import printable

COUNTED = "counted separately: 10 GB per repository is free, then the least recently used are removed"
"""The rule of hosts that GitHub runs, as a clause after the label "Caches"."""


def ref_label(ref: str) -> str:
    """Return the branch, tag or pull request of a full ref: ``main``, ``v1.2``, ``#7``; ``—`` for none."""
    if pull := re.fullmatch(r"refs/pull/(\d+)/(?:merge|head)", ref):
        return f"#{pull[1]}"
    name = re.sub(r"^refs/(?:heads|tags)/", "", ref)
    return printable(name) if name else "—"
