"""The artifact store for the transfer engine's threads, over GitHub's REST API."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from functools import partial

import httpx
from msgspec.structs import replace

from artifact_tui.domain.artifact_record import ArtifactRecord, artifact_of
from artifact_tui.domain.models import Artifact, RateLimit, RepositoryName
from artifact_tui.domain.provider import NotFound
from artifact_tui.github.artifact_download import HttpArchive
from artifact_tui.github.decode import decode_one
from artifact_tui.github.http.cancel import CancelScopes, HttpCancelScope
from artifact_tui.github.http.connections import CONNECT, blocking_client, timeouts
from artifact_tui.github.http.exchange import Exchange
from artifact_tui.github.http.limiter import RequestLimiter
from artifact_tui.github.http.redirects import storage_address
from artifact_tui.github.http.requests import Request, artifact_request, now, path_in
from artifact_tui.github.http.streams import install_backend
from artifact_tui.github.http.transport import BlockingApi
from artifact_tui.github.server_info import ServerInfo
from artifact_tui.github.tokens.credentials import Access, Credential
from artifact_tui.retry import API_READ, STALL, RetryPolicy


class GitHubArtifactStore:
    """An implementation of :class:`artifact_tui.domain.provider.ArtifactStore`.

    The client for signed URLs is separate and never has a token, a cookie or a header of GitHub's. The constructor
    raises :class:`~.domain.provider.Offline` for an unusable proxy or certificate setting.
    """

    def __init__(
        self,
        record: ServerInfo,
        credential: Credential | Access | None = None,
        *,
        transport: httpx.BaseTransport | None = None,
        clock: Callable[[], datetime] = now,
        draw: Callable[[], float] = random.random,
        sleep: Callable[[float], object] | None = None,
        policy: RetryPolicy = API_READ,
        connect: float = CONNECT,
        stall: float = STALL,
        limiter: RequestLimiter | None = None,
    ) -> None:
        """Set ``connect`` and ``stall``: seconds to wait for a connection and for the next byte."""
        exchange = Exchange(record, Access.of(credential), clock=clock, draw=draw, policy=policy)
        self._lines = CancelScopes()
        timeout = timeouts(connect=connect, stall=stall)
        self._api = BlockingApi(
            exchange, transport=transport, sleep=sleep, lines=self._lines, timeout=timeout, limiter=limiter
        )
        self._blobs = blocking_client(transport, timeout, record.ca_file)
        install_backend(self._lines, self._blobs)
        self._record = record
        self._clock = clock

    @property
    def rate_limit(self) -> RateLimit | None:
        """The primary rate limit as the last response told it."""
        return self._record.connection.rate_limit

    def open(self, repository: RepositoryName, artifact: Artifact) -> HttpArchive:
        """Request ``GET …/artifacts/ID/zip``; its signed URL is valid for a minute or more."""
        return HttpArchive(
            self._blobs,
            partial(self._sign, repository, artifact.id),
            name=artifact.name,
            size=artifact.size_in_bytes,
            clock=self._clock,
            lines=self._lines,
        )

    def line(self) -> AbstractContextManager[HttpCancelScope]:
        """Open a scope for everything that the calling thread requests in the context."""
        return self._lines.open()

    def exists(self, repository: RepositoryName, artifact_id: int) -> Artifact | None:
        """Return ``GET …/artifacts/ID``; None for 404."""
        try:
            answer = self._api.get(artifact_request(repository, artifact_id))
        except NotFound:
            return None
        return artifact_of(decode_one(answer.body, ArtifactRecord))

    def sees(self, repository: RepositoryName) -> bool:
        """Return whether ``GET /repos/OWNER/REPO`` succeeds; False for 404."""
        try:
            self._api.get(Request(path=path_in(repository), what="The repository"))
        except NotFound:
            return False
        return True

    def delete(self, repository: RepositoryName, artifact_id: int) -> None:
        """Send ``DELETE …/artifacts/ID`` once; the caller checks the result if the response is lost."""
        self._api.get(replace(artifact_request(repository, artifact_id), method="DELETE"))

    def close(self) -> None:
        """Close every connection, also those that other threads use."""
        self._lines.close()
        self._api.close()
        self._blobs.close()

    def _sign(self, repository: RepositoryName, artifact_id: int) -> str:
        path = path_in(repository, "actions", "artifacts", artifact_id, "zip")
        answer = self._api.get(Request(path=path, what="The download", redirects_away=True, stored=False))
        return storage_address(self._record.host, answer.url, answer.headers.get("location", ""))
