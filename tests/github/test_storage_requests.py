"""Retention and caches: what the provider reads, and the one setting that it writes."""

from __future__ import annotations

from typing import Any

import pytest

from artifact_tui.demo import flavors
from artifact_tui.demo.flavors import Flavor
from artifact_tui.domain.models import RepositoryName
from artifact_tui.domain.provider import (
    Forbidden,
    NotFound,
    Offline,
    ProviderError,
    Refused,
    ServerTrouble,
    SignedOut,
    Unprocessable,
)
from artifact_tui.domain.storage_models import CacheUsage, Retention
from tests.double.server import FakeGitHub
from tests.github.stage import KESTREL, everything, provider

STUDIO = RepositoryName("fernwood-labs", "kestrel-studio")
RETENTION = "*/artifact-and-log-retention"


@pytest.mark.parametrize("flavor", [flavors.GITHUB, flavors.DATA_RESIDENCY, flavors.GHES_3_19], ids=lambda f: f.name)
async def test_retention_is_read_with_the_most_that_is_allowed(flavor: Flavor) -> None:
    client = provider(FakeGitHub(flavor))
    assert await client.retention(KESTREL) == Retention(days=90, maximum_allowed_days=90)
    assert await client.retention(STUDIO) == Retention(days=90, maximum_allowed_days=400)


async def test_an_enterprise_server_before_3_19_has_no_retention_setting_and_is_not_asked() -> None:
    server = FakeGitHub(flavors.GHES_3_17)
    assert await provider(server).retention(KESTREL) is None
    assert [request.path for request in server.requests] == ["/meta"]


async def test_an_enterprise_server_that_hides_its_release_is_asked() -> None:
    server = FakeGitHub(flavors.GHES_3_17)
    server.fault("GET /meta", status=200, body="{}", headers={"Content-Type": "application/json"})
    server.fault(f"GET {RETENTION}", status=404, body="{}")
    assert await provider(server).retention(KESTREL) is None


@pytest.mark.parametrize("flavor", [flavors.GITHUB, flavors.GHES_3_19], ids=lambda f: f.name)
async def test_a_repository_that_does_not_exist_is_not_a_server_without_the_setting(flavor: Flavor) -> None:
    with pytest.raises(NotFound):
        await provider(FakeGitHub(flavor)).retention(RepositoryName("fernwood-labs", "nothing"))


@pytest.mark.parametrize("body", ["{}", "[]", '{"days": -1, "maximum_allowed_days": 90}', '{"days": 1e99}'])
async def test_a_retention_that_is_not_a_number_of_days_is_an_invalid_response(body: str) -> None:
    server = FakeGitHub()
    server.fault(f"GET {RETENTION}", status=200, body=body, headers={"Content-Type": "application/json"})
    with pytest.raises(ServerTrouble):
        await provider(server).retention(KESTREL)


async def test_cache_usage_is_that_of_the_list() -> None:
    server = FakeGitHub()
    client = provider(server)
    usage = await client.cache_usage(KESTREL)
    assert usage.full_name == "fernwood-labs/kestrel"
    assert usage.active_caches_count == 41
    assert usage in await everything(client.owner_cache_usage("fernwood-labs"))


async def test_caches_come_biggest_first_and_odd_ones_do_not_cost_the_page() -> None:
    server = FakeGitHub()
    client = provider(server)
    caches = await everything(client.caches(KESTREL))
    assert [cache.size_in_bytes for cache in caches] == sorted((c.size_in_bytes for c in caches), reverse=True)
    assert len(caches) == 41
    assert {cache.ref.split("/")[1] for cache in caches} == {"heads", "pull"}
    odd = '{"total_count": 3, "actions_caches": [{"id": 1, "size_in_bytes": null, "created_at": "?"}, {}, {"id": 2}]}'
    server.fault("GET */actions/caches", status=200, body=odd, headers={"Content-Type": "application/json"})
    assert [cache.id for cache in await everything(client.caches(KESTREL))] == [1, 2]


