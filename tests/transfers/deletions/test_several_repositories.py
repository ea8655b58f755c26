"""One plan for artifacts of several repositories: what stops one of them, what stops all, and what is resumed."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest

from artifact_tui.demo.messages import DemoAnswer
from artifact_tui.domain.models import Artifact, RepositoryName
from artifact_tui.transfers.deletions.models import DeletePlan, Deletion, PlanItem, in_short, planned_requests
from artifact_tui.transfers.models import Outcome
from tests.slow_cases import slow_but
from tests.transfers.deletions.program import PassingTime, Program, adds_up
from tests.transfers.deletions.recording_server import (
    KESTREL,
    LEGACY,
    RECORDER,
    STUDIO,
    Broken,
    RecordingServer,
    Trouble,
    once,
    says,
)

Start = Callable[..., Program]
DENIED = "Must have admin rights to Repository."


def plan_of(server: RecordingServer, *repositories: RepositoryName, each: int = 3) -> DeletePlan:
    """Artifacts of every repository, which take turns in size: the first repository has the biggest."""
    items = [
        DeletePlan.of(repository, server.put(1, repository, size=10_000_000 - 10 * turn - place))
        for turn in range(each)
        for place, repository in enumerate(repositories)
    ]
    return DeletePlan.across(items)


def carry_out(program: Program, plan: DeletePlan) -> Deletion:
    deletion = program.end_of(program.begin_plan(plan))
    assert adds_up(deletion)
    return deletion


def outcomes(program: Program, deletion: Deletion, repository: RepositoryName) -> list[Outcome | None]:
    shown = [one for one in program.engine.transfers() if one.id in deletion.ids]
    return [one.outcome for one in shown if one.repository == repository]


def in_repository(server: RecordingServer, repository: RepositoryName, trouble: Trouble, method: str) -> Trouble:
    """This trouble for each such request for an artifact of one repository."""
    known = server.store.repository(str(repository))
    assert known is not None

    def answer(asked: str, number: int, plain: Callable[[], DemoAnswer]) -> DemoAnswer:
        row = server.store.artifacts.get(number)
        is_met = asked == method and row is not None and row.repository == known.id
        return trouble(asked, number, plain) if is_met else plain()

    return answer


def test_the_biggest_goes_first_whatever_its_repository_and_each_once() -> None:
    def made(number: int, size: int) -> Artifact:
        return Artifact(id=number, name=f"log-{number}", size_in_bytes=size)

    few = DeletePlan.of(KESTREL, (made(1, 10), made(2, 70)))
    plan = DeletePlan.across((few, DeletePlan.of(STUDIO, (made(3, 50), made(4, 60))), few))
    assert [item.artifact.id for item in plan.items] == [2, 4, 3, 1]
    assert plan.repositories == (STUDIO, KESTREL)
    assert plan.by_repository[STUDIO] == (made(4, 60), made(3, 50))
    assert plan.confirm(4).plan is plan
    with pytest.raises(ValueError, match="3 confirmed, 4 planned"):
        plan.confirm(3)
    assert DeletePlan.across((few,)) == few
    assert [in_short(which) for which in (plan.repositories, few.repositories)] == ["2 repositories", str(KESTREL)]


def test_the_requests_are_those_of_each_artifact_in_its_repository(server: RecordingServer, program: Program) -> None:
    plan = plan_of(server, KESTREL, STUDIO, RECORDER, each=2)
    requests = planned_requests(plan)
    deletion = carry_out(program, plan)
    assert (deletion.done, deletion.repositories) == (6, (KESTREL, STUDIO, RECORDER))
    assert [(seen.method, seen.path) for seen in server.seen] == [tuple(request) for request in requests]
    assert [line["repository"] for line in program.lines()] == [str(item.repository) for item in plan.items]


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        (says(403, DENIED), "fernwood-labs/kestrel-studio: github.com denied access."),
        (says(403, "Repository was archived so is read-only."), "fernwood-labs/kestrel-studio: read-only."),
        (says(451), "fernwood-labs/kestrel-studio: This is not available for legal reasons."),
        (says(404, "Not Found"), "fernwood-labs/kestrel-studio: This token can see the artifact but not delete it."),
    ],
    ids=["denied", "archived", "withheld", "not found"],
)
def test_a_repository_that_refuses_stops_and_the_others_go_on(
    server: RecordingServer, program: Program, trouble: Trouble, said: str
) -> None:
    plan = plan_of(server, KESTREL, STUDIO, RECORDER)
    server.trouble = in_repository(server, STUDIO, trouble, "DELETE")
    deletion = carry_out(program, plan)
    assert (deletion.done, deletion.failed, deletion.not_tried) == (6, 1, 2)
    assert outcomes(program, deletion, STUDIO) == [Outcome.FAILED, Outcome.NOT_TRIED, Outcome.NOT_TRIED]
    assert (deletion.problem, deletion.stopped) == (said, (STUDIO,))
    assert set(server.sent("DELETE")) == {
        one.id for one in (*plan.by_repository[KESTREL], *plan.by_repository[RECORDER])
    } | {plan.by_repository[STUDIO][0].id}
    server.judge(plan.artifacts)


def test_an_archived_repository_is_said_to_be_read_only(server: RecordingServer, program: Program) -> None:
    deletion = carry_out(program, plan_of(server, LEGACY, KESTREL))
    assert (deletion.done, deletion.failed, deletion.not_tried) == (3, 1, 2)
    assert deletion.problem == f"{LEGACY}: read-only."
    shown = [one.problem for one in program.engine.transfers() if one.outcome is Outcome.NOT_TRIED]
    assert shown == ["Not tried: read-only."] * 2


def test_a_repository_that_is_not_there_any_more_stops_and_the_others_go_on(
    server: RecordingServer, program: Program
) -> None:
    plan = plan_of(server, KESTREL, STUDIO)
    server.fault(f"* /repos/{STUDIO}*", status=404, body='{"message": "Not Found"}', times=99)
    deletion = carry_out(program, plan)
    assert (deletion.done, deletion.failed, deletion.not_tried, deletion.stopped) == (3, 1, 2, (STUDIO,))


@pytest.mark.parametrize(
    "trouble",
    [says(401, "Bad credentials"), says(405), says(429, "", {"Retry-After": "1"})],
    ids=["signed out", "no deletes", "rate limit"],
)
def test_what_any_repository_would_meet_stops_all(
    server: RecordingServer, clock: PassingTime, start: Start, trouble: Trouble
) -> None:
    program = start(clock=clock)
    program.engine.deletions.limit_waits(0.0)
    plan = plan_of(server, KESTREL, STUDIO)
    server.trouble = once(trouble, number=plan.items[1].artifact.id)
    deletion = carry_out(program, plan)
    assert (deletion.done, deletion.failed, deletion.not_tried, deletion.stopped) == (1, 1, 4, ())
    assert deletion.problem


def failing(*numbers: int) -> Trouble:
    def answer(method: str, number: int, plain: Callable[[], DemoAnswer]) -> DemoAnswer:
        return says(502)(method, number, plain) if number in numbers else plain()

    return answer


def test_three_failures_in_a_row_are_counted_for_each_repository(
    server: RecordingServer, clock: PassingTime, start: Start
) -> None:
    program = start(clock=clock)
    plan = plan_of(server, KESTREL, STUDIO, each=5)
    first, second = ([one.id for one in plan.by_repository[repository]] for repository in (KESTREL, STUDIO))
    server.trouble = failing(*first[:3], second[0], second[1], second[3], second[4])
    deletion = carry_out(program, plan)
    assert (deletion.done, deletion.failed, deletion.not_tried, deletion.stopped) == (1, 7, 2, (KESTREL,))
    assert outcomes(program, deletion, KESTREL) == [Outcome.FAILED] * 3 + [Outcome.NOT_TRIED] * 2


def test_the_next_program_offers_what_one_repository_refused(server: RecordingServer, start: Start) -> None:
    plan = plan_of(server, KESTREL, STUDIO)
    refuse, server.trouble = server.trouble, in_repository(server, STUDIO, says(403, DENIED), "DELETE")
    first = start()
    carry_out(first, plan)
    assert first.close()
    server.trouble = refuse
    second = start()
    (left,) = second.engine.deletions.unfinished()
    assert (left.plan, left.repositories) == (plan, (KESTREL, STUDIO))
    assert left.rest.items == tuple(PlanItem(STUDIO, artifact) for artifact in plan.by_repository[STUDIO])
    second.engine.deletions.resume_unfinished(left.number)
    assert second.end_of(1).done == 6
    assert second.close()
    server.judge(plan.artifacts)
    assert start().engine.deletions.unfinished() == ()


def test_what_a_refusal_left_untried_can_be_retried_while_the_others_go_on(
    server: RecordingServer, start: Start
) -> None:
    program = start(delete_interval=1e6)
    plan = plan_of(server, STUDIO, KESTREL, each=2)
    server.trouble = once(says(403, DENIED))
    number = program.begin_plan(plan)
    program.until(lambda: program.look(number).not_tried == 1)
    shown = program.look(number)
    assert shown.problem == f"{STUDIO}: github.com denied access."
    assert program.engine.retry(shown.ids[2])
    assert (program.look(number).not_tried, program.look(number).problem) == (0, "")


def test_a_stopped_plan_says_nothing_of_its_repositories(server: RecordingServer, start: Start) -> None:
    program = start(delete_interval=1e6)
    number = program.begin_plan(plan_of(server, KESTREL, STUDIO))
    program.until(lambda: program.look(number).done == 1)
    assert program.engine.deletions.stop(number)
    deletion = program.end_of(number)
    assert (deletion.not_tried, deletion.stopped, deletion.problem) == (5, (), "")


class Weather:
    """Any trouble a server, a proxy or a line can cause, for any request; some repositories refuse for good."""

    def __init__(self, random: Random, refusing: frozenset[int]) -> None:
        self._random = random
        self._refusing = refusing
        self._troubles: list[Trouble] = [
            says(502),
            says(404, "Not Found"),
            says(429, "", {"Retry-After": "1"}),
            Broken(after=False),
            Broken(after=True),
        ]

    def __call__(self, method: str, number: int, plain: Callable[[], DemoAnswer]) -> DemoAnswer:
        if method == "DELETE" and number in self._refusing:
            return says(403, DENIED)(method, number, plain)
        if self._random.random() < 0.15:
            return self._random.choice(self._troubles)(method, number, plain)
        return plain()


def go_on(program: Program, plan: DeletePlan) -> bool:
    """Begin the plan, or resume what is left of it; whether there is anything to do."""
    left = program.engine.deletions.unfinished()
    if left:
        return bool(program.engine.deletions.resume_unfinished(left[0].number))
    return not program.server.seen and bool(program.begin_plan(plan))


def closes_at(server: RecordingServer, program: Program, requests: int) -> None:
    """Wait until the server has seen so many, or nothing is left to do."""
    program.until(lambda: len(server.seen) >= requests or program.look(1).finished)


@pytest.mark.parametrize("seed", slow_but(2, range(40)))
def test_whatever_happens_nothing_but_the_plan_is_deleted_and_the_counts_add_up(
    server: RecordingServer, clock: PassingTime, start: Start, seed: int
) -> None:
    """Programs that are closed at any time, and one that ends: together they settle every artifact of the plan."""
    random, names = Random(seed), (KESTREL, STUDIO, RECORDER)
    rows = [DeletePlan.of(name, server.put(random.randint(1, 6), name, size=random.randint(1, 9999))) for name in names]
    plan = DeletePlan.across(rows)
    spared = {artifact.id for name in names for artifact in server.put(2, name)}
    refusing = (
        frozenset(one.id for one in plan.by_repository[names[seed % 4]]) if seed % 4 < len(names) else frozenset()
    )
    server.trouble = Weather(random, refusing)
    for _ in range(random.randint(0, 3)):
        program, until = start(clock=clock), len(server.seen) + random.randint(1, 12)
        if go_on(program, plan):
            closes_at(server, program, until)
        assert program.close()
        assert all(map(adds_up, program.engine.deletions.snapshots()))
    last = start(clock=clock)
    if go_on(last, plan):
        assert adds_up(last.end_of(1))
    assert last.close()
    server.judge(plan.artifacts)
    assert spared <= set(server.store.artifacts)
    assert refusing <= set(server.store.artifacts)
    deleted = {line["id"]: line["repository"] for line in last.lines() if line["result"] == "deleted"}
    where = {item.artifact.id: str(item.repository) for item in plan.items}
    assert not set(deleted) & set(server.store.artifacts)
    assert deleted.items() <= where.items()
