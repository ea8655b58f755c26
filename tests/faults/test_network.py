"""T14, T59 and T60: machines that swallow connections, names that are not found, proxies that die."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from artifact_tui.transfers.models import State
from tests.faults.case import DATA, HALF
from tests.faults.driven import Driven, mounting, namespace
from tests.faults.driver import Errand
from tests.faults.ledger import Ledger
from tests.faults.proxy import Proxy
from tests.faults.replies import answer, close, hold
from tests.faults.site import Site
from tests.faults.stage import LONG_WAITS, Stage
from tests.timeouts import TIMEOUT

LOOPBACK = "127.0.0.1 localhost\n"


@pytest.fixture
def black_hole() -> Iterator[int]:
    """A port that never answers: its queue of new connections is full, so that the next are dropped."""
    with ExitStack() as stack:
        listening = stack.enter_context(socket.socket())
        listening.bind(("127.0.0.1", 0))
        listening.listen(0)
        for _ in range(4):
            filler = stack.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(listening.getsockname())
        yield listening.getsockname()[1]


def test_t14_a_machine_that_swallows_connections(
    site: Site, open_stage: Callable[..., Stage], ledger: Ledger, black_hole: int
) -> None:
    stage = open_stage(connect=0.3, policy=LONG_WAITS)
    number = stage.start(site.put(DATA, api=[answer(302, Location=f"http://127.0.0.1:{black_hole}/x.zip")]))
    stage.until_state(number, State.WAITING)
    assert stage.look(number).problem == "127.0.0.1 did not answer within 0.3 seconds."
    stage.go_on(number)
    stage.until(lambda: stage.look(number).finished)
    assert (stage.look(number).state, stage.look(number).tries) == (State.DONE, 2)
    assert ledger.judge("T14 nobody answers", stage.directory, [DATA], said=False, leaks=site.leaks) == "right"


def test_t59_a_name_that_is_not_found_for_a_while(site: Site, tmp_path: Path, ledger: Ledger) -> None:
    if namespace() is None:
        ledger.skipped["T59 names"] = "no mounts of our own here, so no names of our own"
        pytest.skip("no namespace of mounts")
    hosts, servers = tmp_path / "hosts", tmp_path / "resolv.conf"
    hosts.write_text(LOOPBACK)
    servers.write_text("nameserver 127.0.0.1\noptions timeout:1 attempts:1\n")
    prefix = mounting(("mount", "--bind", hosts, "/etc/hosts"), ("mount", "--bind", servers, "/etc/resolv.conf"))
    site.blob_host = "localhost"
    stored = site.put(DATA, blob=[hold(HALF)])
    policy = {"base": 0.02, "cap": 0.05, "tries": 500}
    errand = Errand(api=site.api.address, directory=str(tmp_path / "dist"), artifacts=[stored.record], policy=policy)
    with Driven(errand, prefix=prefix) as program:
        program.until_received(HALF)
        hosts.write_text("")
        site.blobs.cut()
        site.release()
        program.until_said("The name localhost was not found.")
        hosts.write_text(LOOPBACK)
        (ended,) = program.until_ended()
    assert ended["state"] == "done"
    assert [asked.start for asked in stored.asked] == [0, HALF]
    assert ledger.judge("T59 names", tmp_path / "dist", [DATA], said=False, leaks=site.leaks) == "right"


@pytest.fixture
def through(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Proxy], Proxy]]:
    """Sends all requests through a proxy, as the environment says."""
    with ExitStack() as stack:

        def use(proxy: Proxy) -> Proxy:
            stack.callback(proxy.stop)
            for name in ("no_proxy", "NO_PROXY", "all_proxy", "ALL_PROXY"):
                monkeypatch.delenv(name, raising=False)
            for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY"):
                monkeypatch.setenv(name, proxy.address)
            return proxy

        yield use


def test_t60_a_proxy_that_dies_mid_way(
    site: Site, open_stage: Callable[..., Stage], ledger: Ledger, through: Callable[[Proxy], Proxy]
) -> None:
    proxy = through(Proxy())
    stored = site.put(DATA, blob=[close(HALF)])
    stage = open_stage()
    proxy.lets_pass.extend([(site.api.port, 10), (site.blobs.port, 100_000), (site.blobs.port, 10)])
    ended = stage.fetch(stored)
    assert (ended.state, ended.problem) == (State.DONE, "")
    starts = [asked.start for asked in stored.asked]
    assert starts == sorted(starts)
    assert 0 < starts[1] < 100_000
    assert {request.method for request in proxy.requests} == {"GET"}
    assert ledger.judge("T60 a proxy dies", stage.directory, [DATA], said=False, leaks=site.leaks) == "right"


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_t60_a_proxy_that_wants_a_password(
    scheme: str, site: Site, open_stage: Callable[..., Stage], ledger: Ledger, through: Callable[[Proxy], Proxy]
) -> None:
    proxy = through(Proxy(wants_password=True))
    site.api.address = site.api.address.replace("http", scheme)
    stage = open_stage()
    ended = stage.fetch(site.put(DATA))
    assert ended.state is State.FAILED
    assert "requires a user name and password" in ended.problem
    assert ended.next_step.startswith("Check http")
    assert {request.method for request in proxy.requests} == {"GET" if scheme == "http" else "CONNECT"}
    assert site.api.connections == site.blobs.connections == 0
    name = f"T60 a proxy wants a password for {scheme}"
    assert ledger.judge(name, stage.directory, [DATA], said=True, leaks=site.leaks) == "refused in words"


def test_t60_cancelling_ends_the_connection_to_a_proxy(
    site: Site, open_stage: Callable[..., Stage], ledger: Ledger, through: Callable[[Proxy], Proxy]
) -> None:
    proxy = through(Proxy(silent=True))
    stage = open_stage(stall=30.0)
    number = stage.start(site.put(DATA))
    assert proxy.asked.acquire(timeout=TIMEOUT)
    assert stage.engine.cancel(number)
    assert proxy.left.acquire(timeout=TIMEOUT)
    assert stage.engine.close(20)
    name = "T60 cancelled while a proxy is silent"
    assert ledger.judge(name, stage.directory, [], said=True, leaks=site.leaks) == "right"
