"""Proxies on loopback: one that forwards and tunnels HTTP, one that speaks SOCKS 5; both write down where to."""

from __future__ import annotations

import re
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

Talk = Callable[[socket.socket, list[str]], None]


@contextmanager
def proxy(talk: Talk) -> Iterator[tuple[int, list[str]]]:
    """The port of a proxy, and the places it was asked for."""
    asked: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def accept() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                threading.Thread(target=answer, args=(connection,), daemon=True).start()

        def answer(connection: socket.socket) -> None:
            with connection, suppress(OSError):
                talk(connection, asked)

        threading.Thread(target=accept, daemon=True).start()
        yield server.getsockname()[1], asked
        server.shutdown(socket.SHUT_RDWR)


def speak_http(connection: socket.socket, asked: list[str]) -> None:
    """``CONNECT`` opens a tunnel; any other request goes on to its host, one on each connection."""
    head = b""
    while b"\r\n\r\n" not in head:
        head += connection.recv(65536)
    method, target, _ = head.split(b"\r\n", 1)[0].decode().split(" ")
    if method == "CONNECT":
        asked.append(f"CONNECT {target}")
        with connected(target) as beyond:
            connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            carry(connection, beyond)
        return
    asked.append(f"{method} {target}")
    place, _, path = target.partition("://")[2].partition("/")
    with connected(place) as beyond:
        once = re.sub(rb"(?i)connection: keep-alive", b"Connection: close", head)
        beyond.sendall(once.replace(target.encode(), b"/" + path.encode(), 1))
        _pour(beyond, connection)


def speak_socks(connection: socket.socket, asked: list[str]) -> None:
    """SOCKS 5 without a password (RFC 1928): greeting, then one request to connect."""
    connection.recv(2 + 255)
    connection.sendall(b"\x05\x00")
    head = connection.recv(4)
    is_address = head[3] == 1
    host = socket.inet_ntoa(connection.recv(4)) if is_address else connection.recv(connection.recv(1)[0]).decode()
    (port,) = struct.unpack("!H", connection.recv(2))
    asked.append(f"{host}:{port}")
    with connected(f"{host}:{port}") as beyond:
        connection.sendall(b"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00")
        carry(connection, beyond)


def connected(place: str) -> socket.socket:
    host, _, port = place.rpartition(":")
    return socket.create_connection((host, int(port)), timeout=20)


def carry(one: socket.socket, other: socket.socket) -> None:
    """Bytes in both directions until one side ends."""
    back = threading.Thread(target=_pour, args=(other, one), daemon=True)
    back.start()
    _pour(one, other)
    back.join(20)


def _pour(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