async def test_the_caches_of_an_organization_are_read_page_by_page() -> None:
    server = FakeGitHub()
    client = provider(server)
    usages: list[CacheUsage] = await everything(client.owner_cache_usage("fernwood-labs"))
    assert [usage.id.partition("/")[2] for usage in usages][:2] == ["kestrel", "kestrel-studio"]
    with pytest.raises(NotFound):
        await everything(client.owner_cache_usage("mira-holm"))


REFUSALS: list[tuple[dict[str, Any], type[ProviderError], str]] = [
    (
        {"status": 403, "body": '{"message": "Must have admin rights to Repository."}'},
        Forbidden,
        "github.com denied access. The server says: “Must have admin rights to Repository.”",
    ),
    (
        {"status": 403, "headers": {"X-Accepted-GitHub-Permissions": "administration=write"}, "body": "{}"},
        Forbidden,
        "The token lacks a permission. It needs the permission administration=write.",
    ),
    (
        {"status": 404, "body": '{"message": "Not Found"}'},
        NotFound,
        "The retention setting was not found, or this account cannot access it. Check the name, or sign in with "
        "another token.",
    ),
    (
        {"status": 422, "body": '{"message": "Retention must be between 1 and 90 days."}'},
        Unprocessable,
        "The server does not accept this value. The server says: “Retention must be between 1 and 90 days.”",
    ),
    (
        {"status": 409, "body": '{"message": "Set by the organization."}'},
        Refused,
        "github.com refused this request (status 409). The server says: “Set by the organization.”",
    ),
    ({"status": 502, "body": ""}, ServerTrouble, "github.com returned an error (status 502). Try again in a minute."),
    (
        {"status": 307, "headers": {"Location": "https://api.github.com/repositories/1"}, "body": "{}"},
        Refused,
        "The repository has moved. Nothing was changed. Open it under its new name.",
    ),
    ({"broken": "reset"}, Offline, "Connection to github.com lost. Try again."),
]


async def test_setting_the_retention_sends_one_request_with_the_days_and_nothing_else() -> None:
    server = FakeGitHub(flavors.GITHUB_2026)
    client = provider(server)
    await client.set_retention(KESTREL, 7)
    [sent] = server.requests
    assert (sent.method, sent.path) == ("PUT", f"/repos/{KESTREL}/actions/permissions/artifact-and-log-retention")
    assert sent.body == b'{"days":7}'
    assert sent.headers["content-type"] == "application/json"
    assert await client.retention(KESTREL) == Retention(days=7, maximum_allowed_days=90)


@pytest.mark.parametrize(("trouble", "kind", "words"), REFUSALS, ids=[str(case[0]) for case in REFUSALS])
async def test_a_retention_that_is_refused_is_sent_once_and_told_in_the_servers_words(
    trouble: dict[str, Any], kind: type[ProviderError], words: str
) -> None:
    server = FakeGitHub(flavors.GITHUB_2026)
    server.fault(f"PUT {RETENTION}", **trouble)
    with pytest.raises(kind) as error:
        await provider(server).set_retention(KESTREL, 7)
    assert str(error.value) == words
    assert [request.method for request in server.requests] == ["PUT"]


async def test_without_a_token_the_sentence_says_whose_token_it_needs() -> None:
    with pytest.raises(SignedOut) as error:
        await provider(FakeGitHub(), token="").set_retention(KESTREL, 7)
    assert error.value.sentence == "Changing settings needs the token of an administrator."


async def test_a_session_that_only_reads_sends_nothing_but_get() -> None:
    server = FakeGitHub(flavors.GITHUB_2026)
    with pytest.raises(Refused) as error:
        await provider(server, read_only=True).set_retention(KESTREL, 7)
    assert error.value.sentence == "Read-only mode: nothing is changed."
    assert server.requests == []
