"""Sums over columns, without making an artifact of each row; sizes are whole numbers of bytes."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import compress
from operator import ge

from artifact_tui.storage.columns import ArtifactColumns
from artifact_tui.storage.families import family
from artifact_tui.storage.sums import Group

SOON = 7 * 86400
"""Seconds in which an artifact that "expires soon" expires by itself."""
_NONE = array("I", [0])
NO_BRANCH, NO_RUN = "(no branch)", "(no run)"
KEYS = ("family", "name", "branch", "run")
"""What artifacts of several repositories can be grouped by."""


def sum_of(columns: ArtifactColumns, now: datetime, key: str = "") -> Group:
    """Return the sums of all artifacts."""
    return next(iter(_groups(columns, bytes(len(columns)), [key], now)), Group(key=key))


def bytes_within(columns: ArtifactColumns, now: datetime, seconds: float = SOON) -> int:
    """Return the bytes of live artifacts that expire within that time."""
    start = now.timestamp()
    end, ended = start + seconds, columns.ended
    pairs = enumerate(zip(columns.size, columns.expires, strict=True))
    return sum(size for place, (size, expires) in pairs if start < expires <= end and place not in ended)


def grouped_columns(parts: Iterable[ArtifactColumns], by: str, now: datetime) -> list[Group]:
    """Return the groups of all repositories together, the one with the most bytes first, equal ones by key."""
    listed = list(parts)
    families = _families(listed) if by == "family" else {}
    joined: dict[str, Group] = {}
    for columns in listed:
        for group in _groups(columns, *_keys(columns, by, families), now):
            if group.key in joined:
                joined[group.key].join(group)
            else:
                joined[group.key] = group
    return sorted(joined.values(), key=lambda group: (-group.live_bytes, -group.expired_bytes, group.key))


def _keys(columns: ArtifactColumns, by: str, families: Mapping[str, str]) -> tuple[Sequence[int], Sequence[str]]:
    """Return the place of each artifact's key, and the keys."""
    if by == "branch":
        return columns.branch, [text or NO_BRANCH for text in columns.texts]
    if by == "name":
        return columns.name, columns.texts
    if by == "run":
        places = {number: place for place, number in enumerate(dict.fromkeys(columns.run))}
        return list(map(places.__getitem__, columns.run)), [str(number) if number else NO_RUN for number in places]
    keys: dict[str, int] = {}
    of_text = [keys.setdefault(key, len(keys)) for key in map(families.get, columns.texts, columns.texts)]
    return list(map(of_text.__getitem__, columns.name)), list(keys)


def _families(parts: Iterable[ArtifactColumns]) -> dict[str, str]:
    """Return the key of each name: its family, or the name itself if no other name belongs to the family."""
    names: set[str] = set()
    for columns in parts:
        names.update(map(columns.texts.__getitem__, set(columns.name)))
    keys = list(map(family, names))
    members = Counter(keys)
    return {name: key if members[key] > 1 else name for name, key in zip(names, keys, strict=True)}


def _groups(columns: ArtifactColumns, places: Sequence[int], keys: Sequence[str], now: datetime) -> list[Group]:
    """Return a group for each place that occurs."""
    is_gone = _gone(columns, now.timestamp())
    if any(is_gone):
        is_live = [not gone for gone in is_gone]
        live = _totals(compress(places, is_live), compress(columns.size, is_live), len(keys))
        gone = _totals(compress(places, is_gone), compress(columns.size, is_gone), len(keys))
    else:
        live, gone = _totals(places, columns.size, len(keys)), _totals((), (), len(keys))
    newest, oldest = _times(columns, places)
    return [
        Group(
            key=keys[place],
            live_bytes=live[0][place],
            live_count=live[1][place],
            expired_bytes=gone[0][place],
            expired_count=gone[1][place],
            newest=newest.get(place),
            oldest=oldest.get(place),
        )
        for place in set(places)
    ]


def _gone(columns: ArtifactColumns, seconds: float) -> list[bool]:
    """Return which artifacts have expired; an empty list if none has."""
    if not columns.ended and min(columns.expires, default=0) > seconds:
        return []
    is_gone = [0 < expires <= seconds for expires in columns.expires]
    for position in columns.ended:
        is_gone[position] = True
    return is_gone


def _totals(places: Iterable[int], sizes: Iterable[int], number: int) -> tuple[list[int], list[int]]:
    """Return the bytes and the number of artifacts of each place."""
    size, count = [0] * number, [0] * number
    for place, bytes_ in zip(places, sizes, strict=True):
        size[place] += bytes_
        count[place] += 1
    return size, count


def _times(columns: ArtifactColumns, places: Sequence[int]) -> tuple[dict[int, int], dict[int, int]]:
    """Return the newest and the oldest time of creation of each place; artifacts without a time do not count."""
    created = columns.created
    if all(map(ge, created, created[1:])) and created[-1:] > _NONE:  # the usual order needs no sorting
        return dict(zip(reversed(places), reversed(created), strict=True)), dict(zip(places, created, strict=True))
    known = sorted((time, place) for time, place in zip(created, places, strict=True) if time)
    return {place: time for time, place in known}, {place: time for time, place in reversed(known)}
