"""Asking the server for what protection depends on: as much as the planned artifacts need, and no more."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

from msgspec.structs import replace

from artifact_tui.domain.models import Artifact, RepositoryName, RunFilter, WorkflowRun
from artifact_tui.domain.protection import RepositoryState
from artifact_tui.domain.provider import Forbidden, NotFound, Provider, ServerTrouble

Thing = TypeVar("Thing")
Answer = TypeVar("Answer")

UNFINISHED = ("in_progress", "queued", "waiting", "pending", "requested")
"""The statuses of runs that have not ended and that the listing can be filtered by."""
AT_ONCE = 8
FEW = 10


async def learn_state(provider: Provider, repository: RepositoryName, artifacts: Iterable[Artifact]) -> RepositoryState:
    """Return what is known of the repository now; raises :class:`~artifact_tui.domain.provider.ProviderError`.

    Runs in progress are asked for by their statuses: that takes five requests however many artifacts there are.
    Workflows are asked for their newest success only when an artifact may belong to one, and tags only when one may
    be of a tag.
    """
    planned = tuple(artifacts)
    known = await provider.repository(repository)
    default = known.default_branch or ""
    own = {artifact.branch for artifact in planned if not artifact.from_fork}
    running = asyncio.create_task(_unfinished(provider, repository))
    newest = asyncio.create_task(_newest_successes(provider, repository, default) if default in own else _nothing())
    tags = asyncio.create_task(_tags(provider, repository) if own - {default, None} else _no_tags())
    tasks = (running, newest, tags)
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
    state = RepositoryState(default_branch=default, is_public=not known.private)
    return replace(state, running=running.result(), newest=newest.result(), tags=tags.result())


async def _nothing() -> frozenset[int]:
    return frozenset()


async def _no_tags() -> frozenset[str]:
    return frozenset()


async def _unfinished(provider: Provider, repository: RepositoryName) -> frozenset[int]:
    async def with_status(status: str) -> list[int]:
        found, missing, skipped = list[int](), 0, 0
        async for page in provider.runs(repository, RunFilter(status=status), page_size=100):
            found += [run.id for run in page.items]
            skipped += page.skipped
            missing = max(0, (page.total or 0) - page.read) or skipped
        if missing:
            raise ServerTrouble(f"The server listed {len(found):,} of {len(found) + missing:,} unfinished runs.")
        return found

    return frozenset(number for found in await _each(UNFINISHED, with_status) for number in found)


async def _newest_successes(provider: Provider, repository: RepositoryName, branch: str) -> frozenset[int]:
    """Of the repository, which may have runs of workflows that are not listed any more, and of each workflow."""

    async def newest(workflow: str) -> WorkflowRun | None:
        only = RunFilter(workflow=workflow, branch=branch, status="success")
        async for page in provider.runs(repository, only, page_size=FEW):
            for run in page.items:
                if not run.event.startswith("pull_request"):  # one of a fork's branch of the same name
                    return run
        return None

    workflows = [str(workflow.id) for workflow in await provider.workflows(repository)]
    return frozenset(run.id for run in await _each(("", *workflows), newest) if run is not None)


async def _tags(provider: Provider, repository: RepositoryName) -> frozenset[str] | None:
    try:
        return await provider.tags(repository)
    except (Forbidden, NotFound):
        return None


async def _each(things: Iterable[Thing], ask: Callable[[Thing], Awaitable[Answer]]) -> list[Answer]:
    """Ask for each, a few at once, and keep the order; the first failure ends all."""
    few = asyncio.Semaphore(AT_ONCE)

    async def one(thing: Thing) -> Answer:
        async with few:
            return await ask(thing)

    tasks = [asyncio.create_task(one(thing)) for thing in things]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
