"""The program as the tests run it: the real app and client, with the demo's server for a network."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from functools import partial
from itertools import count
from math import inf
from pathlib import Path
from typing import TypeVar

from msgspec.structs import replace
from textual._context import visible_screen_stack
from textual.events import Key
from textual.keys import _character_to_key
from textual.pilot import Pilot

from artifact_tui.app import ArtifactApp
from artifact_tui.clock import Clock
from artifact_tui.config.paths import MemoryFile
from artifact_tui.config.settings import Settings
from artifact_tui.demo.accounts import DEMO_TOKEN
from artifact_tui.demo.fixed_clock import DEMO_NOW, demo_clock
from artifact_tui.demo.flavors import GITHUB, Flavor
from artifact_tui.domain.backend import Backend, Start
from artifact_tui.domain.models import RepositoryName
from artifact_tui.github.artifact_store import GitHubArtifactStore
from artifact_tui.github.hosts import host_of_api
from artifact_tui.github.provider import GitHubProvider
from artifact_tui.github.server_info import ServerInfo
from artifact_tui.github.sign_in import HostSignIn
from artifact_tui.github.tokens.credentials import Access, Credential, Token
from artifact_tui.screens.list_screen import ListScreen
from artifact_tui.terminal.type_ahead import is_waiting
from tests.double.server import FakeGitHub
from tests.double.transport import FakeTransport
from tests.timeouts import TIMEOUT

NOW = DEMO_NOW
KESTREL = "fernwood-labs/kestrel"
EMPTY = "fernwood-labs/sandbox"
HOSTILE = "fernwood-labs/fuzz-corpus"
RECORDER = "fernwood-labs/flight-recorder"
SMALL = (80, 24)
LARGE = (120, 36)

Made = TypeVar("Made")


class Program:
    """One start of the program against one server; ``server`` logs requests and takes faults."""

    def __init__(
        self,
        start: str = "",
        *,
        run: int | None = None,
        flavor: Flavor = GITHUB,
        account: str = "",
        token: str | None = DEMO_TOKEN,
        settings: Settings | None = None,
        memory: MemoryFile | None = None,
        directory: Path | None = None,
        journal: Path | None = None,
        remote: bool = True,
        signing: Callable[[ServerInfo, FakeGitHub], HostSignIn] | None = None,
        lists: Path | None = None,
        clock: Callable[[], datetime] = demo_clock,
        notes: Sequence[str] = (),
        engine_clock: Clock | None = None,
    ) -> None:
        self.server = FakeGitHub(flavor)
        self.memory = memory or MemoryFile(None)
        host = replace(host_of_api(flavor.api), account=account)
        settings = settings or Settings(delete_interval=0.0, delete_grace=0.0)
        record = ServerInfo(host, api_version=settings.api_version, read_only=settings.read_only)
        sign_in = signing(record, self.server) if signing else None
        credential = sign_in.find() if sign_in else Credential(Token(token), "test") if token else None
        make = partial(self._made, record, credential)
        self.app = ArtifactApp(
            Backend(
                partial(make, GitHubProvider),
                partial(make, GitHubArtifactStore),
                host.name,
                host.kind,
                host.web_url,
                host.base_url,
                host.label,
                sign_in,
                lambda key: Token(token).identity(key) if token else "",
            ),
            Start(RepositoryName.parse(start), run),
            clock=clock,
            settings=settings,
            memory=self.memory,
            directory=directory,
            journal=journal,
            remote=remote,
            lists=lists,
            notes=notes,
            engine_clock=engine_clock,
        )
        self.app.type_ahead.longest = TIMEOUT  # on a busy machine too, a key has had its effect before the next

    def _made(self, record: ServerInfo, credential: Credential | Access | None, maker: Callable[..., Made]) -> Made:
        return maker(record, credential, transport=FakeTransport(self.server), clock=demo_clock, draw=lambda: 0.0)

    @asynccontextmanager
    async def running(self, *keys: str, size: tuple[int, int] = SMALL) -> AsyncIterator[Pilot[int]]:
        """Start, press these keys, each once the one before has led where it leads; transfers end with it."""
        async with self.app.run_test(size=size, notifications=True):
            pilot = Keyboard(self.app)
            try:
                await open_with_keys(pilot, *keys)
                yield pilot
                if self.app.is_running:
                    text_of(self.app)  # whatever a test reads, its last screen can be drawn
            finally:
                self.app.session.stop_transfers(timeout=5)

    @property
    def screen(self) -> ListScreen:
        """The list that is shown."""
        assert isinstance(self.app.screen, ListScreen)
        return self.app.screen

    @property
    def summary(self) -> str:
        """What the title says of the list."""
        return self.screen.title_bar.summary

    @property
    def text(self) -> str:
        """All that stands on the screen."""
        return text_of(self.app)

    def sent(self, method: str) -> list[str]:
        """The paths of all requests with that method."""
        return [request.path for request in self.server.requests if request.method == method]


class Keyboard(Pilot[int]):
    """A pilot that waits for the keys to have had their effect, and not for the processor to be idle."""

    async def _wait_for_screen(self, timeout: float = 30.0) -> bool:  # noqa: ASYNC109  # Textual's
        """Wait for the widgets that have messages; Textual gives one to every widget and waits for them all."""
        app = self.app
        await asyncio.sleep(0)
        if all(map(is_waiting, (app, *app.screen.walk_children(with_self=True)))):
            await asyncio.sleep(0)
            return app._exception is None
        return await super()._wait_for_screen(timeout)

    async def press(self, *keys: str) -> None:
        """Press keys, one after the other."""
        app = self.app
        assert isinstance(app, ArtifactApp)
        if not is_drawn(app):  # nobody answers what is not drawn
            await until(self, lambda: is_drawn(app))
        send(app, *keys)
        await self.pause(0)
        while not (app.type_ahead.is_idle or app._exit):  # what ends the program leaves nothing to wait for
            with suppress(TimeoutError):
                await asyncio.wait_for(app.type_ahead.idle(), 0.05)


def is_drawn(app: ArtifactApp) -> bool:
    """Whether a dialog that no key opened, if one is on top, has been drawn."""
    return getattr(app.screen, "keys_from", 0.0) < inf


CHARACTERS = {_character_to_key(chr(code)): chr(code) for code in range(0x20, 0x7F)}
"""What a terminal sends with the keys that have names: ``slash``, ``space``."""


def send(app: ArtifactApp, *keys: str, time: float | None = None) -> None:
    """Put keys into the program's queue, as the terminal's reader does with all that one read gives.

    ``time`` is when they were typed, in seconds on the clock of events; now, unless it is given.
    """
    for key in keys:
        name = _character_to_key(key) if len(key) == 1 else key
        event = Key(name, key if len(key) == 1 else CHARACTERS.get(key))
        event.set_sender(app)
        if time is not None:
            event.time = time
        app.post_message(event)


async def until(pilot: Pilot[int], true: Callable[[], object]) -> None:
    """Let the program go on until something is true; fails loudly when it never is.

    A pause hands a message to every widget, so what takes longer than a few of them is asked for in between too.
    """
    pilot = Keyboard(pilot.app)
    end = time.monotonic() + TIMEOUT
    for turn in count():
        if turn < 3 or turn % 8 == 0 or true():
            await pilot.pause(0.002)
            if true():
                return
        else:
            await asyncio.sleep(0.01)
        if time.monotonic() > end:
            raise AssertionError(f"never true: {true}")


async def says(pilot: Pilot[int], *sentences: str) -> None:
    """Until all of these stand on the screen; a line break counts as a space."""
    app = pilot.app
    assert isinstance(app, ArtifactApp)
    try:
        await until(pilot, lambda: all(sentence in " ".join(text_of(app).split()) for sentence in sentences))
    except AssertionError:
        raise AssertionError(f"{sentences} not on\n{text_of(app)}") from None


async def loaded(pilot: Pilot[int]) -> None:
    """Until the list on the screen has all its rows, or a question is over it, and what was waited for is shown."""
    app = pilot.app
    groups = {"greet", "unfinished", "ask", "runs", "one", "details", "facts", "biggest"}

    def is_loaded() -> bool:
        is_loading = isinstance(app.screen, ListScreen) and app.screen.loading_rows
        return not (is_loading or [worker for worker in app.workers if worker.group in groups])

    await until(pilot, is_loaded)
    await Keyboard(app).pause(0)


def artifacts_in(directory: Path) -> list[str]:
    """What was downloaded into it, and what is on its way; receipts are beside the files they are about."""
    return sorted(path.name for path in directory.iterdir() if not path.name.endswith(".artifact.json"))


async def arrived(pilot: Pilot[int]) -> None:
    """Until a list that is on top has loaded; over one, there is nothing to wait for."""
    await Keyboard(pilot.app).pause(0)
    if isinstance(pilot.app.screen, ListScreen):
        await loaded(pilot)


async def open_with_keys(pilot: Pilot[int], *keys: str) -> None:
    """Load, then press each key and load what it leads to."""
    keyboard = Keyboard(pilot.app)
    for key in ("", *keys):
        if key:
            await keyboard.press(key)
        await arrived(pilot)


def text_of(app: ArtifactApp) -> str:
    """All that stands on the screen, line by line, with what shows beside a dialog."""
    width, height = app.size
    visible_screen_stack.set(app._background_screens)
    lines = app.screen._compositor.render_strips(app.size)
    return "\n".join("".join(segment.text for segment in strip).rstrip()[:width] for strip in lines[:height])
