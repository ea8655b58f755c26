"""A plan under review, without a screen: what goes is what was planned, less what is out or protected."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from artifact_tui.domain.models import Artifact, RepositoryName
from artifact_tui.domain.protection import Reason
from artifact_tui.screens.deletion.review_model import ReviewList
from artifact_tui.transfers.deletions.models import DeletePlan
from tests.artifacts import any_artifacts

REPOSITORY = RepositoryName("o", "r")
REASONS = st.dictionaries(
    st.integers(1, 60), st.lists(st.sampled_from(Reason), min_size=1, unique=True).map(tuple), max_size=20
)
STEPS = st.lists(st.tuples(st.sampled_from(("take_out", "unprotect", "fold")), st.integers(0, 40)), max_size=12)


@given(any_artifacts(), REASONS, STEPS, REASONS)
def test_what_goes_follows_every_step(
    artifacts: list[Artifact],
    reasons: dict[int, tuple[Reason, ...]],
    steps: list[tuple[str, int]],
    later: dict[int, tuple[Reason, ...]],
) -> None:
    """Held against plain sets: out, and the reasons that were set aside."""
    review = ReviewList(DeletePlan.of(REPOSITORY, tuple(artifacts)))
    review.protections = reasons
    out: set[int] = set()
    aside: dict[int, set[Reason]] = {}

    def protected(number: int, known: dict[int, tuple[Reason, ...]]) -> bool:
        return bool(set(known.get(number, ())) - aside.get(number, set()))

    for step, place in steps:
        rows = review.rows()
        if not rows:
            break
        row = rows[place % len(rows)]
        ids = {artifact.id for artifact in row.artifacts}
        if step == "fold":
            review.fold(row)
        elif step == "take_out":
            review.take_out(row)
            free = {number for number in ids if not protected(number, reasons)}
            out = out - free if free <= out else out | free
        else:
            review.unprotect(row)
            guarded = {number for number in ids if protected(number, reasons)}
            for number in guarded:
                aside[number] = set(reasons[number])
            out -= guarded
            if not guarded:
                for number in ids & aside.keys():
                    del aside[number]
    expected = {one.id for one in artifacts if one.id not in out and not protected(one.id, reasons)}
    assert {artifact.id for artifact in review.going} == expected
    assert {artifact.id for artifact in review.plan().artifacts} == expected
    review.protections = later
    expected = {one.id for one in artifacts if one.id not in out and not protected(one.id, later)}
    assert {artifact.id for artifact in review.going} == expected


@given(any_artifacts())
def test_every_artifact_stands_in_one_group_biggest_first(artifacts: list[Artifact]) -> None:
    review = ReviewList(DeletePlan.of(REPOSITORY, tuple(artifacts)))
    rows = review.rows()
    assert sorted(artifact.id for row in rows for artifact in row.artifacts) == sorted(one.id for one in artifacts)
    sizes = [sum(one.size_in_bytes for one in row.artifacts if not one.expired) for row in rows]
    assert sizes == sorted(sizes, reverse=True)
    for row in rows:
        review.fold(row)
    assert len(review.rows()) == len(artifacts) + sum(row.is_group for row in rows)
    assert len({row.key for row in review.rows()}) == len(review.rows())


def test_a_reason_that_comes_later_protects_anew() -> None:
    """It was unprotected for another one."""
    review = ReviewList(DeletePlan.of(REPOSITORY, (Artifact(id=1, name="x"),)))
    review.protections = {1: (Reason.PINNED,)}
    review.unprotect(review.rows()[0])
    assert len(review.going) == 1
    review.protections = {1: (Reason.PINNED, Reason.DOWNLOADING)}
    assert not review.going
