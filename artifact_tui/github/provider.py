"""The provider for screens, over GitHub's REST API."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing, suppress
from datetime import datetime
from functools import partial

import httpx
import msgspec

from artifact_tui.domain.artifact_record import ArtifactRecord, Sharing, artifact_of
from artifact_tui.domain.billing import Budget, Holder, Plan, UsageLine
from artifact_tui.domain.models import (
    Account,
    Artifact,
    Connection,
    Page,
    Place,
    RateLimit,
    Repository,
    RepositoryName,
    RunFilter,
    Workflow,
    WorkflowRun,
)
from artifact_tui.domain.provider import Forbidden, NotFound, ProviderError, TokenNeeded, Unprocessable
from artifact_tui.github.bill_requests import BillRequests
from artifact_tui.github.decode import Thing, decode_listing, decode_one
from artifact_tui.github.http.conditional import MemoryStore
from artifact_tui.github.http.exchange import Exchange
from artifact_tui.github.http.limiter import IN_FLIGHT, RequestLimiter
from artifact_tui.github.http.pages import MOST_ROWS, Walk
from artifact_tui.github.http.requests import Request, artifact_request, now, path_in
from artifact_tui.github.http.transport import AsyncApi
from artifact_tui.github.listings import at_once, newest_first, repositories_request, whole
from artifact_tui.github.server_info import ServerInfo
from artifact_tui.github.storage_requests import StorageRequests
from artifact_tui.github.tokens.credentials import Access, Credential
from artifact_tui.text import printable

RUNS_PAGE_SIZE = 50


class _User(msgspec.Struct):
    login: str


class _Resources(msgspec.Struct):
    core: RateLimit


class _RateLimits(msgspec.Struct):
    resources: _Resources


class _Commit(msgspec.Struct):
    sha: str


class _PullRequest(msgspec.Struct):
    head: _Commit


class _Tag(msgspec.Struct):
    name: str

    @property
    def id(self) -> str:
        """The name, because tags have no id."""
        return self.name


class GitHubProvider(StorageRequests):
    """An implementation of :class:`artifact_tui.domain.provider.Provider`; a store may share record and limiter."""

    def __init__(
        self,
        record: ServerInfo,
        credential: Credential | Access | None = None,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        clock: Callable[[], datetime] = now,
        draw: Callable[[], float] = random.random,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        limiter: RequestLimiter | None = None,
    ) -> None:
        self._access = Access.of(credential)
        exchange = Exchange(record, self._access, clock=clock, draw=draw, store=MemoryStore())
        self._api = AsyncApi(exchange, transport=transport, sleep=sleep, limiter=limiter)
        self._bills = BillRequests(self._api, clock)
        self._record = record
        self._clock = clock

    @property
    def connection(self) -> Connection:
        """The server, account and rate limit as known now."""
        return self._record.connection

    def watch(self, changed: Callable[[Connection], None]) -> None:
        """Call ``changed`` in the running event loop after each change, from any thread."""
        loop = asyncio.get_running_loop()

        def tell() -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(lambda: changed(self.connection))

        self._record.listen(tell)

    async def viewer(self) -> Account:
        """Return the account (``GET /user``), with the scopes of a classic token."""
        try:
            account = Account() if self._access.credential is None else await self._account()
        except ProviderError:
            self._record.account_failed()
            raise
        self._record.signed_in(account)
        return account

    async def _account(self) -> Account:
        answer = await self._api.get(Request(path="/user", what="The account"))
        scopes = answer.headers.get("x-oauth-scopes")
        return Account(login=decode_one(answer.body, _User).login, scopes=scopes or "", classic=scopes is not None)

    async def _one(self, kind: type[Thing], path: str, what: str) -> Thing:
        answer = await self._api.get(Request(path=path, what=what))
        return decode_one(answer.body, kind)

    async def repository(self, name: RepositoryName) -> Repository:
        """Return a repository (``GET /repos/OWNER/REPO``), also after a rename."""
        return await self._one(Repository, path_in(name), "The repository")

    async def repositories(
        self, owner: str = "", *, start: Place | None = None, most: int = MOST_ROWS
    ) -> AsyncGenerator[Page[Repository], None]:
        """Yield ``GET /user/repos``, or the repositories of an organization or else a user."""
        if not owner and self._access.credential is None:
            yield Page((), 0)
            return
        asked = repositories_request(self._record.connection.account, owner, "orgs")
        otherwise = partial(self._request_of_user, owner) if asked.path.startswith("/orgs/") else None
        walk = Walk(
            self._api,
            asked,
            _repositories,
            clock=self._clock,
            ahead=IN_FLIGHT,
            otherwise=otherwise,
            start=start,
            most=most,
        )
        async with aclosing(walk.pages()) as pages:
            async for page in pages:
                yield page

    async def search(self, words: str) -> AsyncGenerator[Page[Repository], None]:
        """Yield ``GET /search/repositories``, one page at a time, because searches have a small rate limit."""
        if not words.strip():
            yield Page((), 0)
            return
        request = Request(path="/search/repositories", query=(("q", words.strip()),), what="The search")
        async with aclosing(Walk(self._api, request, _found_repositories, clock=self._clock).pages()) as pages:
            async for page in pages:
                yield page

    async def workflows(self, repository: RepositoryName) -> tuple[Workflow, ...]:
        """Return all of ``GET …/actions/workflows``; raise :class:`ServerTrouble` if any are missing."""
        request = Request(path=path_in(repository, "actions", "workflows"), what="The repository")
        walk = Walk(self._api, request, _workflows, clock=self._clock, ahead=IN_FLIGHT)
        return await whole(walk, "workflows")

    async def tags(self, repository: RepositoryName) -> frozenset[str]:
        """Return all of ``GET /repos/OWNER/REPO/tags``; raise :class:`ServerTrouble` if any are missing."""
        request = Request(path=path_in(repository, "tags"), what="The repository")
        walk = Walk(self._api, request, _tags, clock=self._clock, ahead=IN_FLIGHT)
        return frozenset(tag.name for tag in await whole(walk, "tags"))

    async def runs(
        self,
        repository: RepositoryName,
        only: RunFilter,
        *,
        page_size: int = RUNS_PAGE_SIZE,
        start: Place | None = None,
    ) -> AsyncGenerator[Page[WorkflowRun], None]:
        """Yield ``GET …/actions/runs`` or ``…/workflows/ID/runs``; the server lists at most 1,000 filtered runs.

        The workflow may be an id, a file name or a name, and ``status`` a conclusion. Leaving out pull requests makes
        the response much shorter.
        """
        path: tuple[str | int, ...] = ("actions", "runs")
        if only.workflow:
            path = ("actions", "workflows", await self._workflow_id(repository, only.workflow), "runs")
        filters = {"branch": only.branch, "event": only.event, "actor": only.actor, "status": only.status}
        filters |= {"head_sha": only.commit, "created": only.created}
        query = (*((key, value) for key, value in filters.items() if value), ("exclude_pull_requests", "true"))
        what = "The workflow" if only.workflow else "The repository"
        request = Request(path=path_in(repository, *path), query=query, what=what)
        walk = Walk(self._api, request, _runs, clock=self._clock, size=page_size, start=start)
        async with aclosing(walk.pages()) as pages:
            async for page in pages:
                yield page

    async def run(self, repository: RepositoryName, run_id: int) -> WorkflowRun:
        """Return ``GET …/actions/runs/ID``."""
        return await self._one(WorkflowRun, path_in(repository, "actions", "runs", run_id), "The workflow run")

    async def attempt(self, repository: RepositoryName, run_id: int, number: int) -> WorkflowRun:
        """Return ``GET …/actions/runs/ID/attempts/N``."""
        path = path_in(repository, "actions", "runs", run_id, "attempts", number)
        return await self._one(WorkflowRun, path, f"Attempt {number} of the workflow run")

    async def commit(self, repository: RepositoryName, ref: str) -> str:
        """Return the SHA of ``GET …/commits/REF``, without the list of its files."""
        path = path_in(repository, "commits", *ref.split("/"))
        request = Request(path=path, query=(("per_page", "1"),), what=f"The commit {printable(ref, 60)}")
        try:
            return decode_one((await self._api.get(request)).body, _Commit).sha
        except Unprocessable:  # a commit that does not exist
            sentence = f"The commit or tag {printable(ref.removeprefix('tags/'), 60)} was not found."
            raise NotFound(sentence, "Check its name.") from None

    async def pull_request_head(self, repository: RepositoryName, number: int) -> str:
        """Return the SHA of the head in ``GET …/pulls/N``."""
        return (await self._one(_PullRequest, path_in(repository, "pulls", number), "The pull request")).head.sha

    async def artifacts(
        self,
        repository: RepositoryName,
        run_id: int | None = None,
        *,
        name: str = "",
        start: Place | None = None,
        etag: str | None = None,
        most: int = MOST_ROWS,
        one_by_one: bool = False,
        is_scan: bool = False,
    ) -> AsyncGenerator[Page[Artifact], None]:
        """Yield ``GET …/actions/artifacts`` or ``…/runs/ID/artifacts``, newest first.

        The name is filtered here, too, because old servers ignore it. Servers without ``direction`` list a run's
        artifacts in no certain order, so they are yielded as one page, sorted by id, and ``etag`` is ignored.
        """
        request, ordered = await self._artifact_list(repository, run_id, name)
        request = msgspec.structs.replace(request, is_scan=is_scan)
        read, known = partial(_artifacts, Sharing()), etag if ordered and start is None else None
        ahead = 1 if one_by_one else IN_FLIGHT
        walk = Walk(self._api, request, read, clock=self._clock, ahead=ahead, start=start, etag=known, most=most)
        async with aclosing(walk.pages()) as pages:
            async for page in pages if ordered else at_once(pages):
                yield newest_first([page], name)

    async def _artifact_list(self, repository: RepositoryName, run_id: int | None, name: str) -> tuple[Request, bool]:
        """Return the request for a list of artifacts, and whether the server orders it."""
        query: tuple[tuple[str, str], ...] = (("name", name),) if name else ()
        if run_id is None:
            path = path_in(repository, "actions", "artifacts")
            return Request(path=path, query=query, what="The repository", stored=False), True
        await self._api.learn_release()
        ordered = self._record.sorts_run_artifacts
        query += (("direction", "desc"),) if ordered else ()
        path = path_in(repository, "actions", "runs", run_id, "artifacts")
        return Request(path=path, query=query, what="The workflow run", stored=False), ordered

    async def artifact(self, repository: RepositoryName, artifact_id: int) -> Artifact:
        """``GET …/actions/artifacts/ID``."""
        answer = await self._api.get(artifact_request(repository, artifact_id))
        return artifact_of(decode_one(answer.body, ArtifactRecord))

    async def rate_limit(self) -> RateLimit | None:
        """``GET /rate_limit``; Enterprise Servers answer 404 where rate limiting is off, which is their default."""
        try:
            answer = await self._api.get(Request(path="/rate_limit", what="The rate limit", stored=False))
        except NotFound:
            return None
        limit = decode_one(answer.body, _RateLimits).resources.core
        self._record.limited(limit)
        return self._record.connection.rate_limit

    async def plan(self, owner: str) -> Plan:
        """Return the plan of an organization (``GET /orgs/OWNER``) or of the account (``GET /user``)."""
        if self._access.credential is None:
            raise TokenNeeded("A bill needs a token.", "Sign in.")
        account = self._record.connection.account
        return await self._bills.plan(owner, account.login if account else "")

    async def bill(self, owner: str, holder: Holder, year: int, month: int) -> tuple[UsageLine, ...]:
        """Return the lines of one month of ``…/settings/billing/usage``."""
        return await self._bills.bill(owner, holder, year, month)

    async def budgets(self, organization: str) -> tuple[Budget, ...]:
        """Return all of ``/organizations/…/settings/billing/budgets``."""
        return await self._bills.budgets(organization)

    async def close(self) -> None:
        """Close every connection."""
        await self._api.close()

    async def _request_of_user(self, owner: str) -> Request:
        """Return the request for the repositories of a user, after a look at who the account is."""
        if self._record.connection.account is None and self._access.credential is not None:
            with suppress(Forbidden):  # the tokens of apps and jobs belong to no user
                await self.viewer()
        return repositories_request(self._record.connection.account, owner, "users")

    async def _workflow_id(self, repository: RepositoryName, wanted: str) -> str:
        """Return the id or file name for the URL; names are looked up, because the API takes none."""
        file = wanted.rpartition("/")[2]
        if wanted.isdigit() or file.endswith((".yml", ".yaml")):
            return file
        for workflow in await self.workflows(repository):
            stem = workflow.path.rpartition("/")[2].rpartition(".")[0]
            if wanted.casefold() in {workflow.name.casefold(), stem.casefold()}:
                return str(workflow.id)
        raise NotFound(f"Workflow '{printable(wanted, 60)}' not found.", "Check its name or file name.")


_repositories = partial(decode_listing, kind=Repository)
_found_repositories = partial(decode_listing, kind=Repository, key="items")
_workflows = partial(decode_listing, kind=Workflow, key="workflows")
_runs = partial(decode_listing, kind=WorkflowRun, key="workflow_runs")
_tags = partial(decode_listing, kind=_Tag)


def _artifacts(sharing: Sharing, body: bytes) -> Page[Artifact]:
    page = decode_listing(body, ArtifactRecord, "artifacts")
    items = tuple(map(sharing.artifact, page.items))
    return Page(items, page.total, page.is_minimum, skipped=page.skipped)
