"""A server that answers with whatever a test makes up: any status, any headers, any body."""

from __future__ import annotations

from collections.abc import Callable

import httpx

from artifact_tui.demo.fixed_clock import demo_clock
from artifact_tui.github.artifact_store import GitHubArtifactStore
from artifact_tui.github.hosts import host_named
from artifact_tui.github.provider import GitHubProvider
from artifact_tui.github.server_info import ServerInfo
from tests.github.stage import credential, no_sleep

Headers = list[tuple[bytes, bytes]]
Made = tuple[int, Headers, bytes]


class AnyServer(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """``answer`` is given the method and the address of each request."""

    def __init__(self, answer: Callable[[str, str], Made]) -> None:
        self.answer = answer
        self.asked: list[str] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(f"{request.method} {request.url}")
        status, headers, body = self.answer(request.method, str(request.url))
        return httpx.Response(status, headers=headers, stream=httpx.ByteStream(body))

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return self.handle_request(request)


def provider_of(server: AnyServer, host: str = "github.com") -> GitHubProvider:
    record = ServerInfo(host_named(host))
    return GitHubProvider(record, credential(), transport=server, clock=demo_clock, draw=lambda: 0.5, sleep=no_sleep)


def storage_of(server: AnyServer, host: str = "github.com") -> GitHubArtifactStore:
    record = ServerInfo(host_named(host))
    return GitHubArtifactStore(
        record, credential(), transport=server, clock=demo_clock, draw=lambda: 0.5, sleep=lambda seconds: None
    )
