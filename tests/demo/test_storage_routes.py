"""The demo server keeps retention settings and caches as GitHub does."""

import json
from typing import Any

import pytest

from artifact_tui.demo.accounts import DEMO_TOKEN, NO_SCOPE_TOKEN, OUTSIDER_TOKEN, READ_ONLY_TOKEN
from artifact_tui.demo.flavors import GHES_3_17, GHES_3_19
from tests.demo.asking import KESTREL, api_client
from tests.double.server import FakeGitHub

STUDIO = "/repos/fernwood-labs/kestrel-studio/actions"
RETENTION = "/permissions/artifact-and-log-retention"


@pytest.mark.parametrize(("repository", "most"), [(KESTREL, 90), (STUDIO, 400)])
def test_public_repositories_keep_artifacts_for_at_most_90_days(repository: str, most: int) -> None:
    answer = api_client(FakeGitHub()).get(f"{repository}{RETENTION}")
    assert answer.json() == {"days": 90, "maximum_allowed_days": most}


def test_a_retention_that_was_set_is_read_back() -> None:
    server = FakeGitHub(GHES_3_19)
    client = api_client(server)
    assert client.put(f"{STUDIO}{RETENTION}", json={"days": 400}).status_code == 204
    assert client.get(f"{STUDIO}{RETENTION}").json() == {"days": 400, "maximum_allowed_days": 400}
    assert json.loads(server.requests[0].body) == {"days": 400}


@pytest.mark.parametrize(
    ("token", "path", "body", "status", "words"),
    [
        (READ_ONLY_TOKEN, KESTREL, {"days": 7}, 403, "Resource not accessible by personal access token"),
        (NO_SCOPE_TOKEN, KESTREL, {"days": 7}, 403, "Must have admin rights to Repository."),
        (OUTSIDER_TOKEN, STUDIO, {"days": 7}, 404, "Not Found"),
        (DEMO_TOKEN, KESTREL + "-legacy", {"days": 7}, 404, "Not Found"),
        (DEMO_TOKEN, "/repos/fernwood-labs/kestrel-legacy/actions", {"days": 7}, 403, "Repository was archived"),
        (DEMO_TOKEN, KESTREL, {"days": 91}, 422, "Retention must be between 1 and 90 days."),
        (DEMO_TOKEN, KESTREL, {"days": 0}, 422, "Retention must be between 1 and 90 days."),
        (DEMO_TOKEN, KESTREL, {"hours": 7}, 422, '"days" wasn\'t supplied.'),
    ],
)
def test_a_retention_that_cannot_be_set_stays(token: str, path: str, body: Any, status: int, words: str) -> None:
    server = FakeGitHub()
    answer = api_client(server, token).put(f"{path}{RETENTION}", json=body)
    assert answer.status_code == status
    assert words in answer.json()["message"]
    assert server.store.retention == {}


def test_enterprise_server_before_3_19_has_no_such_setting() -> None:
    client = api_client(FakeGitHub(GHES_3_17))
    assert client.get(f"{KESTREL}{RETENTION}").status_code == 404
    assert client.put(f"{KESTREL}{RETENTION}", json={"days": 7}).status_code == 404


def test_caches_are_sorted_and_found_by_key_and_ref() -> None:
    client = api_client(FakeGitHub())
    whole = client.get(f"{KESTREL}/caches", params={"sort": "size_in_bytes", "per_page": 100}).json()
    sizes = [cache["size_in_bytes"] for cache in whole["actions_caches"]]
    assert sizes == sorted(sizes, reverse=True)
    assert whole["total_count"] == len(sizes) == 41
    up = client.get(f"{KESTREL}/caches?sort=created_at&direction=asc&per_page=100").json()["actions_caches"]
    assert [cache["created_at"] for cache in up] == sorted(cache["created_at"] for cache in up)
    some = client.get(f"{KESTREL}/caches?key=cargo-&ref=refs/heads/main").json()["actions_caches"]
    assert 0 < len(some) < 41
    assert {(cache["key"][:6], cache["ref"]) for cache in some} == {("cargo-", "refs/heads/main")}
    assert client.get(f"{KESTREL}/caches?sort=name").status_code == 422


def test_a_deleted_cache_is_gone_from_list_and_usage() -> None:
    client = api_client(FakeGitHub())
    biggest = client.get(f"{KESTREL}/caches?sort=size_in_bytes").json()["actions_caches"][0]
    before = client.get(f"{KESTREL}/cache/usage").json()
    assert client.delete(f"{KESTREL}/caches/{biggest['id']}").status_code == 204
    assert client.delete(f"{KESTREL}/caches/{biggest['id']}").status_code == 404
    after = client.get(f"{KESTREL}/cache/usage").json()
    assert after["active_caches_count"] == before["active_caches_count"] - 1
    assert after["active_caches_size_in_bytes"] == before["active_caches_size_in_bytes"] - biggest["size_in_bytes"]


def test_the_usage_of_an_organization_lists_only_repositories_with_caches() -> None:
    server = FakeGitHub()
    path = "/orgs/fernwood-labs/actions/cache/usage-by-repository"
    found = api_client(server).get(path).json()
    names = [usage["full_name"] for usage in found["repository_cache_usages"]]
    assert names == [
        f"fernwood-labs/{name}" for name in ("kestrel", "kestrel-studio", "flight-recorder", "infrastructure")
    ]
    assert found["total_count"] == 4
    assert api_client(server, OUTSIDER_TOKEN).get(path).status_code == 403
    assert api_client(server).get("/orgs/mira-holm/actions/cache/usage-by-repository").status_code == 404
