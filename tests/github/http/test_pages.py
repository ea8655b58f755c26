"""However many pages a list has: bounded, in order, once each, and never somewhere else."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from functools import partial
from typing import Any

import httpx
import pytest
from msgspec.structs import replace

from artifact_tui.demo import flavors
from artifact_tui.demo.accounts import DEMO_TOKEN
from artifact_tui.domain.artifact_record import ArtifactRecord
from artifact_tui.domain.models import Artifact, Page, RepositoryName, RunFilter, WorkflowRun
from artifact_tui.domain.provider import NotFound, ProviderError, RateLimited, Refused, ServerTrouble
from artifact_tui.github.decode import decode_listing
from artifact_tui.github.http.pages import MOST_ROWS, Walk
from artifact_tui.github.http.requests import Request
from tests.double.server import FakeGitHub
from tests.double.transport import FakeTransport
from tests.github.stage import CORPUS, KESTREL, everything, first_page, ids_of, provider

Pages = list[Page[Artifact]]


class Counting(FakeTransport):
    """Counts how many requests are under way at once; with a gate, pages after the first wait there for ever.

    ``extra`` are headers put into every answer.
    """

    def __init__(self, server: FakeGitHub, *, gate: bool = False, extra: dict[str, str] | None = None) -> None:
        super().__init__(server)
        self.now = self.most = self.cancelled = 0
        self.gate = asyncio.Event() if gate else None
        self.full = asyncio.Event()
        self.extra = extra or {}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.now += 1
        self.most = max(self.most, self.now)
        if self.now == 8:
            self.full.set()
        try:
            for _ in range(20):
                await asyncio.sleep(0)
            if self.gate is not None and "page" in request.url.params:
                await self.gate.wait()
            response = await super().handle_async_request(request)
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        finally:
            self.now -= 1
        response.headers.update(self.extra)
        return response


def limits(server: FakeGitHub, remaining: int) -> dict[str, str]:
    reset = str(int(server.clock().timestamp()) + 600)
    return {"x-ratelimit-limit": "5000", "x-ratelimit-remaining": str(remaining), "x-ratelimit-reset": reset}


async def test_runs_are_asked_for_page_by_page() -> None:
    server = FakeGitHub()
    async with aclosing(provider(server).runs(KESTREL, RunFilter())) as pages:
        page = await anext(pages)
        assert (len(page.items), page.total) == (50, 505)
        assert len(server.requests) == 1
        await anext(pages)
        assert len(server.requests) == 2


async def test_requests_at_the_same_time_all_survive_a_refused_version() -> None:
    server = FakeGitHub(flavors.GITHUB_2022)
    client = provider(server, transport=Counting(server))
    found = await asyncio.gather(*(client.repository(KESTREL) for _ in range(6)))
    assert len(found) == 6


async def test_pages_are_fetched_several_at_once_but_no_more_than_sixteen() -> None:
    server = FakeGitHub()
    counting = Counting(server)
    found = await everything(provider(server, transport=counting).artifacts(KESTREL))
    assert [item.id for item in found] == ids_of(server, KESTREL)
    assert 1 < counting.most <= 16


async def test_a_closed_list_stops_its_requests() -> None:
    server = FakeGitHub(flavors.GITHUB_UNTIL_SEPTEMBER)
    counting = Counting(server, gate=True)
    async with aclosing(provider(server, transport=counting).artifacts(KESTREL)) as pages:
        assert len((await anext(pages)).items) == 100
        await counting.full.wait()
    assert (counting.now, counting.cancelled) == (0, 8)
    assert len(server.requests) == 1


async def test_a_cancelled_task_stops_its_requests() -> None:
    server = FakeGitHub(flavors.GITHUB_UNTIL_SEPTEMBER)
    counting = Counting(server, gate=True)
    task = asyncio.create_task(everything(provider(server, transport=counting).artifacts(KESTREL)))
    await counting.full.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (counting.now, counting.cancelled) == (0, 8)


async def test_little_left_of_the_rate_limit_is_spent_one_by_one() -> None:
    server = FakeGitHub()
    counting = Counting(server, extra=limits(server, 40))
    found = await everything(provider(server, transport=counting).artifacts(KESTREL))
    assert len(found) == len(ids_of(server, KESTREL))
    assert counting.most == 1


async def test_with_nothing_left_no_page_is_asked_for() -> None:
    server = FakeGitHub()
    transport = Counting(server, extra=limits(server, 0))
    async with aclosing(provider(server, transport=transport).artifacts(KESTREL)) as pages:
        assert len((await anext(pages)).items) == 100
        with pytest.raises(RateLimited) as limited:
            await anext(pages)
    assert limited.value.until is not None
    assert limited.value.until.timestamp() == int(server.clock().timestamp()) + 600
    assert len(server.requests) == 1


async def test_a_link_to_another_server_is_not_followed() -> None:
    server = FakeGitHub()
    transport = Counting(server, extra={"link": '<https://evil.example/x?page=2>; rel="next"'})
    found = await everything(provider(server, transport=transport).artifacts(KESTREL))
    assert [item.id for item in found] == ids_of(server, KESTREL)
    assert {request.url.split("/repos/")[0] for request in server.requests} == {"https://api.github.com"}


async def test_a_server_that_always_names_a_next_page_is_left_in_the_end() -> None:
    server = FakeGitHub()
    transport = Counting(server, extra={"link": '<https://api.github.com/x?page=999>; rel="next"'})
    found = await everything(provider(server, transport=transport).artifacts(CORPUS))
    assert [item.id for item in found] == ids_of(server, CORPUS)
    assert len(server.requests) <= 10


async def test_what_moves_to_the_next_page_meanwhile_is_listed_once() -> None:
    server = FakeGitHub()
    before = ids_of(server, KESTREL)
    newest = server.store.artifacts[before[0]]
    async with aclosing(provider(server, transport=Counting(server)).artifacts(KESTREL)) as pages:
        found = list((await anext(pages)).items)
        server.store.add(replace(newest, id=max(server.store.artifacts) + 1))
        found += [item async for page in pages for item in page.items]
    assert [item.id for item in found] == before


async def test_a_renamed_repository_is_found_under_its_old_name() -> None:
    server = FakeGitHub()
    client = provider(server)
    old = RepositoryName("fernwood-labs", "kestrel-db")
    assert (await client.repository(old)).name == KESTREL
    server.requests.clear()
    found = await everything(client.artifacts(old))
    assert [item.id for item in found] == ids_of(server, KESTREL)
    assert sum(request.path.startswith("/repos/") for request in server.requests) == 1


@pytest.mark.parametrize("status", [301, 307, 308])
async def test_inside_the_api_a_redirect_is_followed_with_the_token(status: int) -> None:
    server = FakeGitHub()
    there = f"{server.flavor.api}/repos/fernwood-labs/kestrel"
    server.fault("GET /repos/fernwood-labs/elsewhere", status=status, headers={"Location": there}, body="{}")
    assert (await provider(server).repository(RepositoryName("fernwood-labs", "elsewhere"))).name == KESTREL
    signed = [request.headers.get("authorization") for request in server.requests]
    assert signed == [f"Bearer {DEMO_TOKEN}"] * 2


@pytest.mark.parametrize("status", [302, 303, 300, 304])
async def test_another_kind_of_redirect_in_a_list_is_not_followed(status: int) -> None:
    """A 302 leads to bytes of an archive, and to nothing else."""
    server = FakeGitHub()
    there = f"{server.flavor.api}/repos/fernwood-labs/kestrel"
    server.fault("GET /repos/fernwood-labs/elsewhere", status=status, headers={"Location": there}, body="{}")
    with pytest.raises(ProviderError):
        await provider(server).repository(RepositoryName("fernwood-labs", "elsewhere"))
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "location",
    ["https://evil.example/repositories/1", "http://api.github.com/repositories/1", "https://api.github.com@evil.example/",
     "", "https://api.github.com:444/x", "//evil.example/x", "https://api.github.com/repos/fernwood-labs/kestrel"],
)  # fmt: skip
async def test_the_token_goes_along_to_no_other_place(location: str) -> None:
    server = FakeGitHub()
    server.fault("GET /repos/*", times=99, status=301, headers={"Location": location}, body="{}")
    with pytest.raises(Refused):
        await provider(server).repository(KESTREL)
    assert all(request.url.startswith("https://api.github.com/") for request in server.requests)


async def test_a_second_look_costs_nothing_of_the_rate_limit() -> None:
    server = FakeGitHub()
    client = provider(server)
    first = await client.workflows(KESTREL)
    tag = server.handle("GET", server.requests[0].url, server.requests[0].headers).headers["ETag"]
    assert await client.workflows(KESTREL) == first
    assert server.requests[-1].headers["if-none-match"] == tag


async def test_a_known_list_with_the_same_first_page_is_one_answer_without_rows() -> None:
    server = FakeGitHub()
    client = provider(server)
    etag = (await first_page(client.artifacts(KESTREL))).etag
    server.requests.clear()
    assert [page async for page in client.artifacts(KESTREL, etag=etag)] == [Page((), is_unchanged=True)]
    assert [request.headers["if-none-match"] for request in server.requests] == [etag]


@pytest.mark.parametrize("etag", ["", '"other"', "no etag at all\r\nX: y"])
async def test_a_known_list_with_another_first_page_is_asked_for_page_by_page_at_first(etag: str) -> None:
    server = FakeGitHub()
    counting = Counting(server)
    async with aclosing(provider(server, transport=counting).artifacts(KESTREL, etag=etag)) as pages:
        assert len((await anext(pages)).items) == 100
        await asyncio.sleep(0)
        assert len(server.requests) == 1
        assert len((await anext(pages)).items) == 100
        assert len(server.requests) == 2
        rest = [page async for page in pages]
    assert rest[-1].read == 706
    assert counting.most > 2
    assert all("if-none-match" not in request.headers for request in server.requests[1:])


async def test_an_etag_proves_nothing_of_a_list_without_an_order() -> None:
    server = FakeGitHub(flavors.GHES_3_10)
    run = max(server.store.runs, key=lambda number: len(server.store.run_artifacts(number)))
    await everything(provider(server).artifacts(CORPUS, run, etag='"x"'))
    assert all("if-none-match" not in request.headers for request in server.requests)


async def test_a_change_is_seen_at_the_second_look() -> None:
    server = FakeGitHub()
    client = provider(server)
    first = await everything(client.artifacts(CORPUS))
    server.store.delete_artifact(first[3].id)
    assert await everything(client.artifacts(CORPUS)) == [*first[:3], *first[4:]]


async def test_an_enterprise_server_too_slow_for_a_big_page_is_asked_for_a_smaller_one() -> None:
    server = FakeGitHub(flavors.GHES_3_10)
    server.fault("GET *artifacts", times=3, status=502, body="<html>")
    found = await everything(provider(server).artifacts(KESTREL))
    assert [item.id for item in found] == ids_of(server, KESTREL)
    assert server.requests[-1].query["per_page"] == "30"


@pytest.mark.parametrize("name", [RepositoryName("..", "x"), RepositoryName("a", "."), RepositoryName("", "x")])
async def test_a_name_that_climbs_out_of_its_place_is_not_there(name: RepositoryName) -> None:
    server = FakeGitHub()
    with pytest.raises(NotFound):
        await provider(server).repository(name)
    assert server.requests == []


async def test_odd_names_stay_inside_their_place() -> None:
    server = FakeGitHub()
    with pytest.raises(ProviderError):
        await provider(server).repository(RepositoryName("a/../../b?x=1#y", "c%2e\ud800"))
    assert server.requests[0].url == "https://api.github.com/repos/a%2F..%2F..%2Fb%3Fx%3D1%23y/c%252e%3F"


class Spoiling(Counting):
    """Changes one page of a list of artifacts; without a Link where it is taken away."""

    def __init__(self, server: FakeGitHub, page: int, change: Callable[[dict[str, Any]], None], *, link: bool) -> None:
        super().__init__(server)
        self.page, self.change, self.link = page, change, link

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await super().handle_async_request(request)
        if request.url.params.get("page") != str(self.page):
            return response
        body = json.loads(await response.aread())
        self.change(body)
        headers = {"content-type": "application/json", "link": response.headers.get("link", "") if self.link else ""}
        return httpx.Response(response.status_code, headers=headers, json=body)


async def walked(
    server: FakeGitHub, page: int, change: Callable[[dict[str, Any]], None], *, link: bool = True
) -> Pages:
    """All pages of a list of which one is changed."""
    client = provider(server, transport=Spoiling(server, page, change, link=link))
    return [page async for page in client.artifacts(KESTREL)]


async def collect(pages: AsyncIterator[Page[Artifact]], found: Pages) -> None:
    async for page in pages:
        found.append(page)


async def test_a_page_says_how_many_rows_came_and_how_many_the_server_counts() -> None:
    server = FakeGitHub()
    found = await walked(server, 8, lambda body: body.update(total_count=900))
    assert [page.read for page in found] == [100, 200, 300, 400, 500, 600, 700, 706]
    assert [page.total for page in found] == [706] * 7 + [900]
    assert [page.rest is None for page in found] == [False] * 7 + [True]


async def test_a_page_without_a_link_is_the_last_one() -> None:
    found = await walked(FakeGitHub(), 3, lambda body: None, link=False)
    assert (found[-1].read, found[-1].total, found[-1].rest) == (300, 706, None)


async def test_an_empty_page_in_the_middle_does_not_hide_those_after_it() -> None:
    found = await walked(FakeGitHub(), 3, lambda body: body["artifacts"].clear())
    assert (found[-1].read, found[-1].total) == (606, 706)


async def test_rows_that_cannot_be_decoded_are_counted_and_the_others_listed() -> None:
    found = await walked(FakeGitHub(), 3, lambda body: body["artifacts"].__setitem__(slice(0, 2), [None, {"id": "x"}]))
    assert sum(page.skipped for page in found) == 2
    assert (found[-1].read, found[-1].total) == (704, 706)


async def test_a_page_of_rows_that_cannot_be_decoded_does_not_end_the_list() -> None:
    found = await walked(FakeGitHub(), 3, lambda body: body.update(artifacts=[None] * 100))
    assert (sum(page.skipped for page in found), found[-1].read) == (100, 606)


async def test_a_list_without_an_end_stops_at_the_limit_of_rows() -> None:
    server = FakeGitHub()
    link = '<https://api.github.com/x?page=999999>; rel="next"'
    api = provider(server, transport=Counting(server, extra={"link": link}))._api
    read = partial(decode_listing, kind=ArtifactRecord, key="artifacts")
    request = Request(path=f"/repos/{KESTREL}/actions/artifacts", what="The repository")
    found = [page async for page in Walk(api, request, read, clock=server.clock, most=250).pages()]
    assert (found[-1].read, found[-1].rest, found[-1].is_cut) == (300, None, True)
    assert MOST_ROWS >= 100_000


async def test_a_list_continues_at_the_page_where_it_broke_off() -> None:
    server = FakeGitHub()
    server.fault("GET */actions/artifacts", page=5, times=99, status=502, body="<html>")
    client = provider(server)
    found = list[Page[Artifact]]()
    with pytest.raises(ServerTrouble):
        await collect(client.artifacts(KESTREL), found)
    server.faults.clear()
    server.requests.clear()
    rest = [page async for page in client.artifacts(KESTREL, start=found[-1].rest)]
    assert [item.id for page in (*found, *rest) for item in page.items] == ids_of(server, KESTREL)
    assert rest[-1].read == 706
    assert {request.query["page"] for request in server.requests} == {"5", "6", "7", "8"}


async def test_the_artifacts_of_a_run_that_came_before_an_error_are_kept_where_they_have_no_order() -> None:
    server = FakeGitHub(flavors.GHES_3_10)
    run = max(server.store.runs, key=lambda number: len(server.store.run_artifacts(number)))
    repository = next(r for r in server.store.repositories.values() if r.id == server.store.runs[run].repository)
    link = f'<{server.flavor.api}/x?page=2>; rel="next"'
    body = json.dumps({"total_count": 9, "artifacts": [{"id": 1}, {"id": 2}]})
    server.fault(f"GET */runs/{run}/artifacts", page=1, status=200, body=body, headers={"Link": link})
    server.fault(f"GET */runs/{run}/artifacts", page=2, times=99, status=502, body="<html>")
    owner, _, name = repository.full_name.partition("/")
    found = list[Page[Artifact]]()
    with pytest.raises(ServerTrouble):
        await collect(provider(server).artifacts(RepositoryName(owner, name), run), found)
    assert [(item.id, page.read) for page in found for item in page.items] == [(2, 2), (1, 2)]


@pytest.mark.parametrize(
    ("written", "total", "is_minimum"),
    [("2,500+", 2500, True), ("2500+", 2500, True), ("17", 17, False), ("many", None, False), (-1, None, False)],
)
def test_a_count_may_be_text_and_a_minimum(written: object, total: int | None, is_minimum: bool) -> None:
    body = json.dumps({"total_count": written, "workflow_runs": [{"id": 1}]}).encode()
    page = decode_listing(body, WorkflowRun, "workflow_runs")
    assert (page.total, page.is_minimum, len(page.items)) == (total, is_minimum, 1)


@pytest.mark.parametrize("what", ["tags", "actions/workflows"])
async def test_a_list_that_protects_from_deletion_is_read_whole_or_not_at_all(what: str) -> None:
    server = FakeGitHub()
    rows = [{"id": 1, "name": "v1"}, {"id": "odd"}]
    body = json.dumps(rows if what == "tags" else {"total_count": 2, "workflows": rows})
    server.fault(f"GET */{what}", status=200, body=body)
    client = provider(server)
    with pytest.raises(ServerTrouble, match="The server listed 1 of 2"):
        await (client.tags(KESTREL) if what == "tags" else client.workflows(KESTREL))
