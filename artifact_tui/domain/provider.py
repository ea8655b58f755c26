"""The protocols between the program and a server such as GitHub, and their errors.

Screens use a :class:`Provider`, which is asynchronous. The threads of the transfer engine use an
:class:`ArtifactStore`, which blocks.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

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
from artifact_tui.errors import UserError

if TYPE_CHECKING:  # the first screen needs none of them
    from artifact_tui.domain.billing import Budget, Holder, Plan, UsageLine
    from artifact_tui.domain.storage_models import Cache, CacheUsage, Retention


class ProviderError(UserError):
    """The server, or the connection to it, failed; ``status`` is that of the response, 0 without one."""

    status: int = 0


class Offline(ProviderError):
    """No response: DNS, connection, TLS, proxy or timeout."""


class TimedOut(Offline):
    """The server did not answer in time."""


class InvalidCertificateFile(Offline):
    """A file of CA certificates that the settings name cannot be used."""


class SignedOut(ProviderError):
    """401: the token is missing, wrong or expired."""


class Forbidden(ProviderError):
    """403: the token lacks the permission ``scope``, if the server names it, or a policy forbids it (``by_rule``).

    ``is_archived`` means that the repository is archived, which makes it read-only.
    """

    def __init__(
        self, sentence: str, next_step: str = "", *, scope: str = "", by_rule: bool = False, is_archived: bool = False
    ) -> None:
        super().__init__(sentence, next_step)
        self.scope = scope
        self.by_rule = by_rule
        self.is_archived = is_archived


class TokenNeeded(Forbidden):
    """403: the request needs a token, and none was sent."""


class SsoRequired(Forbidden):
    """403: the organization requires single sign-on, at ``url``."""

    def __init__(self, sentence: str, next_step: str = "", *, url: str = "") -> None:
        super().__init__(sentence, next_step)
        self.url = url


class NotFound(ProviderError):
    """404: not found, or no access; GitHub does not say which."""


class ArtifactExpired(ProviderError):
    """410: the artifact has expired and can no longer be downloaded."""


class RateLimited(ProviderError):
    """403 or 429: no requests before ``until``; ``instead`` is an alternative to waiting."""

    def __init__(self, sentence: str, next_step: str = "", *, until: datetime | None = None, instead: str = "") -> None:
        super().__init__(sentence, f"{next_step} {instead}".strip())
        self.until = until
        self.instead = instead


class BudgetSpent(ProviderError):
    """As many requests were sent as the user allowed; nothing was requested."""


class Refused(ProviderError):
    """400, 415, 422, 451, or an unsafe redirect: a retry changes nothing."""


class Withheld(Refused):
    """451: not available for legal reasons."""


class Unprocessable(Refused):
    """422: the server does not accept the values of the request."""


class DeletesBlocked(Refused):
    """405, 501, or a web page from a proxy: no delete reaches the server."""


class ServerTrouble(ProviderError):
    """5xx, or an invalid response, such as HTML from a proxy."""


class Provider(Protocol):
    """The lists and objects that screens show; every method may raise :class:`ProviderError`.

    Iterators yield pages as they arrive, in the server's order, without repeated ids. Closing an iterator, or
    cancelling its task, stops its requests. After an error, a new iterator continues from ``start``, the ``rest`` of
    the last page.
    """

    @property
    def connection(self) -> Connection:
        """The server, account and rate limit as known now; sends no request."""

    def watch(self, changed: Callable[[Connection], None]) -> None:
        """Call ``changed`` in the event loop after each change of :attr:`connection`."""

    async def viewer(self) -> Account:
        """Return the signed-in account (``GET /user``); without a token, an empty account and no request."""

    async def repository(self, name: RepositoryName) -> Repository:
        """Return a repository; its name differs from ``name`` after a rename."""

    def repositories(
        self, owner: str = "", *, start: Place | None = None, most: int = ...
    ) -> AsyncIterator[Page[Repository]]:
        """Yield the repositories of the account or of ``owner``, most recently pushed first, as :meth:`artifacts`."""

    def search(self, words: str) -> AsyncIterator[Page[Repository]]:
        """Yield the server's search results, best match first; at most 1,000."""

    async def workflows(self, repository: RepositoryName) -> tuple[Workflow, ...]:
        """Return all workflows of a repository."""

    async def tags(self, repository: RepositoryName) -> frozenset[str]:
        """Return the names of all tags of a repository."""

    def runs(
        self, repository: RepositoryName, only: RunFilter, *, page_size: int = 50, start: Place | None = None
    ) -> AsyncIterator[Page[WorkflowRun]]:
        """Yield workflow runs, newest first; each page is requested only after the one before was consumed."""

    async def run(self, repository: RepositoryName, run_id: int) -> WorkflowRun:
        """Return a workflow run."""

    async def attempt(self, repository: RepositoryName, run_id: int, number: int) -> WorkflowRun:
        """Return a workflow run as it was in one of its attempts."""

    async def commit(self, repository: RepositoryName, ref: str) -> str:
        """Return the SHA of a commit; ``ref`` is a part of its SHA, ``tags/NAME`` or ``heads/NAME``."""

    async def pull_request_head(self, repository: RepositoryName, number: int) -> str:
        """Return the SHA of the latest commit of a pull request."""

    def artifacts(
        self,
        repository: RepositoryName,
        run_id: int | None = None,
        *,
        name: str = "",
        start: Place | None = None,
        etag: str | None = None,
        most: int = ...,
        one_by_one: bool = False,
        is_scan: bool = False,
    ) -> AsyncIterator[Page[Artifact]]:
        """Yield artifacts of the repository or of one run, newest first; ``name`` matches exactly.

        The list ends with the page that has row number ``most``. Pages are requested ahead, unless ``one_by_one``. The
        requests of a scan let all others go first.

        ``etag`` is the ETag of page 1 of a known complete list, empty if the server sent none. With it, the first pages
        are requested one by one, because usually only they change. If page 1 is unchanged, it is the only page.
        """

    async def artifact(self, repository: RepositoryName, artifact_id: int) -> Artifact:
        """Return an artifact as it is now."""

    async def retention(self, repository: RepositoryName) -> Retention | None:
        """Return how long new artifacts are kept; None if the server's API has no such setting."""

    async def set_retention(self, repository: RepositoryName, days: int) -> None:
        """Set how long new artifacts and logs are kept; only a confirmed dialog may call it."""

    def caches(self, repository: RepositoryName, *, start: Place | None = None) -> AsyncIterator[Page[Cache]]:
        """Yield the caches of a repository, biggest first."""

    async def cache_usage(self, repository: RepositoryName) -> CacheUsage:
        """Return the number and size of a repository's caches."""

    def owner_cache_usage(self, owner: str) -> AsyncIterator[Page[CacheUsage]]:
        """Yield the usage of each repository of an organization that has caches; :class:`NotFound` for a user."""

    async def rate_limit(self) -> RateLimit | None:
        """Return the primary rate limit (``GET /rate_limit``, free of charge); None if the server has none."""

    async def plan(self, owner: str) -> Plan:
        """Return the plan of an organization or of the account itself; its ``holder`` tells which.

        Raises :class:`TokenNeeded` without a token, and sends nothing.
        """

    async def bill(self, owner: str, holder: Holder, year: int, month: int) -> tuple[UsageLine, ...]:
        """Return what was used in a month, one line per day, SKU and repository."""

    async def budgets(self, organization: str) -> tuple[Budget, ...]:
        """Return all budgets of an organization."""

    async def close(self) -> None:
        """Close every connection."""


