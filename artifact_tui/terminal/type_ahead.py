"""Keys in their order: each takes full effect before the next, however many arrive at once.

Over SSH keys come in bursts. Textual hands each to the widget that has the focus now, while what the key before it
did (opened the filter, pushed a dialog) is still on its way through the queues: of ``/d`` typed fast, the ``d`` would
reach the list.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import suppress
from typing import Any

from textual.app import App
from textual.events import Key
from textual.message_pump import MessagePump
from textual.screen import Screen

ROUNDS = 3
"""A key bubbles to the app, its action posts a message that bubbles again, and a pushed screen takes the focus."""
LONGEST = 1.0
"""Seconds after which the next key is handled although a widget is still at work."""


class TypeAhead:
    """Waits after each key until the widgets it can have reached have nothing left to do."""

    def __init__(self, app: App[int], handle: Callable[[Key], Awaitable[None]]) -> None:
        self._app = app
        self._handle = handle
        self._keys: deque[Key] = deque()
        self._task: asyncio.Task[None] | None = None
        self.is_over = False
        """Whether no more keys are handled: they are for the app that comes next."""

    def add(self, *keys: Key) -> None:
        """Take keys into the queue; must be called in the app's own task."""
        self._keys.extend(keys)
        if self._keys and self.is_idle:
            self._task = asyncio.create_task(self._work())

    def begin_with(self, keys: Iterable[Key]) -> None:
        """Take over keys from another app, before this one runs."""
        self._keys.extend(Key(key.key, key.character) for key in keys)

    def keep(self, key: Key) -> bool:
        """Keep a key for the app that comes next, if this one is over; may be called from any thread."""
        if self.is_over:
            self._keys.append(key)
        return self.is_over

    @property
    def left(self) -> tuple[Key, ...]:
        """The keys that have had no effect yet."""
        return tuple(self._keys)

    @property
    def is_idle(self) -> bool:
        """Whether every key that was taken has had its effect."""
        return self._task is None or self._task.done()

    async def idle(self) -> None:
        """Until every key that was taken has had its effect."""
        while self._task is not None and not self._task.done():
            await asyncio.wait((self._task,))

    async def _work(self) -> None:
        """Handle the keys one after the other, each after the effects of the one before."""
        while self._keys and not self.is_over:
            screen, key = self._app.screen, self._keys.popleft()
            if is_too_early(key, screen):
                continue
            await self._handle(key)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._settle(screen), LONGEST)

    async def _settle(self, before: Screen[object]) -> None:
        for _ in range(ROUNDS):
            for pump in self._chain():
                await _told(pump.call_later)
        if self._app.screen is not before:
            await _told(self._app.screen.call_after_refresh)  # before it is laid out it has nothing to scroll

    def _chain(self) -> Iterator[MessagePump]:
        """From the focused widget up to the app."""
        node = self._app.focused or self._app.screen
        return iter([*node.ancestors_with_self])


def is_too_early(key: Key, screen: Screen[Any]) -> bool:
    """Return whether a key came before a screen that opened by itself was drawn; Ctrl keys never do."""
    return key.time < getattr(screen, "keys_from", float("-inf")) and not key.key.startswith("ctrl+")


async def _told(call: Callable[[Callable[[], None]], bool]) -> None:
    """Until what was asked to call back does."""
    done = asyncio.Event()
    if call(done.set):
        await done.wait()
