"""Commands of line mode in this process, against the demo server behind real sockets."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from artifact_tui.cli.line.command import run_command
from artifact_tui.cli.line.context import Timer
from artifact_tui.demo import flavors
from artifact_tui.demo.accounts import DEMO_TOKEN
from artifact_tui.demo.data import World
from artifact_tui.demo.fixed_clock import demo_clock
from tests.double.loopback import Loopback
from tests.double.server import FakeGitHub

KESTREL = "fernwood-labs/kestrel"


class Ran(NamedTuple):
    """What a command wrote, and its exit code."""

    code: int
    out: bytes
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.decode().splitlines()

    @property
    def document(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.out)
        return found

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The rows of ``--jsonl``."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def error(self) -> dict[str, Any]:
        """The error as JSON, the last line of standard error."""
        found: dict[str, Any] = json.loads(self.err.splitlines()[-1])["error"]
        return found


class FakeTimer:
    """A time in seconds that passes only in sleeps; ``after`` is called with the time after each of them."""

    def __init__(self) -> None:
        self.now = 0.0
        self.sleeps: list[float] = []
        self.after: Callable[[float], object] = lambda now: None

    def monotonic(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.sleeps.append(seconds)
        self.after(self.now)


class Line:
    """Runs commands against one server; ``requests`` are those of the last command."""

    def __init__(self, server: Loopback, home: Path, capture: pytest.CaptureFixture[bytes]) -> None:
        self.github: FakeGitHub = server.server
        self.api = server.api
        self._capture = capture
        self.timer = FakeTimer()
        self.environ: dict[str, str] = {"GH_ENTERPRISE_TOKEN": DEMO_TOKEN, "HOME": str(home), "LANG": "C.UTF-8"}
        self.requests: list[str] = []

    def __call__(self, command: str, *arguments: str, environ: Mapping[str, str] | None = None) -> Ran:
        before = len(self.github.requests)
        self._capture.readouterr()
        timer = Timer(self.timer.monotonic, self.timer.sleep)
        given = ["--api-url", self.api, *arguments]
        code = run_command(command, given, self.environ | dict(environ or {}), demo_clock, timer)
        said = self._capture.readouterr()
        sent = self.github.requests[before:]
        self.requests = [f"{request.method} {request.path}" for request in sent]
        return Ran(code, said.out, said.err.decode())


@contextmanager
def line_at(
    home: Path,
    capture: pytest.CaptureFixture[bytes],
    flavor: flavors.Flavor = flavors.GITHUB,
    world: World | None = None,
) -> Iterator[Line]:
    """Commands against a fresh server."""
    with Loopback(FakeGitHub(flavor, world=world)) as server:
        yield Line(server, home, capture)
