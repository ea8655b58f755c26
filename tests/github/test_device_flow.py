"""A code instead of a token: GitHub's device flow, against the demo's server."""

from __future__ import annotations

import json

import pytest

from artifact_tui.demo.accounts import DEMO_TOKEN
from artifact_tui.demo.flavors import DATA_RESIDENCY, GHES_3_19, GITHUB, Flavor
from artifact_tui.demo.login import CLIENT_ID, DEVICE_CODE, USER_CODE
from artifact_tui.domain.provider import Offline
from artifact_tui.domain.sign_in import SignInError
from artifact_tui.github.device_flow import DeviceFlow
from artifact_tui.github.hosts import host_of_api
from tests.double.server import FakeGitHub
from tests.double.transport import FakeTransport


class Clock:
    """Takes the pauses down instead of waiting."""

    def __init__(self) -> None:
        self.pauses: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)


def flow(server: FakeGitHub, clock: Clock, client_id: str = CLIENT_ID) -> DeviceFlow:
    host = host_of_api(server.flavor.api)
    return DeviceFlow(host, client_id, transport=FakeTransport(server), sleep=clock.sleep)


@pytest.mark.parametrize("flavor", [GITHUB, DATA_RESIDENCY, GHES_3_19])
async def test_the_code_is_shown_and_becomes_a_token(flavor: Flavor) -> None:
    """Whatever is secret goes in bodies, not in addresses, and there is no Authorization."""
    server, clock, waits = FakeGitHub(flavor), Clock(), []
    server.login.pending = 2
    code = await flow(server, clock).begin()
    assert (code.user_code, code.address) == (USER_CODE, f"{flavor.web}/login/device")
    token = await flow(server, clock).finish(code, lambda: waits.append(1))
    assert token.reveal() == DEMO_TOKEN
    assert clock.pauses == pytest.approx([6.0, 6.0, 6.0])
    assert len(waits) == 3
    for request in server.requests:
        assert DEVICE_CODE not in request.url
        assert "authorization" not in request.headers
    assert DEVICE_CODE not in repr(code)


async def test_slow_down_is_heeded() -> None:
    server, clock = FakeGitHub(), Clock()
    server.login.slow, server.login.pending = 1, 0
    code = await flow(server, clock).begin()
    await flow(server, clock).finish(code, lambda: None)
    assert clock.pauses == pytest.approx([6.0, 12.0])


async def test_a_code_that_nobody_enters_ends_with_its_time() -> None:
    server, clock = FakeGitHub(), Clock()
    server.login.outcome = None
    code = await flow(server, clock).begin()
    with pytest.raises(SignInError, match=r"^The code has expired\. Start again\.$"):
        await flow(server, clock).finish(code, lambda: None)
    assert sum(clock.pauses) <= code.expires_in


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        ("access_denied", "The request was denied on the page."),
        ("expired_token", "The code has expired. Start again."),
        ("device_flow_disabled", "The app with this client ID does not allow sign-in with a code."),
        ("unauthorized_client", "github.com does not know the app with this client ID."),
    ],
)
async def test_each_way_it_can_end_has_a_sentence(outcome: str, said: str) -> None:
    server, clock = FakeGitHub(), Clock()
    server.login.outcome = outcome  # type: ignore[assignment]  # parametrised as plain text
    with pytest.raises(SignInError) as error:
        await flow(server, clock).finish(await flow(server, clock).begin(), lambda: None)
    assert str(error.value) == said


async def test_an_app_that_the_host_does_not_know() -> None:
    with pytest.raises(SignInError) as error:
        await flow(FakeGitHub(), Clock(), "another-client").begin()
    assert str(error.value) == "github.com does not support codes here (status 404)."


@pytest.mark.parametrize(
    "address", ["https://evil.example/login", "http://github.com/login", "https://github.com.evil.example", "x"]
)
async def test_an_address_of_another_host_is_not_shown(address: str) -> None:
    server = FakeGitHub()
    server.login.address = address
    with pytest.raises(SignInError) as error:
        await flow(server, Clock()).begin()
    assert str(error.value) == "Invalid response from github.com. Use a token instead."


@pytest.mark.parametrize("body", ["<html>", json.dumps({"user_code": "\x1b[31m", "device_code": "x"}), "[]"])
async def test_nonsense_is_not_shown(body: str) -> None:
    server = FakeGitHub()
    server.fault("POST /login/device/code", status=200, body=body)
    with pytest.raises(SignInError) as error:
        await flow(server, Clock()).begin()
    assert str(error.value) == "Invalid response from github.com. Use a token instead."


async def test_no_network() -> None:
    server = FakeGitHub()
    server.fault("POST /login/*", broken="dns")
    with pytest.raises(Offline, match=r"^The name github.com was not found\."):
        await flow(server, Clock()).begin()
