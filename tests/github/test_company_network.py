"""A company's network: proxies in between, and certificates of an authority that only the company knows."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from artifact_tui.demo import flavors
from artifact_tui.domain.provider import Offline
from artifact_tui.github.artifact_store import GitHubArtifactStore
from artifact_tui.github.hosts import host_of_api
from artifact_tui.github.provider import GitHubProvider
from artifact_tui.github.server_info import ServerInfo
from tests.double.loopback import Loopback
from tests.double.server import FakeGitHub
from tests.github.authority import Authority, make_authority, tls_door
from tests.github.proxies import proxy, speak_http, speak_socks
from tests.github.stage import CORPUS, KESTREL, an_artifact, credential, no_sleep
from tests.github.test_sockets import PROXIES, free_port

OWN = "If your company has its own, add it to the system's store, SSL_CERT_FILE or --ca-file, and restart."


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture
def loopback() -> Iterator[Loopback]:
    with Loopback(FakeGitHub(flavors.GHES_3_19)) as loopback:
        yield loopback


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return make_authority(tmp_path_factory.mktemp("authority"))


def place_of(loopback: Loopback) -> str:
    return loopback.api.partition("://")[2].partition("/")[0]


async def ask(api: str, ca_file: str = "") -> None:
    """One request; raises what it raises."""
    record = ServerInfo(host_of_api(api), ca_file=ca_file)
    client = GitHubProvider(record, credential(), sleep=no_sleep)
    try:
        assert (await client.repository(KESTREL)).name == KESTREL
    finally:
        await client.close()


async def trouble(api: str, ca_file: str = "") -> str:
    with pytest.raises(Offline) as error:
        await ask(api, ca_file)
    assert "secretive" not in f"{error.value}{error.value.__cause__!r}"
    return str(error.value)


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "ALL_PROXY", "http_proxy"])
async def test_through_an_http_proxy(loopback: Loopback, variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both the API and the archives."""
    with proxy(speak_http) as (port, asked):
        monkeypatch.setenv(variable, f"http://me:secretive@127.0.0.1:{port}")
        await ask(loopback.api)
        storage = GitHubArtifactStore(ServerInfo(host_of_api(loopback.api)), credential())
        with storage.open(CORPUS, an_artifact(loopback.server)).read() as body:
            assert sum(map(len, body)) > 1000
        storage.close()
    assert {line.split("/")[2] for line in asked} == {place_of(loopback), loopback.blobs.split("/")[2]}


