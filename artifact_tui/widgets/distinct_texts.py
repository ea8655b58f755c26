"""Shortening of texts that are too long for their column, so that different texts stay different."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import accumulate, pairwise

from rich.cells import cell_len, get_character_cell_size

from artifact_tui.widgets.row_layout import UNICODE, fit_text

ROUNDS = 4
"""How often texts that still look the same are compared; each round keeps the places where they differ."""
END = 3
"""One third of the width is kept for the end of a text."""
WORD_START = 8
"""How many characters before a difference are kept at most, to begin where its word begins."""
_CLUSTERS = re.compile(r".[\u0300-\u036f\u20d0-\u20ff\ufe00-\ufe0f]*", re.DOTALL)
_SEPARATORS = frozenset("-_./ ·:@")


def shorten(texts: Collection[str], width: int, ellipsis: str = UNICODE.ellipsis) -> dict[str, str]:
    """Return each text that is wider than `width` cells with the text to show for it, at most as wide.

    Parts that the texts have in common give way to an ellipsis first; the places where they differ stay, as far as
    the width allows. Texts that fit are not in the result.
    """
    long = {text: fit_text(text, width, "left", ellipsis, end=width // END) for text in texts if cell_len(text) > width}
    if width < END:
        return long
    kept: dict[str, set[int]] = {text: set() for text in long}
    head = width - 1 - width // END
    for group in _alike(long, {text: text[:head] for text in long}):
        start = _shared(min(group), max(group))
        kept.update((text, {start}) for text in group)
        long.update((text, _cut(text, kept[text], width, ellipsis)) for text in group)
    for _ in range(ROUNDS):
        for group in _alike(long, long):
            for text, forks in _forks(group):
                kept[text] |= forks
                long[text] = _cut(text, kept[text], width, ellipsis)
    return long


def _alike(texts: Iterable[str], looks: dict[str, str]) -> list[list[str]]:
    """Return the groups of two or more texts that look the same."""
    groups: dict[str, list[str]] = {}
    for text in texts:
        groups.setdefault(looks[text], []).append(text)
    return [group for group in groups.values() if len(group) > 1]


def _shared(one: str, other: str) -> int:
    """How many characters two texts have in common at their starts."""
    pairs = zip(one, other, strict=False)
    return next((place for place, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def _forks(group: Sequence[str]) -> Iterator[tuple[str, set[int]]]:
    """Each text with the places where it first differs from another one of the group.

    In sorted order the common start of two texts is the shortest one between neighbors on the way, so one pass in
    each direction finds all of them.
    """
    ordered = sorted(group)
    shared = [_shared(*pair) for pair in pairwise(ordered)]
    for place, text in enumerate(ordered):
        yield text, {*accumulate(reversed(shared[:place]), min), *accumulate(shared[place:], min)}


def _cut(text: str, forks: Collection[int], width: int, ellipsis: str) -> str:
    """Return the text with its forks, then as much around them and at both ends as fits; each gap is one ellipsis."""
    clusters, sizes = (text, None) if text.isascii() else _clusters(text)
    starts = sorted(forks) if sizes is None else [_cluster_at(clusters, fork) for fork in sorted(forks)]
    wanted = [place for place in starts if place < len(clusters)]
    kept = [True, *[False] * len(clusters), True]  # with a place before the first and one behind the last
    room = width - 1
    for place in (*wanted, *_by_distance(clusters, wanted)):
        if not room:
            break
        cost = (1 if sizes is None else sizes[place]) + 1 - kept[place] - kept[place + 2]
        if cost <= room and not kept[place + 1]:
            kept[place + 1] = True
            room -= cost
    return "".join(_joined(clusters, kept[1:-1], ellipsis))


def _clusters(text: str) -> tuple[list[str], list[int]]:
    """Return the letters with their combining marks, and the cells that each covers."""
    clusters = _CLUSTERS.findall(text)
    return clusters, [sum(map(get_character_cell_size, cluster)) for cluster in clusters]


def _cluster_at(clusters: Sequence[str], at: int) -> int:
    """Return the cluster that holds a character."""
    ends = accumulate(map(len, clusters))
    return next((place for place, end in enumerate(ends) if at < end), len(clusters))


def _by_distance(clusters: Sequence[str], forks: Sequence[int]) -> list[int]:
    """All places: those just behind the start of the text or of a word that differs first, and those at the end."""
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


def _joined(clusters: Sequence[str], kept: Sequence[bool], ellipsis: str) -> Iterator[str]:
    for place, cluster in enumerate(clusters):
        is_first = place == 0 or kept[place - 1]
        is_alone = is_first and (place + 1 == len(kept) or kept[place + 1])
        if kept[place] or (is_alone and cell_len(cluster) == 1):
            yield cluster
        elif is_first:
            yield ellipsis
