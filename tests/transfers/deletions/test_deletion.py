"""Deletes: only what was confirmed, only if it is still that, each at most once without a look in between."""

from __future__ import annotations

import itertools
import threading
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from artifact_tui.clock import Clock
from artifact_tui.domain.models import Artifact
from artifact_tui.domain.provider import Forbidden, NotFound, Offline, RateLimited, ServerTrouble, SignedOut
from artifact_tui.retry import DOWNLOAD
from artifact_tui.transfers.deletions.models import ConfirmedPlan, DeletePlan, ReadOnly
from artifact_tui.transfers.models import Outcome, State, Transfer
from tests.engines import under_way
from tests.transfers.conftest import Desk
from tests.transfers.fake_store import OCTO, Try, lost


def confirmed(*artifacts: Artifact) -> ConfirmedPlan:
    return DeletePlan.of(OCTO, artifacts).confirm(len(artifacts))


def delete(desk: Desk, *artifacts: Artifact) -> tuple[Transfer, ...]:
    desk.engine.deletions.add(confirmed(*artifacts))
    return desk.all_done()


def put(desk: Desk, count: int) -> list[Artifact]:
    return [desk.shelf.put(f"log-{number}", b"x" * number) for number in range(1, count + 1)]


def outcomes(transfers: tuple[Transfer, ...]) -> list[Outcome | None]:
    return [transfer.outcome for transfer in transfers]


def test_a_plan_is_confirmed_only_with_the_count_that_was_shown(desk: Desk) -> None:
    plan = DeletePlan.of(OCTO, tuple(put(desk, 3)))
    assert plan.bytes == 6
    with pytest.raises(ValueError, match="2 confirmed, 3 planned"):
        plan.confirm(2)
    with pytest.raises(TypeError):
        ConfirmedPlan(plan, object())
    assert plan.confirm(3).plan is plan


def test_each_artifact_is_looked_at_and_then_deleted_in_order(desk: Desk) -> None:
    artifacts = put(desk, 3)
    spared = desk.shelf.put("spared", b"x")
    transfers = delete(desk, *artifacts)
    assert outcomes(transfers) == [Outcome.DELETED] * 3
    assert {transfer.state for transfer in transfers} == {State.DONE}
    assert desk.shelf.requests == [(verb, number) for number in (1, 2, 3) for verb in ("exists", "delete")]
    assert list(desk.shelf.things) == [spared.id]


