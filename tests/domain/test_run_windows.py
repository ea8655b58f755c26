"""Windows of creation time: each run once, and an error instead of a part of them."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta

import pytest

from artifact_tui.domain.models import Page, RunFilter, WorkflowRun
from artifact_tui.domain.provider import ServerTrouble
from artifact_tui.domain.run_windows import all_runs

START = datetime(2026, 1, 1, tzinfo=UTC)
MAIN = RunFilter(branch="main")


class RunServer:
    """Lists at most 1,000 runs of a filter, newest first, in pages of 100; ``each`` are the seconds between two."""

    def __init__(self, number: int, each: float) -> None:
        times = (START + timedelta(seconds=int(index * each)) for index in range(number))
        self.runs = [WorkflowRun(id=index, created_at=at) for index, at in enumerate(times)][::-1]
        self.asked: list[str] = []
        self.counts: int | None = None
        self.skipped = 0

    async def pages(self, only: RunFilter) -> AsyncGenerator[Page[WorkflowRun], None]:
        self.asked.append(only.created)
        until = datetime.fromisoformat(only.created.removeprefix("<=")) if only.created else datetime.max
        rows = [run for run in self.runs if not only.created or (run.created_at and run.created_at <= until)]
        shown = rows if only == RunFilter() else rows[:1000]
        for place in range(0, max(1, len(shown)), 100):
            items = tuple(shown[place : place + 100])
            yield Page(items, self.counts or len(shown), read=place + len(items), skipped=self.skipped)

    async def all(self, only: RunFilter) -> list[WorkflowRun]:
        return [run async for run in all_runs(self.pages, only)]


@pytest.mark.parametrize(
    ("number", "each", "windows"), [(0, 1.0, 1), (999, 1.0, 1), (1000, 1.0, 2), (2500, 0.3, 3), (3001, 9.0, 4)]
)
async def test_every_run_comes_once_and_newest_first(number: int, each: float, windows: int) -> None:
    server = RunServer(number, each)
    assert await server.all(MAIN) == server.runs
    assert len(server.asked) == windows


async def test_a_list_without_a_filter_needs_no_windows() -> None:
    server = RunServer(1500, 1.0)
    assert await server.all(RunFilter()) == server.runs
    assert server.asked == [""]


async def test_a_list_that_lacks_runs_is_an_error() -> None:
    short, unreadable, crowded = RunServer(50, 1.0), RunServer(50, 1.0), RunServer(1200, 0.0)
    short.counts, unreadable.skipped = 51, 1
    for server in (short, unreadable, crowded):
        with pytest.raises(ServerTrouble):
            await server.all(MAIN)
