"""Bodies read straight from the socket: httpx and httpcore make six calls for each TLS record of 16 KiB."""

from __future__ import annotations

import select
import socket
import ssl
from collections.abc import Iterator
from typing import Any, Final

import httpx

from artifact_tui.github.http.cancel import CancelScopes

CHUNK: Final = 64 * 1024
"""The maximum size of a chunk in bytes; a killed program loses chunks that it has not written."""
WHOLE_CHUNK: Final = 256 * 1024
"""The same for a whole body, which no other connection shares."""
_LINGER = 0.01
"""Seconds to wait for more bytes of a chunk, because each chunk costs more than a read."""


def chunks_of(response: httpx.Response, lines: CancelScopes, longest: int = CHUNK) -> Iterator[bytes]:
    """Yield the body as it arrives, at most ``longest`` bytes at once; raise httpx's errors and OSError.

    httpx reads the headers and the bytes that came with them. The rest of a body with a Content-Length is read from the
    socket, unless TLS runs inside TLS, as behind an HTTPS proxy. In-process responses have no socket.
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
        for chunk in _received(source, counter._remaining, longest, response.request):
            if line.closed:
                raise ConnectionAbortedError
            counter._remaining -= len(chunk)
            yield chunk
    if not counter._remaining:
        next(raw, b"")  # shows h11 the end of the body, so httpcore keeps the connection


def _received(source: socket.socket, length: int, longest: int, request: httpx.Request) -> Iterator[bytes]:
    """Yield ``length`` bytes, fewer if the connection ends."""
    buffer = memoryview(bytearray(min(longest, length)))
    seconds: float = request.extensions["timeout"]["read"]
    source.setblocking(False)  # httpcore sets its own timeout before each use
    while length:
        filled = _fill(buffer[:length], source, seconds)
        if filled is None:
            raise httpx.ReadTimeout("timed out", request=request)
        if not filled:
            return
        length -= filled
        yield bytes(buffer[:filled])


def _fill(buffer: memoryview, source: socket.socket, seconds: float) -> int | None:
    """Return the bytes read, 0 at the end of the connection; None if none arrive within so many seconds."""
    filled = 0
    while filled < len(buffer):
        try:
            count = source.recv_into(buffer[filled:])
        except OSError as error:
            if filled >= CHUNK or (filled and not _is_about_waiting(error)):
                break  # a connection error occurs again at the next read
            if not _is_ready(error, source, _LINGER if filled else seconds):
                return filled or None
            continue
        if not count:
            break
        filled += count
    return filled


def _is_about_waiting(error: OSError) -> bool:
    return isinstance(error, BlockingIOError | ssl.SSLWantReadError | ssl.SSLWantWriteError)


def _is_ready(error: OSError, source: socket.socket, seconds: float) -> bool:
    """Wait until the socket is ready; raise ``error`` if it is not about waiting."""
    if not _is_about_waiting(error):
        raise error
    if source.fileno() < 0:
        raise ConnectionAbortedError  # closed by another thread meanwhile
    ready = select.poll()
    ready.register(source, select.POLLOUT if isinstance(error, ssl.SSLWantWriteError) else select.POLLIN)
    return bool(ready.poll(seconds * 1000))


def _socket_of(response: httpx.Response) -> socket.socket | None:
    """Return the socket if it yields decrypted bytes; with an :class:`ssl.SSLObject`, it does not."""
    stream = response.extensions.get("network_stream")
    if stream is None or isinstance(stream.get_extra_info("ssl_object"), ssl.SSLObject):
        return None
    source = stream.get_extra_info("socket")
    return source if isinstance(source, socket.socket) else None


def _counter_of(response: httpx.Response) -> Any:
    """Return h11's reader, which counts a Content-Length down; None at its end, or for any other body."""
    stream: Any = response.stream
    try:
        reader = stream._stream._httpcore_stream._stream._connection._h11_state._reader
    except AttributeError:
        return None
    return reader if getattr(reader, "_remaining", 0) else None
