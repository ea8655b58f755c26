"""A link with latency and limited speed in front of a server on loopback.

``python -m tests.benchmarks.slow_link PORT [--round-trip SECONDS] [--rate BYTES]`` prints its own port and forwards
connections until its standard input ends. Bytes arrive half a round trip after they were sent, and a connection is
open a round trip after it was requested; ``rate`` caps each direction of each connection, in bytes a second.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import sys
from collections.abc import Callable
from typing import NamedTuple

Queue = asyncio.Queue[tuple[float, bytes]]
_PIECE = 64 * 1024
_IN_FLIGHT = 4 * 1024 * 1024  # bytes of a connection in flight, as the buffers of both ends allow


class Link(NamedTuple):
    """The properties of the link; a rate of 0 means no cap."""

    port: int
    round_trip: float
    rate: int

    async def join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Forward one connection until one of its sides ends."""
        with contextlib.suppress(OSError, asyncio.CancelledError):  # cancelled with the program
            await asyncio.sleep(self.round_trip)
            server_reader, server_writer = await asyncio.open_connection("127.0.0.1", self.port)
            up, down = (Queue(_IN_FLIGHT // _PIECE) for _ in range(2))
            readings = [asyncio.create_task(self._read(*each)) for each in ((reader, up), (server_reader, down))]
            deliveries = [asyncio.create_task(_deliver(*each)) for each in ((up, server_writer), (down, writer))]
            await asyncio.wait(deliveries, return_when=asyncio.FIRST_COMPLETED)
            for task in readings + deliveries:
                task.cancel()
            server_writer.close()
        writer.close()

    async def _read(self, source: asyncio.StreamReader, under_way: Queue) -> None:
        now, free_at, data = asyncio.get_running_loop().time, 0.0, b"-"
        while data:
            try:
                data = await source.read(_PIECE)
            except OSError:
                data = b""
            free_at = max(free_at, now()) + (len(data) / self.rate if self.rate else 0.0)
            await under_way.put((free_at + self.round_trip / 2, data))


async def _deliver(under_way: Queue, target: asyncio.StreamWriter) -> None:
    """Send what is due until its end, or until the target is closed."""
    now = asyncio.get_running_loop().time
    with contextlib.suppress(OSError):
        while data := await _due(under_way, now):
            target.write(data)
            await target.drain()


async def _due(under_way: Queue, now: Callable[[], float]) -> bytes:
    due, data = await under_way.get()
    await asyncio.sleep(max(0.0, due - now()))
    return data


async def serve(link: Link) -> None:
    """Print the port, and forward connections until standard input ends."""
    server = await asyncio.start_server(link.join, "127.0.0.1", 0, backlog=128)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.to_thread(sys.stdin.read)


def main() -> None:
    """Read the arguments and serve."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("port", type=int)
    arguments.add_argument("--round-trip", type=float, default=0.0)
    arguments.add_argument("--rate", type=int, default=0)
    options = arguments.parse_args()
    asyncio.run(serve(Link(options.port, options.round_trip, options.rate)))


if __name__ == "__main__":
    main()
