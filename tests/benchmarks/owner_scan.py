"""Two scans of an owner in a row, as on github.com: ``python -m tests.benchmarks.owner_scan API OWNER``.

It prints the seconds of both. The installed program takes a server on loopback for an Enterprise Server, which scans
burden less.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from datetime import UTC, datetime
from functools import partial
from typing import TypeVar, cast

from msgspec.structs import replace

from artifact_tui.domain.models import HostKind, Page, Place
from artifact_tui.github.hosts import host_of_api
from artifact_tui.github.http.limiter import RequestLimiter
from artifact_tui.github.provider import GitHubProvider
from artifact_tui.github.server_info import ServerInfo
from artifact_tui.github.tokens.credentials import Credential, Token
from artifact_tui.storage.scan import OwnerScan
from artifact_tui.storage.scanned_repository import RepositoryReading
from tests.benchmarks.servers import TOKEN

Thing = TypeVar("Thing")


async def follow(listing: Callable[[Place | None], AsyncIterator[Page[Thing]]]) -> AsyncGenerator[Page[Thing], None]:
    """Yield the pages."""
    async with aclosing(cast("AsyncGenerator[Page[Thing], None]", listing(None))) as pages:
        async for page in pages:
            yield page


async def measure(api: str, owner: str) -> list[float]:
    """Return the seconds of a scan, and of the same again."""
    host = replace(host_of_api(api), kind=HostKind.GITHUB)
    record = ServerInfo(host)
    limiter = RequestLimiter(record, is_metered=False)  # both scans together take more points than a minute has
    provider = GitHubProvider(record, Credential(Token(TOKEN), "the benchmark"), limiter=limiter)
    clock, known, took = partial(datetime.now, UTC), dict[int, RepositoryReading](), list[float]()
    for _ in range(2):
        start = time.perf_counter()
        scan = OwnerScan(provider, owner, follow=follow, clock=clock, known=known)
        await scan.run()
        took.append(time.perf_counter() - start)
        if scan.unread:
            raise RuntimeError(f"{len(scan.unread)} repositories were not read")
        known = {found.repository.id: found.reading for found in scan.repositories if found.reading}
    await provider.close()
    return took


if __name__ == "__main__":
    print(json.dumps(asyncio.run(measure(*sys.argv[1:]))))
