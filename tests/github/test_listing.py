"""What the lists hold, on every kind of server, however many pages they have."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

import httpx
import pytest

from artifact_tui.demo import flavors
from artifact_tui.demo.flavors import FLAVORS, Flavor
from artifact_tui.domain.models import Connection, RunFilter
from artifact_tui.domain.provider import ArtifactStore, NotFound, Provider
from artifact_tui.github.artifact_store import GitHubArtifactStore
from artifact_tui.github.provider import GitHubProvider
from tests.double.server import FakeGitHub
from tests.double.transport import FakeTransport
from tests.github.stage import CORPUS, KESTREL, everything, first_page, ids_of, provider, record, storage

EVERY = pytest.mark.parametrize("flavor", FLAVORS, ids=lambda flavor: flavor.name)


def busiest_run(server: FakeGitHub) -> int:
    counts = {run: len(server.store.run_artifacts(run)) for run in server.store.runs}
    return max(counts, key=lambda run: counts[run])


def test_the_classes_are_what_the_protocols_ask_for() -> None:
    server = FakeGitHub()
    one: Provider = provider(server)
    two: ArtifactStore = storage(server)
    assert one.connection.server.host == "github.com"
    assert two.exists(KESTREL, 1) is None


@EVERY
async def test_all_artifacts_of_a_repository_newest_first(flavor: Flavor) -> None:
    server = FakeGitHub(flavor)
    found = await everything(provider(server).artifacts(KESTREL))
    assert [item.id for item in found] == ids_of(server, KESTREL)
    assert any(item.digest for item in found) == flavor.digest


@EVERY
async def test_all_artifacts_of_a_run_newest_first(flavor: Flavor) -> None:
    server = FakeGitHub(flavor)
    run = busiest_run(server)
    found = await everything(provider(server).artifacts(CORPUS, run))
    assert [item.id for item in found] == [item.id for item in server.store.run_artifacts(run)]
    asked = next(request for request in server.requests if request.path.endswith(f"/runs/{run}/artifacts"))
    known = flavor.direction or not flavor.enterprise
    assert asked.query.get("direction", "") == ("desc" if known else "")


@EVERY
async def test_equal_names_are_found_by_name(flavor: Flavor) -> None:
    server = FakeGitHub(flavor)
    run = busiest_run(server)
    found = await everything(provider(server).artifacts(CORPUS, run, name="same-name"))
    expected = [item.id for item in server.store.run_artifacts(run) if item.name == "same-name"]
    assert [item.id for item in found] == expected
    assert len(await everything(provider(server).artifacts(CORPUS, name="same-name"))) >= len(expected)


@EVERY
async def test_one_artifact_and_what_surrounds_it(flavor: Flavor) -> None:
    server = FakeGitHub(flavor)
    client = provider(server)
    page = await first_page(client.artifacts(KESTREL))
    assert await client.artifact(KESTREL, page.items[0].id) == page.items[0]
    assert (await client.repository(KESTREL)).name == KESTREL
    run_id = page.items[0].run_id
    assert run_id is not None
    assert (await client.run(KESTREL, run_id)).id == run_id
    with pytest.raises(NotFound):
        await client.artifact(KESTREL, 1)


@EVERY
async def test_the_status_bar_knows_the_server(flavor: Flavor) -> None:
    server = FakeGitHub(flavor)
    client = provider(server)
    assert (await client.viewer()).login == "mira-holm"
    limit = await client.rate_limit()
    known = client.connection
    assert (known.server.version, known.account and known.account.login) == (
        f"{flavor.release}" if flavor.enterprise else "",
        "mira-holm",
    )
    assert (limit is None) == flavor.enterprise == (known.rate_limit is None)
    assert known.server.api_version == (flavor.versions[-1] if flavor.versions else "")


@EVERY
async def test_each_server_is_asked_for_an_api_version_that_it_has(flavor: Flavor) -> None:
    server = FakeGitHub(flavor)
    client = provider(server)
    await client.viewer()
    before = len(server.requests)
    await client.repository(KESTREL)
    sent = server.requests[before].headers.get("x-github-api-version", "")
    if flavor.versions == ("2022-11-28",) and not flavor.enterprise:
        assert sent == ""  # it refused the newest and is asked without one since
    else:
        assert sent == (flavor.versions[-1] if flavor.versions else "")


@pytest.mark.parametrize(
    ("release", "version"), [("3.8", ""), ("3.9", "2022-11-28"), ("3.20", "2022-11-28"), ("3.21", "2026-03-10")]
)
async def test_an_enterprise_server_gets_the_newest_version_that_its_release_has(release: str, version: str) -> None:
    server = FakeGitHub(flavors.enterprise_server(release))
    await provider(server).repository(KESTREL)
    assert server.requests[-1].headers.get("x-github-api-version", "") == version


async def test_a_server_that_does_not_know_names_is_sifted_here() -> None:
    class Nameless(FakeTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            request.url = request.url.copy_remove_param("name")
            return await super().handle_async_request(request)

    server = FakeGitHub(flavors.GHES_3_8)
    async with aclosing(provider(server, transport=Nameless(server)).artifacts(CORPUS, name="same-name")) as pages:
        found = [page async for page in pages]
    assert {item.name for page in found for item in page.items} == {"same-name"}
    assert found[-1].read == found[-1].total


async def test_a_pinned_version_is_the_one_that_is_sent() -> None:
    server = FakeGitHub()
    await provider(server, api_version="2022-11-28").repository(KESTREL)
    assert server.requests[0].headers["x-github-api-version"] == "2022-11-28"


async def test_a_server_that_refuses_the_pinned_version_is_asked_once_more_without() -> None:
    server = FakeGitHub(flavors.enterprise_server("3.8", strict_version=True))
    client = provider(server, api_version="2026-03-10")
    await client.repository(KESTREL)
    await client.repository(KESTREL)
    sent = [request.headers.get("x-github-api-version") for request in server.requests]
    assert sent == ["2026-03-10", None, None, None]


async def test_an_enterprise_server_is_asked_what_it_is_once() -> None:
    server = FakeGitHub(flavors.GHES_3_10)
    client = provider(server)
    await asyncio.gather(*(client.repository(KESTREL) for _ in range(4)))
    assert [request.path for request in server.requests].count("/meta") == 1
    assert server.requests[0].path == "/meta"


async def test_a_server_that_keeps_its_release_to_itself_is_treated_as_an_old_one() -> None:
    server = FakeGitHub(flavors.GHES_3_8)
    server.fault("GET /meta", status=404, body="{}")
    server.fault("GET /repos/*", status=200, times=1, body='{"id": 1, "full_name": "fernwood-labs/kestrel"}')
    client = provider(server)
    await client.repository(KESTREL)
    assert "x-github-api-version" not in server.requests[-1].headers
    assert client.connection.server.version == ""


async def test_repositories_come_most_recently_pushed_first() -> None:
    server = FakeGitHub()
    client = provider(server)
    found = await everything(client.repositories())
    pushed = [item.pushed_at for item in found if item.pushed_at]
    assert len(pushed) > 5
    assert pushed == sorted(pushed, reverse=True)
    assert {item.name.owner for item in await everything(client.repositories("fernwood-labs"))} == {"fernwood-labs"}
    assert {item.name.owner for item in await everything(client.repositories("corvid-hops"))} == {"corvid-hops"}
    paths = [request.path for request in server.requests[-3:]]
    assert paths == ["/orgs/corvid-hops/repos", "/user", "/users/corvid-hops/repos"]
    with pytest.raises(NotFound):
        await everything(client.repositories("nobody-of-that-name"))


async def test_the_private_repositories_of_the_account_itself_are_listed() -> None:
    server = FakeGitHub()
    found = {item.full_name: item.access for item in await everything(provider(server).repositories("Mira-Holm"))}
    own = [one for one in server.store.repositories.values() if one.owner == "mira-holm"]
    assert found == {one.full_name: "private" if one.private else "public" for one in own}
    assert [request.path for request in server.requests] == ["/orgs/Mira-Holm/repos", "/user", "/user/repos"]
    assert server.requests[-1].query["affiliation"] == "owner"


async def test_a_token_without_a_user_lists_the_public_repositories_of_an_owner() -> None:
    server = FakeGitHub()
    server.fault("GET /user", status=403, body='{"message": "Resource not accessible by integration"}')
    assert await everything(provider(server).repositories("mira-holm"))
    assert server.requests[-1].path == "/users/mira-holm/repos"


async def test_without_a_token_public_things_are_listed_and_nothing_is_asked_about_us() -> None:
    server = FakeGitHub()
    client = provider(server, token="")
    assert await everything(client.repositories()) == []
    assert (await client.viewer()).login == ""
    assert server.requests == []
    assert await everything(client.artifacts(KESTREL))
    assert not any("authorization" in request.headers for request in server.requests)


async def test_a_search_finds_repositories_and_an_empty_one_nothing() -> None:
    server = FakeGitHub()
    client = provider(server)
    assert KESTREL in [item.name for item in await everything(client.search("kestrel"))]
    before = len(server.requests)
    assert await everything(client.search("  ")) == []
    assert len(server.requests) == before
    assert client.connection.rate_limit is None  # the search's own limit is not the one of the status bar


@pytest.mark.parametrize(
    "only",
    [
        RunFilter(),
        RunFilter(branch="main"),
        RunFilter(event="schedule"),
        RunFilter(status="failure"),
        RunFilter(status="in_progress"),
        RunFilter(actor="jonas-veit"),
        RunFilter(workflow="release.yml", status="success", branch="main"),
    ],
    ids=str,
)
async def test_runs_are_filtered_by_the_server(only: RunFilter) -> None:
    found = await everything(provider(FakeGitHub()).runs(KESTREL, only))
    assert found
    for run in found:
        assert not only.branch or run.head_branch == only.branch
        assert not only.event or run.event == only.event
        assert not only.status or only.status in {run.status, run.conclusion}
        assert not only.actor or (run.actor and run.actor.login == only.actor)
        assert not only.workflow or run.path.endswith(only.workflow)
    assert [run.id for run in found] == sorted((run.id for run in found), reverse=True)


@pytest.mark.parametrize("name", ["Nightly", "nightly", "nightly.yml", ".github/workflows/nightly.yml", "87316744"])
async def test_a_workflow_may_be_named_in_any_way(name: str) -> None:
    client = provider(FakeGitHub())
    workflows = {item.name: item.id for item in await client.workflows(KESTREL)}
    wanted = RunFilter(workflow=str(workflows["Docs"]) if name.isdigit() else name)
    found = await first_page(client.runs(KESTREL, wanted))
    assert {run.workflow_id for run in found.items} == {workflows["Docs" if name.isdigit() else "Nightly"]}


async def test_a_workflow_that_is_not_there_is_said_to_be_missing() -> None:
    with pytest.raises(NotFound) as error:
        await first_page(provider(FakeGitHub()).runs(KESTREL, RunFilter(workflow="no\x1bne")))
    assert error.value.sentence == "Workflow 'no␛ne' not found."


async def test_who_watches_hears_of_changes_in_the_event_loop() -> None:
    server = FakeGitHub()
    client = provider(server)
    heard: list[Connection] = []
    client.watch(heard.append)
    await client.viewer()
    await asyncio.sleep(0)
    assert heard[-1] == client.connection
    assert heard[-1].account is not None


async def test_what_the_storage_learns_the_provider_knows() -> None:
    server = FakeGitHub(flavors.GHES_3_10)
    shared = record(server)
    client = GitHubProvider(shared, transport=FakeTransport(server), clock=server.clock)
    told = asyncio.Event()
    client.watch(lambda connection: told.set())
    await asyncio.to_thread(GitHubArtifactStore(shared, transport=FakeTransport(server)).exists, KESTREL, 1)
    await told.wait()
    assert client.connection.server.version == "3.10.2"