def test_deletes_are_sent_at_the_pace_that_was_set(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk(delete_interval=0.05)
    first, *others = put(desk, 4)
    desk.engine.deletions.add(confirmed(first))
    delete(desk, *others)
    times = desk.shelf.delete_times
    assert len(times) == 4
    assert all(later - earlier >= 0.05 for earlier, later in itertools.pairwise(times))


def test_nothing_is_deleted_read_only(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk(read_only=True)
    with pytest.raises(ReadOnly):
        desk.engine.deletions.add(confirmed(*put(desk, 1)))
    assert desk.shelf.requests == []
    assert desk.engine.transfers() == ()


def test_what_is_gone_already_is_told_apart_and_not_asked_for(desk: Desk) -> None:
    artifacts = put(desk, 2)
    del desk.shelf.things[1]
    assert outcomes(delete(desk, *artifacts)) == [Outcome.ALREADY_GONE, Outcome.DELETED]
    assert ("delete", 1) not in desk.shelf.requests


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": "release\x1b[2J"}, "called release␛[2J"),
        ({"size_in_bytes": 5_000_000}, "5.0 MB"),
        ({"created": datetime(2026, 4, 1, tzinfo=UTC).timestamp()}, "different creation time"),
    ],
)
def test_what_has_changed_since_the_plan_is_skipped(desk: Desk, change: dict[str, object], said: str) -> None:
    artifacts = put(desk, 2)
    desk.shelf.things[1].artifact = replace(artifacts[0], **change)
    skipped, deleted = delete(desk, *artifacts)
    assert (skipped.outcome, skipped.state, deleted.outcome) == (Outcome.SKIPPED, State.FAILED, Outcome.DELETED)
    assert said in skipped.problem
    assert ("delete", 1) not in desk.shelf.requests
    assert not desk.engine.retry(skipped.id)


def test_somebody_else_deletes_it_between_the_look_and_the_delete(desk: Desk) -> None:
    (artifact,) = put(desk, 1)
    desk.shelf.answers["delete", 1] = [lambda: desk.shelf.things.clear()]
    assert outcomes(delete(desk, artifact)) == [Outcome.ALREADY_GONE]


def test_not_found_for_what_can_be_seen_is_a_missing_permission_and_stops_the_plan(desk: Desk) -> None:
    artifacts = put(desk, 3)
    desk.shelf.answers["delete", 1] = [NotFound("It is not there.")] * 2
    first, *rest = delete(desk, *artifacts)
    assert (first.outcome, first.state) == (Outcome.FAILED, State.FAILED)
    assert "Actions: write" in first.next_step
    assert outcomes(tuple(rest)) == [Outcome.NOT_TRIED] * 2
    assert Counter(verb for verb, _ in desk.shelf.requests)["delete"] == 2


@pytest.mark.parametrize("error", [Offline("The connection was lost."), ServerTrouble("The server failed.")])
@pytest.mark.parametrize("deleted", [True, False])
def test_after_a_lost_answer_a_look_decides(desk: Desk, error: Exception, deleted: bool) -> None:
    (artifact,) = put(desk, 1)

    def lose() -> None:
        if deleted:
            desk.shelf.things.clear()
        raise error

    desk.shelf.answers["delete", 1] = [lose]
    assert outcomes(delete(desk, artifact)) == [Outcome.DELETED]
    verbs = [verb for verb, _ in desk.shelf.requests]
    assert verbs == (["exists", "delete", *["exists", "sees"] * 2] if deleted else ["exists", "delete"] * 2)


def test_an_outcome_that_stays_unknown_is_said_and_the_next_is_tried(desk: Desk) -> None:
    artifacts = put(desk, 2)
    desk.shelf.answers["delete", 1] = [lost()]
    desk.shelf.answers["exists", 1] = [lambda: None, *(lost() for _ in range(9))]
    unknown, deleted = delete(desk, *artifacts)
    assert unknown.outcome is Outcome.FAILED
    assert unknown.problem == "Deletion not confirmed by GitHub. The connection was lost."
    assert unknown.next_step
    assert deleted.outcome is Outcome.DELETED
    assert desk.shelf.requests.count(("delete", 1)) == 1


def test_cancelling_in_doubt_says_so(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk(policy=replace(DOWNLOAD, base=1e6, cap=1e6))
    (artifact,) = put(desk, 1)
    desk.shelf.answers["delete", 1] = [lost()]
    (number,) = desk.engine.deletions.add(confirmed(artifact))
    desk.until(lambda: desk.look(number).state is State.WAITING)
    assert desk.engine.cancel(number)
    shown = desk.look(number)
    assert (shown.outcome, shown.problem) == (Outcome.FAILED, "Deletion not confirmed by GitHub.")


def test_a_rate_limit_is_waited_for(make_desk: Callable[..., Desk]) -> None:
    now = datetime(2026, 3, 1, tzinfo=UTC)
    desk = make_desk(clock=Clock(now=lambda: now))
    (artifact,) = put(desk, 1)
    desk.shelf.answers["delete", 1] = [RateLimited("Too fast.", until=now + timedelta(seconds=0.01))]
    assert outcomes(delete(desk, artifact)) == [Outcome.DELETED]


def test_a_missing_permission_stops_its_plan_and_no_other(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk(delete_interval=0.01)
    artifacts = put(desk, 5)
    desk.shelf.answers["delete", 2] = [Forbidden("This token may not delete.", "Use Actions: write.")]
    desk.engine.deletions.add(confirmed(*artifacts[:4]))
    desk.engine.deletions.add(confirmed(artifacts[4]))
    transfers = desk.all_done()
    assert outcomes(transfers) == [
        Outcome.DELETED,
        Outcome.FAILED,
        Outcome.NOT_TRIED,
        Outcome.NOT_TRIED,
        Outcome.DELETED,
    ]
    assert transfers[2].problem == "Not tried: This token may not delete."
    assert transfers[2].state is State.CANCELLED


def test_being_signed_out_stops_everything(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk(concurrency=1)
    slow = desk.shelf.put("slow", b"x" * 90_000, Try(hang_at=80_000), number=90)
    waiting = desk.shelf.put("waiting", b"x", number=91)
    numbers = desk.engine.downloads.add([desk.order(slow), desk.order(waiting)])
    desk.until(lambda: desk.look(numbers[0]).received == 80_000)
    desk.shelf.answers["delete", 1] = [SignedOut("The token was revoked.")]
    desk.engine.deletions.add(confirmed(*(desk.shelf.put("log", b"x", number=number) for number in (1, 2, 3))))
    desk.until(lambda: under_way(desk.engine) == 1)
    running, queued, *deletes = desk.engine.transfers()
    assert (running.state, queued.state) == (State.DOWNLOADING, State.CANCELLED)
    assert outcomes(tuple(deletes)) == [Outcome.FAILED, Outcome.NOT_TRIED, Outcome.NOT_TRIED]


def test_what_was_not_tried_can_be_tried_again_within_its_plan(desk: Desk) -> None:
    artifacts = put(desk, 2)
    desk.shelf.answers["delete", 1] = [SignedOut("The token was revoked.")]
    for transfer in delete(desk, *artifacts):
        assert desk.engine.retry(transfer.id)
    assert outcomes(desk.all_done()) == [Outcome.DELETED] * 2


def test_what_waits_its_turn_can_still_be_saved(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk(delete_interval=1e6)
    numbers = desk.engine.deletions.add(confirmed(*put(desk, 3)))
    desk.until_state(numbers[0], State.DONE)
    assert [desk.engine.cancel(number) for number in numbers] == [False, True, True]
    assert outcomes(desk.engine.transfers()) == [Outcome.DELETED, Outcome.NOT_TRIED, Outcome.NOT_TRIED]
    assert sorted(desk.shelf.things) == [2, 3]


def test_a_delete_that_was_just_sent_cannot_be_cancelled(desk: Desk) -> None:
    (artifact,) = put(desk, 1)
    sent, answer = threading.Event(), threading.Event()

    def hold() -> None:
        sent.set()
        answer.wait(20)

    desk.shelf.answers["delete", 1] = [hold]
    (number,) = desk.engine.deletions.add(confirmed(artifact))
    assert sent.wait(20)
    assert not desk.engine.cancel(number)
    answer.set()
    assert outcomes(desk.all_done()) == [Outcome.DELETED]


def test_closing_stops_the_plan_and_every_outcome_is_known(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk(delete_interval=0.001)
    desk.engine.deletions.add(confirmed(*put(desk, 200)))
    desk.until(lambda: len(desk.shelf.delete_times) > 3)
    assert desk.engine.close(20)
    counts = Counter(outcomes(desk.engine.transfers()))
    assert sum(counts.values()) == 200
    assert counts[Outcome.DELETED] == 200 - len(desk.shelf.things)
    assert set(counts) <= {Outcome.DELETED, Outcome.NOT_TRIED}


def test_a_mistake_of_the_program_stops_the_plan(desk: Desk) -> None:
    artifacts = put(desk, 3)
    desk.shelf.answers["delete", 1] = [ZeroDivisionError("our own mistake")]
    first, *rest = delete(desk, *artifacts)
    assert first.problem.startswith("Deletion not confirmed by GitHub. Internal error.")
    assert outcomes((first, *rest)) == [Outcome.FAILED, Outcome.NOT_TRIED, Outcome.NOT_TRIED]
    assert desk.engine.close(20)
    assert len(desk.crashes) == 1


def test_three_failures_in_a_row_stop_the_plan(desk: Desk) -> None:
    artifacts = put(desk, 6)
    for number in (1, 3, 4, 5):
        desk.shelf.answers["exists", number] = [ServerTrouble("The server failed.")] * 9
    assert outcomes(delete(desk, *artifacts)) == [
        Outcome.FAILED,
        Outcome.DELETED,
        Outcome.FAILED,
        Outcome.FAILED,
        Outcome.FAILED,
        Outcome.NOT_TRIED,
    ]
    assert desk.engine.deletions.snapshots()[0].problem == "The server failed."


def test_whatever_happens_the_outcomes_add_up_to_the_plan(desk: Desk) -> None:
    artifacts = put(desk, 12)
    del desk.shelf.things[1]
    desk.shelf.things[2].artifact = replace(artifacts[1], name="other")
    desk.shelf.answers["exists", 3] = [lost()] * 9
    desk.shelf.answers["delete", 4] = [lost()]
    desk.shelf.answers["delete", 9] = [Forbidden("No.")]
    counts = Counter(outcomes(delete(desk, *artifacts)))
    assert counts == {
        Outcome.ALREADY_GONE: 1,
        Outcome.SKIPPED: 1,
        Outcome.FAILED: 2,
        Outcome.DELETED: 5,
        Outcome.NOT_TRIED: 3,
    }
