"""Between the client and the demo server stands Prism with GitHub's own description, and objects to neither."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass

import httpx
import pytest

from artifact_tui.demo.accounts import DEMO_TOKEN
from artifact_tui.demo.messages import DemoAnswer
from artifact_tui.domain.models import Artifact, Digest
from artifact_tui.domain.provider import ArtifactExpired, NotFound
from tests.double.loopback import Loopback
from tests.double.server import FakeGitHub
from tests.github.stage import CORPUS, KESTREL, an_artifact, ids_of
from tests.integration.allowances import objections
from tests.integration.journey import Traveler
from tests.integration.prism import DESCRIBED, proxy, reached_at
from tests.integration.wire import Wire

pytestmark = pytest.mark.integration


PAST_PRISM = "x-location"


class Discreet(FakeGitHub):
    """A demo server whose downloads pass through Prism, which would follow a 302 itself, with the token.

    The address therefore travels under another name, and :class:`Wire` gives it back its own.
    """

    def handle(self, method: str, url: str, headers: Mapping[str, str], body: bytes = b"") -> DemoAnswer:
        answer = super().handle(method, url, headers, body)
        if answer.status == 302:
            answer.headers[PAST_PRISM] = answer.headers.pop("Location")
        return answer


@dataclass(frozen=True)
class Gateway:
    """A demo server on loopback, and the address of the Prism in front of it."""

    server: FakeGitHub
    loopback: Loopback
    address: str


@pytest.fixture(scope="module", params=DESCRIBED, ids=[flavor.name for flavor, _ in DESCRIBED])
def gateway(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    flavor, name = request.param
    server = Discreet(flavor)
    with (
        Loopback(server) as loopback,
        proxy(name, loopback.api, tmp_path_factory.mktemp("prism")) as address,
    ):
        yield Gateway(server, loopback, address)


@pytest.fixture
async def traveler(gateway: Gateway) -> AsyncIterator[Traveler]:
    host = reached_at(gateway.address, gateway.server.flavor)
    traveler = Traveler(host, DEMO_TOKEN, Wire(back={PAST_PRISM: "location"}))
    yield traveler
    await traveler.close()


async def test_all_that_is_asked_and_answered_is_as_described(gateway: Gateway, traveler: Traveler) -> None:
    artifacts = await traveler.look_around(KESTREL, "mira-holm")
    assert [artifact.id for artifact in artifacts] == ids_of(gateway.server, KESTREL)
    sent = traveler.wire.exchanges
    assert len(sent) > 40
    assert sent == traveler.wire.sent_to(gateway.address)
    assert objections(sent) == []


def test_a_download_is_as_described_and_its_bytes_come_without_the_token(gateway: Gateway, traveler: Traveler) -> None:
    artifact = an_artifact(gateway.server)
    with traveler.storage.open(CORPUS, artifact).read() as body:
        archive = b"".join(body)
    assert_intact(archive, artifact, by_digest=gateway.server.flavor.digest)
    assert objections(traveler.wire.exchanges) == []
    assert traveler.wire.sent_to(gateway.address)[-1].with_token
    fetched = traveler.wire.sent_to(gateway.loopback.blobs)
    assert [(each.status, each.with_token) for each in fetched] == [(200, False)]


def assert_intact(archive: bytes, artifact: Artifact, *, by_digest: bool) -> None:
    """Old servers give no digest and zip on the way: there the checksums inside are all there is."""
    if by_digest:
        assert Digest.parse(artifact.digest) == Digest("sha256", hashlib.sha256(archive).hexdigest())
    assert zipfile.ZipFile(io.BytesIO(archive)).testzip() is None


def test_an_expired_artifact_is_refused_as_described(gateway: Gateway, traveler: Traveler) -> None:
    with pytest.raises(ArtifactExpired):
        traveler.storage.open(KESTREL, an_artifact(gateway.server, KESTREL, expired=True))
    assert objections(traveler.wire.exchanges) == []


def test_a_delete_is_as_described(gateway: Gateway, traveler: Traveler) -> None:
    artifact = an_artifact(gateway.server)
    traveler.storage.delete(CORPUS, artifact.id)
    assert traveler.storage.exists(CORPUS, artifact.id) is None
    with pytest.raises(NotFound):
        traveler.storage.delete(CORPUS, artifact.id)
    with pytest.raises(NotFound):
        traveler.storage.open(CORPUS, artifact)
    assert [each.status for each in traveler.wire.exchanges][-4:] == [204, 404, 404, 404]
    assert objections(traveler.wire.exchanges) == []


def test_what_is_not_as_described_is_objected_to(gateway: Gateway, traveler: Traveler) -> None:
    url = f"{gateway.address}/repos/{KESTREL}/actions/runs?status=fine"
    request = httpx.Request("GET", url, headers={"User-Agent": "tests"})
    traveler.wire.blocking.handle_request(request).close()
    gateway.server.fault("GET /meta", status=200, body='{"installed_version": 38}')
    request = httpx.Request("GET", f"{gateway.address}/meta", headers={"User-Agent": "tests"})
    traveler.wire.blocking.handle_request(request).close()
    found = objections(traveler.wire.exchanges)
    assert any("request.query.status" in each for each in found)
    assert any("/meta 200: response.body" in each for each in found)
