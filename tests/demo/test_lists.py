"""Lists of the demo server: pages, filters, order, as GitHub gives them."""

from typing import Any

import httpx
import msgspec
import pytest

from artifact_tui.demo import flavors
from artifact_tui.demo.action_routes import in_range
from artifact_tui.demo.data import DemoRun, World, load_world
from tests.demo.asking import KESTREL, api_client
from tests.double.server import FakeGitHub


@pytest.fixture
def client() -> httpx.Client:
    return api_client(FakeGitHub())


def walk(client: httpx.Client, target: str, key: str) -> list[dict[str, Any]]:
    """All rows, by following `next`."""
    rows: list[dict[str, Any]] = []
    following: str | None = target
    while following:
        answer = client.get(following)
        assert answer.status_code == 200
        rows += answer.json()[key]
        following = answer.links.get("next", {}).get("url")
    return rows


def test_following_next_gives_every_artifact_once_newest_first(client: httpx.Client) -> None:
    first = client.get(f"{KESTREL}/artifacts?per_page=100")
    assert "/repositories/611204338/actions/artifacts?per_page=100&page=2" in first.links["next"]["url"]
    rows = walk(client, f"{KESTREL}/artifacts?per_page=100", "artifacts")
    ids = [row["id"] for row in rows]
    assert ids == sorted(set(ids), reverse=True)
    assert len(ids) == first.json()["total_count"]


def test_a_page_holds_thirty_rows_unless_asked_and_never_more_than_a_hundred(client: httpx.Client) -> None:
    assert len(client.get(f"{KESTREL}/artifacts").json()["artifacts"]) == 30
    assert len(client.get(f"{KESTREL}/artifacts?per_page=500").json()["artifacts"]) == 100


def test_one_page_has_no_link_and_a_page_beyond_the_last_is_empty(client: httpx.Client) -> None:
    target = "/repos/mira-holm/kestrel/actions/artifacts"
    assert "link" not in client.get(target).headers
    beyond = client.get(f"{KESTREL}/artifacts?per_page=100&page=99")
    assert beyond.json()["artifacts"] == []
    assert "next" not in beyond.links


def test_a_name_is_matched_exactly(client: httpx.Client) -> None:
    rows = walk(client, f"{KESTREL}/artifacts?name=coverage&per_page=100", "artifacts")
    assert {row["name"] for row in rows} == {"coverage"}
    assert client.get(f"{KESTREL}/artifacts?name=cover").json()["total_count"] == 0


@pytest.mark.parametrize(
    ("parameter", "value", "field"),
    [
        ("branch", "main", "head_branch"),
        ("event", "pull_request", "event"),
        ("status", "failure", "conclusion"),
        ("status", "in_progress", "status"),
    ],
)
def test_runs_are_filtered(client: httpx.Client, parameter: str, value: str, field: str) -> None:
    rows = walk(client, f"{KESTREL}/runs?{parameter}={value}&per_page=100", "workflow_runs")
    assert {row[field] for row in rows} == {value}


def test_runs_of_a_workflow_by_file_and_by_number_are_the_same(client: httpx.Client) -> None:
    workflows = client.get(f"{KESTREL}/workflows").json()["workflows"]
    release = next(row for row in workflows if row["path"].endswith("release.yml"))
    by_file = client.get(f"{KESTREL}/workflows/release.yml/runs").json()
    by_number = client.get(f"{KESTREL}/workflows/{release['id']}/runs").json()
    assert by_file == by_number
    assert {run["name"] for run in by_file["workflow_runs"]} == {"Release"}
    assert client.get(f"{KESTREL}/workflows/nothing.yml/runs").status_code == 404


def test_runs_of_an_actor_and_of_a_commit_are_found(client: httpx.Client) -> None:
    run = client.get(f"{KESTREL}/runs?per_page=1&status=completed").json()["workflow_runs"][0]
    same_commit = client.get(f"{KESTREL}/runs", params={"head_sha": run["head_sha"]}).json()
    assert [found["id"] for found in same_commit["workflow_runs"]] == [run["id"]]
    rows = client.get(f"{KESTREL}/runs", params={"actor": "mira-holm"}).json()["workflow_runs"]
    assert {row["actor"]["login"] for row in rows} == {"mira-holm"}


