"""A plan under review: which of its artifacts would be deleted, grouped by repository and name family."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping
from enum import Enum
from typing import NamedTuple

from artifact_tui.domain.models import Artifact, RepositoryName, stored_bytes
from artifact_tui.domain.protection import Reason
from artifact_tui.storage.families import family
from artifact_tui.transfers.deletions.models import DeletePlan, PlanItem, short_names

Artifacts = tuple[Artifact, ...]
Families = dict[str, Artifacts]


class RowLevel(Enum):
    """What a row stands for."""

    REPOSITORY = "all artifacts of a repository"
    FAMILY = "all artifacts of a name family"
    ONLY = "the only artifact of its family, or of its name in an unfolded family"
    MEMBER = "one of several artifacts of a name in an unfolded family"


class ReviewRow(NamedTuple):
    """A group, or one artifact; ``name`` is that of the repository or family, ``depth`` the level in the list."""

    kind: RowLevel
    name: str
    artifacts: Artifacts
    repository: RepositoryName
    depth: int = 0

    @property
    def is_group(self) -> bool:
        """Whether it can be unfolded."""
        return self.kind in (RowLevel.REPOSITORY, RowLevel.FAMILY)

    @property
    def key(self) -> Hashable:
        """The identity of the row."""
        return (self.kind, self.repository, self.name) if self.is_group else self.artifacts[0].id


class ReviewList:
    """The model of a review, independent of Textual; :meth:`plan` is still to be confirmed.

    Protected artifacts are excluded until :meth:`unprotect`, for the reasons known then; a later reason protects anew.
    Groups are sorted by bytes to delete when :meth:`arrange` was last called: rows stay where they are afterwards.
    A plan for several repositories has a row for each, with its name families below.
    """

    def __init__(self, plan: DeletePlan, hidden: Iterable[int] = ()) -> None:
        self._plan = plan
        self.hidden = frozenset(hidden)
        self.protections: Mapping[int, tuple[Reason, ...]] = {}
        self._taken_out: set[int] = set()
        self._waived: dict[int, frozenset[Reason]] = {}
        self._unfolded: set[Hashable] = set()
        self.unchecked: frozenset[RepositoryName] = frozenset()
        """The repositories whose protection is unknown; their artifacts are excluded."""
        self.shown: frozenset[int] | None = None
        """The IDs that a filter shows, None without a filter; it does not change what would be deleted."""
        self._where = {item.artifact.id: item.repository for item in plan.items}
        self._groups = {repository: _grouped(every) for repository, every in plan.by_repository.items()}
        self._names = short_names(tuple(self._groups))
        self.arrange()

    def __len__(self) -> int:
        return len(self._plan.items)

    def arrange(self) -> None:
        """Put the biggest groups first, and groups without anything to delete last."""

        def rank(artifacts: Artifacts, name: str) -> tuple[bool, int, int, str]:
            going = [artifact for artifact in artifacts if self.goes(artifact)]
            return not going, -stored_bytes(going), -stored_bytes(artifacts), name

        groups = {
            repository: dict(sorted(families.items(), key=lambda group: rank(group[1], group[0])))
            for repository, families in self._groups.items()
        }
        if len(groups) > 1:
            groups = dict(sorted(groups.items(), key=lambda group: rank(_all_of(group[1]), str(group[0]))))
        self._groups = groups

    def is_protected(self, artifact: Artifact) -> bool:
        """Return whether a reason applies that the user has not set aside."""
        return not self._waived.get(artifact.id, frozenset()).issuperset(self.reasons(artifact))

    def reasons(self, artifact: Artifact) -> tuple[Reason, ...]:
        """Return the reasons for protection, including those set aside."""
        return tuple(self.protections.get(artifact.id, ()))

    def goes(self, artifact: Artifact) -> bool:
        """Return whether an artifact would be deleted."""
        if self.unchecked and self._where[artifact.id] in self.unchecked:
            return False
        return artifact.id not in self._taken_out and not self.is_protected(artifact)

    @property
    def going(self) -> Artifacts:
        """The artifacts to delete, biggest groups first."""
        families = (group for families in self._groups.values() for group in families.values())
        return tuple(artifact for group in families for artifact in group if self.goes(artifact))

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
        """Return the rest of the plan, to be confirmed; of several repositories, the biggest artifacts come first."""
        rest = DeletePlan(tuple(PlanItem(self._where[artifact.id], artifact) for artifact in self.going))
        return rest if len(self._groups) < 2 else DeletePlan.across((rest,))

    def rows(self) -> tuple[ReviewRow, ...]:
        """Return the groups, unfolded ones followed by what they hold; a filter limits both the rows and the keys."""
        if len(self._groups) < 2:
            return tuple(row for repository in self._groups for row in self._families(repository, 0))
        rows: list[ReviewRow] = []
        for repository, families in self._groups.items():
            row = ReviewRow(RowLevel.REPOSITORY, self._names[repository], self._shown(_all_of(families)), repository)
            if row.artifacts:
                rows += [row, *(self._families(repository, 1) if self.is_unfolded(row) else ())]
        return tuple(rows)

    def _families(self, repository: RepositoryName, depth: int) -> Iterator[ReviewRow]:
        for name, every in self._groups[repository].items():
            group = self._shown(every)
            if len(group) == 1:
                yield ReviewRow(RowLevel.ONLY, group[0].name, group, repository, depth)
            elif group:
                row = ReviewRow(RowLevel.FAMILY, name, group, repository, depth)
                yield row
                if self.is_unfolded(row):
                    yield from _members(row)

    def _shown(self, artifacts: Artifacts) -> Artifacts:
        return artifacts if self.shown is None else tuple(one for one in artifacts if one.id in self.shown)

    def is_unfolded(self, row: ReviewRow) -> bool:
        """Return whether what a group holds is shown below it."""
        return row.key in self._unfolded

    def fold(self, row: ReviewRow) -> None:
        """Unfold a group, or fold it again."""
        self._unfolded ^= {row.key}

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


def _grouped(artifacts: Artifacts) -> Families:
    """Return the name families, each with its biggest artifacts first; one of a single name has that name."""
    groups: dict[str, list[Artifact]] = {}
    for artifact in artifacts:
        groups.setdefault(family(artifact.name), []).append(artifact)
    return {
        name if len({one.name for one in group}) > 1 else group[0].name: tuple(
            sorted(group, key=lambda one: (-stored_bytes([one]), -one.id))
        )
        for name, group in groups.items()
    }


def _members(row: ReviewRow) -> Iterator[ReviewRow]:
    counted = Counter(artifact.name for artifact in row.artifacts)
    for artifact in row.artifacts:
        kind, name = (RowLevel.ONLY, artifact.name) if counted[artifact.name] == 1 else (RowLevel.MEMBER, row.name)
        yield ReviewRow(kind, name, (artifact,), row.repository, row.depth + 1)


def _all_of(families: Families) -> Artifacts:
    return tuple(artifact for group in families.values() for artifact in group)
