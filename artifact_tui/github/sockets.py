"""The sockets of connections under way: closing a client does not wake a thread that is waiting for bytes."""

from __future__ import annotations

import socket
import threading
import weakref


class OpenSockets:
    """The sockets of some clients, told to it by their "trace" extension, to be ended from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: weakref.WeakSet[socket.socket] = weakref.WeakSet()
        self._shut = False

    def watch(self, event: str, details: object) -> None:
        """Note the socket of a new connection (httpx's "trace" extension)."""
        if not event.endswith((".connect_tcp.complete", ".start_tls.complete")):
            return
        stream = details["return_value"] if isinstance(details, dict) else None
        found = stream.get_extra_info("socket") if stream is not None else None
        if not isinstance(found, socket.socket):
            return
        with self._lock:
            self._open.add(found)
        if self._shut:
            self.shut()

    def shut(self) -> None:
        """End all of them, in both directions, so that every read and write returns."""
        with self._lock:
            self._shut = True
            sockets = list(self._open)
        for found in sockets:
            shut_down(found)


def shut_down(connection: object) -> None:
    """End a socket in both directions, so that every read and write of it returns; closing it would wake nobody."""
    if not isinstance(connection, socket.socket):
        return
    try:
        socket.socket.shutdown(connection, socket.SHUT_RDWR)  # the plain one: ssl's own would unwrap it meanwhile
    except OSError:
        return  # it was closed already
