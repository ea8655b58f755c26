"""Which bytes are there: whatever the order in which gaps are claimed, filled and given up."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from artifact_tui.transfers.downloads.byte_ranges import Lease, RangeSet, merged

SIZE = 60
SPANS = st.lists(st.tuples(st.integers(0, SIZE), st.integers(0, SIZE)).map(lambda span: (min(span), max(span))))


def bytes_of(spans: object) -> set[int]:
    return {at for start, end in spans for at in range(start, end)}  # type: ignore[attr-defined]  # spans of any kind


@given(SPANS)
def test_spans_are_merged_to_the_same_bytes_apart_from_each_other(spans: list[tuple[int, int]]) -> None:
    found = merged(spans)
    assert bytes_of(found) == bytes_of(spans)
    assert all(start < end for start, end in found)
    assert all(before[1] < after[0] for before, after in pairwise(found))


@given(SPANS, st.lists(st.tuples(st.sampled_from(["lease", "fill", "release"]), st.integers(1, 25)), max_size=60))
def test_no_byte_is_fetched_twice_and_none_is_forgotten(
    there: list[tuple[int, int]], steps: list[tuple[str, int]]
) -> None:
    pieces = RangeSet(SIZE, there)
    known, open_claims = bytes_of(merged(there)), list[Lease]()
    for step, amount in steps:
        if step == "lease" and (claim := pieces.lease(amount)) is not None:
            assert not bytes_of([(claim.at, claim.end)]) & known
            assert not any(bytes_of([(claim.at, claim.end)]) & bytes_of([(one.at, one.end)]) for one in open_claims)
            open_claims.append(claim)
        elif step == "fill" and open_claims:
            claim = open_claims[amount % len(open_claims)]
            assert claim.end is not None
            until = min(claim.at + amount, claim.end)
            known |= bytes_of([(claim.at, until)])
            claim.at = until
        elif step == "release" and open_claims:
            pieces.release(open_claims.pop(amount % len(open_claims)))
        assert bytes_of(pieces.spans) == known
        assert pieces.received == len(known)
        assert pieces.contiguous == next(at for at in range(SIZE + 1) if at not in known)
        assert pieces.complete == (len(known) == SIZE)


def test_a_size_that_is_not_known_has_one_open_claim() -> None:
    pieces = RangeSet()
    first = pieces.lease(10)
    assert first is not None
    assert (first.at, first.end, pieces.lease(10)) == (0, 10, None)
    pieces.release(first)
    claim = pieces.lease()
    assert claim is not None
    assert (claim.at, claim.end, pieces.lease()) == (0, None, None)
    claim.at = 7
    pieces.release(claim)
    assert not pieces.complete
    pieces.total = 7
    assert pieces.complete
    assert pieces.lease() is None
