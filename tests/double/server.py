"""The demo's server with faults that tests order.

server = FakeGitHub()
server.fault("DELETE /repos/*/actions/artifacts/*", status=403, body="{}")
server.fault("GET /user/repos", **SSO)                     # also SECONDARY_LIMIT, UNICORN
server.fault("GET blob:*", corrupt_at=5000, times=2)       # also cut_at, stall_at, reset_at, broken="dns"
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

from artifact_tui.demo.data import World, load_world
from artifact_tui.demo.flavors import GITHUB, Flavor
from artifact_tui.demo.messages import DemoAnswer, DemoRequest
from artifact_tui.demo.server import DemoServer
from tests.double.faults import Fault

demo_world = cache(load_world)
"""Read once: nothing changes it, each server keeps what it deletes and adds to itself."""


class FakeGitHub(DemoServer):
    """A GitHub in this process; the latest fault that matches a request wins."""

    def __init__(self, flavor: Flavor = GITHUB, *, world: World | None = None, **settings: Any) -> None:
        super().__init__(flavor, hook=self._fail_or_answer, world=world or demo_world(), **settings)
        self.faults: list[Fault] = []

    def fault(self, match: str, **trouble: Any) -> Fault:
        """Let something go wrong; the fields of `Fault` by name."""
        fault = Fault(match, **trouble)
        self.faults.insert(0, fault)
        return fault

    def move(self, api: str, blobs: str) -> None:
        """Live at other addresses from now on, as a server behind real sockets has to."""
        self.change(api=api, blobs=blobs)

    def change(self, **features: Any) -> None:
        """Change parts of the flavor from now on."""
        self._settle(replace(self.flavor, **features))

    def _fail_or_answer(self, request: DemoRequest, answer: Callable[[], DemoAnswer]) -> DemoAnswer:
        fault = next((fault for fault in self.faults if fault.takes(request)), None)
        if fault is None:
            return answer()
        return fault.replacement() or fault.spoil(answer())
