"""The transfer engine of a command, watched from its event loop."""

from __future__ import annotations

import asyncio
import threading
from contextlib import suppress
from functools import partial
from types import TracebackType
from typing import Protocol, Self

from msgspec.structs import replace

from artifact_tui.cli.line.context import LineContext
from artifact_tui.cli.line.failures import LineError
from artifact_tui.cli.line.interruption import Interruption
from artifact_tui.cli.line.state_files import ELSEWHERE, journal_of
from artifact_tui.clock import Clock
from artifact_tui.config.paths import NO_HOME
from artifact_tui.retry import DOWNLOAD
from artifact_tui.transfers.from_settings import open_engine
from artifact_tui.transfers.journals import NOT_LASTING

PATIENCE = 2.0
"""Seconds in which everything is written at the end, a request that was sent included."""
FROZEN = 0.5
"""Seconds after which a row that is being written is not waited for."""


class ReportedWork(Protocol):
    """Work of the engine that a command reports; no two methods run at the same time."""

    def look(self) -> bool:
        """Report what is new, and return whether all has ended."""

    def leave(self) -> None:
        """Prepare for an end before all has ended; the engine is closed next."""

    def end(self, *, is_interrupted: bool) -> str:
        """Report the rest after the engine was closed; return the last sentence for people."""


class EngineWatch:
    """An asynchronous context with the engine; leaving it closes the engine and keeps unfinished work for later.

    Raises LineError without a journal that lasts.
    """

    def __init__(self, context: LineContext) -> None:
        journal = journal_of(context)
        if journal is None:
            raise LineError("disk", NO_HOME, ELSEWHERE)
        self._loop = asyncio.get_running_loop()
        self._news = asyncio.Event()
        self._crash: Exception | None = None
        self._context = context
        self._lock = threading.Lock()
        self._is_over = False
        self.engine = open_engine(
            context.backend,
            context.settings,
            journal,
            changed=self._tell,
            crashed=self._crashed,
            clock=Clock(now=context.clock),
            policy=replace(DOWNLOAD, longest_wait=0.0),  # every rate limit parks its download
        )
        if problem := self.engine.journal_problem:
            self.engine.close()
            raise LineError("disk", problem.removesuffix(NOT_LASTING).rstrip(), ELSEWHERE)

    async def follow(self, work: ReportedWork) -> None:
        """Look at the work after each change until it has ended; the first signal, or a cancellation, ends it before.

        The engine is closed then, which waits for a delete that was sent and writes everything.
        """
        with Interruption(partial(self._finish, work, is_interrupted=True), self._say):
            is_done = False
            try:
                while not (is_done := self._look(work)):
                    await self._news.wait()
                    self._news.clear()
                    if self._crash is not None:
                        raise self._crash
            finally:
                self._say(self._finish(work, is_interrupted=not is_done))

    def _look(self, work: ReportedWork) -> bool:
        with self._lock:
            return not self._is_over and work.look()  # after a signal, the process is about to end

    def _finish(self, work: ReportedWork, *, is_interrupted: bool) -> str:
        """Close the engine and report the rest, once; the thread of the signals may do it.

        While a reader of the output is frozen, nothing can be reported; journal and log have all of it.
        """
        if not self._lock.acquire(timeout=FROZEN if is_interrupted else -1):
            self.engine.close(PATIENCE)
            return ""
        try:
            if self._is_over:
                return ""
            self._is_over = True
            if is_interrupted:
                work.leave()
            self.engine.close(PATIENCE)
            work.look()
            return work.end(is_interrupted=is_interrupted)
        finally:
            self._lock.release()

    def _say(self, sentence: str) -> None:
        if sentence:
            self._context.messages.note(sentence)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._is_over:
            self.engine.close(PATIENCE)

    def _tell(self) -> None:
        with suppress(RuntimeError):  # the loop has ended
            self._loop.call_soon_threadsafe(self._news.set)

    def _crashed(self, error: Exception) -> None:
        self._crash = error
        self._tell()
