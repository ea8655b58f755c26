"""Whatever the server does, the report adds up, and says of each artifact what is true."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
from hypothesis import example, given, settings
from hypothesis import strategies as st

from artifact_tui.demo.messages import DemoAnswer
from artifact_tui.transfers.models import Outcome
from tests.examples import examples
from tests.transfers.deletions.program import PassingTime, Program, adds_up
from tests.transfers.deletions.recording_server import Broken, RecordingServer, Trouble, says

SECONDARY = "You have exceeded a secondary rate limit."


def fine(method: str, number: int, plain: Callable[[], DemoAnswer]) -> DemoAnswer:
    return plain()


def done_but(status: int) -> Trouble:
    """Does what it was asked for, and answers something else."""

    def answer(method: str, number: int, plain: Callable[[], DemoAnswer]) -> DemoAnswer:
        plain()
        return says(status, "Oops")(method, number, plain)

    return answer


def somebody_else(server: RecordingServer) -> Trouble:
    def answer(method: str, number: int, plain: Callable[[], DemoAnswer]) -> DemoAnswer:
        server.store.artifacts.pop(number, None)
        return plain()

    return answer


def changed(server: RecordingServer) -> Trouble:
    def answer(method: str, number: int, plain: Callable[[], DemoAnswer]) -> DemoAnswer:
        row = server.store.artifacts.get(number)
        if row is not None:
            server.store.artifacts[number] = msgspec.structs.replace(row, name="another")
        return plain()

    return answer


TROUBLES: dict[str, Callable[[RecordingServer], Trouble]] = {
    "fine": lambda server: fine,
    "reset before": lambda server: Broken(after=False),
    "reset after": lambda server: Broken(after=True),
    "502 before": lambda server: says(502),
    "502 after": lambda server: done_but(502),
    "limited, told": lambda server: says(403, SECONDARY, {"Retry-After": "60"}),
    "limited": lambda server: says(429),
    "404": lambda server: says(404, "Not Found"),
    "deleted by somebody else": somebody_else,
    "changed": changed,
    "401": lambda server: says(401, "Bad credentials"),
    "403": lambda server: says(403, "Resource not accessible"),
    "moved": lambda server: says(307, "Moved"),
    "nonsense": lambda server: says(418, "I am a teapot"),
}


def told_in_turn(server: RecordingServer, names: Iterable[str]) -> Trouble:
    """One trouble for each request, as long as there are any."""
    left = iter([TROUBLES[name](server) for name in names])

    def answer(method: str, number: int, plain: Callable[[], DemoAnswer]) -> DemoAnswer:
        return next(left, fine)(method, number, plain)

    return answer


@given(names=st.lists(st.sampled_from(["fine", *TROUBLES]), max_size=30), count=st.integers(1, 8))
@example(names=["fine", "404", "fine"], count=2)
@example(names=["fine", "reset after", "limited", "404", "401"], count=3)
@settings(max_examples=examples(80), deadline=None)
def test_the_report_adds_up_and_is_true(names: list[str], count: int) -> None:
    clock = PassingTime()
    server = RecordingServer(clock=clock.now)
    planned, spared = server.put(count), server.put(2)
    server.trouble = told_in_turn(server, names)
    with TemporaryDirectory() as state:
        program = Program(server, Path(state), clock)
        deletion = program.delete(*planned)
        outcomes = dict(zip([artifact.id for artifact in planned], program.outcomes(deletion), strict=True))
        assert program.close()
        lines = {line["id"]: line["result"] for line in program.lines()}
    assert not program.crashes
    assert adds_up(deletion)
    server.judge(planned)
    there = server.store.artifacts
    assert all(artifact.id in there for artifact in spared)
    accepted = {seen.artifact for seen in server.seen if seen.method == "DELETE" and seen.status == 204}
    for number, outcome in outcomes.items():
        if outcome in (Outcome.DELETED, Outcome.ALREADY_GONE):
            assert number not in there or "404" in names
        elif outcome is Outcome.SKIPPED:
            assert there[number].name == "another"
        assert outcome is Outcome.DELETED or number not in accepted
    assert lines == {number: outcome for number, outcome in outcomes.items() if outcome is not Outcome.NOT_TRIED}
