"""Bodies read straight from the socket: httpx and httpcore take six calls for the 16 KiB that TLS decrypts at once."""

from __future__ import annotations

import select
import socket
import ssl
from collections.abc import Iterator
from typing import Any, Final

import httpx

from artifact_tui.github.http.cancel import CancelScopes

CHUNK: Final = 64 * 1024
"""The most bytes of a chunk; a killed program loses those that it has not written yet."""


def chunks_of(response: httpx.Response, lines: CancelScopes) -> Iterator[bytes]:
    """Yield the body as it arrives; raise what httpx raises, and OSError.

    httpx reads the head and what came with it. The rest of a body with a Content-Length comes from the socket, unless
    that holds another layer of TLS, as behind an HTTPS proxy. In-process responses have no socket.
    """
    raw = response.iter_raw()
    if first := next(raw, b""):
        yield first
    counter, source = _counter_of(response), _socket_of(response)
    if counter is None or source is None:
        yield from raw
        return
    line = lines.current
    with line.waiting_on(response.extensions["network_stream"]):
        for chunk in _received(source, counter._remaining, response.request):
            if line.closed:
                raise ConnectionAbortedError
            counter._remaining -= len(chunk)
            yield chunk
    if not counter._remaining:
        next(raw, b"")  # h11 finds the end of the body, so httpcore keeps the connection


def _received(source: socket.socket, length: int, request: httpx.Request) -> Iterator[bytes]:
    """Yield ``length`` bytes, or fewer if the connection ends: each time all that have arrived, up to a chunk."""
    buffer = memoryview(bytearray(min(CHUNK, length)))
    source.setblocking(False)  # httpcore sets its own timeout before each use
    while length:
        filled = 0
        while wanted := min(CHUNK, length) - filled:
            try:
                count = source.recv_into(buffer[filled:], wanted)
            except OSError as error:
                if filled:
                    break  # an error of the connection comes again
                _wait_after(error, source, request)
                continue
            if not count:
                break
            filled += count
        if not filled:
            return
        length -= filled
        yield bytes(buffer[:filled])


def _wait_after(error: OSError, source: socket.socket, request: httpx.Request) -> None:
    """Wait until the socket is ready, at most as long as a read may take; raise any other error."""
    if not isinstance(error, BlockingIOError | ssl.SSLWantReadError | ssl.SSLWantWriteError):
        raise error
    ready = select.poll()
    ready.register(source, select.POLLOUT if isinstance(error, ssl.SSLWantWriteError) else select.POLLIN)
    seconds: float = request.extensions["timeout"]["read"]
    if not ready.poll(seconds * 1000):
        raise httpx.ReadTimeout("timed out", request=request)


def _socket_of(response: httpx.Response) -> socket.socket | None:
    """Return the socket, if it gives the bytes of the response; an :class:`ssl.SSLObject` would decrypt them."""
    stream = response.extensions.get("network_stream")
    if stream is None or isinstance(stream.get_extra_info("ssl_object"), ssl.SSLObject):
        return None
    source = stream.get_extra_info("socket")
    return source if isinstance(source, socket.socket) else None


def _counter_of(response: httpx.Response) -> Any:
    """Return h11's counter of a Content-Length, while bytes of it are missing; None for any other body."""
    stream: Any = response.stream
    try:
        reader = stream._stream._httpcore_stream._stream._connection._h11_state._reader
    except AttributeError:
        return None
    return reader if getattr(reader, "_remaining", 0) else None
