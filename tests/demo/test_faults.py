"""Trouble that tests can order, as an httpx client sees it."""

import threading
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.demo.asking import KESTREL, api_client, blob_client, signed_address, smallest
from tests.double.faults import HTML, SECONDARY_LIMIT, SSO, UNICORN, Fault
from tests.double.server import FakeGitHub
from tests.double.transport import FakeTransport


@pytest.fixture
def server() -> FakeGitHub:
    return FakeGitHub()


def test_an_answer_is_replaced_as_often_as_asked_for(server: FakeGitHub) -> None:
    server.fault("GET /user", status=503, body=HTML, headers={"Retry-After": "7"}, times=2)
    client = api_client(server)
    answers = [client.get("/user") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [503, 503, 200]
    assert (answers[0].headers["content-type"], answers[0].headers["retry-after"]) == ("text/html", "7")


def test_a_fault_lets_others_pass_and_can_wait(server: FakeGitHub) -> None:
    server.fault("DELETE /repos/*/actions/artifacts/*", status=403, body="{}", skip=1)
    client = api_client(server)
    rows = client.get(f"{KESTREL}/artifacts?per_page=3").json()["artifacts"]
    statuses = [client.delete(f"{KESTREL}/artifacts/{row['id']}").status_code for row in rows]
    assert statuses == [204, 403, 204]


@pytest.mark.parametrize(
    ("trouble", "status", "header"),
    [(SSO, 403, "x-github-sso"), (SECONDARY_LIMIT, 403, "retry-after"), (UNICORN, 502, "content-type")],
)
def test_common_troubles_are_ready_made(server: FakeGitHub, trouble: dict[str, Any], status: int, header: str) -> None:
    server.fault("GET *", **trouble)
    answer = api_client(server).get("/user")
    assert answer.status_code == status
    assert answer.headers[header]


@pytest.mark.parametrize(
    ("trouble", "error"),
    [
        ("dns", httpx.ConnectError),
        ("refused", httpx.ConnectError),
        ("tls", httpx.ConnectError),
        ("proxy", httpx.ProxyError),
        ("connect-timeout", httpx.ConnectTimeout),
        ("read-timeout", httpx.ReadTimeout),
        ("reset", httpx.ReadError),
        ("cut", httpx.RemoteProtocolError),
    ],
)
def test_a_connection_breaks_in_each_way(server: FakeGitHub, trouble: str, error: type[Exception]) -> None:
    server.fault("GET /user", broken=trouble)
    client = api_client(server)
    with pytest.raises(error):
        client.get("/user")
    assert client.get("/user").status_code == 200


def test_an_unknown_host_is_not_found(server: FakeGitHub) -> None:
    with pytest.raises(httpx.ConnectError, match="not known"):
        blob_client(server).get("https://elsewhere.example/")
    assert server.requests == []


def spoil(server: FakeGitHub, **trouble: object) -> Callable[[], httpx.Response]:
    """A download that goes wrong."""
    address = signed_address(api_client(server), smallest(api_client(server)))
    server.fault("GET blob:*", **trouble)
    return lambda: httpx.Client(transport=FakeTransport(server), timeout=0.01).get(address)


def test_a_body_ends_too_soon(server: FakeGitHub) -> None:
    with pytest.raises(httpx.RemoteProtocolError):
        spoil(server, cut_at=100)()


def test_a_body_is_reset_on_the_way(server: FakeGitHub) -> None:
    with pytest.raises(httpx.ReadError):
        spoil(server, reset_at=0)()


def test_a_body_that_stalls_runs_into_the_time_limit(server: FakeGitHub) -> None:
    with pytest.raises(httpx.ReadTimeout):
        spoil(server, stall_at=100)()


def test_one_byte_is_wrong(server: FakeGitHub) -> None:
    download = spoil(server, corrupt_at=100)
    wrong, right = download().content, download().content
    assert [at for at, pair in enumerate(zip(wrong, right, strict=True)) if pair[0] != pair[1]] == [100]


def test_closing_from_another_thread_ends_a_stall(server: FakeGitHub) -> None:
    address = signed_address(api_client(server), smallest(api_client(server)))
    server.fault("GET blob:*", stall_at=10)
    endings: list[str] = []
    with httpx.Client(transport=FakeTransport(server), timeout=None) as client:
        answer = client.send(client.build_request("GET", address), stream=True)
        reader = threading.Thread(target=read_until_it_ends, args=(answer, endings), daemon=True)
        reader.start()
        answer.close()
        reader.join(10)
    assert endings in (["ReadError"], ["StreamClosed"])


def read_until_it_ends(answer: httpx.Response, endings: list[str]) -> None:
    try:
        answer.read()
    except (httpx.ReadError, httpx.StreamError) as error:
        endings.append(type(error).__name__)


async def test_the_async_client_meets_the_same_trouble(server: FakeGitHub) -> None:
    server.fault("GET /user", status=500, body=HTML)
    server.fault("GET /meta", broken="dns")
    async with httpx.AsyncClient(transport=FakeTransport(server), base_url="https://api.github.com") as client:
        assert (await client.get("/user")).status_code == 500
        with pytest.raises(httpx.ConnectError):
            await client.get("/meta")
        assert (await client.get("/meta")).status_code == 200


async def test_an_async_body_that_stalls_runs_into_the_time_limit(server: FakeGitHub) -> None:
    address = signed_address(api_client(server), smallest(api_client(server)))
    server.fault("GET blob:*", stall_at=10)
    async with httpx.AsyncClient(transport=FakeTransport(server), timeout=0.01) as client:
        with pytest.raises(httpx.ReadTimeout):
            await client.get(address)


def test_a_misspelled_fault_is_noticed(server: FakeGitHub) -> None:
    with pytest.raises(TypeError):
        server.fault("GET /user", stauts=500)
    assert Fault("* *").match == "* *"
