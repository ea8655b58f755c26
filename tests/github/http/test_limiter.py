"""What all requests to one server share: how many at once, how many in a minute, and who goes first."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta

import pytest

from artifact_tui.demo import flavors
from artifact_tui.demo.flavors import Flavor
from artifact_tui.demo.httpx_transport import DemoTransport
from artifact_tui.domain.models import Artifact, Page, RateLimit
from artifact_tui.domain.provider import RateLimited
from artifact_tui.github.artifact_store import GitHubArtifactStore
from artifact_tui.github.http.limiter import (
    IN_FLIGHT,
    MOST_OF_SCANS,
    MOST_OF_THREADS,
    MOST_POINTS,
    SCANS_IN_FLIGHT,
    WINDOW,
    RequestLimiter,
)
from artifact_tui.github.provider import GitHubProvider
from tests.double.server import FakeGitHub
from tests.double.transport import FakeTransport
from tests.github.stage import KESTREL, an_artifact, credential, ids_of, no_sleep, record


class Time:
    """A clock in seconds that passes while it is slept."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.seconds += seconds

    def sleep_now(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.seconds += seconds


async def collect(pages: AsyncIterator[Page[Artifact]], found: list[Page[Artifact]]) -> None:
    async for page in pages:
        found.append(page)


class Stage:
    """A provider and a store on one limiter, with the points that are already spent."""

    def __init__(self, flavor: Flavor = flavors.GITHUB, *, spent: int = 0) -> None:
        self.server, self.time = FakeGitHub(flavor), Time()
        told = record(self.server)
        self.limiter = RequestLimiter(told, self.time)
        clock, draw = self.server.clock, lambda: 0.5
        self.provider = GitHubProvider(
            told, credential(), transport=self._transport(), clock=clock, draw=draw, sleep=self.time.sleep,
            limiter=self.limiter,
        )  # fmt: skip
        self.store = GitHubArtifactStore(
            told, credential(), transport=self._transport(), clock=clock, draw=draw, sleep=self.time.sleep_now,
            limiter=self.limiter,
        )  # fmt: skip
        for _ in range(spent):
            with self.limiter.turn_of_thread("GET", clock, self.time.sleep_now):
                pass

    def _transport(self) -> DemoTransport:
        return FakeTransport(self.server)


async def test_what_is_spent_in_a_minute_is_free_after_it() -> None:
    stage = Stage(spent=MOST_POINTS)
    with pytest.raises(RateLimited) as caught:
        await stage.provider.repository(KESTREL)
    assert caught.value.until == stage.server.clock() + timedelta(seconds=WINDOW)
    assert stage.server.requests == []
    stage.time.seconds = WINDOW - 3
    await stage.provider.repository(KESTREL)
    assert stage.time.slept == [3]
    assert len(stage.server.requests) == 1


@pytest.mark.parametrize(
    ("spent", "is_sent"), [(MOST_POINTS, True), (MOST_OF_THREADS - 5, True), (MOST_OF_THREADS - 4, False)]
)
def test_a_delete_passes_the_limiter_and_costs_as_much_as_five_reads(spent: int, is_sent: bool) -> None:
    stage = Stage()
    artifact = an_artifact(stage.server, KESTREL)
    for _ in range(spent):
        with stage.limiter.turn_of_thread("GET", stage.server.clock, stage.time.sleep_now):
            pass
    if is_sent:
        stage.store.delete(KESTREL, artifact.id)
    else:
        with pytest.raises(RateLimited):
            stage.store.delete(KESTREL, artifact.id)
    assert [request.method for request in stage.server.requests] == ["DELETE"] * is_sent
    assert (artifact.id in ids_of(stage.server, KESTREL)) != is_sent


async def test_a_list_that_uses_up_the_points_continues_later_where_it_stopped() -> None:
    stage = Stage(spent=MOST_POINTS - 4)
    found: list[Page[Artifact]] = []
    with pytest.raises(RateLimited) as caught:
        await collect(stage.provider.artifacts(KESTREL), found)
    assert caught.value.until is not None
    assert len(found) == 4
    stage.time.seconds = WINDOW
    found += [page async for page in stage.provider.artifacts(KESTREL, start=found[-1].rest)]
    assert [item.id for page in found for item in page.items] == ids_of(stage.server, KESTREL)
    assert len(stage.server.requests) == 8


async def test_a_scan_waits_for_points_and_leaves_some_for_lists() -> None:
    stage = Stage(spent=MOST_OF_SCANS - 4)
    found: list[Page[Artifact]] = []
    await collect(stage.provider.artifacts(KESTREL, is_scan=True), found)
    assert [item.id for page in found for item in page.items] == ids_of(stage.server, KESTREL)
    assert set(stage.time.slept) == {WINDOW}
    other = Stage(spent=MOST_OF_SCANS)
    await other.provider.repository(KESTREL)
    assert other.time.slept == []


async def test_a_scan_that_waits_for_points_keeps_no_turn() -> None:
    limiter, asleep = Stage(spent=MOST_OF_SCANS).limiter, asyncio.Event()

    async def sleep(seconds: float) -> None:
        asleep.set()
        await asyncio.Event().wait()

    async def scan() -> None:
        async with limiter.turn("GET", FakeGitHub().clock, sleep, is_scan=True):
            raise AssertionError

    async with AsyncExitStack() as stack:
        waiting = asyncio.create_task(scan())
        stack.callback(waiting.cancel)
        await asleep.wait()
        assert len(await crowd(limiter, stack, IN_FLIGHT)) == IN_FLIGHT


async def test_an_enterprise_server_has_no_points_unless_it_tells_of_a_limit() -> None:
    stage = Stage(flavors.GHES_3_19, spent=2 * MOST_POINTS)
    await stage.provider.repository(KESTREL)
    stage.provider._record.limited(RateLimit(limit=5000, remaining=4000, reset=0))
    for _ in range(MOST_POINTS):
        with stage.limiter.turn_of_thread("GET", stage.server.clock, stage.time.sleep_now):
            pass
    with pytest.raises(RateLimited):
        await stage.provider.repository(KESTREL)


async def crowd(limiter: RequestLimiter, stack: AsyncExitStack, count: int, *, is_scan: bool = False) -> list[int]:
    """The numbers of the turns that are granted, which grow until the stack is closed."""
    granted: list[int] = []

    async def one(number: int) -> None:
        async with limiter.turn("GET", FakeGitHub().clock, no_sleep, is_scan=is_scan):
            granted.append(number)
            await asyncio.Event().wait()

    tasks = [asyncio.create_task(one(number)) for number in range(count)]
    stack.callback(lambda: [task.cancel() for task in tasks])
    await settled()
    return granted


async def settled() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


@pytest.mark.parametrize(
    ("flavor", "is_scan", "most"),
    [
        (flavors.GITHUB, False, IN_FLIGHT), (flavors.GITHUB, True, IN_FLIGHT),
        (flavors.GHES_3_19, False, IN_FLIGHT), (flavors.GHES_3_19, True, SCANS_IN_FLIGHT),
    ],
)  # fmt: skip
async def test_no_more_than_so_many_are_under_way(flavor: Flavor, is_scan: bool, most: int) -> None:
    async with AsyncExitStack() as stack:
        granted = await crowd(Stage(flavor).limiter, stack, 40, is_scan=is_scan)
        assert granted == list(range(most))


@pytest.mark.parametrize("end", ["cancelled", "left"])
async def test_a_turn_that_ends_is_granted_to_a_list_before_a_scan(end: str) -> None:
    limiter = Stage().limiter
    async with AsyncExitStack() as stack:
        full = AsyncExitStack()
        await crowd(limiter, full, IN_FLIGHT)
        scan = await crowd(limiter, stack, 1, is_scan=True)
        given_up = AsyncExitStack()
        await crowd(limiter, given_up, 1)
        lists = await crowd(limiter, stack, IN_FLIGHT)
        assert (scan, lists) == ([], [])
        if end == "cancelled":
            await given_up.aclose()
        await full.aclose()
        await settled()
        assert len(lists) == IN_FLIGHT - (end == "left")
        assert scan == []
        await given_up.aclose()


async def test_a_thread_does_not_wait_for_a_turn_but_lists_wait_for_it() -> None:
    stage = Stage()
    limiter, clock = stage.limiter, stage.server.clock
    async with AsyncExitStack() as stack:
        with limiter.turn_of_thread("GET", clock, stage.time.sleep_now):
            lists = await crowd(limiter, stack, IN_FLIGHT)
            assert len(lists) == IN_FLIGHT - 1
            with limiter.turn_of_thread("GET", clock, stage.time.sleep_now):
                pass
            assert len(lists) == IN_FLIGHT - 1
        await settled()
        assert len(lists) == IN_FLIGHT
