"""The demo server behind real sockets."""

import hashlib
import io
import zipfile

import httpx
import pytest

from artifact_tui.demo import flavors
from artifact_tui.demo.accounts import DEMO_TOKEN
from tests.double.loopback import Loopback
from tests.double.server import FakeGitHub

TARGET = "/repos/fernwood-labs/kestrel/actions/artifacts"


def client_of(loopback: Loopback) -> httpx.Client:
    headers = {"Authorization": f"Bearer {DEMO_TOKEN}"}
    return httpx.Client(base_url=loopback.api, headers=headers, trust_env=False)


def bare() -> httpx.Client:
    return httpx.Client(trust_env=False, timeout=5)


def test_a_whole_download_over_two_ports() -> None:
    with Loopback(FakeGitHub()) as loopback, client_of(loopback) as client, bare() as storage:
        artifact = client.get(TARGET, params={"name": "coverage"}).json()["artifacts"][0]
        address = client.get(artifact["archive_download_url"]).headers["location"]
        assert address.startswith(loopback.blobs)
        assert httpx.URL(address).port != httpx.URL(loopback.api).port
        answer = storage.get(address)
        assert "sha256:" + hashlib.sha256(answer.content).hexdigest() == artifact["digest"]
        assert client.delete(artifact["url"]).status_code == 204
        assert client.get(artifact["url"]).status_code == 404
        assert [request.place for request in loopback.server.requests].count("blob") == 1


def test_enterprise_server_lives_below_api_v3_and_sends_chunks() -> None:
    server = FakeGitHub(flavors.GHES_3_8)
    with Loopback(server) as loopback, client_of(loopback) as client, bare() as storage:
        assert loopback.api.endswith("/api/v3")
        artifact = client.get(loopback.api + TARGET, params={"name": "coverage"}).json()["artifacts"][0]
        answer = storage.get(client.get(artifact["archive_download_url"]).headers["location"])
        assert answer.headers["transfer-encoding"] == "chunked"
        assert zipfile.ZipFile(io.BytesIO(answer.content)).testzip() is None


@pytest.mark.parametrize(("trouble", "error"), [("reset_at", httpx.ReadError), ("cut_at", httpx.RemoteProtocolError)])
def test_a_body_breaks_off(trouble: str, error: type[Exception]) -> None:
    server = FakeGitHub()
    with Loopback(server) as loopback, client_of(loopback) as client, bare() as storage:
        artifact = client.get(TARGET, params={"name": "coverage"}).json()["artifacts"][0]
        address = client.get(artifact["archive_download_url"]).headers["location"]
        server.fault("GET blob:*", **{trouble: 1000})
        with pytest.raises(error):
            storage.get(address)
        assert storage.get(address).status_code == 200


def test_a_connection_is_reset_before_an_answer() -> None:
    server = FakeGitHub()
    server.fault("GET /user", broken="reset")
    with Loopback(server) as loopback, client_of(loopback) as client:
        with pytest.raises(httpx.TransportError):
            client.get("/user")
        assert client.get("/user").json()["login"] == "mira-holm"


def test_leaving_ends_a_stall() -> None:
    server = FakeGitHub()
    server.fault("GET /user", status=200, body="{}", delay=3600)
    with pytest.raises(httpx.ReadTimeout), Loopback(server) as loopback:
        httpx.get(f"{loopback.api}/user", timeout=0.05, trust_env=False)
