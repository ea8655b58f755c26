"""Blocking calls beside an event loop, in threads that do not keep the program alive."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TypeVar

Made = TypeVar("Made")


async def in_daemon_thread(make: Callable[[], Made]) -> Made:
    """Return or raise what ``make`` does in a thread that does not keep the program alive.

    ``asyncio.to_thread`` would: a call that blocks there delays quitting until it ends.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Made] = loop.create_future()

    def run() -> None:
        settle: Callable[[], None]
        try:
            settle = partial(future.set_result, make())
        except BaseException as raised:  # raised in the caller
            settle = partial(future.set_exception, raised)
        with suppress(RuntimeError):  # the loop is closed
            loop.call_soon_threadsafe(lambda: None if future.done() else settle())

    threading.Thread(target=run, daemon=True).start()
    return await future
