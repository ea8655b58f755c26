"""The palette: everything that a key can do here, found by its words."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from typing import NamedTuple

from textual.command import DiscoveryHit, Hit, Hits, Provider

from artifact_tui.widgets.status_bar import key_sign


class Command(NamedTuple):
    """What it does, the key that does it too, and how to run it."""

    help: str
    key: str
    run: Callable[[], Awaitable[bool]]


class KeyCommands(Provider):
    """The bindings that are active on the screen below, so that the palette never offers what cannot be done."""

    def _commands(self) -> Iterator[Command]:
        seen: set[str] = set()
        for active in self.screen.active_bindings.values():
            binding = active.binding
            if binding.id is None or not active.enabled or binding.id in seen or binding.id == "app.palette":
                continue
            seen.add(binding.id)
            run = partial(self.app.run_action, binding.action, active.node)
            yield Command(binding.tooltip, key_sign(binding.key), run)

    async def discover(self) -> Hits:
        """Everything, while nothing is typed."""
        for command in self._commands():
            yield DiscoveryHit(command.help, command.run, help=f"key {command.key}")

    async def search(self, query: str) -> Hits:
        """What fits the words."""
        matcher = self.matcher(query)
        for command in self._commands():
            score = matcher.match(command.help)
            if score > 0:
                yield Hit(score, matcher.highlight(command.help), command.run, help=f"key {command.key}")