class Body(Protocol):
    """The bytes of an archive, or of a range of it, as they arrive.

    ``total`` is the size of the whole archive in bytes, and the body covers ``start`` up to, not including, ``end``;
    ``total`` and ``end`` are None while the server builds the archive. ``etag`` is empty without a strong ETag.
    ``file_name`` is set for an artifact that is a plain file, not a zip.
    """

    start: int
    total: int | None
    etag: str
    file_name: str

    @property
    def end(self) -> int | None:
        """The offset after the last byte; None if unknown."""

    def __iter__(self) -> Iterator[bytes]:
        """Yield chunks as they arrive; raise :class:`ProviderError` if the body ends early."""

    def close(self) -> None:
        """Close the socket, from any thread; a blocked iteration ends with :class:`Offline`. Never blocks or raises."""


class Archive(Protocol):
    """An artifact's bytes at a signed URL, which is never stored or logged."""

    def read(self, start: int = 0, end: int | None = None, *, etag: str = "") -> AbstractContextManager[Body]:
        """Open the bytes from ``start`` up to, not including, ``end``; by default, all without a range request.

        If ``etag`` no longer matches, or the server ignores ranges, the body starts at 0. Leaving the context closes
        the socket.
        """


class CancelScope(Protocol):
    """A handle to stop everything that a thread waits for."""

    def close(self) -> None:
        """Stop current and later requests with :class:`Offline`, from any thread. Never blocks or raises."""


class ArtifactStore(Protocol):
    """Artifact access for several threads at once; methods block and may raise :class:`ProviderError`."""

    @property
    def rate_limit(self) -> RateLimit | None:
        """The primary rate limit as the last response told it; sends no request. None if unknown."""

    def line(self) -> AbstractContextManager[CancelScope]:
        """Open a scope for everything that the calling thread requests in the context."""

    def open(self, repository: RepositoryName, artifact: Artifact) -> Archive:
        """Request a fresh signed URL for the artifact's archive."""

    def exists(self, repository: RepositoryName, artifact_id: int) -> Artifact | None:
        """Return the artifact as it is now; None for 404."""

    def sees(self, repository: RepositoryName) -> bool:
        """Return whether this account can see the repository: 404 means both "deleted" and "no access"."""

    def delete(self, repository: RepositoryName, artifact_id: int) -> None:
        """Delete the artifact permanently; raise :class:`NotFound` for 404."""

    def close(self) -> None:
        """Close every connection; calls in other threads end with :class:`Offline`."""
