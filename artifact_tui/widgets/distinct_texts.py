"""Shortens texts that are too long for their column so that different texts stay different."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import accumulate, pairwise

from rich.cells import cell_len, get_character_cell_size

from artifact_tui.widgets.row_layout import ELLIPSIS, fit_text

ROUNDS = 4
"""How often texts that still look the same are compared; each round keeps more places where they differ."""
END = 3
"""The end of a text gets one third of the width."""
WORD_START = 8
"""At most this many characters before a difference are kept, to start at the beginning of its word."""
_CLUSTERS = re.compile(r".[\u0300-\u036f\u20d0-\u20ff\ufe00-\ufe0f]*", re.DOTALL)
_SEPARATORS = frozenset("-_./ ·:@")


def shorten(texts: Collection[str], width: int) -> dict[str, str]:
    """Return a shorter text for each text that is wider than `width` cells; texts that fit are omitted.

    An ellipsis first replaces the parts that the texts have in common; the differences stay as far as they fit.
    """
    long = {text: fit_text(text, width, end=width // END) for text in texts if cell_len(text) > width}
    if width < END:
        return long
    kept: dict[str, set[int]] = {text: set() for text in long}
    head = width - 1 - width // END
    for group in _alike(long, {text: text[:head] for text in long}):
        start = _shared(min(group), max(group))
        kept.update((text, {start}) for text in group)
        long.update((text, _cut(text, kept[text], width)) for text in group)
    for _ in range(ROUNDS):
        for group in _alike(long, long):
            for text, forks in _forks(group):
                kept[text] |= forks
                long[text] = _cut(text, kept[text], width)
    return long


def _alike(texts: Iterable[str], looks: dict[str, str]) -> list[list[str]]:
    groups: dict[str, list[str]] = {}
    for text in texts:
        groups.setdefault(looks[text], []).append(text)
    return [group for group in groups.values() if len(group) > 1]


def _shared(one: str, other: str) -> int:
    pairs = zip(one, other, strict=False)
    return next((place for place, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def _forks(group: Sequence[str]) -> Iterator[tuple[str, set[int]]]:
    """Yield each text with the places where it first differs from another text of the group.

    In sorted order, the common start of two texts is the shortest common start of the neighbors between them, so one
    pass in each direction finds all places.
    """
    ordered = sorted(group)
    shared = [_shared(*pair) for pair in pairwise(ordered)]
    for place, text in enumerate(ordered):
        yield text, {*accumulate(reversed(shared[:place]), min), *accumulate(shared[place:], min)}


def _cut(text: str, forks: Collection[int], width: int) -> str:
    """Keep the forks, then as much around them and at both ends as fits; each gap is one ellipsis."""
    clusters, sizes = (text, None) if text.isascii() else _clusters(text)
    starts = sorted(forks) if sizes is None else [_cluster_at(clusters, fork) for fork in sorted(forks)]
    wanted = [place for place in starts if place < len(clusters)]
    kept = [True, *[False] * len(clusters), True]  # with a place before the first and after the last
    space = width - 1
    for place in (*wanted, *_by_distance(clusters, wanted)):
        if not space:
            break
        cost = (1 if sizes is None else sizes[place]) + 1 - kept[place] - kept[place + 2]
        if cost <= space and not kept[place + 1]:
            kept[place + 1] = True
            space -= cost
    return "".join(_joined(clusters, kept[1:-1]))


def _clusters(text: str) -> tuple[list[str], list[int]]:
    """Return the letters with their combining marks, and the width of each in cells."""
    clusters = _CLUSTERS.findall(text)
    return clusters, [sum(map(get_character_cell_size, cluster)) for cluster in clusters]


def _cluster_at(clusters: Sequence[str], at: int) -> int:
    ends = accumulate(map(len, clusters))
    return next((place for place, end in enumerate(ends) if at < end), len(clusters))


def _by_distance(clusters: Sequence[str], forks: Sequence[int]) -> list[int]:
    """Sort all places by distance to the start before them (of the text or a forking word), or to the end."""
    anchors = {0, *(_word_start(clusters, fork) for fork in forks)}
    distances, last, anchor = [], len(clusters) - 1, 0
    for place in range(len(clusters)):
        anchor = place if place in anchors else anchor
        distances.append(min(place - anchor, last - place))
    return sorted(range(len(clusters)), key=distances.__getitem__)


def _word_start(clusters: Sequence[str], place: int) -> int:
    for start in range(place, max(0, place - WORD_START), -1):
        if clusters[start - 1] in _SEPARATORS:
            return start
    return place


def _joined(clusters: Sequence[str], kept: Sequence[bool]) -> Iterator[str]:
    for place, cluster in enumerate(clusters):
        is_first = place == 0 or kept[place - 1]
        is_alone = is_first and (place + 1 == len(kept) or kept[place + 1])
        if kept[place] or (is_alone and cell_len(cluster) == 1):
            yield cluster
        elif is_first:
            yield ELLIPSIS
