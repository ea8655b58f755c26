"""Requests for what protection depends on, limited to what the planned artifacts need."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

from msgspec.structs import replace

from artifact_tui.domain.models import Artifact, RepositoryName, RunFilter, WorkflowRun
from artifact_tui.domain.protection import RepositoryState
from artifact_tui.domain.provider import Forbidden, NotFound, Provider, ServerTrouble
from artifact_tui.domain.run_filter import UNFINISHED

Thing = TypeVar("Thing")
Answer = TypeVar("Answer")
AT_ONCE = 8
FEW = 10


async def learn_state(provider: Provider, repository: RepositoryName, artifacts: Iterable[Artifact]) -> RepositoryState:
    """Return the protection state of the repository; raise :class:`~artifact_tui.domain.provider.ProviderError`.

    Runs in progress take five requests, one per status, for any number of artifacts. The newest success of each
    workflow is requested only if an artifact may belong to it, and tags only if an artifact may be of a tag.
    """
    planned = tuple(artifacts)
    known = await provider.repository(repository)
    default = known.default_branch or ""
    own = {artifact.branch for artifact in planned if not artifact.from_fork}
    running = asyncio.create_task(_unfinished(provider, repository))
    newest = asyncio.create_task(_newest_successes(provider, repository, default if default in own else None))
    tags = asyncio.create_task(_tags(provider, repository, is_needed=bool(own - {default, None})))
    tasks = (running, newest, tags)
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
    state = RepositoryState(default_branch=default, is_public=not known.private)
    return replace(state, running=running.result(), newest=newest.result(), tags=tags.result())


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


async def _newest_successes(provider: Provider, repository: RepositoryName, branch: str | None) -> frozenset[int]:
    """Return the newest success of each workflow and of the repository, which may have runs of unlisted workflows."""
    if branch is None:
        return frozenset()

    async def newest(workflow: str) -> WorkflowRun | None:
        only = RunFilter(workflow=workflow, branch=branch, status="success")
        async for page in provider.runs(repository, only, page_size=FEW):
            for run in page.items:
                if not run.event.startswith("pull_request"):  # may be from a fork's branch of the same name
                    return run
        return None

    workflows = [str(workflow.id) for workflow in await provider.workflows(repository)]
    return frozenset(run.id for run in await _each(("", *workflows), newest) if run is not None)


async def _tags(provider: Provider, repository: RepositoryName, *, is_needed: bool) -> frozenset[str] | None:
    try:
        return await provider.tags(repository) if is_needed else frozenset()
    except (Forbidden, NotFound):
        return None


async def _each(things: Iterable[Thing], ask: Callable[[Thing], Awaitable[Answer]]) -> list[Answer]:
    """Return the results in order, at most :data:`AT_ONCE` requests at a time; the first failure cancels the rest."""
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