async def test_through_a_socks_proxy(loopback: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    with proxy(speak_socks) as (port, asked):
        monkeypatch.setenv("ALL_PROXY", f"socks5://127.0.0.1:{port}")
        await ask(loopback.api)
    assert asked == [place_of(loopback)]


async def test_no_proxy_goes_straight_there(loopback: Loopback, monkeypatch: pytest.MonkeyPatch) -> None:
    with proxy(speak_http) as (port, asked):
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{port}")
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        await ask(loopback.api)
    assert asked == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ALL_PROXY", "socks://127.0.0.1:1"),
        ("ALL_PROXY", "nonsense://\x1b"),
        ("HTTPS_PROXY", "socks4://127.0.0.1:1"),
        ("HTTPS_PROXY", "http://[::1"),
        ("NO_PROXY", "[::1]"),
        ("NO_PROXY", "::1/128, fe80::/10,10.0.0.0/8,[fd00::]:80,*.corp.example:8080,/,[,:,%,10.0.0.0/99"),
        ("SSLKEYLOGFILE", "/nowhere/keys"),
    ],
)
async def test_what_does_not_concern_this_connection_does_not_stop_it(
    loopback: Loopback, name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with proxy(speak_http) as (port, asked):
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{port}")
        await ask(loopback.api)
    assert {line.split("/")[2] for line in asked} == {place_of(loopback)}


@pytest.mark.parametrize("network", ["127.0.0.0/8", "10.0.0.0/8,127.0.0.0/30", "127.0.0.1/32", "::/0 127.0.0.1/8"])
async def test_a_network_in_no_proxy_is_honored(
    loopback: Loopback, network: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For the archives too; and a proxy that cannot be used is not needed there."""
    monkeypatch.setenv("HTTP_PROXY", "socks://127.0.0.1:1")
    monkeypatch.setenv("no_proxy", network)
    await ask(loopback.api)
    storage = GitHubArtifactStore(ServerInfo(host_of_api(loopback.api)), credential())
    with storage.open(CORPUS, an_artifact(loopback.server)).read() as body:
        assert sum(map(len, body)) > 1000
    storage.close()


@pytest.mark.parametrize("form", ["http://me:secretive@{}", "me:secretive@{}", "socks5://me:secretive@{}"])
async def test_a_proxy_that_is_not_there_is_named_without_its_password(
    loopback: Loopback, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = f"127.0.0.1:{free_port()}"
    monkeypatch.setenv("ALL_PROXY", form.format(place))
    shown = form.format(place).replace("me:secretive", "***")
    assert await trouble(loopback.api) == f"{place_of(loopback)} refused the connection. Check ALL_PROXY: {shown}."


async def test_an_authority_that_nobody_knows(loopback: Loopback, authority: Authority) -> None:
    with tls_door(authority, place_of(loopback)) as port:
        said = await trouble(f"https://127.0.0.1:{port}/api/v3")
    assert said == f"The certificate of 127.0.0.1:{port} comes from an unknown authority. {OWN}"


@pytest.mark.parametrize(
    ("place", "dates", "said"),
    [
        ("IP:127.0.0.1", ("20200101000000Z", "20200201000000Z"), "has expired. Check the clock of this machine"),
        ("IP:127.0.0.1", ("20990101000000Z", "20990201000000Z"), "is not valid yet. Check the clock of this machine"),
        ("DNS:portal.example", (), "is for another host. Check the host."),
        ("IP:127.0.0.2", (), "is for another host. Check the host."),
    ],
)
async def test_what_is_wrong_with_a_certificate_is_said(
    loopback: Loopback, tmp_path: Path, place: str, dates: tuple[str, str] | tuple[()], said: str
) -> None:
    """Of an authority that is trusted."""
    authority = make_authority(tmp_path, place, dates)
    with tls_door(authority, place_of(loopback)) as port:
        shown = await trouble(f"https://127.0.0.1:{port}/api/v3", str(authority.certificate))
    assert shown.startswith(f"The certificate of 127.0.0.1:{port} {said}")


async def test_an_authority_of_ca_file(loopback: Loopback, authority: Authority) -> None:
    with tls_door(authority, place_of(loopback)) as port:
        await ask(f"https://127.0.0.1:{port}/api/v3", str(authority.certificate))


async def test_an_authority_of_ssl_cert_file(
    loopback: Loopback, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.certificate))
    with tls_door(authority, place_of(loopback)) as port:
        await ask(f"https://127.0.0.1:{port}/api/v3")


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the system is asked at each connection")
async def test_the_file_of_an_authority_is_read_once(
    loopback: Loopback, authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "company.pem"
    file.write_bytes(authority.certificate.read_bytes())
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    with tls_door(authority, place_of(loopback)) as port:
        await ask(f"https://127.0.0.1:{port}/api/v3")
        file.write_text("")
        await ask(f"https://127.0.0.1:{port}/api/v3")


async def test_an_authority_behind_a_proxy(
    loopback: Loopback, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    with tls_door(authority, place_of(loopback)) as port, proxy(speak_http) as (proxied, asked):
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxied}")
        await ask(f"https://127.0.0.1:{port}/api/v3", str(authority.certificate))
    assert asked == [f"CONNECT 127.0.0.1:{port}"]


@pytest.mark.parametrize("trust", ["--ca-file", "SSL_CERT_FILE"])
async def test_through_a_proxy_that_is_spoken_to_in_tls(
    loopback: Loopback, authority: Authority, trust: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its certificate is of the company's authority too, as is that of the server behind it."""
    ca_file = str(authority.certificate) if trust == "--ca-file" else ""
    if not ca_file:
        monkeypatch.setenv(trust, str(authority.certificate))
    with (
        tls_door(authority, place_of(loopback)) as port,
        proxy(speak_http) as (proxied, asked),
        tls_door(authority, f"127.0.0.1:{proxied}") as secure,
    ):
        for variable in ("HTTPS_PROXY", "HTTP_PROXY"):
            monkeypatch.setenv(variable, f"https://me:secretive@127.0.0.1:{secure}")
        await ask(f"https://127.0.0.1:{port}/api/v3", ca_file)
        storage = GitHubArtifactStore(ServerInfo(host_of_api(loopback.api), ca_file=ca_file), credential())
        with storage.open(CORPUS, an_artifact(loopback.server)).read() as body:
            assert sum(map(len, body)) > 1000
        storage.close()
        through, count = set(asked), len(asked)
        for everything in ("127.0.0.1", "*"):
            monkeypatch.setenv("NO_PROXY", everything)
            await ask(f"https://127.0.0.1:{port}/api/v3", ca_file)
        assert len(asked) == count
    assert f"CONNECT 127.0.0.1:{port}" in through
    assert {line.split("/")[2] for line in through if "//" in line} == {
        place_of(loopback),
        loopback.blobs.split("/")[2],
    }


async def test_a_proxy_whose_certificate_nobody_knows_is_thought_of(
    loopback: Loopback, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    with proxy(speak_http) as (proxied, asked), tls_door(authority, f"127.0.0.1:{proxied}") as secure:
        monkeypatch.setenv("ALL_PROXY", f"https://me:secretive@127.0.0.1:{secure}")
        said = await trouble(loopback.api)
    assert (
        said
        == f"The certificate of {place_of(loopback)} or of the proxy on the way comes from an unknown authority. {OWN}"
    )
    assert asked == []


async def test_a_ca_file_that_cannot_be_used(tmp_path: Path) -> None:
    missing, wrong = tmp_path / "missing.pem", tmp_path / "wrong.pem"
    wrong.write_text("no certificate\n")
    api = "https://ghe.acme.example/api/v3"
    step = "Correct --ca-file or ca-file in config.toml."
    assert await trouble(api, str(missing)) == f"The CA file {missing} cannot be read. {step}"
    step = "It should hold certificates in PEM form."
    assert await trouble(api, str(wrong)) == f"The CA file {wrong} does not contain a readable certificate. {step}"
