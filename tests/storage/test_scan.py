"""The scan of an owner: all artifacts of all repositories, with few requests, whatever fails."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from artifact_tui.demo import flavors
from artifact_tui.demo.data import format_time
from artifact_tui.demo.fixed_clock import demo_clock
from artifact_tui.demo.large_owner import ARCHIVED, EMPTY, RENAMED, TROUBLES, large_world
from artifact_tui.domain.models import Artifact, Page, Place, RateLimit, Repository
from artifact_tui.domain.provider import BudgetSpent, ProviderError, RateLimited, SignedOut, SsoRequired
from artifact_tui.github.http.limiter import RequestLimiter
from artifact_tui.github.provider import GitHubProvider
from artifact_tui.storage.columns import ArtifactColumns
from artifact_tui.storage.scan import RESERVE, OwnerScan, reserve_of
from artifact_tui.storage.scanned_repository import ScannedRepository, in_order, merged, problem_words
from tests.double.faults import SECONDARY_LIMIT, SSO, UNICORN
from tests.double.server import FakeGitHub, demo_world
from tests.double.transport import FakeTransport
from tests.github.stage import credential, no_sleep, provider, record
from tests.storage.owners import DAY, OWNER, an_artifact, follow, in_scan, on_server, owner_world, readings, scan_of

COUNTS = [250, 0, 1, 100, 101]
LIST = "GET /repos/acme/{}/actions/artifacts"


async def scanned(server: FakeGitHub, **options: Any) -> OwnerScan:
    scan = scan_of(provider(server), **options)
    await scan.run()
    return scan


async def broken_off(scan: OwnerScan, kind: type[BaseException] = ProviderError) -> None:
    with pytest.raises(kind):
        await scan.run()


def requests(server: FakeGitHub, since: int = 0) -> Counter[str]:
    return Counter(request.path for request in server.requests[since:])


async def test_everything_is_read_with_a_request_per_page() -> None:
    server = FakeGitHub(world=owner_world(COUNTS))
    scan = await scanned(server)
    assert in_scan(scan) == on_server(server)
    assert scan.unread == []
    sent = requests(server)
    assert sent.pop("/orgs/acme/repos") == 1
    assert sum(sent.values()) == 3 + 1 + 1 + 1 + 2
    assert all(request.method == "GET" for request in server.requests)


async def test_again_an_unchanged_repository_takes_one_request_that_is_not_charged() -> None:
    server = FakeGitHub(world=owner_world(COUNTS))
    first = await scanned(server)
    client = provider(server)
    await client.rate_limit()
    before, used = len(server.requests), client.connection.rate_limit
    scan = scan_of(client, known=readings(first))
    await scan.run()
    assert in_scan(scan) == on_server(server)
    assert len(server.requests) - before == 1 + len(COUNTS)
    assert all(found.is_unchanged for found in scan.repositories)
    after = client.connection.rate_limit
    assert used is not None
    assert after is not None
    assert used.remaining - after.remaining == 1  # the list of repositories


async def test_new_artifacts_are_merged_from_page_1() -> None:
    server = FakeGitHub(world=owner_world([250, 3]))
    first = await scanned(server)
    server.store.add(an_artifact(900, 1))
    server.store.add(an_artifact(901, 2))
    before = len(server.requests)
    scan = await scanned(server, known=readings(first))
    assert in_scan(scan) == on_server(server)
    assert len(server.requests) - before == 3


async def test_an_artifact_that_was_deleted_makes_the_repository_be_read_again() -> None:
    server = FakeGitHub(world=owner_world([250]))
    first = await scanned(server)
    server.store.delete_artifact(1240)
    server.store.add(an_artifact(900, 1))
    scan = await scanned(server, known=readings(first))
    assert in_scan(scan) == on_server(server)


@pytest.mark.parametrize("flavor", [flavors.GITHUB, flavors.GHES_3_19], ids=lambda flavor: flavor.name)
async def test_expired_artifacts_leave_the_list_only_on_github(flavor: flavors.Flavor) -> None:
    server = FakeGitHub(flavor, world=owner_world([3]))
    first = await scanned(server)
    later = demo_clock() + 90 * DAY
    server.clock = server.site.clock = lambda: later
    server.store.add(an_artifact(9, 1, expires_at=format_time(later + DAY)))
    scan = OwnerScan(provider(server), OWNER, follow=follow, clock=lambda: later, known=readings(first))
    before = len(server.requests)
    await scan.run()
    assert in_scan(scan) == on_server(server)
    assert len(in_scan(scan)["acme/repo-000"]) == (1 if flavor.lists_expired is False else 4)
    assert sum(path.endswith("artifacts") for path in requests(server, before).elements()) == 1


async def test_young_readings_take_no_request() -> None:
    server = FakeGitHub(world=owner_world([250, 3]))
    first = await scanned(server)
    before = len(server.requests)
    scan = scan_of(provider(server), known=readings(first), since=demo_clock() - timedelta(hours=1))
    scan.use_list([found.repository for found in first.repositories], demo_clock())
    await scan.run()
    assert (in_scan(scan), len(server.requests)) == (on_server(server), before)


PROBLEMS = {
    "no permission": {"status": 403, "body": '{"message": "Resource not accessible by personal access token"}'},
    "no longer exists": {"status": 404, "body": "{}"},
    "withheld by law": {"status": 451, "body": '{"message": "Repository access blocked"}'},
    "timed out": {"broken": "read-timeout"},
    "connection lost": {"broken": "reset", "times": 9},
    "server error": {**UNICORN, "times": 9},
}


@pytest.mark.parametrize(("words", "fault"), PROBLEMS.items())
async def test_a_repository_that_fails_leaves_the_others_alone(words: str, fault: dict[str, object]) -> None:
    server = FakeGitHub(world=owner_world(COUNTS))
    server.fault(LIST.format("repo-002"), **fault)
    scan = await scanned(server)
    assert [(found.repository.full_name, problem_words(found.error)) for found in scan.unread if found.error] == [
        ("acme/repo-002", words)
    ]
    assert in_scan(scan) == {name: ids for name, ids in on_server(server).items() if name != "acme/repo-002"}


STOPS = {SignedOut: {"status": 401, "body": "{}"}, SsoRequired: SSO, RateLimited: SECONDARY_LIMIT}


@pytest.mark.parametrize(("kind", "fault"), STOPS.items())
async def test_what_concerns_the_owner_stops_the_scan_and_keeps_what_was_read(
    kind: type[ProviderError], fault: dict[str, object]
) -> None:
    server = FakeGitHub(world=owner_world([1] * 40))
    server.fault("GET /repos/*", **fault, skip=20, times=99)
    scan = scan_of(provider(server))
    await broken_off(scan, kind)
    read = in_scan(scan)
    assert 20 <= len(read) < 40
    assert all(on_server(server)[name] == ids for name, ids in read.items())
    assert len(server.requests) < 45
    server.faults.clear()
    before = len(server.requests)
    await scan.run()
    assert in_scan(scan) == on_server(server)
    assert len(server.requests) - before == 40 - len(read)


@pytest.mark.parametrize("number", range(1, 30))
async def test_a_scan_that_is_cancelled_at_any_request_loses_nothing(number: int) -> None:
    server = FakeGitHub(world=owner_world([150, *[1] * 19]))
    client, reached = provider(server), asyncio.Event()
    answered = server._hook

    def count(request: object, answer: Callable[[], object]) -> object:
        if len(server.requests) >= number:
            reached.set()
        return answered(request, answer)  # type: ignore[arg-type]

    server._hook = count  # type: ignore[assignment]
    scan = scan_of(client)
    task = asyncio.create_task(scan.run())
    ends = [task, asyncio.create_task(reached.wait())]
    await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
    ends[1].cancel()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    read = in_scan(scan)
    again = scan_of(client, known=readings(scan), since=demo_clock() - DAY)
    before = len(server.requests)
    await again.run()
    assert in_scan(again) == on_server(server)
    asked = {path.split("/")[3] for path in requests(server, before) if path.startswith("/repos/")}
    assert not asked & {name.partition("/")[2] for name in read}


async def test_few_requests_left_are_reserved_for_other_work() -> None:
    server = FakeGitHub(world=owner_world([250, *[1] * 40]))
    client = provider(server)
    await client.rate_limit()
    quota = next(iter(server._quotas.values()))
    quota.used = quota.limit - RESERVE - 10
    scan = scan_of(client)
    await broken_off(scan, RateLimited)
    assert quota.limit - quota.used <= RESERVE
    assert quota.limit - quota.used > RESERVE - 17
    waits: list[float] = []

    async def waiting(
        listing: Callable[[Place | None], AsyncIterator[Page[Artifact]]],
    ) -> AsyncGenerator[Page[Artifact], None]:
        place: Place | None = None
        while True:
            try:
                async for page in listing(place):
                    place = page.rest
                    yield page
            except RateLimited as error:
                waits.append(error.until.timestamp() if error.until else 0)
                quota.used = 0
                await client.rate_limit()
            else:
                return

    quota.used = quota.limit - RESERVE
    await client.rate_limit()
    again = scan_of(client, follow=waiting)
    await again.run()
    assert in_scan(again) == on_server(server)
    assert waits[0] == quota.reset


@pytest.mark.parametrize(("limit", "reserve"), [(5000, 500), (15000, 1500), (1000, 500), (60, 30)])
def test_a_small_limit_leaves_half_for_other_work(limit: int, reserve: int) -> None:
    assert reserve_of(RateLimit(limit=limit, remaining=0, reset=0)) == reserve


async def test_a_budget_of_requests_stops_the_scan() -> None:
    server = FakeGitHub(world=owner_world([1] * 40))
    told = record(server)
    client = GitHubProvider(
        told, credential(), transport=FakeTransport(server), clock=server.clock, sleep=no_sleep,
        limiter=RequestLimiter(told, is_metered=False, budget=25),
    )  # fmt: skip
    scan = scan_of(client)
    await broken_off(scan, BudgetSpent)
    assert (len(in_scan(scan)), len(server.requests)) == (24, 25)


async def test_a_list_that_repeats_its_pages_ends_and_is_said_to_be_incomplete() -> None:
    server = FakeGitHub(world=owner_world([400, 1]))
    page_1 = server.handle("GET", f"{server.flavor.api}{LIST[4:].format('repo-000')}?per_page=100", {"user-agent": "x"})
    link = {"Link": f'<{server.flavor.api}{LIST[4:].format("repo-000")}?per_page=100&page=99>; rel="next"'}
    server.fault(LIST.format("repo-000"), status=200, body=page_1.body, headers=link, times=999)
    scan = await scanned(server)
    assert [problem_words(found.error) for found in scan.unread if found.error] == ["incomplete list"]
    assert len(server.requests) < 100


async def test_a_list_that_changes_meanwhile_is_read_once_more() -> None:
    server = FakeGitHub(world=owner_world([250]))
    deleted: list[int] = []

    def changed(found: ScannedRepository) -> None:
        if not deleted:
            deleted.append(1249)
            server.store.delete_artifact(1249)

    client = provider(server)
    client.artifacts = one_by_one(client)  # type: ignore[method-assign]
    scan = scan_of(client, changed=changed)
    await scan.run()
    assert in_scan(scan) == on_server(server)
    assert requests(server)["/repos/acme/repo-000/actions/artifacts"] == 6


def one_by_one(client: GitHubProvider) -> Callable[..., AsyncGenerator[Page[Artifact], None]]:
    """Lists that request no page ahead, so that what happens between two pages is known."""
    artifacts = client.artifacts
    return lambda *given, **options: artifacts(*given, **options, one_by_one=True)


async def test_all_of_the_large_owner_is_read_but_what_fails() -> None:
    server = FakeGitHub(world=large_world(demo_world()))
    scan = await scanned(server, owner="fernwood-labs")
    unread = {found.repository.name.name: problem_words(found.error) for found in scan.unread if found.error}
    assert unread == dict(zip(TROUBLES, ("no permission", "withheld by law", "timed out"), strict=True))
    known = on_server(server)
    assert in_scan(scan) == {name: ids for name, ids in known.items() if name in in_scan(scan)}
    assert len(in_scan(scan)) == len([name for name in known if name.startswith("fernwood-labs/")]) - 3
    assert all(not in_scan(scan)[f"fernwood-labs/{name}"] for name in EMPTY)


async def test_a_repository_that_was_renamed_since_the_list_is_followed() -> None:
    server = FakeGitHub(world=large_world(demo_world()))
    scan = scan_of(provider(server), owner="fernwood-labs")
    scan.use_list([Repository(id=1, full_name="fernwood-labs/hammer")], demo_clock())
    await scan.run()
    assert in_scan(scan)["fernwood-labs/hammer"] == on_server(server)[f"fernwood-labs/{RENAMED}"]


def test_the_bill_comes_first_then_large_caches_then_the_last_push_and_what_rests_is_last() -> None:
    now = demo_clock()
    pushed = {"old": 450, "a": 5, "b": 2, "c": 400, ARCHIVED: 1}
    every = [
        ScannedRepository(
            Repository(id=age, full_name=f"acme/{name}", archived=name == ARCHIVED, pushed_at=now - age * DAY)
        )
        for name, age in pushed.items()
    ]
    every.append(ScannedRepository(Repository(id=9, full_name="acme/never")))
    caches = {"acme/a": 7, "acme/c": 9}
    order = [found.repository.name.name for found in in_order(every, {}, caches, now)]
    assert order == ["c", "a", "b", ARCHIVED, "old", "never"]
    billed = {"acme/b": 1.5, "acme/a": 0.5, "acme/old": 9.0}
    order = [found.repository.name.name for found in in_order(every, billed, caches, now)]
    assert order == ["b", "a", "c", "old", ARCHIVED, "never"]


async def test_idle_repositories_are_read_only_if_that_is_wanted() -> None:
    world = owner_world([1, 1, 1])
    world.repositories[1] = replace(world.repositories[1], archived=True)  # type: ignore[index]
    world.repositories[2] = replace(world.repositories[2], pushed_at="2025-01-01T00:00:00Z")  # type: ignore[index]
    server = FakeGitHub(world=world)
    scan = await scanned(server, skips_idle=True)
    assert in_scan(scan).keys() == {"acme/repo-000"}
    assert [found.repository.name.name for found in scan.not_scanned] == ["repo-001", "repo-002"]
    assert len(scan.unread) == 2
    scan.skips_idle = False
    await scan.run()
    assert (in_scan(scan), scan.not_scanned) == (on_server(server), [])


async def test_a_server_that_fails_now_and_then_costs_only_more_requests() -> None:
    server = FakeGitHub(world=owner_world(COUNTS * 3))
    for number in range(0, 27, 3):
        server.fault("GET /repos/*", **UNICORN, skip=number)
    scan = await scanned(server)
    assert (in_scan(scan), scan.unread) == (on_server(server), [])


def test_rows_of_page_1_that_differ_from_what_is_known_prove_nothing() -> None:
    known = ArtifactColumns([Artifact(id=number) for number in (9, 8, 7)])
    page = Page((Artifact(id=10), Artifact(id=9), Artifact(id=7)), total=4)
    assert merged(known, page, demo_clock(), drops_expired=True) is None
    assert merged(ArtifactColumns(), page, demo_clock(), drops_expired=True) is None
