"""Sets the retention of repositories on the server, one after the other, and reads every value back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import NamedTuple

from artifact_tui.daemon_thread import in_daemon_thread
from artifact_tui.domain.models import RepositoryName
from artifact_tui.domain.provider import (
    Forbidden,
    NotFound,
    Offline,
    Provider,
    ProviderError,
    RateLimited,
    Refused,
    ServerTrouble,
    SignedOut,
)
from artifact_tui.errors import UserError
from artifact_tui.screens.session import Session
from artifact_tui.text import count
from artifact_tui.transfers.errors import JournalError
from artifact_tui.transfers.setting_log import SettingLog

INTERVAL = 1.0
"""Seconds between two writes (GitHub's documentation, "Best practices": at least one second)."""


class RetentionChange(NamedTuple):
    """The retention of a repository in days, as it was and as wanted."""

    repository: RepositoryName
    before: int
    days: int

    @property
    def reverse(self) -> RetentionChange:
        """The change that restores the value before."""
        return RetentionChange(self.repository, self.days, self.before)


class SettingResult(NamedTuple):
    """What became of a change: ``result`` is ``set``, ``not allowed``, ``refused``, ``gone`` or ``not set``."""

    change: RetentionChange
    result: str = "set"
    problem: str = ""


class RetentionWriter:
    """Sends at most one write per second and logs each before it leaves; ``clock`` returns seconds."""

    def __init__(self, session: Session, clock: Callable[[], float]) -> None:
        self._session = session
        self._clock = clock
        self._log = SettingLog(session.journal, session.backend.host, session.clock)

    async def write(self, provider: Provider, changes: Sequence[RetentionChange]) -> tuple[SettingResult, ...]:
        """Return a result for each change that was tried; what the rest would meet too ends the attempts."""
        results: list[SettingResult] = []
        for change in changes:
            problem = await self._problem_of(provider, change)
            result = "set" if problem is None else _result(problem)
            results.append(SettingResult(change, result, "" if problem is None else str(problem)))
            with suppress(JournalError):  # the value before is in the log already
                await self._note(change, result)
            if isinstance(problem, SignedOut | RateLimited | JournalError):
                break
        return tuple(results)

    async def _problem_of(self, provider: Provider, change: RetentionChange) -> UserError | None:
        """Set one value and read it back; return what prevented it."""
        problem: ProviderError | None = None
        try:
            await self._note(change, "sent")
            await self._wait_for_turn()
            await provider.set_retention(change.repository, change.days)
        except (Offline, ServerTrouble) as error:  # it may have been set nevertheless
            problem = error
        except (ProviderError, JournalError) as error:
            return error
        try:
            setting = await provider.retention(change.repository)
        except ProviderError as error:
            return problem or error
        now = setting.days if setting else 0
        if now == change.days:
            return None
        return problem or ServerTrouble(f"The server keeps new artifacts for {count(now, 'day')} now.")

    async def _wait_for_turn(self) -> None:
        session = self._session
        wait = session.last_write + INTERVAL - self._clock()
        if wait > 0:
            await session.sleep(wait)
        session.last_write = self._clock()

    async def _note(self, change: RetentionChange, result: str) -> None:
        await in_daemon_thread(lambda: self._log.append(change.repository, change.before, change.days, result))


def _result(problem: Exception) -> str:
    if isinstance(problem, Forbidden | SignedOut):
        return "not allowed"
    if isinstance(problem, NotFound):
        return "gone"
    return "refused" if isinstance(problem, Refused) else "not set"
