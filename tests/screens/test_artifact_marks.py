"""The marks of a list: their number and size, and how many a filter hides."""

from __future__ import annotations

from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from artifact_tui.domain.artifact_filter import Query
from artifact_tui.domain.list_extent import Ending, Extent
from artifact_tui.domain.models import Artifact, stored_bytes
from artifact_tui.screens.artifacts.list_model import ArtifactList
from tests.artifacts import NOW, any_artifacts

STEPS = ("toggle", "all", "invert", "range", "filter", "unfilter", "remove", "clear")


def list_of(artifacts: list[Artifact]) -> ArtifactList:
    model = ArtifactList()
    model.replace({artifact.id: artifact for artifact in artifacts}, Extent(len(artifacts), ending=Ending.END))
    model.select(NOW, {})
    return model


def do(model: ArtifactList, step: str, place: int) -> None:
    """One step of a user at a row of the list."""
    one = model.shown[place % len(model.shown)] if model.shown else None
    if step == "all":
        model.marks.add(model.shown)
    elif step == "invert":
        model.marks.invert(model.shown)
    elif step == "clear":
        model.marks.clear()
    elif step in {"filter", "unfilter"}:
        model.query = Query.parse("logs" if step == "filter" else "")
        model.select(NOW, {})
    elif one is not None and step == "toggle":
        model.marks.toggle(one)
    elif one is not None and step == "range":
        model.marks.extend(model.shown, one)
    elif one is not None and step == "remove":
        model.remove([one.id])
        model.select(NOW, {})


@given(any_artifacts(), st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 30)), max_size=30))
def test_size_and_hidden_marks_are_those_of_the_marked_artifacts(
    artifacts: list[Artifact], steps: list[tuple[str, int]]
) -> None:
    """After every step, as if both were counted anew."""
    model = list_of(artifacts)
    for step, place in steps:
        do(model, step, place)
        marks, shown = model.marks, {artifact.id for artifact in model.shown}
        assert marks.size == stored_bytes(marks.artifacts), step
        assert marks.hidden == marks.ids - shown == model.hidden_marks, step


class Unread(tuple[Artifact, ...]):
    """Rows that nothing may go through."""

    __slots__ = ()

    def __iter__(self) -> Iterator[Artifact]:
        raise AssertionError("all rows were read")


def test_a_mark_reads_no_other_row() -> None:
    """However many rows the list has."""
    model = list_of([Artifact(id=number, name="logs", size_in_bytes=1000) for number in range(5)])
    model.marks.toggle(model.shown[0])
    model.shown = Unread(model.shown)
    model.marks.toggle(model.shown[1])
    assert model.summary(None, is_stopped=False) == "2 marked · 2.0 kB"
