"""The two protocols between the program and GitHub, and their errors.

Screens ask a :class:`Provider`, which is asynchronous; the threads of the transfer engine ask an
:class:`ArtifactStore`, which blocks.

Errors::

    ProviderError
      Offline        no answer: name, connection, TLS, proxy, timeout
      SignedOut      401: the token is missing, wrong or expired
      Forbidden      403: the token may not do this
        TokenNeeded  403: there is no token, and this needs one
        SsoRequired  403: the organization wants single sign-on first
      NotFound       404: not there, or no access
      ArtifactExpired  410: the artifact has expired
      RateLimited    403 or 429: wait until a known time
      Refused        400, 415, 422, 451, a redirect that must not be followed: asking again changes nothing
        DeletesBlocked  405, 501 or a web page: deletes do not get through to the server
      ServerTrouble  5xx, or an answer that makes no sense
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

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


class ProviderError(UserError):
    """Something went wrong at the server or on the way there."""


class Offline(ProviderError):
    """There was no answer: name, connection, TLS, proxy or timeout."""


class SignedOut(ProviderError):
    """401: the token is missing, wrong or expired."""


class Forbidden(ProviderError):
    """403: the token may not do this; ``scope`` names the permission that would, where the server says.

    ``by_rule`` says that the server gave another reason, such as a policy, which no permission changes.
    """

    def __init__(self, sentence: str, next_step: str = "", *, scope: str = "", by_rule: bool = False) -> None:
        super().__init__(sentence, next_step)
        self.scope = scope
        self.by_rule = by_rule


class TokenNeeded(Forbidden):
    """403: only somebody with a token may do this, and none was sent."""


class SsoRequired(Forbidden):
    """403: the organization wants single sign-on first, at ``url``."""

    def __init__(self, sentence: str, next_step: str = "", *, url: str = "") -> None:
        super().__init__(sentence, next_step)
        self.url = url


class NotFound(ProviderError):
    """404: not there, or not for this account; GitHub does not say which."""


class ArtifactExpired(ProviderError):
    """410: the artifact's retention time is over and its bytes are gone."""


class RateLimited(ProviderError):
    """403 or 429: no more requests before ``until``; ``instead`` is what to do rather than wait."""

    def __init__(self, sentence: str, next_step: str = "", *, until: datetime | None = None, instead: str = "") -> None:
        super().__init__(sentence, f"{next_step} {instead}".strip())
        self.until = until
        self.instead = instead


class Refused(ProviderError):
    """400, 415, 422, 451, or an answer that must not be acted on: asking again would change nothing."""


class DeletesBlocked(Refused):
    """405, 501, or a web page of something on the way: no delete gets through, so none was carried out."""


class ServerTrouble(ProviderError):
    """5xx, or an answer that makes no sense, such as HTML from a proxy."""


