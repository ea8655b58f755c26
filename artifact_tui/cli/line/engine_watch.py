"""The transfer engine of a command, watched from its event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Self

from artifact_tui.cli.line.context import LineContext
from artifact_tui.cli.line.ending_signals import EndingSignals, ending_signals
from artifact_tui.cli.line.failures import LineError
from artifact_tui.cli.line.state_files import ELSEWHERE, journal_of
from artifact_tui.clock import Clock
from artifact_tui.config.paths import NO_HOME
from artifact_tui.transfers.from_settings import open_engine
from artifact_tui.transfers.journals import NOT_LASTING

PATIENCE = 2.5
"""Seconds in which everything is written at the end, a request that was sent included."""


class EngineWatch:
    """An asynchronous context with the engine; leaving it closes the engine and keeps unfinished work for later.

    Raises LineError without a journal that lasts. :meth:`end_if_told` must follow the context.
    """

    def __init__(self, context: LineContext) -> None:
        journal = journal_of(context)
        if journal is None:
            raise LineError("disk", NO_HOME, ELSEWHERE)
        self._loop = asyncio.get_running_loop()
        self._news = asyncio.Event()
        self._crash: Exception | None = None
        self._signals: EndingSignals | None = None
        self._closed = self._is_interrupted = False
        self.engine = open_engine(
            context.backend,
            context.settings,
            journal,
            changed=self._tell,
            crashed=self._crashed,
            clock=Clock(now=context.clock),
            rate_wait=context.options.rate_wait.total_seconds(),
        )
        if problem := self.engine.journal_problem:
            self.engine.close()
            raise LineError("disk", problem.removesuffix(NOT_LASTING).rstrip(), ELSEWHERE)

    @property
    def is_interrupted(self) -> bool:
        """Whether a signal or a cancellation ended :meth:`follow`."""
        return self._is_interrupted

    async def follow(self, look: Callable[[], bool], interrupted: Callable[[], object] = lambda: None) -> None:
        """Call ``look`` at once and after each change until it returns True, or until a signal ends the program.

        After a signal or a cancellation, ``interrupted`` is called first. Then the engine is closed, which waits for a
        delete that was sent and writes everything, and ``look`` is called once more.
        """
        is_done = False
        with ending_signals(self._news.set) as self._signals:
            try:
                while not (self._signals.name or (is_done := look())):
                    await self._news.wait()
                    self._news.clear()
                    if self._crash is not None:
                        raise self._crash
            finally:
                self._is_interrupted = not is_done
                if not is_done:
                    interrupted()
                self._closed = True
                await asyncio.to_thread(self.engine.close, PATIENCE)
                look()

    def end_if_told(self) -> None:
        """End the process by the signal that ended :meth:`follow`, if any."""
        if self._signals:
            self._signals.end_if_heard()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._closed:
            self.engine.close(PATIENCE)

    def _tell(self) -> None:
        with suppress(RuntimeError):  # the loop has ended
            self._loop.call_soon_threadsafe(self._news.set)

    def _crashed(self, error: Exception) -> None:
        self._crash = error
        self._tell()
