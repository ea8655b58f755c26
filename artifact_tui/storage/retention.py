"""What another retention would do: figures and sentences for the retention dialog and for its results."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from msgspec import Struct

from artifact_tui.domain.models import Artifact, HostKind, RepositoryName
from artifact_tui.domain.policies import OlderThan
from artifact_tui.domain.storage_models import Retention
from artifact_tui.storage.families import family
from artifact_tui.storage.growth import WINDOW, growth_of, growth_with, keeps
from artifact_tui.storage.sums import named_families
from artifact_tui.text import count, printable, size

NOT_SUPPORTED = "This server's API does not support this setting. It requires Enterprise Server 3.19 or later."
UNKNOWN = "It is unknown what this changes: not all artifacts of the last 7 days are loaded."
_NAMES_SHOWN = 3


class ListedArtifacts(NamedTuple):
    """The artifacts of a repository, and whether all of the last 7 days and all at all are loaded."""

    artifacts: Sequence[Artifact]
    has_recent: bool = True
    is_whole: bool = True


class KeptName(NamedTuple):
    """A name of recent artifacts, the days that they are kept, and their bytes."""

    name: str
    days: int
    bytes: int


class RetentionTarget(Struct, frozen=True):
    """A repository whose retention may be changed.

    ``recent`` are its artifacts of the last 7 days, which tell the effect if ``is_known``; ``level`` is the size at
    which it levels off now, in bytes, None if unknown.
    """

    repository: RepositoryName
    retention: Retention
    recent: tuple[Artifact, ...] = ()
    level: int | None = None
    names: tuple[KeptName, ...] = ()
    is_known: bool = True


def target_of(
    repository: RepositoryName, retention: Retention, listed: ListedArtifacts, now: datetime
) -> RetentionTarget:
    """Return a repository with what its artifacts tell."""
    if not listed.has_recent:
        return RetentionTarget(repository, retention, is_known=False)
    since = now.timestamp() - WINDOW
    recent = tuple(one for one in listed.artifacts if one.created is not None and one.created > since)
    level = growth_of(recent, now).levels_off_at
    return RetentionTarget(repository, retention, recent, level, tuple(_kept(recent, now)))


def _kept(recent: Sequence[Artifact], now: datetime) -> Iterator[KeptName]:
    names, groups = named_families(recent, family), defaultdict(list)
    for artifact in recent:
        groups[names[artifact.name]].append(artifact)
    for name, group in groups.items():
        if (days := keeps(group, now)) is not None:
            yield KeptName(name, days, sum(artifact.size_in_bytes for artifact in group))


def most_days(targets: Sequence[RetentionTarget]) -> int:
    """Return the most days that every one of the repositories allows."""
    return min(target.retention.maximum_allowed_days for target in targets)


def changed(targets: Sequence[RetentionTarget], days: int) -> tuple[RetentionTarget, ...]:
    """Return the repositories that have another retention."""
    return tuple(target for target in targets if target.retention.days != days)


def effect(target: RetentionTarget, now: datetime, days: int | None) -> str:
    """Return where a repository levels off, and where with ``days``, such as ``levels off at 7.9 → 0.9 GB``.

    Empty if too few artifacts arrived to tell.
    """
    if target.level is None:
        return ""
    after = target.level if days is None else growth_with(target.recent, now, days).levels_off_at
    return f"levels off at {_from_to(target.level, target.level if after is None else after)}"


def _from_to(before: int, after: int) -> str:
    """Return two sizes, in the unit of the first if that says enough of the second."""
    first, second = size(before), size(after)
    if first == second:
        return first
    number, _, unit = first.partition(" ")
    if number == ">":  # more than any unit says
        return f"{first} → {second}"
    scaled = after * float(number) / before
    if unit == second.partition(" ")[2]:
        return f"{number} → {second}"
    return f"{number} → {scaled:.1f} {unit}" if scaled >= 0.1 else f"{first} → {second}"


def clamped(targets: Sequence[RetentionTarget], days: int) -> str:
    """Return what workflows upload with a longer retention than ``days``, the longest and biggest first.

    Empty for nothing. The API does not tell whether a workflow requests its retention or leaves it to the setting.
    """
    if not all(target.is_known for target in targets):
        return UNKNOWN
    found: dict[str, KeptName] = {}
    for one in (name for target in targets for name in target.names if name.days > days):
        before = found.get(one.name, KeptName(one.name, 0, 0))
        found[one.name] = KeptName(one.name, max(one.days, before.days), one.bytes + before.bytes)
    if not found:
        return ""
    longest = sorted(found.values(), key=lambda one: (-one.days, -one.bytes, one.name))
    shown = ", ".join(f"{printable(one.name, 40)} ({one.days} d)" for one in longest[:_NAMES_SHOWN])
    more = len(longest) - _NAMES_SHOWN
    rest = f" and {count(more, 'more name')}" if more > 0 else ""
    return f"Workflows that request more get {count(days, 'day')}: {shown}{rest}."


def warning(targets: Iterable[RetentionTarget], kind: HostKind, days: int) -> str:
    """Return what a retention of ``days`` removes, and what it leaves as it is.

    On hosts that GitHub runs, the setting covers workflow runs, checks and statuses since 1 October 2026 (GitHub's
    changelog of that day).
    """
    rest = "Existing items keep their expiry date."
    if all(days >= target.retention.days for target in targets):
        return rest
    if kind.is_cloud:
        what = "This setting also removes logs, workflow runs, checks and commit statuses"
        return f"{what} after {count(days, 'day')}. {rest}"
    return f"Logs are also removed after {count(days, 'day')}. {rest}"


def limit(targets: Sequence[RetentionTarget]) -> str:
    """Return how many repositories are concerned, and the most that their owner allows."""
    owner = printable(targets[0].repository.owner, 40)
    return f"{count(len(targets), 'repository', 'repositories')}; {owner} allows at most {most_days(targets)} days."


def offer(listed: Iterable[ListedArtifacts], now: datetime, days: int, key: str) -> str:
    """Return that artifacts are older than the new retention, which does not apply to them; empty for none.

    ``key`` opens the policies that mark them.
    """
    policy, older, least = OlderThan(timedelta(days=days)), 0, ""
    for one in listed:
        older += len(policy.choose(one.artifacts, now))
        least = least if one.is_whole else "At least "
    if not older:
        return ""
    are, them = ("are", "them") if older > 1 else ("is", "it")
    number = count(older, "artifact")
    return f"{least}{number} {are} already older than {count(days, 'day')}. Press {key} to mark {them}."