class Provider(Protocol):
    """What screens ask for; every method may raise :class:`ProviderError`.

    Iterators yield pages as they arrive, items in the server's order, no id twice. Closing one (or cancelling the
    task) stops its requests. One that broke off continues at ``start``, the ``rest`` of the last page that came.
    """

    @property
    def connection(self) -> Connection:
        """What is known of server, account and rate limit now; costs no request."""

    def watch(self, changed: Callable[[Connection], None]) -> None:
        """Call ``changed`` in the event loop whenever :attr:`connection` has a new value."""

    async def viewer(self) -> Account:
        """Who we are (``GET /user``); without a token an account with an empty login, and no request."""

    async def repository(self, name: RepositoryName) -> Repository:
        """One repository; the name in the answer differs from ``name`` when it was renamed."""

    def repositories(self, owner: str = "", *, start: Place | None = None) -> AsyncIterator[Page[Repository]]:
        """Those the account can reach, or those of ``owner``, most recently pushed first."""

    def search(self, words: str) -> AsyncIterator[Page[Repository]]:
        """Repositories found by the server's search, best first; at most 1,000."""

    async def workflows(self, repository: RepositoryName) -> tuple[Workflow, ...]:
        """All workflows of a repository."""

    async def tags(self, repository: RepositoryName) -> frozenset[str]:
        """Return the names of all tags of a repository."""

    def runs(
        self, repository: RepositoryName, only: RunFilter, *, page_size: int = 50, start: Place | None = None
    ) -> AsyncIterator[Page[WorkflowRun]]:
        """Workflow runs, newest first; a page is asked for only when the one before was taken."""

    async def run(self, repository: RepositoryName, run_id: int) -> WorkflowRun:
        """One workflow run."""

    def artifacts(
        self, repository: RepositoryName, run_id: int | None = None, *, name: str = "", start: Place | None = None
    ) -> AsyncIterator[Page[Artifact]]:
        """Artifacts of the repository, or of one workflow run, newest first; ``name`` is an exact name."""

    async def artifact(self, repository: RepositoryName, artifact_id: int) -> Artifact:
        """One artifact as it is now."""

    async def rate_limit(self) -> RateLimit | None:
        """Return the primary rate limit (``GET /rate_limit``, free of charge); None where the server has none."""

    async def close(self) -> None:
        """Close every connection."""


class Body(Protocol):
    """The bytes of an archive, or of a range of them, as they arrive.

    ``total`` is the size of the whole archive in bytes, ``start`` the offset of the first byte that comes and ``end``
    the one after the last; ``total`` and ``end`` are None when the server builds the archive while sending it. ``etag``
    is empty when there is no strong one. ``file_name`` is set for artifacts that are a plain file and no zip.
    """

    start: int
    total: int | None
    etag: str
    file_name: str

    @property
    def end(self) -> int | None:
        """The offset after the last byte, None when it is not known."""

    def __iter__(self) -> Iterator[bytes]:
        """Chunks as the network gives them; raises :class:`ProviderError` when the body ends early."""

    def close(self) -> None:
        """Close the socket, from any thread and at any time; an iteration that waits for bytes ends at once.

        It ends with :class:`Offline`. Never blocks and never raises. (A plain ``close()`` does not wake a thread
        that waits in ``recv``; ``shutdown()`` of the socket does.)
        """


class Archive(Protocol):
    """An artifact's bytes at a fresh signed address, which lives here only and is never stored or logged."""

    def read(self, start: int = 0, end: int | None = None, *, etag: str = "") -> AbstractContextManager[Body]:
        """Open the bytes from ``start`` up to, not including, ``end``; no range is asked for without them.

        With ``etag`` the bytes must be of that very blob: when it has changed, or the server ignores ranges, the
        body starts at 0. Leaving the context closes the socket.
        """


class CancelScope(Protocol):
    """What a thread waits for, to be ended by others."""

    def close(self) -> None:
        """From any thread and at any time: what is waited for, and all that is asked later, ends with :class:`Offline`.

        Never blocks and never raises. A connection that is just being made is given up when it is there.
        """


class ArtifactStore(Protocol):
    """What the transfer engine's threads ask for; every method blocks and may raise :class:`ProviderError`.

    One storage may be used by several threads at once.
    """

    def line(self) -> AbstractContextManager[CancelScope]:
        """Open a scope for all that the calling thread asks of this store, its archives and bodies in the context."""

    def open(self, repository: RepositoryName, artifact: Artifact) -> Archive:
        """Ask the API for a fresh signed address of the artifact's archive."""

    def exists(self, repository: RepositoryName, artifact_id: int) -> Artifact | None:
        """Return the artifact as it is now, None when the server says 404."""

    def sees(self, repository: RepositoryName) -> bool:
        """Whether the repository is there for this account: 404 says both "gone" and "no access"."""

    def delete(self, repository: RepositoryName, artifact_id: int) -> None:
        """Delete the artifact for good; raises :class:`NotFound` when it is not there."""

    def close(self) -> None:
        """Close every connection; calls under way in other threads end with :class:`Offline`."""
