"""The client on one side, the demo server on the other."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, TypeVar

import httpx

from artifact_tui.demo.accounts import DEMO_TOKEN
from artifact_tui.domain.models import Artifact, Page, RepositoryName
from artifact_tui.github.artifact_store import GitHubArtifactStore
from artifact_tui.github.hosts import host_of_api
from artifact_tui.github.provider import GitHubProvider
from artifact_tui.github.server_info import ServerInfo
from artifact_tui.github.tokens.credentials import Credential, Token
from tests.artifacts import listed
from tests.double.server import FakeGitHub
from tests.double.transport import FakeTransport

KESTREL = RepositoryName("fernwood-labs", "kestrel")
CORPUS = RepositoryName("fernwood-labs", "fuzz-corpus")
NOTES = RepositoryName("mira-holm", "notes-to-pdf")

Thing = TypeVar("Thing")


def credential(token: str = DEMO_TOKEN) -> Credential | None:
    return Credential(Token(token), "GH_TOKEN") if token else None


def record(server: FakeGitHub, **options: Any) -> ServerInfo:
    return ServerInfo(host_of_api(server.flavor.api), **options)


async def no_sleep(seconds: float) -> None:
    """Lets time pass without waiting for it."""


def provider(
    server: FakeGitHub, *, token: str = DEMO_TOKEN, transport: httpx.AsyncBaseTransport | None = None, **options: Any
) -> GitHubProvider:
    return GitHubProvider(
        record(server, **options),
        credential(token),
        transport=transport or FakeTransport(server),
        clock=server.clock,
        draw=lambda: 0.5,
        sleep=no_sleep,
    )


def storage(
    server: FakeGitHub, *, token: str = DEMO_TOKEN, transport: httpx.BaseTransport | None = None, **options: Any
) -> GitHubArtifactStore:
    return GitHubArtifactStore(
        record(server, **options),
        credential(token),
        transport=transport or FakeTransport(server),
        clock=server.clock,
        draw=lambda: 0.5,
        sleep=lambda seconds: None,
    )


async def everything(pages: AsyncIterator[Page[Thing]]) -> list[Thing]:
    return [item async for page in pages for item in page.items]


async def first_page(pages: AsyncIterator[Page[Thing]]) -> Page[Thing]:
    return await anext(pages)


def an_artifact(server: FakeGitHub, repository: RepositoryName = CORPUS, *, expired: bool = False) -> Artifact:
    """The newest artifact of a repository that has (not) expired, as the server knows it."""
    found = server.store.repository(str(repository))
    assert found is not None
    for item in server.store.repository_artifacts(found.id):
        if server.site.expired(item) == expired and item.size > 1000:
            return listed(id=item.id, name=item.name, size_in_bytes=item.size, digest=f"sha256:{item.digest}")
    raise LookupError(repository)


def ids_of(server: FakeGitHub, repository: RepositoryName) -> list[int]:
    """The ids of a repository's artifacts, newest first, as the server lists them."""
    found = server.store.repository(str(repository))
    assert found is not None
    return [item.id for item in server.store.repository_artifacts(found.id) if server.site.is_listed(item)]
