"""A program of its own that loads a long list and refreshes it, and prints what memory that takes.

Run as ``python -m tests.ui.refreshing ROWS REFRESHES``; one line for the first load and one for each refresh, in kB.
"""

from __future__ import annotations

import asyncio
import gc
import json
import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import httpx

from artifact_tui.demo.fixed_clock import demo_clock
from artifact_tui.domain.models import Artifact
from artifact_tui.github.http.limiter import RequestLimiter
from artifact_tui.github.server_info import ServerInfo
from artifact_tui.screens.artifacts.marking import MarkingScreen
from artifact_tui.screens.list_loader import Listing
from artifact_tui.terminal.memory import give_back
from tests.double.transport import FakeTransport
from tests.ui.program import KESTREL, Keyboard, Made, Program, open_with_keys

PAGE = 100


def row(number: int) -> dict[str, Any]:
    """An artifact with all that GitHub tells of one."""
    address = f"https://api.github.com/repos/{KESTREL}/actions/artifacts/{number}"
    run = {"id": number // 10, "repository_id": 1, "head_repository_id": 1, "head_branch": "main"}
    return {
        "id": number, "node_id": f"MDg6QXJ0aWZhY3Q{number}", "name": f"wheel-cp311-{number % 300}",
        "size_in_bytes": number, "url": address, "archive_download_url": f"{address}/zip", "expired": False,
        "created_at": "2026-11-10T08:00:00Z", "updated_at": "2026-11-10T08:00:00Z",
        "expires_at": "2027-01-10T08:00:00Z", "digest": f"sha256:{number:064x}",
        "workflow_run": {**run, "head_sha": f"{number:040x}"},
    }  # fmt: skip


class LongList(FakeTransport):
    """The demo's server, with so many artifacts in every repository."""

    rows = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if not request.url.path.endswith("/actions/artifacts"):
            return await super().handle_async_request(request)
        page, last = int(request.url.params.get("page", "1")), self.rows // PAGE
        numbers = range(self.rows - (page - 1) * PAGE, self.rows - page * PAGE, -1)
        body = json.dumps({"total_count": self.rows, "artifacts": [row(number) for number in numbers]})
        headers = {"content-type": "application/json", "etag": f'W/"{page}"'}
        if page < last:
            address = "https://api.github.com/repositories/1/actions/artifacts"
            headers["link"] = f'<{address}?page={page + 1}>; rel="next", <{address}?page={last}>; rel="last"'
        return httpx.Response(200, headers=headers, content=body.encode())


class LongProgram(Program):
    @property
    def listing(self) -> Listing[Artifact]:
        """What has come of the list that is shown; none while another screen is."""
        return self.screen.listing if isinstance(self.screen, MarkingScreen) else Listing()

    def _made(self, record: ServerInfo, credential: Any, maker: Callable[..., Made]) -> Made:
        limiter = RequestLimiter(record, map(float, count()).__next__)  # a second passes at each look
        return maker(record, credential, transport=LongList(self.server), clock=demo_clock, limiter=limiter)


def resident() -> int:
    """The memory in RAM, in kB."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(dict(line.split(":", 1) for line in status.splitlines())["VmRSS"].split()[0])


async def wait(pilot: Keyboard, true: Callable[[], object]) -> None:
    """Until it is true, however long that takes."""
    while not true():
        await pilot.pause(0.01)


async def main(rows: int, refreshes: int) -> None:
    """Load, then refresh, each time until the list is whole."""
    LongList.rows = rows
    program = LongProgram(KESTREL)
    async with program.app.run_test(size=(80, 24)):
        pilot = Keyboard(program.app)
        await open_with_keys(pilot)
        await pilot.press("3")
        whole = f"{rows:,} artifacts"
        before: object = None
        for _ in range(refreshes + 1):
            await wait(pilot, lambda: program.listing.rows is not before)  # noqa: B023  # waited for at once
            await wait(pilot, lambda: not program.screen.loading_rows and program.summary.startswith(whole))
            before = program.listing.rows  # also lets go of those of the time before, which are not the program's
            gc.collect()
            give_back()  # as the program does at its next frame
            print(resident(), flush=True)
            await pilot.press("r")


if __name__ == "__main__":
    asyncio.run(main(*map(int, sys.argv[1:])))
