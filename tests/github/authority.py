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


_SETTINGS = """\
[ca]
default_ca = this
[this]
database = {folder}/index.txt
new_certs_dir = {folder}
serial = {folder}/serial
default_md = sha256
policy = any
[any]
commonName = supplied
"""


class Authority(NamedTuple):
    """The files in PEM form: the authority's certificate, and the server's with its key."""

    certificate: Path
    server: Path


def make_authority(folder: Path, place: str = "IP:127.0.0.1", dates: tuple[str, str] | tuple[()] = ()) -> Authority:
    """Made anew, for one name or address alone; ``dates`` are the first and the last moment, as ``20200101000000Z``."""
    ca, ca_key, request, key, leaf = (folder / name for name in ("ca.pem", "ca.key", "s.csr", "s.key", "s.pem"))
    extensions = folder / "ext"
    extensions.write_text(f"subjectAltName={place}\nextendedKeyUsage=serverAuth\n")
    usage = ("-addext", "keyUsage=critical,keyCertSign,cRLSign")
    _openssl("req", "-x509", *_KEY, "-days", "2", "-subj", "/CN=Acme CA", *usage, "-keyout", ca_key, "-out", ca)
    _openssl("req", *_KEY, "-subj", "/CN=127.0.0.1", "-keyout", key, "-out", request)
    settings = folder / "ca.cnf"
    (folder / "index.txt").write_text("")
    (folder / "serial").write_text("01\n")
    settings.write_text(_SETTINGS.format(folder=folder))
    when = ("-startdate", dates[0], "-enddate", dates[1]) if dates else ("-days", "2")
    signing = ("-cert", ca, "-keyfile", ca_key, "-extfile", extensions, "-notext", *when)
    _openssl("ca", "-batch", "-config", settings, "-in", request, "-out", leaf, *signing)
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
