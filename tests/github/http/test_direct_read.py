"""Bodies over real sockets, plain and in TLS: each byte once, and one connection for many ranges."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from random import Random

import pytest

from artifact_tui.domain.models import Artifact, RepositoryName
from artifact_tui.domain.provider import Archive, Offline
from artifact_tui.github.artifact_store import GitHubArtifactStore
from artifact_tui.github.hosts import host_of_api
from artifact_tui.github.server_info import ServerInfo
from tests.faults.wire import Link, Listener
from tests.github.authority import Authority, make_authority, tls_door
from tests.github.proxies import proxy, speak_http
from tests.github.stage import credential
from tests.github.test_sockets import PROXIES

DATA = Random(5).randbytes(1_000_003)
NAME = RepositoryName("acme", "tool")
RANGES = [(0, 1), (1, 100_000), (100_000, 900_001), (900_001, len(DATA))]


class BlobServer:
    """A server whose archive is ``DATA``; ``cut`` ends each body and its connection at so many bytes."""

    def __init__(self) -> None:
        self.chunked = False
        self.cut: int | None = None
        self.listener = Listener(self._talk)

    def _talk(self, link: Link) -> None:
        while request := link.request():
            if request.path.endswith("/zip"):
                link.send(b"HTTP/1.1 302 Found\r\nLocation: /blob\r\nContent-Length: 0\r\n\r\n")
            elif request.path != "/blob":
                link.send(b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\n{}")
            else:
                self._send(link, *(request.range or (0, None)))
                if self.cut is not None:
                    return

    def _send(self, link: Link, first: int, last: int | None) -> None:
        body = DATA[first : len(DATA) if last is None else last + 1]
        said = f"bytes {first}-{first + len(body) - 1}/{len(DATA)}"
        length = "Transfer-Encoding: chunked" if self.chunked else f"Content-Length: {len(body)}"
        link.send(f"HTTP/1.1 206 Partial Content\r\nContent-Range: {said}\r\n{length}\r\n\r\n".encode())
        if self.chunked:
            link.send(b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body))
        else:
            link.send(body[: self.cut])


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[BlobServer]:
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    server = BlobServer()
    yield server
    server.listener.stop()


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return make_authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(params=["plain", "TLS"])
def archive(request: pytest.FixtureRequest, server: BlobServer, authority: Authority) -> Iterator[Archive]:
    with ExitStack() as stack:
        address = server.listener.address
        if request.param == "TLS":
            address = f"https://127.0.0.1:{stack.enter_context(tls_door(authority, address.partition('://')[2]))}"
        yield stored_at(address, authority, stack)


def stored_at(address: str, authority: Authority, stack: ExitStack) -> Archive:
    record = ServerInfo(host_of_api(f"{address}/api/v3"), ca_file=str(authority.certificate))
    store = GitHubArtifactStore(record, credential())
    stack.callback(store.close)
    return store.open(NAME, Artifact(id=1))


def bytes_of(archive: Archive, start: int, end: int) -> bytes:
    with archive.read(start, end) as body:
        return b"".join(body)


def test_many_ranges_take_one_connection(server: BlobServer, archive: Archive) -> None:
    """One more is that of the API."""
    assert [bytes_of(archive, *each) for each in RANGES] == [DATA[start:end] for start, end in RANGES]
    assert server.listener.connections == 2


def test_a_body_without_a_length_is_read_as_it_comes(server: BlobServer, archive: Archive) -> None:
    server.chunked = True
    assert bytes_of(archive, 0, len(DATA)) == DATA


@pytest.mark.parametrize("cut", [0, 1, 70_000, 500_001])
def test_a_connection_that_ends_early_loses_nothing_that_arrived(
    server: BlobServer, archive: Archive, cut: int
) -> None:
    server.cut = cut
    received: list[bytes] = []
    with archive.read(0, len(DATA)) as body, pytest.raises(Offline, match="lost"):
        received.extend(body)
    assert b"".join(received) == DATA[:cut]


def test_what_a_tls_proxy_tunnels_is_not_mistaken_for_the_archive(
    server: BlobServer, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = server.listener.address.partition("://")[2]
    with (
        ExitStack() as stack,
        tls_door(authority, plain) as port,
        proxy(speak_http) as (proxied, _),
        tls_door(authority, f"127.0.0.1:{proxied}") as secure,
    ):
        monkeypatch.setenv("HTTPS_PROXY", f"https://127.0.0.1:{secure}")
        archive = stored_at(f"https://127.0.0.1:{port}", authority, stack)
        assert [bytes_of(archive, *each) for each in RANGES] == [DATA[start:end] for start, end in RANGES]
