"""Who may do what on the demo server, and what each flavor says about itself."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from artifact_tui.demo import flavors
from artifact_tui.demo.accounts import DEMO_TOKEN, NO_SCOPE_TOKEN, OUTSIDER_TOKEN, READ_ONLY_TOKEN, DemoAccount
from artifact_tui.demo.fixed_clock import DEMO_NOW
from artifact_tui.demo.flavors import Flavor, enterprise_server
from tests.demo.asking import KESTREL, api_client, smallest
from tests.double.server import FakeGitHub

PRIVATE = "/repos/fernwood-labs/kestrel-studio"


def test_without_a_token_public_things_are_listed_but_not_downloaded() -> None:
    client = api_client(FakeGitHub(), token="")
    artifact = smallest(client)
    refused = client.get(f"{KESTREL}/artifacts/{artifact['id']}/zip")
    assert refused.status_code == 403
    assert refused.json()["message"] == "You must have the actions scope to download artifacts."
    assert client.get("/user").status_code == 401
    assert client.get(PRIVATE).status_code == 404
    assert client.get(KESTREL + "/runs").headers["x-ratelimit-limit"] == "60"


def test_a_wrong_token_is_refused_even_for_public_things() -> None:
    answer = api_client(FakeGitHub(), token="wrong-token").get(f"{KESTREL}/artifacts")
    assert (answer.status_code, answer.json()["message"]) == (401, "Bad credentials")


@pytest.mark.parametrize(
    ("token", "status", "message"),
    [
        (READ_ONLY_TOKEN, 403, "Resource not accessible by personal access token"),
        (NO_SCOPE_TOKEN, 403, "Must have admin rights to Repository."),
        (OUTSIDER_TOKEN, 403, "Must have admin rights to Repository."),
        ("", 401, "Requires authentication"),
    ],
)
def test_deleting_needs_the_right_to_write(token: str, status: int, message: str) -> None:
    server = FakeGitHub()
    artifact = smallest(api_client(server))
    answer = api_client(server, token).delete(f"{KESTREL}/artifacts/{artifact['id']}")
    assert (answer.status_code, answer.json()["message"]) == (status, message)
    assert answer.headers.get("x-accepted-github-permissions") == (
        "actions=write" if token == READ_ONLY_TOKEN else None
    )
    assert api_client(server).get(f"{KESTREL}/artifacts/{artifact['id']}").status_code == 200


def test_a_deleted_artifact_is_gone_from_every_list() -> None:
    client = api_client(FakeGitHub())
    artifact = smallest(client)
    target = f"{KESTREL}/artifacts/{artifact['id']}"
    before = client.get(f"{KESTREL}/artifacts").json()["total_count"]
    assert client.delete(target).status_code == 204
    assert client.delete(target).status_code == 404
    assert client.get(target).status_code == 404
    assert client.get(f"{KESTREL}/artifacts").json()["total_count"] == before - 1
    in_run = client.get(f"{KESTREL}/runs/{artifact['workflow_run']['id']}/artifacts").json()["artifacts"]
    assert artifact["id"] not in {row["id"] for row in in_run}


def test_a_private_repository_exists_for_members_only() -> None:
    server = FakeGitHub()
    assert api_client(server).get(PRIVATE).json()["private"] is True
    assert api_client(server, OUTSIDER_TOKEN).get(PRIVATE).status_code == 404


def test_scopes_are_told_for_classic_tokens_only() -> None:
    server = FakeGitHub()
    assert api_client(server).get("/user").headers["x-oauth-scopes"] == "repo, workflow"
    assert "x-oauth-scopes" not in api_client(server, READ_ONLY_TOKEN).get("/user").headers


def test_tokens_can_be_chosen_and_stay_out_of_sight() -> None:
    account = DemoAccount("aiko-tanabe", "a-token-of-my-own")
    server = FakeGitHub(accounts=[account])
    assert api_client(server, "a-token-of-my-own").get("/user").json()["login"] == "aiko-tanabe"
    assert api_client(server, DEMO_TOKEN).get("/user").status_code == 401
    assert "a-token-of-my-own" not in repr(account) + repr(server.requests)


@pytest.mark.parametrize(
    "flavor", [flavors.GITHUB, flavors.GITHUB_UNTIL_SEPTEMBER, flavors.GHES_3_19], ids=lambda flavor: flavor.name
)
def test_time_makes_an_artifact_expire(flavor: Flavor) -> None:
    """github.com no longer lists, shows or deletes it; Enterprise Servers, and github.com before, still do."""
    now = [DEMO_NOW]
    client = api_client(FakeGitHub(flavor, clock=lambda: now[0]))
    artifact = smallest(client)
    target = f"{KESTREL}/artifacts/{artifact['id']}"
    lists = (f"{KESTREL}/artifacts?name=coverage", f"{KESTREL}/runs/{artifact['workflow_run']['id']}/artifacts")
    before = [client.get(path).json()["total_count"] for path in lists]
    now[0] = datetime.fromisoformat(artifact["expires_at"]) + timedelta(seconds=1)
    gone = client.get(f"{target}/zip")
    assert (gone.status_code, gone.json()["message"]) == (410, "Artifact has expired")
    listed = [artifact["id"] in {row["id"] for row in client.get(path).json()["artifacts"]} for path in lists]
    assert listed[1] is flavor.lists_expired
    if flavor.lists_expired:
        assert client.get(target).json()["expired"] is True
        assert [client.get(path).json()["total_count"] for path in lists] == before
        assert client.delete(target).status_code == 204
    else:
        assert client.get(target).status_code == 404
        assert client.delete(target).status_code == 404
        assert all(client.get(path).json()["total_count"] < total for path, total in zip(lists, before, strict=True))


def test_only_enterprise_servers_and_github_before_september_list_what_has_expired() -> None:
    lists = {flavor.name for flavor in flavors.FLAVORS if flavor.lists_expired}
    assert lists == {"github.com until September 2026", "GHES 3.8", "GHES 3.10", "GHES 3.19"}


def test_zip_does_not_like_octet_streams() -> None:
    client = api_client(FakeGitHub())
    target = f"{KESTREL}/artifacts/{smallest(client)['id']}/zip"
    assert client.get(target, headers={"Accept": "application/octet-stream"}).status_code == 415


def test_a_user_agent_is_demanded() -> None:
    answer = FakeGitHub().handle("GET", "https://api.github.com/user", {})
    assert answer.status == 403


@pytest.mark.parametrize(
    ("flavor", "version", "status", "selected"),
    [
        (flavors.GITHUB, None, 200, "2022-11-28"),
        (flavors.GITHUB, "2026-03-10", 200, "2026-03-10"),
        (flavors.GITHUB_2022, "2026-03-10", 400, None),
        (flavors.GITHUB_2026, "2022-11-28", 400, None),
        (flavors.GHES_3_8, "2022-11-28", 200, None),
        (replace(flavors.GHES_3_8, strict_version=True), "2022-11-28", 400, None),
        (flavors.GHES_3_10, "2026-03-10", 400, None),
        (enterprise_server("3.21"), "2026-03-10", 200, "2026-03-10"),
    ],
)
def test_api_versions_are_those_of_the_server(
    flavor: Flavor, version: str | None, status: int, selected: str | None
) -> None:
    headers = {"X-GitHub-Api-Version": version} if version else {}
    answer = api_client(FakeGitHub(flavor)).get("/meta", headers=headers)
    assert answer.status_code == status
    assert answer.headers.get("x-github-api-version-selected") == selected
    if status == 400:
        assert "not a supported version" in answer.json()["errors"]


@pytest.mark.parametrize("flavor", flavors.FLAVORS, ids=lambda flavor: flavor.name)
def test_a_server_says_what_it_is(flavor: Flavor) -> None:
    client = api_client(FakeGitHub(flavor))
    meta = client.get("/meta")
    release = flavor.release or None
    assert meta.headers.get("x-github-enterprise-version") == meta.json().get("installed_version") == release
    assert client.get("/versions").status_code == (404 if release else 200)
    limits = client.get("/rate_limit")
    assert limits.status_code == (404 if release else 200)
    assert ("x-ratelimit-remaining" in meta.headers) is (release is None)
    artifact = client.get("/repos/fernwood-labs/kestrel/actions/artifacts?per_page=1").json()["artifacts"][0]
    assert ("digest" in artifact) is flavor.digest
    assert artifact["url"].startswith(flavor.api)


def test_the_newest_version_has_left_some_keys_behind() -> None:
    client = api_client(FakeGitHub())
    newest = {"X-GitHub-Api-Version": "2026-03-10"}
    assert "rate" in client.get("/rate_limit").json()
    assert "rate" not in client.get("/rate_limit", headers=newest).json()
    assert "has_downloads" in client.get("/user/repos").json()[0]
    assert "has_downloads" not in client.get("/user/repos", headers=newest).json()[0]


def test_what_is_unchanged_costs_no_bytes() -> None:
    client = api_client(FakeGitHub())
    first = client.get(f"{KESTREL}/artifacts")
    again = client.get(f"{KESTREL}/artifacts", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    client.delete(f"{KESTREL}/artifacts/{first.json()['artifacts'][0]['id']}")
    changed = client.get(f"{KESTREL}/artifacts", headers={"If-None-Match": first.headers["etag"]})
    assert changed.status_code == 200


def test_requests_run_out_and_come_back_after_the_hour() -> None:
    now = [DEMO_NOW]
    client = api_client(FakeGitHub(clock=lambda: now[0]), token="")
    answers = [client.get("/meta") for _ in range(61)]
    assert [answer.status_code for answer in answers] == [200] * 60 + [403]
    assert answers[-1].headers["x-ratelimit-remaining"] == "0"
    assert answers[-1].headers["x-ratelimit-reset"] == str(int(DEMO_NOW.timestamp()) + 3600)
    now[0] += timedelta(hours=1)
    assert client.get("/meta").headers["x-ratelimit-remaining"] == "59"


def test_an_unchanged_answer_costs_no_request() -> None:
    client = api_client(FakeGitHub())
    first = client.get("/user")
    again = client.get("/user", headers={"If-None-Match": first.headers["etag"]})
    assert again.headers["x-ratelimit-remaining"] == first.headers["x-ratelimit-remaining"]
