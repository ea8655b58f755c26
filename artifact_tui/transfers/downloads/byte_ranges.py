"""Which bytes of a file are there, and who fetches the others: arithmetic on half-open spans, without any I/O."""

from __future__ import annotations

from collections.abc import Iterable

Span = tuple[int, int]
"""``(start, end)`` in bytes; ``end`` is not part of it."""


class Lease:
    """A gap that one connection fills from its start: ``at`` moves with each byte, ``end`` is None when unknown."""

    def __init__(self, start: int, end: int | None) -> None:
        self.start = start
        self.at = start
        self.end = end

    @property
    def filled(self) -> bool:
        """Nothing of it is missing any more."""
        return self.end is not None and self.at >= self.end


class RangeSet:
    """The bytes of a file of ``total`` bytes (None: not known yet); its caller sees to it that one thread is in it.

    ``whole`` is a claim of an earlier object, which becomes one for everything.
    """

    def __init__(self, total: int | None = None, there: Iterable[Span] = (), whole: Lease | None = None) -> None:
        self.total = total
        self._there: list[Span] = merged(there)
        self._claims: list[Lease] = []
        if whole is not None:
            whole.start, whole.at, whole.end = 0, 0, None
            self._claims.append(whole)

    @property
    def spans(self) -> tuple[Span, ...]:
        """What is there: sorted, apart from each other, none empty."""
        return tuple(merged([*self._there, *((lease.start, lease.at) for lease in self._claims)]))

    @property
    def received(self) -> int:
        """How many bytes are there."""
        return sum(end - start for start, end in self._there) + sum(lease.at - lease.start for lease in self._claims)

    @property
    def contiguous(self) -> int:
        """How many bytes are there before the first that is missing."""
        spans = self.spans
        return spans[0][1] if spans and spans[0][0] == 0 else 0

    @property
    def complete(self) -> bool:
        """Whether every byte is there; never True before ``total`` is known."""
        return self.total is not None and self.received >= self.total

    def lease(self, longest: int | None = None) -> Lease | None:
        """Take the first gap that nobody fills, at most ``longest`` bytes of it; None when there is none."""
        if self.total is None:
            at = self.contiguous
            lease = Lease(at, None if longest is None else at + longest) if not self._claims else None
        else:
            gap = next(iter(self._gaps(self.total)), None)
            lease = Lease(gap[0], gap[1] if longest is None else min(gap[1], gap[0] + longest)) if gap else None
        if lease is not None:
            self._claims.append(lease)
        return lease

    def release(self, lease: Lease) -> None:
        """Give up what is missing of a claim; what was filled stays."""
        self._claims.remove(lease)
        self._there = merged([*self._there, (lease.start, lease.at)])

    def _gaps(self, total: int) -> Iterable[Span]:
        taken = merged([*self._there, *((lease.start, lease.end or total) for lease in self._claims)])
        edges = [0, *(edge for span in taken for edge in span), total]
        return ((start, end) for start, end in zip(edges[::2], edges[1::2], strict=True) if start < end)


def merged(spans: Iterable[Span]) -> list[Span]:
    """Return the same bytes as sorted spans that neither overlap nor touch."""
    found: list[Span] = []
    for start, end in sorted(span for span in spans if span[0] < span[1]):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found
