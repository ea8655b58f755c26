"""A plan under review: which of its artifacts would be deleted, grouped by name."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import NamedTuple

from artifact_tui.domain.models import Artifact, stored_bytes
from artifact_tui.domain.protection import Reason
from artifact_tui.transfers.deletions.models import DeletePlan

Artifacts = tuple[Artifact, ...]


class ReviewRow(NamedTuple):
    """A group of one name, or one artifact: of an unfolded group (``within``), or the only one of its name."""

    name: str
    artifacts: Artifacts
    is_group: bool
    within: bool = False

    @property
    def key(self) -> Hashable:
        """The identity of the row."""
        return ("group", self.name) if self.is_group else self.artifacts[0].id


class ReviewList:
    """The model of a review, independent of Textual; :meth:`plan` is still to be confirmed.

    Protected artifacts are excluded until :meth:`unprotect`, for the reasons known then; a later reason protects anew.
    Groups are sorted by bytes to delete when :meth:`arrange` was last called: rows stay where they are afterwards.
    """

    def __init__(self, plan: DeletePlan, hidden: Iterable[int] = ()) -> None:
        self._plan = plan
        self.hidden = frozenset(hidden)
        self.protections: Mapping[int, tuple[Reason, ...]] = {}
        self._taken_out: set[int] = set()
        self._waived: dict[int, frozenset[Reason]] = {}
        self._unfolded: set[str] = set()
        self.shown: frozenset[int] | None = None
        """The IDs that a filter shows, None without a filter; it does not change what would be deleted."""
        self._groups = _grouped(plan.artifacts)
        self.arrange()

    def __len__(self) -> int:
        return len(self._plan.artifacts)

    def arrange(self) -> None:
        """Put the biggest groups first, and groups without anything to delete last."""

        def rank(group: tuple[str, Artifacts]) -> tuple[bool, int, int, str]:
            going = [artifact for artifact in group[1] if self.goes(artifact)]
            return not going, -stored_bytes(going), -stored_bytes(group[1]), group[0]

        self._groups = dict(sorted(self._groups.items(), key=rank))

    def is_protected(self, artifact: Artifact) -> bool:
        """Return whether a reason applies that the user has not set aside."""
        return not self._waived.get(artifact.id, frozenset()).issuperset(self.reasons(artifact))

    def reasons(self, artifact: Artifact) -> tuple[Reason, ...]:
        """Return the reasons for protection, including those set aside."""
        return tuple(self.protections.get(artifact.id, ()))

    def goes(self, artifact: Artifact) -> bool:
        """Return whether an artifact would be deleted."""
        return artifact.id not in self._taken_out and not self.is_protected(artifact)

    @property
    def going(self) -> Artifacts:
        """The artifacts to delete, biggest groups first."""
        return tuple(artifact for group in self._groups.values() for artifact in group if self.goes(artifact))

    @property
    def unseen(self) -> Artifacts:
        """The artifacts to delete that the filter does not show."""
        return () if self.shown is None else tuple(one for one in self.going if one.id not in self.shown)

    @property
    def protected(self) -> Artifacts:
        """The artifacts that protection excludes."""
        return tuple(artifact for artifact in self._plan.artifacts if self.is_protected(artifact))

    @property
    def unprotected(self) -> Artifacts:
        """The artifacts to delete in spite of a reason."""
        return tuple(artifact for artifact in self.going if self.reasons(artifact))

    def plan(self) -> DeletePlan:
        """Return the rest of the plan, to be confirmed."""
        items = {item.artifact.id: item for item in self._plan.items}
        return DeletePlan(tuple(items[artifact.id] for artifact in self.going))

    def rows(self) -> tuple[ReviewRow, ...]:
        """Return the groups, unfolded ones followed by their artifacts; a filter limits both the rows and the keys."""
        rows: list[ReviewRow] = []
        for name, every in self._groups.items():
            group = every if self.shown is None else tuple(one for one in every if one.id in self.shown)
            if not group:
                continue
            rows.append(ReviewRow(name, group, is_group=len(group) > 1))
            if len(group) > 1 and name in self._unfolded:
                rows.extend(ReviewRow(name, (artifact,), is_group=False, within=True) for artifact in group)
        return tuple(rows)

    def is_unfolded(self, row: ReviewRow) -> bool:
        """Return whether the artifacts of a group are shown below it."""
        return row.name in self._unfolded

    def fold(self, row: ReviewRow) -> None:
        """Unfold a group, or fold it again."""
        self._unfolded ^= {row.name}

    def take_out(self, row: ReviewRow) -> bool:
        """Exclude a row from the plan, or include it if all of it is excluded; return False if all is protected."""
        free = {artifact.id for artifact in row.artifacts if not self.is_protected(artifact)}
        if free <= self._taken_out:
            self._taken_out -= free
        else:
            self._taken_out |= free
        return bool(free)

    def unprotect(self, row: ReviewRow) -> bool:
        """Set the reasons aside, or restore them if none protects; return False if there are none."""
        reasoned = [artifact for artifact in row.artifacts if self.reasons(artifact)]
        protected = [artifact for artifact in reasoned if self.is_protected(artifact)]
        for artifact in protected:
            self._waived[artifact.id] = frozenset(self.reasons(artifact))
            self._taken_out.discard(artifact.id)
        if not protected:
            for artifact in reasoned:
                del self._waived[artifact.id]
        return bool(reasoned)


def _grouped(artifacts: Artifacts) -> dict[str, Artifacts]:
    groups: dict[str, list[Artifact]] = {}
    for artifact in artifacts:
        groups.setdefault(artifact.name, []).append(artifact)
    return {
        name: tuple(sorted(group, key=lambda one: (-stored_bytes([one]), -one.id))) for name, group in groups.items()
    }
