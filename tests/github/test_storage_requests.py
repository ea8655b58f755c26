"""What the provider reads about retention and caches."""

from __future__ import annotations

import pytest

from artifact_tui.demo import flavors
from artifact_tui.demo.flavors import Flavor
from artifact_tui.domain.models import RepositoryName
from artifact_tui.domain.provider import NotFound, ServerTrouble
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


async def test_the_caches_of_an_organization_are_read_page_by_page() -> None:
    server = FakeGitHub()
    client = provider(server)
    usages: list[CacheUsage] = await everything(client.owner_cache_usage("fernwood-labs"))
    assert [usage.id.partition("/")[2] for usage in usages][:2] == ["kestrel", "kestrel-studio"]
    with pytest.raises(NotFound):
        await everything(client.owner_cache_usage("mira-holm"))
