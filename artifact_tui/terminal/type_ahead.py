"""Handles keys in order: each takes full effect before the next, however many arrive at once.

Over SSH, keys arrive in bursts. Textual sends each to the widget that has the focus now, while the effect of the key
before it (a filter that opens, a dialog) is still queued: if ``/d`` is typed fast, the list would get the ``d``.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from typing import Any

from textual.app import App
from textual.events import Key
from textual.message_pump import MessagePump
from textual.screen import Screen

ROUNDS = 3
"""A key bubbles to the app, its action posts a message that bubbles too, and a pushed screen takes the focus."""
LONGEST = 1.0
"""Seconds after which the next key is handled even if a widget is still busy."""


class TypeAhead:
    """A queue of keys that waits after each key until the widgets that it can have reached are idle."""

    def __init__(self, app: App[int], handle: Callable[[Key], Awaitable[None]]) -> None:
        self._app = app
        self._handle = handle
        self._keys: deque[Key] = deque()
        self._task: asyncio.Task[None] | None = None
        self.longest = LONGEST
        """Seconds to wait for one key's effect."""
        self.is_over = False
        """Whether further keys are kept for the next app."""
        self.is_held = False
        """Whether keys wait, because the terminal still shows the frame of an earlier start."""

    def add(self, *keys: Key) -> None:
        """Queue keys; call it in the app's own task."""
        self._keys.extend(keys)
        if self._keys and self.is_idle and not self.is_held:
            self._task = asyncio.create_task(self._work())

    def begin_with(self, keys: Iterable[Key]) -> None:
        """Take the keys of another app, before this one runs."""
        self._keys.extend(Key(key.key, key.character) for key in keys)

    def keep(self, key: Key) -> bool:
        """Keep a key for the next app, if this one is over; may be called from any thread."""
        if self.is_over:
            self._keys.append(key)
        return self.is_over

    @property
    def left(self) -> tuple[Key, ...]:
        """The keys that are still queued."""
        return tuple(self._keys)

    @property
    def is_typing(self) -> bool:
        """Whether the next queued key is printable, so that a focused text field changes again."""
        return bool(self._keys) and self._keys[0].is_printable

    @property
    def is_idle(self) -> bool:
        """Whether every queued key has taken effect."""
        return self._task is None or self._task.done()

    async def idle(self) -> None:
        """Wait until every queued key has taken effect."""
        while self._task is not None and not self._task.done():
            await asyncio.wait((self._task,))

    async def _work(self) -> None:
        while self._keys and not self.is_over:
            screen, key = self._app.screen, self._keys.popleft()
            if is_too_early(key, screen):
                continue
            await self._handle(key)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._settle(screen), self.longest)

    async def _settle(self, before: Screen[object]) -> None:
        for _ in range(ROUNDS):
            for pump in (self._app.focused or self._app.screen).ancestors_with_self:
                if is_waiting(pump):
                    await _turns()
                else:
                    await _called(pump.call_later)
        if self._app.screen is not before:
            await _called(self._app.screen.call_after_refresh)  # it cannot scroll before its layout


def is_too_early(key: Key, screen: Screen[Any]) -> bool:
    """Return whether a key was typed before a screen that opened by itself was drawn; Ctrl keys never are."""
    return key.time < getattr(screen, "keys_from", float("-inf")) and not key.key.startswith("ctrl+")


def is_waiting(pump: MessagePump) -> bool:
    """Return whether a widget, screen or app waits for a message, and none is queued."""
    ready: asyncio.Event = pump._message_queue.ready_event
    return not ready.is_set() and bool(ready._waiters)


async def _turns() -> None:
    """Give workers, which may open a dialog, as many turns of the event loop as a callback does, but faster."""
    for _ in range(2):
        await asyncio.sleep(0)


async def _called(call: Callable[[Callable[[], None]], bool]) -> None:
    done = asyncio.Event()
    if call(done.set):
        await done.wait()
