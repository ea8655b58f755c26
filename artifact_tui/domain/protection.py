"""Why artifacts are protected from deletion: a pure function of the repository's state."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from fnmatch import fnmatchcase

from msgspec import Struct

from artifact_tui.domain.models import Artifact

_VERSION = re.compile(r"(?:[A-Za-z][\w-]*[-/@_])?v?\d+(?:\.\d+)+|v\d+$")


class Reason(StrEnum):
    """A reason, in the words shown; the most important come first."""

    RUNNING = "in progress"
    NEWEST = "newest success"
    TAG = "tag"
    PINNED = "pinned"
    DOWNLOADING = "downloading"
    UNKNOWN = "run unknown"


class RepositoryState(Struct, frozen=True, kw_only=True):
    """The state of the repository that protection depends on.

    ``running`` holds the ids of unfinished runs, ``newest`` those of the newest successful run of each workflow on the
    default branch, ``tags`` all tag names, or None if the server does not list them. ``is_public`` protects nothing,
    but decides whether the artifacts count against a quota.
    """

    default_branch: str = ""
    is_public: bool = False
    running: frozenset[int] = frozenset()
    newest: frozenset[int] = frozenset()
    tags: frozenset[str] | None = None

    def is_tag(self, name: str) -> bool:
        """Return whether a name is a tag (or a branch named like one), or like a version if the tags are unknown."""
        return bool(_VERSION.match(name)) if self.tags is None else name in self.tags


Protections = Mapping[int, tuple[Reason, ...]]


def protections(
    artifacts: Iterable[Artifact],
    state: RepositoryState,
    *,
    pinned: Iterable[str] = (),
    downloading: Iterable[int] = (),
) -> dict[int, tuple[Reason, ...]]:
    """Return the protected artifacts by id, with all reasons.

    ``pinned`` are case-sensitive patterns for whole names (``*``, ``?``, ``[ab]``), ``downloading`` the ids of
    artifacts that this program is downloading.
    """
    patterns, under_way = tuple(pinned), frozenset(downloading)
    found = {
        artifact.id: (*_of_run(artifact, state), *_of_itself(artifact, patterns, under_way)) for artifact in artifacts
    }
    return {number: reasons for number, reasons in found.items() if reasons}


def _of_run(artifact: Artifact, state: RepositoryState) -> Iterable[Reason]:
    if artifact.run_id is None:
        yield Reason.UNKNOWN
    elif artifact.run_id in state.running:
        yield Reason.RUNNING
    elif artifact.run_id in state.newest:
        yield Reason.NEWEST
    if artifact.branch and not artifact.from_fork and state.is_tag(artifact.branch):
        yield Reason.TAG


def _of_itself(artifact: Artifact, patterns: tuple[str, ...], downloading: frozenset[int]) -> Iterable[Reason]:
    if any(fnmatchcase(artifact.name, pattern) for pattern in patterns):
        yield Reason.PINNED
    if artifact.id in downloading:
        yield Reason.DOWNLOADING
