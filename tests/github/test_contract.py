"""Every request that the client sends is one of GitHub's own description of that server."""

from __future__ import annotations

import pytest

from artifact_tui.demo import flavors
from artifact_tui.demo.flavors import Flavor
from artifact_tui.domain.models import RunFilter
from tests.contract import Description
from tests.double.server import FakeGitHub
from tests.github.stage import CORPUS, KESTREL, an_artifact, everything, provider, storage

DESCRIBED = [
    (flavors.GITHUB_EARLY, "api.github.com.2022-11-28-nodigest"),
    (flavors.GITHUB_2022, "api.github.com.2022-11-28"),
    (flavors.GITHUB_2026, "api.github.com.2026-03-10"),
    (flavors.DATA_RESIDENCY, "api.github.com.2026-03-10"),
    (flavors.GHES_3_8, "ghes-3.8"),
    (flavors.GHES_3_10, "ghes-3.10"),
    (flavors.GHES_3_19, "ghes-3.19"),
]

ONLY = RunFilter(branch="main", event="push", actor="jonas-veit", status="success")


async def look_around(server: FakeGitHub) -> None:
    """Ask for everything that the client can ask for."""
    client = provider(server)
    await client.viewer()
    for owner in ("", "fernwood-labs", "corvid-hops", "mira-holm"):
        await everything(client.repositories(owner))
    await everything(client.search("kestrel"))
    await client.workflows(KESTREL)
    await everything(client.runs(KESTREL, ONLY))
    await everything(client.runs(KESTREL, RunFilter(workflow="nightly.yml")))
    await everything(client.runs(KESTREL, RunFilter(workflow="Nightly", status="in_progress")))
    found = await everything(client.artifacts(KESTREL))
    await everything(client.artifacts(KESTREL, name="wheel"))
    run_id = found[0].run_id
    assert run_id is not None
    await everything(client.artifacts(KESTREL, run_id, name=found[0].name))
    await client.run(KESTREL, run_id)
    await client.artifact(KESTREL, found[0].id)
    await client.repository(KESTREL)
    await client.rate_limit()
    if server.flavor.retention:
        await client.retention(KESTREL)
    await client.cache_usage(KESTREL)
    await client.close()


@pytest.mark.parametrize(("flavor", "name"), DESCRIBED, ids=[flavor.name for flavor, _ in DESCRIBED])
async def test_every_request_is_a_described_one(flavor: Flavor, name: str) -> None:
    description = Description.load(name)
    server = FakeGitHub(flavor)
    await look_around(server)
    keeper = storage(server)
    artifact = an_artifact(server)
    with keeper.open(CORPUS, artifact).read() as body:
        assert b"".join(body)
    keeper.delete(CORPUS, artifact.id)
    assert keeper.exists(CORPUS, artifact.id) is None
    sent = [request for request in server.requests if request.place == "api"]
    assert len(sent) > 25
    for request in sent:
        query = dict(request.query)
        if flavor is flavors.GITHUB_EARLY:
            query.pop("direction", None)  # the same server has it by now, and ignored it before
        description.check_request(request.method, request.path, query)
