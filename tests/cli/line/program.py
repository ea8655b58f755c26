"""Commands of line mode in this process, against the demo server behind real sockets."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from artifact_tui.cli.line.command import run_command
from artifact_tui.demo import flavors
from artifact_tui.demo.accounts import DEMO_TOKEN
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


class Line:
    """Runs commands against one server; ``requests`` are those of the last command."""

    def __init__(self, server: Loopback, home: Path, capture: pytest.CaptureFixture[bytes]) -> None:
        self.github: FakeGitHub = server.server
        self.api = server.api
        self._capture = capture
        self.environ: dict[str, str] = {"GH_ENTERPRISE_TOKEN": DEMO_TOKEN, "HOME": str(home), "LANG": "C.UTF-8"}
        self.requests: list[str] = []

    def __call__(self, command: str, *arguments: str, environ: Mapping[str, str] | None = None) -> Ran:
        before = len(self.github.requests)
        self._capture.readouterr()
        given = ["--api-url", self.api, *arguments]
        code = run_command(command, given, self.environ | dict(environ or {}), demo_clock)
        said = self._capture.readouterr()
        sent = self.github.requests[before:]
        self.requests = [f"{request.method} {request.path}" for request in sent]
        return Ran(code, said.out, said.err.decode())


@contextmanager
def line_at(
    home: Path, capture: pytest.CaptureFixture[bytes], flavor: flavors.Flavor = flavors.GITHUB
) -> Iterator[Line]:
    """Commands against a fresh server."""
    with Loopback(FakeGitHub(flavor)) as server:
        yield Line(server, home, capture)
