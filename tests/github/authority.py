"""A company's own certificate authority, and a door that speaks TLS with a certificate of it."""

from __future__ import annotations

import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from tests.github.proxies import carry, connected

_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")


class Authority(NamedTuple):
    """The files in PEM form: the authority's certificate, and the server's with its key."""

    certificate: Path
    server: Path


def make_authority(folder: Path) -> Authority:
    """Made anew, for the address 127.0.0.1 alone."""
    ca, ca_key, request, key, leaf = (folder / name for name in ("ca.pem", "ca.key", "s.csr", "s.key", "s.pem"))
    extensions = folder / "ext"
    extensions.write_text("subjectAltName=IP:127.0.0.1\nextendedKeyUsage=serverAuth\n")
    usage = ("-addext", "keyUsage=critical,keyCertSign,cRLSign")
    _openssl("req", "-x509", *_KEY, "-days", "2", "-subj", "/CN=Acme CA", *usage, "-keyout", ca_key, "-out", ca)
    _openssl("req", *_KEY, "-subj", "/CN=127.0.0.1", "-keyout", key, "-out", request)
    signing = ("-CA", ca, "-CAkey", ca_key, "-CAcreateserial", "-days", "2", "-extfile", extensions)
    _openssl("x509", "-req", "-in", request, *signing, "-out", leaf)
    server = folder / "server.pem"
    server.write_bytes(key.read_bytes() + leaf.read_bytes())
    return Authority(ca, server)


def _openssl(*arguments: str | Path) -> None:
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)


@contextmanager
def tls_door(authority: Authority, plain: str) -> Iterator[int]:
    """A port that takes TLS and hands what comes on to ``plain`` (``HOST:PORT``)."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority.server)
    with socket.create_server(("127.0.0.1", 0)) as server:

        def accept() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                threading.Thread(target=answer, args=(connection,), daemon=True).start()

        def answer(connection: socket.socket) -> None:
            with (
                suppress(OSError),
                context.wrap_socket(connection, server_side=True) as safe,
                connected(plain) as beyond,
            ):
                carry(safe, beyond)

        threading.Thread(target=accept, daemon=True).start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)
