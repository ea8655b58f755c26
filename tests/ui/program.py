"""The program as the tests run it: the real app and client, with the demo's server for a network."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

from textual.pilot import Pilot

from artifact_tui.app import ArtifactApp, Backend, Start
from artifact_tui.demo.accounts import DEMO_TOKEN
from artifact_tui.demo.clock import DEMO_NOW, demo_clock
from artifact_tui.demo.flavours import GITHUB, Flavour
from artifact_tui.demo.server import DemoServer
from artifact_tui.demo.transport import DemoTransport
from artifact_tui.github.client import GitHubProvider
from artifact_tui.github.credentials import Credential, Token
from artifact_tui.github.hosts import host_of_api
from artifact_tui.github.server import ServerRecord
from artifact_tui.github.storage import GitHubStorage
from artifact_tui.model import RepositoryName
from artifact_tui.screens.list_screen import ListScreen
from artifact_tui.settings import MemoryFile, Settings

NOW = DEMO_NOW
KESTREL = "fernwood-labs/kestrel"
EMPTY = "fernwood-labs/sandbox"
HOSTILE = "fernwood-labs/fuzz-corpus"
SMALL = (80, 24)
LARGE = (120, 36)
PATIENCE = 400

Made = TypeVar("Made")


class Program:
    """One start of the program against one server; ``server`` logs requests and takes faults."""

    def __init__(
        self,
        start: str = "",
        *,
        run: int | None = None,
        flavour: Flavour = GITHUB,
        token: str | None = DEMO_TOKEN,
        settings: Settings | None = None,
        memory: MemoryFile | None = None,
        directory: Path | None = None,
    ) -> None:
        self.server = DemoServer(flavour)
        host = host_of_api(flavour.api)
        settings = settings or Settings(delete_interval=0.0)
        record = ServerRecord(host, api_version=settings.api_version, read_only=settings.read_only)
        credential = Credential(Token(token), "test") if token else None
        make = partial(self._made, record, credential)
        self.app = ArtifactApp(
            Backend(
                partial(make, GitHubProvider), partial(make, GitHubStorage), host.name, host.web_url, host.base_url
            ),
            Start(RepositoryName.parse(start), run),
            clock=demo_clock,
            settings=settings,
            memory=memory or MemoryFile(None),
            directory=directory,
        )

    def _made(self, record: ServerRecord, credential: Credential | None, maker: Callable[..., Made]) -> Made:
        return maker(record, credential, transport=DemoTransport(self.server), clock=demo_clock)

    @property
    def screen(self) -> ListScreen:
        """The list that is shown."""
        assert isinstance(self.app.screen, ListScreen)
        return self.app.screen

    def sent(self, method: str) -> list[str]:
        """The paths of all requests with that method."""
        return [request.path for request in self.server.requests if request.method == method]


async def until(pilot: Pilot[int], true: Callable[[], object]) -> None:
    """Let the program go on until something is true; fails loudly when it never is."""
    for _ in range(PATIENCE):
        await pilot.pause(0.01)
        if true():
            return
    raise AssertionError(f"never true: {true}")


async def loaded(pilot: Pilot[int]) -> None:
    """Until the list on the screen has all its rows, and what it was waiting for is shown."""
    app = pilot.app
    await until(pilot, lambda: isinstance(app.screen, ListScreen) and not app.screen.loading_rows)
    await until(pilot, lambda: not [worker for worker in app.workers if worker.group in {"greet", "runs", "one"}])
    await pilot.pause()


async def open_with_keys(pilot: Pilot[int], *keys: str) -> None:
    """Load, then press each key and load what it leads to."""
    await loaded(pilot)
    for key in keys:
        await pilot.press(key)
        await pilot.pause()
        if isinstance(pilot.app.screen, ListScreen):
            await loaded(pilot)


def text_of(app: ArtifactApp) -> str:
    """All that stands on the screen, line by line."""
    width, height = app.size
    lines = app.screen._compositor.render_strips(app.size)
    return "\n".join("".join(segment.text for segment in strip).rstrip()[:width] for strip in lines[:height])