@pytest.mark.parametrize(
    ("wanted", "inside"),
    [
        ("2026-11-20", True),
        ("2026-11-19", False),
        (">=2026-11-20", True),
        (">2026-11-20", False),
        ("<2026-11-20", False),
        ("<=2026-11-20", True),
        ("2026-11-01..2026-11-20", True),
        ("2026-11-01..2026-11-19", False),
        ("*..2026-11-20", True),
        ("2026-11-21..*", False),
        ("2026-11-20T08:00:00Z..2026-11-20T08:30:00Z", True),
        (">2026-11-20T08:00:00Z", False),
    ],
)
def test_created_is_a_range_as_in_searches(wanted: str, inside: bool) -> None:
    assert in_range("2026-11-20T08:00:00Z", wanted) is inside


def test_a_filtered_list_of_runs_ends_after_a_thousand() -> None:
    world = load_world()
    run = next(run for run in world.runs if run.status == "completed")
    many = [DemoRun(number, *_rest(run)) for number in range(1, 1102)]
    client = api_client(FakeGitHub(world=World(world.people, world.repositories, world.workflows, many, [])))
    base = f"/repositories/{run.repository}/actions/runs?per_page=100"
    assert len(walk(client, base, "workflow_runs")) == 1101
    assert len(walk(client, f"{base}&event={run.event}", "workflow_runs")) == 1000


def _rest(run: DemoRun) -> tuple[Any, ...]:
    return tuple(getattr(run, name) for name in run.__struct_fields__[1:])


def test_artifacts_of_a_run_come_in_the_direction_that_is_asked_for(client: httpx.Client) -> None:
    run = client.get(f"{KESTREL}/workflows/release.yml/runs?status=success").json()["workflow_runs"][0]["id"]
    down = [row["id"] for row in client.get(f"{KESTREL}/runs/{run}/artifacts").json()["artifacts"]]
    up = client.get(f"{KESTREL}/runs/{run}/artifacts?direction=asc").json()["artifacts"]
    assert down == sorted(down, reverse=True)
    assert [row["id"] for row in up] == down[::-1]


def test_an_older_enterprise_server_ignores_the_direction() -> None:
    client = api_client(FakeGitHub(flavors.GHES_3_10), token="demo-token-of-mira-holm")
    base = f"{client.base_url}repos/fernwood-labs/kestrel/actions"
    run = client.get(f"{base}/workflows/release.yml/runs?status=success").json()["workflow_runs"][0]["id"]
    plain = client.get(f"{base}/runs/{run}/artifacts").json()
    assert client.get(f"{base}/runs/{run}/artifacts?direction=desc").json() == plain
    ids = [row["id"] for row in plain["artifacts"]]
    assert ids == sorted(ids)


def test_repositories_of_the_account_come_by_last_push(client: httpx.Client) -> None:
    rows = client.get("/user/repos?sort=pushed&per_page=100").json()
    pushed = [row["pushed_at"] for row in rows]
    assert pushed == sorted(pushed, reverse=True)
    assert "mira-holm/dotfiles" in {row["full_name"] for row in rows}
    assert "corvid-hops/kestrel" not in {row["full_name"] for row in rows}


def test_a_search_finds_what_the_account_does_not_own(client: httpx.Client) -> None:
    found = client.get("/search/repositories?q=kestrel+user:corvid-hops").json()
    assert [row["full_name"] for row in found["items"]] == ["corvid-hops/kestrel"]
    assert client.get("/search/repositories?q=").status_code == 422


def test_a_renamed_repository_leads_to_its_new_place(client: httpx.Client) -> None:
    moved = client.get("/repos/fernwood-labs/kestrel-db/actions/artifacts?per_page=2")
    assert moved.status_code == 301
    assert moved.headers["location"].endswith("/repositories/611204338/actions/artifacts?per_page=2")
    assert len(client.get(moved.headers["location"]).json()["artifacts"]) == 2
    assert client.delete("/repos/fernwood-labs/kestrel-db/actions/artifacts/1").status_code == 307


def test_a_trailing_slash_is_not_found(client: httpx.Client) -> None:
    assert client.get("/user/").status_code == 404


def test_an_artifact_that_appears_is_listed_first() -> None:
    server = FakeGitHub()
    client = api_client(server)
    newest = server.store.artifacts[client.get(f"{KESTREL}/artifacts").json()["artifacts"][0]["id"]]
    fresh = msgspec.structs.replace(newest, id=newest.id + 1, name="fresh")
    server.store.add(fresh)
    assert client.get(f"{KESTREL}/artifacts").json()["artifacts"][0]["name"] == "fresh"
    in_run = client.get(f"{KESTREL}/runs/{fresh.run}/artifacts").json()["artifacts"]
    assert in_run[0]["name"] == "fresh"
