"""Downloads of one command: the engine's threads do the work, and the event loop waits for what has ended."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Self

from msgspec.structs import replace

from artifact_tui.cli.line.allowed_waits import AllowedWaits
from artifact_tui.cli.line.context import LineContext
from artifact_tui.cli.line.failures import log_bug
from artifact_tui.cli.line.interruption import Interruption
from artifact_tui.cli.line.progress_thread import Progress
from artifact_tui.clock import Clock
from artifact_tui.config.paths import NO_HOME, Paths
from artifact_tui.retry import DOWNLOAD
from artifact_tui.text import count, size
from artifact_tui.transfers.engine import Engine
from artifact_tui.transfers.from_settings import open_engine
from artifact_tui.transfers.models import DownloadOrder, State, Transfer

CLOSING = 2.0
"""Seconds in which part files and journal are written to the disk when the command ends early."""


class DownloadBatch:
    """Downloads in one engine, which the first one opens; what is unfinished when the context ends is kept.

    A rate limit ends a download, unless ``--rate-wait`` allows to wait for it.
    """

    def __init__(self, context: LineContext) -> None:
        self._context = context
        self._loop = asyncio.get_running_loop()
        self._news = asyncio.Event()
        self._open: dict[int, DownloadOrder] = {}
        self._waits = AllowedWaits(context.rate_wait_left.total_seconds())
        self._engine: Engine | None = None
        self._progress: Progress | None = None
        self._is_lasting = False
        self._is_stopping = False
        self._interruption = Interruption(self.keep, context.messages.note)

    def __enter__(self) -> Self:
        """Keep what is unfinished if a signal comes."""
        self._interruption.__enter__()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Stop what is left, and say what was kept."""
        self._interruption.__exit__()
        sentence = self.keep()
        if kind is not None:
            self._context.messages.note(sentence)

    def keep(self) -> str:
        """Stop all, keep part files and journal, and return a sentence about it; takes at most :data:`CLOSING`."""
        self._is_stopping = True
        self._end_progress()
        engine = self._engine
        if engine is None:
            return "Stopped before the first download."
        left = {transfer.id for transfer in engine.transfers() if not transfer.finished}
        engine.close(CLOSING, keep=True)
        received = sum(transfer.received for transfer in engine.transfers() if transfer.id in left)
        if not left:
            return "Stopped after the last download."
        what = f"{count(len(left), 'unfinished download')} ({size(received)})"
        if not self._is_lasting:
            return f"Stopped. Cannot resume {what} later, because the journal cannot be written."
        return f"Stopped. Kept {what}. Run the same command again to resume."

    def add(self, orders: Iterable[DownloadOrder]) -> None:
        """Queue downloads."""
        if not (wanted := tuple(orders)):
            return
        self._engine = engine = self._engine or self._open_engine()
        self._open |= zip(engine.downloads.add(wanted), wanted, strict=True)

    async def ended(self) -> AsyncIterator[tuple[DownloadOrder, Transfer, datetime | None]]:
        """Yield each download when it has ended, with the time until which a rate limit lasts that ended it."""
        engine = self._engine
        while self._open and engine is not None:
            await self._news.wait()
            self._news.clear()
            for transfer in engine.downloads.transfers():
                if self._is_stopping:
                    await asyncio.Event().wait()  # the process is about to end by a signal
                if transfer.id not in self._open:
                    continue
                until = self._parked_until(engine, transfer)
                if transfer.finished or until is not None:
                    yield self._open.pop(transfer.id), transfer, until

    def _open_engine(self) -> Engine:
        context, options, paths = self._context, self._context.options, Paths.of_user()
        settings = context.settings
        if options.jobs:
            settings = replace(settings, concurrency=options.jobs)
        if options.unpack_limit:
            settings = replace(settings, unpack_limit=options.unpack_limit)
        engine = open_engine(
            context.backend,
            settings,
            paths.journal(is_demo=options.demo) if paths else None,
            changed=self._announce,
            crashed=log_bug,
            clock=Clock(now=context.clock),
            policy=replace(DOWNLOAD, longest_wait=0.0),  # every rate limit parks its download
        )
        self._is_lasting = paths is not None and not engine.journal_problem
        if problem := engine.journal_problem or ("" if paths else NO_HOME):
            context.messages.note(problem)
        self._progress = Progress(context, engine.downloads.transfers).__enter__()
        return engine

    def _end_progress(self) -> None:
        if self._progress is not None:
            self._progress.__exit__()

    def _parked_until(self, engine: Engine, transfer: Transfer) -> datetime | None:
        """Stop a download whose wait is too long, and return when the wait ends."""
        if transfer.state is not State.PARKED:
            return None
        seconds = transfer.seconds_left or 0.0
        if self._waits.allows(transfer.id, time.monotonic() + seconds, time.monotonic()):
            return None
        engine.downloads.pause(transfer.id)  # its row in the journal stays
        return self._context.clock() + timedelta(seconds=seconds)

    def _announce(self) -> None:
        with suppress(RuntimeError):  # the loop has ended
            self._loop.call_soon_threadsafe(self._news.set)
