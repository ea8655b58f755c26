"""Waiting for runs: the pace of polls, the requests, and the outcome."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from artifact_tui.domain.models import RunFilter, WorkflowRun
from artifact_tui.domain.run_wait import HOUR, FollowedRuns, PollPace, is_finished, needs_approval, outcome_of

NOW = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)


def run(number: int, status: str | None = "in_progress", conclusion: str | None = None, **more: object) -> WorkflowRun:
    fields = {"created_at": NOW, "head_branch": "main", "head_sha": "a" * 40, "event": "push", "workflow_id": 7}
    return WorkflowRun(id=number, status=status, conclusion=conclusion, **(fields | more))  # type: ignore[arg-type]


def polls_of(hours: float, is_changed: Callable[[int], bool], first: float = 5.0) -> list[float]:
    pace, now, times = PollPace(first), 0.0, []
    while now < hours * HOUR:
        times.append(now)
        now += pace.wait_after(now, is_changed=is_changed(len(times)))
    return times


def most_in_an_hour(times: list[float]) -> int:
    return max(sum(start <= time < start + HOUR for time in times) for start in times)


def test_polls_begin_every_five_seconds_and_slow_down_to_thirty() -> None:
    times = polls_of(0.1, lambda number: False)
    waits = [after - before for before, after in pairwise(times)]
    assert waits[:6] == [5, 7.5, 11.25, 16.875, 25.3125, 30]
    assert set(waits[5:]) == {30}


def test_a_change_brings_back_the_short_wait() -> None:
    pace = PollPace()
    assert [pace.wait_after(0, is_changed=changed) for changed in (False, False, True, False)] == [5, 7.5, 5, 7.5]


@pytest.mark.parametrize("first", [3.0, 5.0, 60.0])
@pytest.mark.parametrize("every", [1, 2, 5, 10**9])
def test_an_hour_has_at_most_130_polls_and_a_wait_at_most_a_minute(first: float, every: int) -> None:
    times = polls_of(4, lambda number: number % every == 0, first)
    assert most_in_an_hour(times) <= 130
    waits = [after - before for before, after in pairwise(times)]
    assert first <= min(waits)
    assert max(waits) <= 60


def test_polls_of_several_requests_count_as_several() -> None:
    pace, now, sent = PollPace(), 0.0, []
    while now < 2 * HOUR:
        sent += [now] * 5
        now += pace.wait_after(now, is_changed=True, requests=5)
    assert most_in_an_hour(sent) <= 130


def test_success_skipped_and_neutral_are_good() -> None:
    ended = ("success", "skipped", "neutral", "failure", "cancelled", "timed_out", "action_required", "stale", None)
    outcomes = [outcome_of(run(1, "completed", conclusion)) for conclusion in ended]
    assert outcomes == ["good"] * 3 + ["bad"] * 6
    assert outcome_of(run(1)) == "timeout"
    assert is_finished(run(1, None, "success"))


def test_a_run_that_waits_for_a_person_is_recognized() -> None:
    assert needs_approval(run(1, "waiting"))
    assert needs_approval(run(1, "completed", "action_required"))
    assert not needs_approval(run(1, "queued"))


def test_one_run_is_requested_by_its_id_and_several_by_one_narrow_list() -> None:
    followed = FollowedRuns()
    followed.update([run(1)], 0)
    assert followed.request.run == 1
    followed.update([run(2, created_at=NOW + timedelta(seconds=9), event="pull_request")], 1)
    asked = followed.request
    assert asked.run is None
    assert asked.runs == {1, 2}
    assert asked.only == RunFilter(
        workflow="7", branch="main", commit="a" * 40, created="2026-11-27T09:00:00Z..2026-11-27T09:00:09Z"
    )
    followed.update([run(3, created_at=None, head_branch=None, workflow_id=8)], 2)
    assert followed.request.only == RunFilter(commit="a" * 40)


def test_an_attempt_that_begins_again_is_followed() -> None:
    followed = FollowedRuns()
    followed.update([run(1), run(2)], 0)
    changed = followed.update([run(1, "completed", "failure"), run(2)], 5)
    assert [each.id for each in changed] == [1]
    assert followed.ended_at(1) == 5
    followed.update([run(1, run_attempt=2), run(2, "completed", "success")], 10)
    assert [each.id for each in followed.unfinished] == [1]
    assert followed.ended_at(1) is None
    followed.update([run(1, "completed", "success", run_attempt=2)], 15)
    assert followed.is_done
    assert (followed.ended_at(1), followed.ended_at(2)) == (15, 10)


def test_nothing_is_not_done() -> None:
    assert not FollowedRuns().is_done
