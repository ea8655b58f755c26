"""The demo takes its time where it is told to, and none to start."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from artifact_tui.demo.accounts import DEMO_TOKEN
from artifact_tui.demo.messages import DemoAnswer, DemoPause
from tests.demo.asking import api_client, signed_address, smallest
from tests.double.server import FakeGitHub
from tests.double.transport import FakeTransport

HEADERS = {"Authorization": f"Bearer {DEMO_TOKEN}", "User-Agent": "tests"}


def pauses(answer: DemoAnswer) -> list[float]:
    return [part.seconds for part in answer.parts() if isinstance(part, DemoPause)]


def test_a_download_takes_as_long_as_its_bytes_at_that_rate() -> None:
    server = FakeGitHub(rate=20_000)
    artifact = smallest(api_client(FakeGitHub()))
    address = signed_address(api_client(server), artifact)
    waits = pauses(server.handle("GET", address, {}))
    assert abs(sum(waits) - artifact["size_in_bytes"] / 20_000) < 1e-6
    assert max(waits) <= 0.05
    assert pauses(FakeGitHub().handle("GET", address, {})) == []


def test_latency_differs_a_little_from_request_to_request_and_not_from_start_to_start() -> None:
    servers = [FakeGitHub(latency=0.08) for _ in range(2)]
    first, second = (
        [server.handle("GET", "https://api.github.com/user", HEADERS).delay for _ in range(50)] for server in servers
    )
    assert first == second
    assert len(set(first)) > 10
    assert all(0.06 <= delay <= 0.1 for delay in first)


def test_answers_are_the_same_bytes_in_every_process() -> None:
    target = "https://api.github.com/repos/fernwood-labs/kestrel/actions/runs?per_page=100"
    answers = [FakeGitHub().handle("GET", target, HEADERS) for _ in range(2)]
    assert answers[0].body == answers[1].body
    assert answers[0].headers == answers[1].headers


def test_the_server_starts_without_what_only_downloads_need() -> None:
    heavy = ("httpx", "textual", "tarfile", "artifact_tui.demo.archives")
    code = f"""
import sys
from artifact_tui.demo.server import DemoServer
DemoServer().handle("GET", "https://api.github.com/meta", {{"User-Agent": "tests"}})
print([name for name in {heavy!r} if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_closing_a_client_ends_what_its_requests_wait_for() -> None:
    """As it does with real sockets: a request of another thread ends at once and not after its timeout."""
    server = FakeGitHub()
    server.fault("GET /user", delay=3600.0)
    transport, request = FakeTransport(server), httpx.Request("GET", "https://api.github.com/user", headers=HEADERS)
    with ThreadPoolExecutor() as pool:
        answer = pool.submit(transport.handle_request, request)
        transport.close()
        with pytest.raises(httpx.ReadError):
            answer.result(timeout=60)
