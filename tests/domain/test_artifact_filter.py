"""The filter language: what each term finds, what is said of a wrong one, and the sort."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artifact_tui.domain.artifact_filter import BY_NAME, BY_SIZE, SORTS, Query, QueryError, read_bytes, read_span
from artifact_tui.domain.models import Artifact, RunOfArtifact, WorkflowRun
from tests.artifacts import listed

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
RUNS = {7: WorkflowRun(id=7, name="release", display_title="Release 1.4", run_number=412)}


def artifact(number: int = 1, **fields: object) -> Artifact:
    days_old, days_left = fields.pop("age", 1), fields.pop("left", 80)
    given = {
        "name": f"artifact-{number}",
        "created_at": None if days_old is None else NOW - timedelta(days=float(str(days_old))),
        "expires_at": None if days_left is None else NOW + timedelta(days=float(str(days_left))),
    }
    return listed(id=number, **{**given, **fields})


WHEEL = artifact(1, name="wheel-linux", size_in_bytes=12_000_000, workflow_run=RunOfArtifact(id=7, head_branch="main"))
LOGS = artifact(2, name="Logs debug", size_in_bytes=900, age=40, left=3)
OLD = artifact(3, name="coverage", size_in_bytes=20_000, age=100, left=-1, expired=True)
ODD = artifact(4, name="[x] 日本", age=None, left=None)
ALL = (WHEEL, LOGS, OLD, ODD)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", ALL),
        ("wheel", (WHEEL,)),
        ("WHEEL", (WHEEL,)),
        ("!wheel", (LOGS, OLD, ODD)),
        ('"logs debug"', (LOGS,)),
        ("wheel-*", (WHEEL,)),
        ("heel-*", ()),
        ("日本", (ODD,)),
        ("[x]", (ODD,)),
        ("name:cov", (OLD,)),
        ('name:"logs d"', (LOGS,)),
        ("size>10M", (WHEEL,)),
        ("size<=900", (LOGS, ODD)),
        ("size=900B", (LOGS,)),
        ("size>19KiB", (WHEEL, OLD)),
        ("!size>10MB", (LOGS, OLD, ODD)),
        ("age>30d", (LOGS, OLD)),
        ("age > 30d", (LOGS, OLD)),
        ("!age >30d l", (WHEEL,)),
        ("age<2w", (WHEEL,)),
        ("expires<7d", (LOGS,)),
        ("expired", (OLD,)),
        ("branch:main", (WHEEL,)),
        ("branch=main", (WHEEL,)),
        ("branch=mai", ()),
        ("name=wheel-linux", (WHEEL,)),
        ("name=wheel", ()),
        ('name="Logs debug"', (LOGS,)),
        ("run=release", (WHEEL,)),
        ("run:7", (WHEEL,)),
        ("run:#412", (WHEEL,)),
        ("run:release", (WHEEL,)),
        ("run:1.4", (WHEEL,)),
        ("l age>30d", (LOGS,)),
    ],
)
def test_what_a_filter_finds(text: str, found: tuple[Artifact, ...]) -> None:
    assert set(Query.parse(text).apply(ALL, NOW, RUNS)) == set(found)


@pytest.mark.parametrize(
    ("text", "word", "message"),
    [
        ("wheel size>ten", "size>ten", "'ten' is not valid; use a number with a unit, such as 10M"),
        ("age>30x wheel", "age>30x", "'30x' is not valid; use a number with a unit, such as 30d"),
        ("size:10M", "size:10M", "size is compared with < or >, as in size>10M"),
        ("branch>main", "branch>main", "branch is compared with ':', as in branch:word"),
        (
            "color:red",
            "color:red",
            "unknown filter 'color'; use one of name, branch, run, size, age, expires, expired, marked",
        ),
        ("name:", "name:", "the value is missing"),
        ('a "open end', '"open end', "the quote is not closed"),
    ],
)
def test_a_wrong_word_is_named_in_its_place(text: str, word: str, message: str) -> None:
    with pytest.raises(QueryError) as caught:
        Query.parse(text)
    assert text[caught.value.start : caught.value.end] == word
    assert str(caught.value) == message


@given(st.text())
def test_any_text_is_a_filter_or_a_wrong_word_in_it(text: str) -> None:
    wrong: QueryError | None = None
    try:
        found = Query.parse(text).apply(ALL, NOW, RUNS)
    except QueryError as error:
        wrong, found = error, ()
    assert set(found) <= set(ALL)
    assert wrong is None or 0 <= wrong.start < wrong.end <= len(text)


def _known(read: Callable[[Artifact], object], artifacts: tuple[Artifact, ...]) -> list[object]:
    return [read(one) for one in artifacts if read(one) is not None]


@given(st.lists(st.tuples(st.integers(0, 9), st.none() | st.integers(0, 9), st.none() | st.integers(-9, 9))))
def test_a_sort_loses_nothing_and_puts_the_unknown_last(rows: list[tuple[int, int | None, int | None]]) -> None:
    artifacts = [
        artifact(number, size_in_bytes=size, age=age, left=left) for number, (size, age, left) in enumerate(rows)
    ]
    for sort in SORTS:
        once = Query().sorted_by(sort)
        for query in (once, once.sorted_by(sort)):
            assert sorted(query.apply(artifacts, NOW), key=id) == sorted(artifacts, key=id)
    oldest_first = Query(descending=False).apply(artifacts, NOW)
    known = _known(lambda one: one.created_at, oldest_first)
    assert known == sorted(known)  # type: ignore[type-var]  # datetimes, all of them
    assert all(one.created_at is None for one in oldest_first[len(known) :])


@pytest.mark.parametrize(
    ("text", "name"),
    [("name=wheel", "wheel"), ('x name="a b" size>1', "a b"), ("name:wheel", ""), ("!name=wheel", ""), ("", "")],
)
def test_an_exact_name_can_be_asked_of_the_server(text: str, name: str) -> None:
    assert Query.parse(text).exact_name == name


def test_the_same_key_again_turns_the_sort_round() -> None:
    biggest_first = Query().sorted_by(BY_SIZE)
    assert biggest_first.apply(ALL, NOW)[0] is WHEEL
    assert biggest_first.sorted_by(BY_SIZE).apply(ALL, NOW)[-1] is WHEEL
    assert Query().sorted_by(BY_NAME).apply(ALL, NOW)[-1] is WHEEL


def test_the_sort_survives_a_new_filter() -> None:
    assert Query().sorted_by(BY_SIZE).filtered("wheel").sort is BY_SIZE


@pytest.mark.parametrize(
    ("text", "bytes_", "days"),
    [
        ("30", 30, 30),
        (" 6w ", None, 42),
        ("1.5 G", 1_500_000_000, None),
        ("2KiB", 2048, None),
        ("1mo", None, 30),
        ("-3", None, None),
        ("", None, None),
        ("many", None, None),
        ("9" * 30 + "y", None, None),
    ],
)
def test_sizes_and_times_can_be_read_alone(text: str, bytes_: int | None, days: float | None) -> None:
    """As filters write them; a bare number is bytes or days."""
    assert read_bytes(text) == bytes_
    assert read_span(text) == (None if days is None else timedelta(days=days))


def test_marked_chooses_what_is_marked() -> None:
    everything = (WHEEL, OLD)
    assert Query.parse("marked").apply(everything, NOW, marked={OLD.id}) == (OLD,)
    assert Query.parse("!Marked").apply(everything, NOW, marked={OLD.id}) == (WHEEL,)
    assert Query.parse("name:marked").apply(everything, NOW, marked={OLD.id}) == ()
