"""The byte ranges of a file: which are present, and who fetches the others. Half-open spans, no I/O."""

from __future__ import annotations

from collections.abc import Iterable

Span = tuple[int, int]  # ``(start, end)`` in bytes, without the byte at ``end``


class Lease:
    """A gap that one connection fills from its start; ``at`` moves with each byte, ``end`` is None if unknown."""

    def __init__(self, start: int, end: int | None) -> None:
        self.start = start
        self.at = start
        self.end = end


class RangeSet:
    """The bytes of a file of ``total`` bytes (None: unknown), not thread-safe; ``whole`` becomes a lease of it all."""

    def __init__(self, total: int | None = None, there: Iterable[Span] = (), whole: Lease | None = None) -> None:
        self.total = total
        self._there: list[Span] = merged(there)
        self._claims: list[Lease] = []
        if whole is not None:
            whole.start, whole.at, whole.end = 0, 0, None
            self._claims.append(whole)

    @property
    def leases(self) -> int:
        """The number of gaps that are being filled."""
        return len(self._claims)

    @property
    def spans(self) -> tuple[Span, ...]:
        """The present bytes as sorted spans that do not touch; none is empty."""
        return tuple(merged([*self._there, *((lease.start, lease.at) for lease in self._claims)]))

    @property
    def received(self) -> int:
        """The number of present bytes."""
        return sum(end - start for start, end in self._there) + sum(lease.at - lease.start for lease in self._claims)

    @property
    def contiguous(self) -> int:
        """The number of bytes before the first missing one."""
        spans = self.spans
        return spans[0][1] if spans and spans[0][0] == 0 else 0

    @property
    def complete(self) -> bool:
        """Whether every byte is present; False until ``total`` is known."""
        return self.total is not None and self.received >= self.total

    @property
    def has_gap(self) -> bool:
        """Whether :meth:`lease` would find a gap."""
        if self.total is None:
            return not self._claims
        return next(iter(self._gaps(self.total)), None) is not None

    def lease(self, longest: int | None = None) -> Lease | None:
        """Lease the first free gap, at most ``longest`` bytes of it; return None if there is none."""
        gap: tuple[int, int | None] | None
        if self.total is None:
            gap = None if self._claims else (self.contiguous, None)
        else:
            gap = next(iter(self._gaps(self.total)), None)
        if gap is None:
            return None
        start, end = gap
        if longest is not None:
            end = start + longest if end is None else min(end, start + longest)
        self._claims.append(Lease(start, end))
        return self._claims[-1]

    def release(self, lease: Lease) -> None:
        """Return a lease; the bytes it filled stay."""
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
