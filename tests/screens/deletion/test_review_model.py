"""A plan under review, without a screen: what goes is what was planned, less what is out or protected."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from artifact_tui.domain.models import Artifact, RepositoryName, stored_bytes
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


def named(number: int, name: str, size: int = 1) -> Artifact:
    return Artifact(id=number, name=name, size_in_bytes=size)


def test_dated_names_are_one_row_that_unfolds_to_their_names() -> None:
    nightly = [named(number, f"nightly-2026-11-{number}", 100 + number) for number in (17, 18, 19)]
    twice = [named(1, "bake-1", 5), named(2, "bake-1", 5), named(3, "bake-2", 4)]
    review = ReviewList(DeletePlan.of(REPOSITORY, [*nightly, *twice, named(4, "docs"), named(5, "log-7")]))
    assert [(row.name, len(row.artifacts)) for row in review.rows()] == [
        ("nightly-*", 3),
        ("bake-*", 3),
        ("docs", 1),
        ("log-7", 1),
    ]
    for row in review.rows():
        review.fold(row)
    assert [row.name for row in review.rows() if row.depth] == [
        *("nightly-2026-11-19", "nightly-2026-11-18", "nightly-2026-11-17"),
        *("bake-*", "bake-*", "bake-2"),
    ]


@given(any_artifacts(), st.lists(st.tuples(st.sampled_from(("fold", "take_out")), st.integers(0, 40)), max_size=12))
def test_with_several_repositories_every_level_holds_what_is_below_it(
    artifacts: list[Artifact], steps: list[tuple[str, int]]
) -> None:
    repositories = [RepositoryName("o", name) for name in ("r", "s", "t")]
    plan = DeletePlan.across(DeletePlan.of(repositories[one.id % 3], (one,)) for one in artifacts)
    review = ReviewList(plan)
    unchecked = plan.repositories[1:2]
    review.unchecked = frozenset(unchecked)
    out: set[int] = set()
    for step, place in steps:
        if rows := review.rows():
            row = rows[place % len(rows)]
            getattr(review, step)(row)
            ids = {one.id for one in row.artifacts} if step == "take_out" else set()
            out = out - ids if ids <= out else out | ids
    expected = [item for item in plan.items if item.artifact.id not in out and item.repository not in review.unchecked]
    rest = review.plan()
    assert set(rest.items) == set(expected)
    if len(rest.repositories) > 1:
        assert [stored_bytes([one]) for one in rest.artifacts] == sorted(
            (stored_bytes([item.artifact]) for item in expected), reverse=True
        )
    if len(plan.repositories) > 1:
        top = [row for row in review.rows() if not row.depth]
        assert {(row.repository, one) for row in top for one in row.artifacts} == set(map(tuple, plan.items))
        assert len({row.key for row in review.rows()}) == len(review.rows())
