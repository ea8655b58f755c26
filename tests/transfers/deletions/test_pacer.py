"""One delete after the other, as slowly as the server wants, and not a request while it wants none."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from artifact_tui.demo.accounts import DEMO_TOKEN
from artifact_tui.demo.messages import DemoAnswer
from artifact_tui.domain.provider import RateLimited
from artifact_tui.transfers.deletions.models import DeletionState
from artifact_tui.transfers.disk.shared_pace import SharedPace
from tests.slow_cases import slow_but
from tests.transfers.deletions.program import PassingTime, Program
from tests.transfers.deletions.recording_server import RecordingServer, Seen, Trouble, once, says

SECONDARY = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."


class Turnstile:
    """Lets so many deletes through in each minute, and tells the others how many seconds are left of it."""

    def __init__(self, clock: PassingTime, a_minute: int) -> None:
        self._clock = clock
        self._a_minute = a_minute
        self._minute = self._passed = 0
        self.closed_until: datetime | None = None
        self.inside: list[tuple[str, int]] = []

    def __call__(self, method: str, number: int, answer: Callable[[], DemoAnswer]) -> DemoAnswer:
        now = self._clock.now()
        if self.closed_until is not None and now < self.closed_until:
            self.inside.append((method, number))
        if method != "DELETE":
            return answer()
        minute, second = divmod(self._clock.passed, 60)
        if minute != self._minute:
            self._minute, self._passed = int(minute), 0
        self._passed += 1
        if self._passed <= self._a_minute:
            return answer()
        seconds = int(60 - second) + 1
        self.closed_until = now + timedelta(seconds=seconds)
        return says(403, SECONDARY, {"Retry-After": str(seconds)})(method, number, answer)


@pytest.mark.parametrize("minutes", slow_but(1, [1, 6]))
def test_deletes_at_80_a_minute_are_all_done_and_none_is_sent_inside_the_wait(
    server: RecordingServer, clock: PassingTime, start: Callable[..., Program], minutes: int
) -> None:
    """As many in the slow tests as the secondary limit stops six times."""
    count = 80 * minutes + 20
    planned = server.put(count)
    server.trouble = turnstile = Turnstile(clock, 80)
    deletion = start(clock=clock, delete_interval=0.1).delete(*planned)
    assert (deletion.done, deletion.planned) == (count, count)
    assert turnstile.inside == []
    assert turnstile.closed_until is not None
    assert clock.passed > minutes * 60
    refused = [seen for seen in server.seen if seen.status == 403]
    assert len(refused) == minutes
    server.judge(planned)


def test_d10_deletes_come_one_after_the_other_a_second_apart(
    server: RecordingServer, clock: PassingTime, start: Callable[..., Program]
) -> None:
    planned = server.put(10)
    start(clock=clock, delete_interval=1.0).delete(*planned)
    times = [seen.at for seen in server.seen if seen.method == "DELETE"]
    assert [later - earlier for earlier, later in itertools.pairwise(times)] == [timedelta(seconds=1)] * 9
    assert server.sent("DELETE") == [artifact.id for artifact in planned]


def test_plans_that_follow_each_other_keep_the_pace_between_them(
    server: RecordingServer, clock: PassingTime, start: Callable[..., Program]
) -> None:
    program = start(clock=clock, delete_interval=1.0)
    first, second = server.put(2)
    program.delete(first)
    program.delete(second)
    times = [seen.at for seen in server.seen if seen.method == "DELETE"]
    assert times[1] - times[0] == timedelta(seconds=1)


def reset_in(seconds: float) -> Trouble:
    def answer(method: str, number: int, plain: Callable[[], DemoAnswer]) -> DemoAnswer:
        moment = PassingTime().now().timestamp() + seconds
        headers = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int(moment))}
        return says(403, "API rate limit exceeded", headers)(method, number, plain)

    return answer


@pytest.mark.parametrize(
    ("trouble", "seconds"),
    [
        (says(403, SECONDARY, {"Retry-After": "30"}), 30),
        (says(429, "", {"Retry-After": "7"}), 7),
        (says(403, SECONDARY, {"Retry-After": "Fri, 20 Nov 2026 09:10:00 GMT"}), 600),
        (says(403, SECONDARY), 60),
        (says(429), 60),
        (reset_in(1800), 1800),
    ],
    ids=["Retry-After", "429", "a date", "secondary, not told", "429, not told", "the hourly limit"],
)
@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_d14_a_limit_is_waited_for_as_told(
    server: RecordingServer,
    clock: PassingTime,
    start: Callable[..., Program],
    trouble: Trouble,
    seconds: int,
    method: str,
) -> None:
    (artifact,) = server.put(1)
    server.trouble = once(trouble, method)
    assert start(clock=clock).delete(artifact).done == 1
    refused = next(index for index, seen in enumerate(server.seen) if seen.status in (403, 429))
    assert server.seen[refused + 1].at - server.seen[refused].at == timedelta(seconds=seconds)
    server.judge((artifact,))


def test_d14_who_is_refused_again_waits_for_growing_minutes_and_gives_up_at_last(
    server: RecordingServer, clock: PassingTime, start: Callable[..., Program]
) -> None:
    planned = server.put(3)

    def refuse(method: str, number: int, plain: Callable[[], DemoAnswer]) -> DemoAnswer:
        return says(403, SECONDARY, {"Retry-After": "5"})(method, number, plain) if method == "DELETE" else plain()

    server.trouble = refuse
    program = start(clock=clock)
    deletion = program.delete(*planned)
    assert (deletion.failed, deletion.not_tried) == (1, 2)
    assert "Rate limited until " in deletion.problem
    times = [seen.at for seen in server.seen if seen.method == "DELETE"]
    waits = [(later - earlier).total_seconds() for earlier, later in itertools.pairwise(times)]
    assert waits == [5, 60, 120, 240, 480, 960, 1920]
    server.judge(planned)


def test_a_reset_time_that_has_passed_by_our_clock_is_no_reason_to_hurry(
    server: RecordingServer, clock: PassingTime, start: Callable[..., Program]
) -> None:
    (artifact,) = server.put(1)
    server.trouble = once(reset_in(-600))
    assert start(clock=clock).delete(artifact).done == 1
    refused = next(index for index, seen in enumerate(server.seen) if seen.status == 403)
    assert server.seen[refused + 1].at - server.seen[refused].at == timedelta(seconds=1)


def test_the_time_left_counts_the_wait_for_the_rate_limit(
    server: RecordingServer, clock: PassingTime, start: Callable[..., Program]
) -> None:
    """Of five, the requests that are left suffice for three; the others follow after the reset."""
    server.site.quota("core", server.accounts[DEMO_TOKEN]).used = 5000 - 6
    program = start(clock=clock, delete_interval=1.0)
    left: list[tuple[float | None, float]] = []
    first, *others = server.put(5)

    def look(method: str, number: int, answer: Callable[[], DemoAnswer]) -> DemoAnswer:
        if method == "GET" and number == others[0].id:
            left.extend((each.seconds_left, clock.passed) for each in program.engine.deletions.snapshots())
        return answer()

    server.trouble = look
    deletion = program.delete(first, *others)
    seconds, passed = left[0]
    assert deletion.done == 5
    assert seconds == pytest.approx(3600 - passed + 2, abs=1)
    assert server.seen[-1].at - server.seen[0].at >= timedelta(seconds=3600)


def test_the_wait_is_shown_with_its_end_and_its_reason(server: RecordingServer, start: Callable[..., Program]) -> None:
    program = start()
    planned = server.put(2)
    server.trouble = once(says(403, SECONDARY, {"Retry-After": "3000"}))
    number = program.begin(*planned)
    program.until(lambda: program.look(number).state is DeletionState.WAITING)
    shown = program.look(number)
    assert shown.problem.startswith("Rate limited until ")
    assert shown.seconds_left is not None
    assert 2900 < shown.seconds_left <= 3000
    assert program.engine.deletions.stop(number)
    assert program.look(number).not_tried == 2
    assert [seen.method for seen in server.seen] == ["GET", "DELETE"]


def test_another_plan_waits_too_while_the_server_wants_no_requests(
    server: RecordingServer, clock: PassingTime, start: Callable[..., Program]
) -> None:
    first, second = server.put(2)
    server.trouble = once(says(403, SECONDARY, {"Retry-After": "50"}))
    program = start(clock=clock)
    numbers = [program.begin(first), program.begin(second)]
    assert [program.end_of(number).done for number in numbers] == [1, 1]
    refused = next(seen for seen in server.seen if seen.status == 403)
    assert not [seen for seen in server.seen if timedelta(0) < seen.at - refused.at < timedelta(seconds=50)]


def test_seen_knows_artifacts_from_other_paths() -> None:
    """The judge of these tests would be blind without."""
    now = PassingTime().now()
    assert Seen("GET", "/repos/fernwood-labs/kestrel/actions/artifacts/7", 200, now).artifact == 7
    assert Seen("GET", "/repos/fernwood-labs/kestrel", 200, now).artifact == 0


def test_two_programs_keep_one_pace_and_delete_everything_once(
    server: RecordingServer, clock: PassingTime, start: Callable[..., Program]
) -> None:
    planned = server.put(12)
    programs = [start(clock=clock, delete_interval=1.0) for _ in range(2)]
    numbers = [program.begin(*planned[half::2]) for half, program in enumerate(programs)]
    ends = [program.end_of(number) for number, program in zip(numbers, programs, strict=True)]
    assert [(end.done, end.planned) for end in ends] == [(6, 6), (6, 6)]
    times = [seen.at for seen in server.seen if seen.method == "DELETE"]
    assert all(later - earlier >= timedelta(seconds=1) for earlier, later in itertools.pairwise(times))
    assert sorted(server.sent("DELETE")) == [artifact.id for artifact in planned]


def test_a_second_program_waits_as_long_as_the_server_told_the_first(
    server: RecordingServer, clock: PassingTime, start: Callable[..., Program]
) -> None:
    first, second = start(clock=clock), start(clock=clock)
    limited, other = server.put(2)
    server.trouble = once(says(403, SECONDARY, {"Retry-After": "300"}), number=limited.id)
    first.delete(limited)
    told = next(seen.at for seen in server.seen if seen.status == 403)
    assert second.delete(other).done == 1
    assert server.seen[-1].at - told >= timedelta(seconds=300)


def test_a_program_that_may_not_wait_stops_at_a_rate_limit_and_keeps_the_rest(
    server: RecordingServer, clock: PassingTime, start: Callable[..., Program]
) -> None:
    planned = server.put(3)
    server.trouble = once(says(403, SECONDARY, {"Retry-After": "300"}), number=planned[1].id)
    program = start(clock=clock)
    program.engine.deletions.limit_waits(299.0)
    deletion = program.delete(*planned)
    assert (deletion.done, deletion.failed, deletion.not_tried) == (1, 1, 1)
    assert isinstance(program.engine.transfers()[1].error, RateLimited)
    assert program.close()
    (left,) = start(clock=clock).engine.deletions.unfinished()
    assert left.remaining == planned[1:]


@pytest.mark.parametrize("text", ["", "soon", "1e9 1", "nan nan", "5 inf", "-1 1", "\udc80"])
def test_a_time_from_before_a_restart_or_none_at_all_is_ignored(tmp_path: Path, text: str) -> None:
    path = tmp_path / "pace"
    path.write_text(text, errors="surrogateescape")
    pace = SharedPace(path, 2.0, lambda: 0.0)
    assert pace.left() == 0
    assert pace.take()
    assert not SharedPace(path, 2.0, lambda: 99.0).take()
    pace.give_back()
    assert [SharedPace(path, 2.0, partial(float, now)).left() for now in (0, 1.5, 2)] == [2.0, 0.5, 0.0]
    quick = SharedPace(path, 0.25, lambda: 0.5)
    assert quick.left() == 0.25
    pace = SharedPace(path, 2.0, lambda: 3.0)
    pace.hold(60.0)
    assert SharedPace(path, 0.25, lambda: 13.0).left() == 50.0


def test_a_pace_that_cannot_be_shared_stops_no_delete(tmp_path: Path) -> None:
    (tmp_path / "pace").mkdir()
    pace = SharedPace(tmp_path / "pace", 1.0, lambda: 0.0)
    assert pace.take()
    pace.give_back()
    pace.hold(60.0)
    assert pace.left() == 0
