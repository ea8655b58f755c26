"""All workflow runs that match a filter, in windows of creation time, because a filtered list ends early."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from datetime import UTC, datetime

from msgspec.structs import replace

from artifact_tui.domain.models import Page, RunFilter, WorkflowRun
from artifact_tui.domain.provider import ServerTrouble

MOST_FILTERED = 1000
"""The most runs that GitHub lists with a filter (documentation of "List workflow runs for a repository")."""

Pages = AsyncGenerator[Page[WorkflowRun], None]


async def all_runs(pages: Callable[[RunFilter], Pages], only: RunFilter) -> AsyncGenerator[WorkflowRun, None]:
    """Yield every run once, newest first; ``pages`` lists the runs of a filter.

    A window that is full is followed by one that ends at the creation of its oldest run. Raises ServerTrouble if the
    server lists fewer runs than it counts, or more in one second than it lists.
    """
    seen: set[int] = set()
    until: datetime | None = None
    while True:
        window = replace(only, created=_up_to(until))
        oldest, read, total, skipped = until, 0, 0, 0
        async with aclosing(pages(window)) as listed:
            async for page in listed:
                read, total, skipped = page.read, page.total or 0, skipped + page.skipped
                for run in page.items:
                    oldest = run.created_at or oldest
                    if run.id not in seen:
                        seen.add(run.id)
                        yield run
        is_full = is_filtered(window) and read + skipped >= MOST_FILTERED
        if skipped or not is_full:
            if skipped or read < total:
                raise ServerTrouble(f"The server listed {len(seen):,} workflow runs and has more.", "Try again.")
            return
        if oldest == until:
            raise ServerTrouble("The server has too many workflow runs from one moment.", "Narrow the filter.")
        until = oldest


def is_filtered(only: RunFilter) -> bool:
    """Return whether GitHub lists at most :data:`MOST_FILTERED` runs for this filter."""
    return bool(only.branch or only.event or only.actor or only.status or only.commit or only.created)


def _up_to(until: datetime | None) -> str:
    return "" if until is None else f"<={until.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
