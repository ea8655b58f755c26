"""What the demo server's tests need: an httpx client on the demo server, as the real client uses it."""

from typing import Any

import httpx

from artifact_tui.demo.accounts import DEMO_TOKEN
from tests.double.server import FakeGitHub
from tests.double.transport import FakeTransport

KESTREL = "/repos/fernwood-labs/kestrel/actions"


def api_client(server: FakeGitHub, token: str = DEMO_TOKEN, **more: Any) -> httpx.Client:
    """A client of the API with a token; empty for none."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return httpx.Client(transport=FakeTransport(server), base_url=server.flavor.api, headers=headers, **more)


def blob_client(server: FakeGitHub) -> httpx.Client:
    """A client of the storage: no token, nothing of the API."""
    return httpx.Client(transport=FakeTransport(server))


def smallest(client: httpx.Client, kind: str = "coverage") -> dict[str, Any]:
    """A small artifact of the main repository that can be downloaded."""
    found = client.get(f"{KESTREL}/artifacts", params={"name": kind, "per_page": 100}).json()["artifacts"]
    alive = [artifact for artifact in found if not artifact["expired"]]
    return min(alive, key=lambda artifact: int(artifact["size_in_bytes"]))


def signed_address(client: httpx.Client, artifact: dict[str, Any]) -> str:
    """Where the artifact can be downloaded from."""
    answer = client.get(f"{KESTREL}/artifacts/{artifact['id']}/zip")
    assert answer.status_code == 302
    assert answer.content == b""
    return answer.headers["location"]
