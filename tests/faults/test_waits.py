"""T28 to T30 and T51: what stops everything, what is waited for and shown, and clocks that jump."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from artifact_tui.transfers.models import State
from tests.engines import under_way
from tests.faults.case import DATA, HALF
from tests.faults.ledger import Ledger
from tests.faults.replies import Reply, answer, complaint, hold
from tests.faults.site import Site
from tests.faults.stage import Stage
from tests.slow_cases import slow_but

RESTING = (State.PARKED, State.FAILED, State.DONE)


def http_date(seconds: float) -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)


def test_t28_a_wrong_token_stops_everything_with_one_message(
    site: Site, open_stage: Callable[..., Stage], ledger: Ledger
) -> None:
    stage = open_stage(concurrency=1)
    stored = [site.put(DATA, f"wheel {n}", api_always=complaint(401, "Bad credentials")) for n in range(5)]
    stage.engine.downloads.add([stage.order(each) for each in stored])
    stage.until(lambda: under_way(stage.engine) == 0)
    first, *others = stage.engine.transfers()
    assert first.state is State.FAILED
    assert "does not accept the token" in first.problem
    assert all(each.problem == f"Not tried: {first.problem}" for each in others)
    assert [len(each.api_asked) for each in stored] == [1, 0, 0, 0, 0]
    assert ledger.judge("T28 401", stage.directory, [DATA] * 5, said=True, leaks=site.leaks) == "refused in words"


WAITS: dict[str, Callable[[], tuple[str, Reply]]] = {
    "429 of the storage, in seconds": lambda: ("blob", answer(429, Retry_After="1")),
    "503 of the storage, in seconds": lambda: ("blob", answer(503, Retry_After="1")),
    "503 of the storage, as a date": lambda: ("blob", answer(503, Retry_After=http_date(2))),
    "429 of the API, in seconds": lambda: ("api", complaint(429, "Slow down", Retry_After="1")),
    "503 of the API, as a date": lambda: ("api", complaint(503, "Busy", Retry_After=http_date(2))),
    "secondary limit of the API": lambda: ("api", complaint(403, "a secondary rate limit", Retry_After="1")),
    "primary limit of the API": lambda: (
        "api",
        complaint(
            403,
            "API rate limit exceeded",
            X_RateLimit_Remaining="0",
            X_RateLimit_Limit="60",
            X_RateLimit_Reset=str(int(time.time()) + 2),
        ),
    ),
}


@pytest.mark.parametrize("name", slow_but(3, WAITS))
def test_t30_a_pause_that_is_asked_for_is_kept(
    name: str, site: Site, open_stage: Callable[..., Stage], ledger: Ledger
) -> None:
    stage = open_stage()
    where, reply = WAITS[name]()
    stored = site.put(DATA)
    getattr(stored, where).append(reply)
    ended = stage.fetch(stored)
    assert (ended.state, ended.problem) == (State.DONE, "")
    first, second = stored.api_asked
    assert second - first >= 0.9
    assert ledger.judge(f"T30 {name}", stage.directory, [DATA], said=False, leaks=site.leaks) == "right"


@pytest.mark.parametrize("where", ["blob", "api"])
@pytest.mark.parametrize("date", [False, True])
def test_t30_the_pause_is_counted_down_and_cancelling_ends_it(
    where: str, date: bool, site: Site, open_stage: Callable[..., Stage], ledger: Ledger
) -> None:
    stage = open_stage()
    told = http_date(200) if date else "200"
    stored = site.put(DATA)
    getattr(stored, where).append(complaint(429, "Slow down", Retry_After=told))
    number = stage.start(stored)
    stage.until_state(number, State.WAITING)
    left = stage.look(number).seconds_left
    assert left is not None
    assert 0 < left <= 200
    assert stage.look(number).problem
    assert stage.engine.cancel(number)
    assert stage.look(number).state is State.CANCELLED
    assert stage.engine.close(20)
    assert stage.names() == []
    name = f"T30 cancelled while the {where} wants a pause{' until a date' if date else ''}"
    assert ledger.judge(name, stage.directory, [], said=True, leaks=site.leaks) == "right"


@pytest.mark.parametrize(
    "reply",
    [
        complaint(429, "Slow down", Retry_After="301"),
        complaint(
            403,
            "API rate limit exceeded",
            X_RateLimit_Remaining="0",
            X_RateLimit_Reset=str(int(time.time()) + 9999),
        ),
    ],
    ids=["Retry-After", "primary limit"],
)
def test_t30_more_than_five_minutes_are_not_slept_but_parked(
    reply: Reply, request: pytest.FixtureRequest, site: Site, open_stage: Callable[..., Stage], ledger: Ledger
) -> None:
    stage = open_stage(concurrency=1)
    parked, other = site.put(DATA, "parked", api_always=reply), site.put(DATA, "other")
    number, _ = stage.engine.downloads.add([stage.order(parked), stage.order(other)])
    stage.until(lambda: all(each.state in RESTING for each in stage.engine.transfers()))
    first, second = stage.engine.transfers()
    assert (first.state, second.state) == (State.PARKED, State.DONE)
    assert first.problem
    assert stage.engine.cancel(number)
    assert stage.look(number).state is State.CANCELLED
    name = f"T30 more than five minutes, {request.node.callspec.id}"
    assert ledger.judge(name, stage.directory, [DATA], said=True, leaks=site.leaks) == "right"


@pytest.mark.parametrize("jump", [timedelta(hours=-1), timedelta(days=1)], ids=["an hour back", "a day on"])
def test_t51_a_clock_that_jumps_changes_nothing(
    jump: timedelta, request: pytest.FixtureRequest, site: Site, open_stage: Callable[..., Stage], ledger: Ledger
) -> None:
    shift = timedelta(0)
    stage = open_stage(now=lambda: datetime.now(UTC) + shift)
    number = stage.start(site.put(DATA, blob=[hold(HALF), answer(503, Retry_After="100")]))
    site.until_held()
    shift = jump
    stage.until_received(number, HALF)
    site.blobs.cut()
    site.release()
    stage.until(lambda: stage.look(number).problem == "Rate limited by the download host.")
    shift = timedelta(0)
    stage.go_on(number)
    stage.until(lambda: stage.look(number).finished)
    assert stage.look(number).state is State.DONE
    for seen in stage.history[number]:
        assert seen.rate >= 0
        assert seen.seconds_left is None or 0 <= seen.seconds_left < 1000
    name = f"T51 the clock jumps {request.node.callspec.id}"
    assert ledger.judge(name, stage.directory, [DATA], said=False, leaks=site.leaks) == "right"
