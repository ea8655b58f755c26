"""The demo server answers as GitHub describes it, flavor by flavor."""

import json
from typing import Any
from urllib.parse import parse_qsl

import pytest

from artifact_tui.demo import flavors
from artifact_tui.demo.accounts import DEMO_TOKEN, READ_ONLY_TOKEN
from artifact_tui.demo.flavors import Flavor, enterprise_server
from tests.contract import ContractError, Description
from tests.double.server import FakeGitHub

PAIRS = {
    "api.github.com.2022-11-28-nodigest": flavors.GITHUB_EARLY,
    "api.github.com.2022-11-28": flavors.GITHUB_2022,
    "api.github.com.2026-03-10": flavors.GITHUB_2026,
    "ghes-3.8": flavors.GHES_3_8,
    "ghes-3.10": flavors.GHES_3_10,
    "ghes-3.19": enterprise_server("3.19"),
}


class Checked:
    """A demo server whose every exchange is held against a description."""

    def __init__(self, name: str, flavor: Flavor) -> None:
        self.description, self.server = Description.load(name), FakeGitHub(flavor)

    def call(self, method: str, target: str, token: str = DEMO_TOKEN) -> tuple[int, Any]:
        path, _, query = target.partition("?")
        self.description.check_request(method, path, dict(parse_qsl(query)))
        headers = {"User-Agent": "tests"} | ({"Authorization": f"Bearer {token}"} if token else {})
        answer = self.server.handle(method, self.server.flavor.api + target, headers)
        body = json.loads(answer.body) if answer.body else None
        self.description.check_response(method, path, answer.status, body)
        return answer.status, body


@pytest.fixture(params=PAIRS)
def checked(request: pytest.FixtureRequest) -> Checked:
    return Checked(request.param, PAIRS[request.param])


@pytest.mark.parametrize(
    "target",
    [
        "/",
        "/meta",
        "/user",
        "/user/orgs",
        "/user/repos?sort=pushed&per_page=100",
        "/orgs/fernwood-labs/repos?type=all",
        "/users/mira-holm/repos",
        "/search/repositories?q=kestrel",
        "/repos/fernwood-labs/kestrel",
        "/repos/mira-holm/kestrel",
        "/repos/fernwood-labs/kestrel/actions/workflows",
        "/repos/fernwood-labs/kestrel/actions/runs?per_page=100",
        "/repos/fernwood-labs/kestrel/actions/runs?status=failure&created=2026-11-01..2026-11-10",
        "/repos/fernwood-labs/kestrel/actions/workflows/release.yml/runs?branch=main",
        "/repos/fernwood-labs/kestrel/actions/cache/usage",
        "/repos/fernwood-labs/fuzz-corpus/actions/runs",
        "/repos/fernwood-labs/fuzz-corpus/actions/artifacts?per_page=100",
        "/repos/fernwood-labs/sandbox/actions/runs",
        "/repos/fernwood-labs/sandbox/actions/artifacts",
        "/repos/fernwood-labs/kestrel/actions/artifacts?name=coverage",
    ],
)
def test_what_can_be_read_is_as_described(checked: Checked, target: str) -> None:
    status, body = checked.call("GET", target)
    assert status == 200
    assert body


def test_every_artifact_of_the_main_repository_is_as_described(checked: Checked) -> None:
    seen = total = 0
    for page in range(1, 10):
        _, body = checked.call("GET", f"/repos/fernwood-labs/kestrel/actions/artifacts?per_page=100&page={page}")
        seen, total = seen + len(body["artifacts"]), body["total_count"]
    assert seen == total


def test_a_run_its_artifacts_and_an_artifact_are_as_described(checked: Checked) -> None:
    base = "/repos/fernwood-labs/kestrel/actions"
    _, runs = checked.call("GET", f"{base}/runs?per_page=30&event=schedule")
    run = runs["workflow_runs"][0]["id"]
    checked.call("GET", f"{base}/runs/{run}")
    _, listed = checked.call("GET", f"{base}/runs/{run}/artifacts")
    number = listed["artifacts"][0]["id"]
    assert checked.call("GET", f"{base}/artifacts/{number}")[0] == 200
    assert checked.call("GET", f"{base}/artifacts/{number}/zip")[0] == 302
    assert checked.call("DELETE", f"{base}/artifacts/{number}", READ_ONLY_TOKEN)[0] == 403
    assert checked.call("DELETE", f"{base}/artifacts/{number}")[0] == 204
    assert checked.call("GET", f"{base}/artifacts/{number}")[0] == 404
    assert checked.call("DELETE", f"{base}/runs/{run}")[0] == 204


def test_expired_moved_and_signed_out_are_as_described(checked: Checked) -> None:
    _, body = checked.call("GET", "/repos/fernwood-labs/kestrel-legacy/actions/artifacts")
    legacy = checked.server.store.repository("fernwood-labs/kestrel-legacy")
    assert legacy is not None
    number = checked.server.store.repository_artifacts(legacy.id)[0].id
    assert number in {row["id"] for row in body["artifacts"]} or not checked.server.flavor.lists_expired
    assert checked.call("GET", f"/repos/fernwood-labs/kestrel-legacy/actions/artifacts/{number}/zip")[0] == 410
    assert checked.call("GET", "/repos/fernwood-labs/kestrel-db")[0] == 301
    assert checked.call("GET", "/user", token="")[0] == 401
    assert checked.call("GET", "/user", token="wrong")[0] == 401


def test_limits_and_versions_are_as_described(checked: Checked) -> None:
    enterprise = checked.server.flavor.enterprise
    assert checked.call("GET", "/rate_limit")[0] == (404 if enterprise else 200)
    if not enterprise:
        assert checked.call("GET", "/versions")[0] == 200
    if checked.server.flavor.retention:
        target = "/repos/fernwood-labs/kestrel/actions/permissions/artifact-and-log-retention"
        assert checked.call("GET", target)[0] == 200


def test_direction_is_described_where_the_server_knows_it(checked: Checked) -> None:
    target = "/repos/fernwood-labs/kestrel/actions/runs/1/artifacts"
    if checked.server.flavor.direction:
        checked.description.check_request("GET", target, {"direction": "asc"})
    else:
        with pytest.raises(ContractError, match="direction"):
            checked.description.check_request("GET", target, {"direction": "asc"})


@pytest.mark.parametrize(
    ("path", "query", "complaint"),
    [
        ("/repos/o/r/actions/artifacts", {"per_page": "many"}, "per_page"),
        ("/repos/o/r/actions/artifacts", {"sort": "size"}, "sort"),
        ("/repos/o/r/actions/runs", {"status": "fine"}, "status"),
        ("/repos/o/r/actions/packages", {}, "there is no"),
        ("/search/repositories", {}, "needs 'q'"),
    ],
)
def test_a_wrong_request_is_noticed(path: str, query: dict[str, str], complaint: str) -> None:
    description = Description.load("api.github.com.2022-11-28")
    with pytest.raises(ContractError, match=complaint):
        description.check_request("GET", path, query)


def test_a_wrong_answer_is_noticed() -> None:
    description = Description.load("api.github.com.2022-11-28")
    body = {"total_count": 1, "artifacts": [{"id": "5"}]}
    with pytest.raises(ContractError, match=r"artifacts\[0\]"):
        description.check_response("GET", "/repos/o/r/actions/artifacts", 200, body)
    with pytest.raises(ContractError, match="never answers 206"):
        description.check_response("GET", "/repos/o/r/actions/artifacts", 206, body)
