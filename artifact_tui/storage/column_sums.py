"""Sums over columns, without making an artifact of each row; sizes are whole numbers of bytes."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import compress
from operator import ge

from artifact_tui.storage.columns import ArtifactColumns, NameFamilies
from artifact_tui.storage.families import family
from artifact_tui.storage.sums import NO_BRANCH, NO_RUN, Group

SOON = 7 * 86400
"""Seconds in which an artifact that "expires soon" expires by itself."""
_NONE = array("I", [0])
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
    """Return the groups of all repositories together, the one with the most bytes first, equal ones by key.

    A family with a single name has that name as its key.
    """
    joined: dict[str, Group] = {}
    only: dict[str, str | None] = {}
    for columns in parts:
        for group in _groups(columns, *_keys(columns, by), now):
            if group.key in joined:
                joined[group.key].join(group)
            else:
                joined[group.key] = group
        if by == "family" and (families := columns.families):
            for key, name in zip(families.keys, families.only, strict=True):
                only[key] = name if only.get(key, name) == name else None
    for key, name in only.items():
        joined[key].key = key if name is None else name
    return sorted(joined.values(), key=lambda group: (-group.live_bytes, -group.expired_bytes, group.key))


def _keys(columns: ArtifactColumns, by: str) -> tuple[Sequence[int], Sequence[str]]:
    """Return the place of each artifact's key, and the keys."""
    if by == "branch":
        return columns.branch, [text or NO_BRANCH for text in columns.texts]
    if by == "name":
        return columns.name, columns.texts
    if by == "run":
        places = {number: place for place, number in enumerate(dict.fromkeys(columns.run))}
        return list(map(places.__getitem__, columns.run)), [str(number) if number else NO_RUN for number in places]
    families = columns.families = columns.families or _families(columns)
    return list(map(families.places.__getitem__, columns.name)), families.keys


def _families(columns: ArtifactColumns) -> NameFamilies:
    names = list(set(columns.name))
    texts = list(map(columns.texts.__getitem__, names))
    keys: dict[str, int] = {}
    only: list[str | None] = []
    places = array("I", bytes(4 * len(columns.texts)))
    for place, text, key in zip(names, texts, map(family, texts), strict=True):
        places[place] = at = keys.setdefault(key, len(keys))
        if at == len(only):
            only.append(text)
        else:
            only[at] = None
    return NameFamilies(places, list(keys), only)


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
