"""From the key that asks for the retention dialog to the setting on the server, and back within ten seconds."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from time import monotonic

from textual.app import App

from artifact_tui.domain.models import RepositoryName
from artifact_tui.domain.provider import Provider, ProviderError
from artifact_tui.screens.session import Session
from artifact_tui.screens.storage.retention_dialog import RetentionDialog
from artifact_tui.screens.storage.retention_writer import RetentionChange, RetentionWriter, SettingResult
from artifact_tui.storage.retention import NOT_SUPPORTED, ListedArtifacts, RetentionTarget, changed, offer, target_of
from artifact_tui.text import count, printable
from artifact_tui.widgets.status_bar import key_sign

UNDO = 10.0
"""Seconds in which the values before can be restored."""
NO_UNDO = f"No retention was set in the last {UNDO:.0f} seconds."
Repositories = Mapping[RepositoryName, ListedArtifacts]


class RetentionFlow:
    """Asks for the retention of repositories, sets it, and can restore it; ``clock`` returns seconds.

    ``ended`` is called after writes, with the days that were set, or None if none were, and after restoring.
    """

    def __init__(
        self,
        app: App[int],
        session: Session,
        ended: Callable[[Provider, int | None], object],
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._app = app
        self._session = session
        self._ended = ended
        self.clock = clock
        self._is_busy = False
        self._done: tuple[RetentionChange, ...] = ()
        self._undo_until = float("-inf")

    @property
    def can_undo(self) -> bool:
        """Whether values that were set can still be restored."""
        return bool(self._done) and self.clock() < self._undo_until

    async def edit(self, repositories: Repositories) -> None:
        """Ask for the retention of these repositories, with their artifacts, and set it; await it in a worker."""
        await self._alone(partial(self._edit, repositories))

    async def undo(self) -> None:
        """Restore the values before the last change; await it in a worker."""
        await self._alone(self._restore)

    async def _alone(self, act: Callable[[Provider], Awaitable[None]]) -> None:
        """Do one thing at a time, and tell an error that prevents it."""
        if self._is_busy:
            self._tell("The server has not answered yet.")
            return
        self._is_busy = True
        try:
            await act(await self._session.provider())
        except ProviderError as error:
            self._tell(str(error), is_error=True)
        finally:
            self._is_busy = False

    async def _edit(self, repositories: Repositories, provider: Provider) -> None:
        below, now = self._app.screen, self._session.clock()
        targets = await _targets(provider, repositories, now)
        if not targets:
            self._tell(NOT_SUPPORTED)
        if not targets or self._app.screen is not below:  # the user went elsewhere while the settings were read
            return
        dialog = RetentionDialog(targets, self._session.backend.kind, now, self._session.key_of("retention.set"))
        days = await self._app.push_screen_wait(dialog)
        if days is not None:
            await self._set(provider, targets, days)
            lowered = {change.repository for change in self._done if change.days < change.before}
            listed = [repositories[name] for name in lowered]
            self._tell(offer(listed, now, days, key_sign(self._session.key_of("storage.policies"))))

    async def _restore(self, provider: Provider) -> None:
        if not self.can_undo:
            self._tell(NO_UNDO)
            return
        restored = await self._write(provider, [change.reverse for change in self._done])
        self._done = tuple(change for change in self._done if change.reverse not in restored)
        self._ended(provider, None)

    async def _set(self, provider: Provider, targets: Sequence[RetentionTarget], days: int) -> None:
        changes = [RetentionChange(target.repository, target.retention.days, days) for target in changed(targets, days)]
        self._done = await self._write(provider, changes)
        self._undo_until = self.clock() + UNDO
        if self._done:
            key = key_sign(self._session.key_of("storage.undo"))
            self._tell(f"{key} restores the retention before, within {UNDO:.0f} s.")
        self._ended(provider, days if self._done else None)

    async def _write(self, provider: Provider, changes: Sequence[RetentionChange]) -> tuple[RetentionChange, ...]:
        """Return the changes that the server has made."""
        results = await RetentionWriter(self._session, self.clock).write(provider, changes)
        for result in results:
            self._tell(_sentence(result), is_error=bool(result.problem))
        if rest := len(changes) - len(results):
            self._tell(f"Not tried: {count(rest, 'repository', 'repositories')}.", is_error=True)
        return tuple(result.change for result in results if not result.problem)

    def _tell(self, sentence: str, *, is_error: bool = False) -> None:
        if sentence:
            self._app.notify(sentence, severity="error" if is_error else "information", markup=False, timeout=UNDO)


async def _targets(provider: Provider, repositories: Repositories, now: datetime) -> list[RetentionTarget]:
    """Return the repositories with their settings; none of them if the server has no such setting."""
    targets = []
    for repository, listed in repositories.items():
        setting = await provider.retention(repository)
        if setting is not None:
            targets.append(target_of(repository, setting, listed, now))
    return targets


def _sentence(result: SettingResult) -> str:
    name, change = printable(result.change.repository.name, 60), result.change
    if result.problem:
        return f"{name}: {result.result}. {result.problem}"
    return f"{name}: new artifacts are kept for {count(change.days, 'day')}, before for {count(change.before, 'day')}."
