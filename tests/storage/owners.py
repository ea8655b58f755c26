"""Owners for tests of scans: worlds of repositories with some artifacts each."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from datetime import timedelta
from typing import Any, TypeVar, cast

from msgspec.structs import replace

from artifact_tui.demo.data import DemoArtifact, DemoRepository, DemoRun, Person, World, format_time
from artifact_tui.demo.fixed_clock import demo_clock
from artifact_tui.domain.models import Page, Place
from artifact_tui.domain.provider import Provider
from artifact_tui.storage.scan import OwnerScan
from tests.double.server import FakeGitHub

Thing = TypeVar("Thing")
OWNER = "acme"
DAY = timedelta(days=1)


def owner_world(counts: list[int]) -> World:
    """A world with one repository for each count of artifacts, last pushed first, of 1,000 bytes and more each."""
    repositories = [a_repository(number) for number in range(len(counts))]
    runs = [a_run(one.id) for one in repositories]
    artifacts: list[DemoArtifact] = []
    for repository, count in zip(repositories, counts, strict=True):
        artifacts += [an_artifact(len(artifacts) + number, repository.id) for number in range(count)]
    return World([Person(1, OWNER, "Organization", OWNER), *_actors()], repositories, [], runs, artifacts)


def _actors() -> list[Person]:
    return [Person(2, "mira-holm", "User", "Mira Holm")]


def a_repository(number: int, **fields: Any) -> DemoRepository:
    repository = DemoRepository(
        id=number + 1, owner=OWNER, name=f"repo-{number:03}", description=None, language=None, private=False,
        archived=False, parent=0, stars=0, size=1, created_at="2024-01-01T00:00:00Z",
        pushed_at=format_time(demo_clock() - number * DAY), former_name="",
    )  # fmt: skip
    return replace(repository, **fields)


def a_run(repository: int) -> DemoRun:
    at = format_time(demo_clock() - 9 * DAY)
    return DemoRun(
        id=repository, repository=repository, workflow=0, title="", branch="main", event="push", status="completed",
        conclusion="success", actor="mira-holm", number=1, attempt=1, created_at=at, started_at=at, updated_at=at,
        sha="0" * 40, head=repository, pull=0,
    )  # fmt: skip


def an_artifact(number: int, repository: int, **fields: Any) -> DemoArtifact:
    made = demo_clock() - DAY
    artifact = DemoArtifact(
        id=1000 + number, repository=repository, run=repository, name=f"logs-{number % 3}", kind="build", weight=0,
        size=1000 + number, raw_size=1000 + number, digest="0" * 64, created_at=format_time(made),
        expires_at=format_time(made + 90 * DAY), oddity="",
    )  # fmt: skip
    return replace(artifact, **fields)


async def follow(listing: Callable[[Place | None], AsyncIterator[Page[Thing]]]) -> AsyncGenerator[Page[Thing], None]:
    """Yield the pages, without waiting for a rate limit."""
    async with aclosing(cast("AsyncGenerator[Page[Thing], None]", listing(None))) as pages:
        async for page in pages:
            yield page


def scan_of(client: Provider, owner: str = OWNER, **options: Any) -> OwnerScan:
    return OwnerScan(client, owner, follow=options.pop("follow", follow), clock=demo_clock, **options)


def readings(scan: OwnerScan) -> dict[int, Any]:
    """What a scan read, for the next one."""
    return {found.repository.id: found.reading for found in scan.repositories if found.reading}


def on_server(server: FakeGitHub) -> dict[str, list[int]]:
    """The artifacts that the server lists, by repository, newest first."""
    every = server.store.repositories.values()
    return {
        one.full_name: [each.id for each in server.store.repository_artifacts(one.id) if server.site.is_listed(each)]
        for one in every
    }


def in_scan(scan: OwnerScan) -> dict[str, list[int]]:
    """The artifacts that a scan has read to the end."""
    return {found.repository.full_name: list(found.columns.id) for found in scan.repositories if found.reading}
