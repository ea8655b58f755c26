"""Everything that the client can ask a server for, once through."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from typing import TypeVar

from artifact_tui.domain.models import Artifact, Page, RepositoryName, RunFilter
from artifact_tui.domain.run_filter import STATUSES
from artifact_tui.github.artifact_store import GitHubArtifactStore
from artifact_tui.github.hosts import Host
from artifact_tui.github.provider import GitHubProvider
from artifact_tui.github.server_info import ServerInfo
from artifact_tui.github.tokens.credentials import Credential, Token
from tests.integration.wire import Wire

Thing = TypeVar("Thing")


class Traveler:
    """A provider and a storage that share what they know of a server, as in the program."""

    def __init__(self, host: Host, token: str, wire: Wire) -> None:
        self.host, self.wire = host, wire
        self.record = ServerInfo(host)
        self._credential = Credential(Token(token), "GH_TOKEN")
        self.provider = GitHubProvider(self.record, self._credential, transport=wire.asynchronous)
        self.renew_storage()

    def renew_storage(self) -> None:
        """Another one, as after a new start."""
        self.storage = GitHubArtifactStore(self.record, self._credential, transport=self.wire.blocking)

    async def look_around(self, repository: RepositoryName, person: str, *, by_id: bool = True) -> list[Artifact]:
        """Use every operation that reads, with every parameter; the artifacts of the repository.

        Without `by_id` no workflow is named by what ends up as its id in an address.
        """
        ask = self.provider
        await ask.viewer()
        for owner in ("", repository.owner, person):
            assert await first_pages(ask.repositories(owner))
        assert await first_pages(ask.search(repository.name))
        assert (await ask.repository(repository)).full_name
        workflows = await ask.workflows(repository)
        ids = (str(workflows[0].id), workflows[0].name) if by_id else ()
        for only in filters(workflows[0].path, *ids):
            await first_pages(ask.runs(repository, only), 1)
        runs = await first_pages(ask.runs(repository, RunFilter()))
        assert await ask.run(repository, runs[0].id)
        artifacts = await first_pages(ask.artifacts(repository), 100)
        assert (await ask.artifact(repository, artifacts[0].id)).name
        assert await first_pages(ask.artifacts(repository, name=artifacts[0].name), 100)
        run_id = artifacts[0].run_id or runs[0].id
        assert await first_pages(ask.artifacts(repository, run_id), 100)
        assert await first_pages(ask.artifacts(repository, run_id, name=artifacts[0].name), 100)
        await ask.rate_limit()
        return artifacts

    async def close(self) -> None:
        """Close every connection."""
        await self.provider.close()
        self.storage.close()


def filters(*workflows: str) -> Iterator[RunFilter]:
    """Every filter of workflow runs: each status, each parameter alone, each way to name a workflow, all together."""
    for status in sorted(STATUSES):
        yield RunFilter(status=status)
    yield RunFilter(branch="main")
    yield RunFilter(event="push")
    yield RunFilter(actor="mira-holm")
    for workflow in workflows:
        yield RunFilter(workflow=workflow)
    yield RunFilter(workflow=workflows[0], branch="main", event="push", actor="mira-holm", status="success")


async def first_pages(pages: AsyncGenerator[Page[Thing], None], count: int = 2) -> list[Thing]:
    """The items of so many pages."""
    found: list[Thing] = []
    async with aclosing(pages) as walk:
        async for page in walk:
            found += page.items
            count -= 1
            if not count:
                break
    return found
