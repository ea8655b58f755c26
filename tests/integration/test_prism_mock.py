"""The client reads every example in GitHub's own descriptions, and follows none of the addresses in them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from artifact_tui.demo.flavors import Flavor
from artifact_tui.domain.models import Artifact, RepositoryName
from artifact_tui.domain.provider import Offline
from artifact_tui.github.http.requests import JSON
from tests.integration.journey import Traveler
from tests.integration.prism import DESCRIBED, mock, reached_at
from tests.integration.wire import Wire

pytestmark = pytest.mark.integration

HELLO = RepositoryName("octocat", "Hello-World")
MEDIA_TYPE = {"accept": "application/json"}
"""The descriptions name `application/json` alone, so Prism answers 406 to `application/vnd.github+json`, which GitHub
recommends in the same documents ("Setting to application/vnd.github+json is recommended") and answers with JSON."""

NUMBERS_PASS = False
"""A workflow's id is `oneOf` integer and string in the descriptions, and a number in an address is both to Prism, so it
answers 422 to every id; file names pass."""

Mocked = tuple[Flavor, str]


@pytest.fixture(scope="module", params=DESCRIBED, ids=[flavor.name for flavor, _ in DESCRIBED])
def mocked(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mocked]:
    flavor, name = request.param
    with mock(name, tmp_path_factory.mktemp("prism")) as address:
        yield flavor, address


@pytest.fixture
async def traveler(mocked: Mocked) -> AsyncIterator[Traveler]:
    flavor, address = mocked
    traveler = Traveler(reached_at(address, flavor), "a-token-for-examples", Wire(instead=MEDIA_TYPE))
    yield traveler
    await traveler.close()


async def test_every_example_can_be_read_and_no_address_in_it_is_followed(traveler: Traveler) -> None:
    artifacts = await traveler.look_around(HELLO, "octocat", by_id=NUMBERS_PASS)
    assert {artifact.name for artifact in artifacts} == {"Rails", "Test output"}
    sent = traveler.wire.exchanges
    assert sent == traveler.wire.sent_to(traveler.host.base_url)
    assert len(sent) > 30
    assert all(exchange.with_token for exchange in sent)
    assert {exchange.status for exchange in sent} == {200}


async def test_an_artifact_is_looked_up_and_deleted(traveler: Traveler) -> None:
    assert traveler.storage.exists(HELLO, 11) is not None
    traveler.storage.delete(HELLO, 11)
    assert [(each.method, each.status) for each in traveler.wire.exchanges[-2:]] == [("GET", 200), ("DELETE", 204)]


async def test_the_address_of_a_download_is_asked_for_without_the_token(traveler: Traveler) -> None:
    archive = traveler.storage.open(HELLO, Artifact(id=11, name="Rails", size_in_bytes=556))
    assert traveler.wire.exchanges[-1].status == 302
    with pytest.raises(Offline), archive.read():
        pass
    asked = traveler.wire.exchanges[-1]
    assert asked.url.host == "pipelines.actions.githubusercontent.com"
    assert not asked.with_token
    assert JSON not in asked.headers["accept"]
    assert not [name for name in asked.headers if name.startswith("x-github")]
