"""The same over real sockets: names, ports, certificates, proxies, and threads that wait for bytes."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from artifact_tui.domain.models import Artifact, RepositoryName
from artifact_tui.domain.provider import Offline, ProviderError, Refused
from artifact_tui.github.artifact_store import GitHubArtifactStore
from artifact_tui.github.hosts import host_of_api
from artifact_tui.github.provider import GitHubProvider
from artifact_tui.github.server_info import ServerInfo
from tests.github.stage import credential, no_sleep

NAME = RepositoryName("acme", "tool")
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE")


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


async def trouble_with(api: str, kind: type[ProviderError] = Offline) -> ProviderError:
    client = GitHubProvider(ServerInfo(host_of_api(api)), credential(), sleep=no_sleep)
    with pytest.raises(kind) as error:
        await client.repository(NAME)
    await client.close()
    assert "cretive" not in f"{error.value}{error.value.__cause__!r}"
    return error.value


@contextmanager
def listening(talk: Callable[[socket.socket], None]) -> Iterator[int]:
    """A port where every connection is answered by ``talk``, each in its own thread."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def accept() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                threading.Thread(target=answer, args=(connection,), daemon=True).start()

        def answer(connection: socket.socket) -> None:
            with connection:
                talk(connection)

        threading.Thread(target=accept, daemon=True).start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def speak_plainly(connection: socket.socket) -> None:
    connection.recv(1000)
    connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")


async def test_a_name_that_does_not_exist() -> None:
    error = await trouble_with("https://no-such-host.invalid/api/v3")
    assert error.sentence == "The name no-such-host.invalid was not found."


async def test_a_port_where_nobody_listens() -> None:
    port = free_port()
    error = await trouble_with(f"http://127.0.0.1:{port}")
    assert error.sentence == f"127.0.0.1:{port} refused the connection."


async def test_a_server_that_does_not_speak_tls() -> None:
    with listening(speak_plainly) as port:
        error = await trouble_with(f"https://127.0.0.1:{port}")
    assert error.sentence == f"127.0.0.1:{port} does not speak TLS here."


async def test_an_answer_that_is_no_http() -> None:
    def babble(connection: socket.socket) -> None:
        connection.recv(1000)
        connection.sendall(b"SSH-2.0-OpenSSH_9.2\r\n")

    with listening(babble) as port:
        error = await trouble_with(f"http://127.0.0.1:{port}")
    assert error.sentence == f"Connection to 127.0.0.1:{port} lost."


async def test_a_proxy_that_wants_a_password(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(connection: socket.socket) -> None:
        connection.recv(1000)
        connection.sendall(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")

    with listening(refuse) as port:
        monkeypatch.setenv("HTTPS_PROXY", f"http://me:secretive@127.0.0.1:{port}")
        error = await trouble_with("https://ghe.acme.example/api/v3", Refused)
    said = "The proxy for ghe.acme.example requires a user name and password."
    said += f" Check HTTPS_PROXY: http://***@127.0.0.1:{port}."
    assert str(error) == said


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("ALL_PROXY", "socks4://me:secretive@127.0.0.1:1"),
        ("ALL_PROXY", "socks://me:secretive@127.0.0.1:1"),
        ("HTTPS_PROXY", "ftp://me:secretive@127.0.0.1"),
        ("https_proxy", "http://me:secretive@[::1"),
        ("HTTPS_PROXY", "http://me:secretive@127.0.0.1:99999"),
        ("HTTPS_PROXY", "http://"),
    ],
)
async def test_a_proxy_that_cannot_be_used_is_named(variable: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, value)
    error = await trouble_with("https://ghe.acme.example/api/v3")
    assert str(error) == f"The proxy in {variable} cannot be used. Use http, https, socks5, socks5h, or unset it."
    storage = GitHubArtifactStore(ServerInfo(host_of_api("https://api.github.com")))
    with pytest.raises(Offline, match=variable):
        storage.sees(NAME)
    storage.close()


async def test_a_certificate_file_that_cannot_be_read_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere/company.pem")
    error = await trouble_with("https://ghe.acme.example/api/v3")
    said = "SSL_CERT_FILE does not name a readable file. Correct or unset it: /nowhere/company.pem."
    assert str(error) == said
    with pytest.raises(Offline):
        GitHubArtifactStore(ServerInfo(host_of_api("https://api.github.com")))


async def test_a_certificate_nobody_vouches_for(tmp_path: Path) -> None:
    import ssl

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(self_signed(tmp_path))

    def speak_tls(connection: socket.socket) -> None:
        try:
            context.wrap_socket(connection, server_side=True).close()
        except OSError:
            return

    with listening(speak_tls) as port:
        error = await trouble_with(f"https://127.0.0.1:{port}")
    assert error.sentence == f"The certificate of 127.0.0.1:{port} is self-signed."


def self_signed(folder: Path) -> Path:
    import subprocess

    path = folder / "server.pem"
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-days",
        "2",
    ]
    names = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run([*command, *names, "-keyout", path, "-out", folder / "cert.pem"], check=True, capture_output=True)
    path.write_bytes(path.read_bytes() + (folder / "cert.pem").read_bytes())
    return path


@pytest.mark.parametrize("stalls", ["in the archive", "before the answer"])
def test_closing_ends_what_other_threads_wait_for(stalls: str) -> None:
    stalled = threading.Event()
    released = threading.Event()

    def talk(connection: socket.socket) -> None:
        while request := connection.recv(10_000):
            if b"/meta" in request:
                connection.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\n{}")
            elif b"/zip" in request and stalls == "in the archive":
                connection.sendall(b"HTTP/1.1 302 Found\r\nLocation: /blob\r\nContent-Length: 0\r\n\r\n")
            else:
                if stalls == "in the archive":
                    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n0123456789")
                stalled.set()
                released.wait(20)
                return

    outcome: list[BaseException] = []

    def download() -> None:
        try:
            with storage.open(NAME, Artifact(id=1)).read() as body:
                list(body)
        except Offline as error:
            outcome.append(error)

    with listening(talk) as port:
        storage = GitHubArtifactStore(ServerInfo(host_of_api(f"http://127.0.0.1:{port}")), credential())
        thread = threading.Thread(target=download, daemon=True)
        thread.start()
        assert stalled.wait(20)
        storage.close()
        thread.join(20)
        ended = not thread.is_alive()
        released.set()
    assert ended
    assert len(outcome) == 1
