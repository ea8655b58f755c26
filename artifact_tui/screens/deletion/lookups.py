"""What protection depends on, for each repository of a plan."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta

from artifact_tui.domain.models import RepositoryName
from artifact_tui.domain.protection import RepositoryState
from artifact_tui.domain.protection_lookup import learn_state
from artifact_tui.domain.provider import Forbidden, NotFound, Provider, Refused, ServerTrouble
from artifact_tui.transfers.deletions.models import DeletePlan

STALE = timedelta(minutes=5)  # how long what was looked up stays valid
_OF_ONE = (Forbidden, NotFound, Refused, ServerTrouble)  # errors that may concern one repository only


class ProtectionLookups:
    """The states that are known, by repository; ``problems`` say why others are not.

    ``artifacts`` maps each repository to its artifacts, the one with most bytes first.
    """

    def __init__(self, plan: DeletePlan, clock: Callable[[], datetime]) -> None:
        self.artifacts = plan.by_repository
        self.states: dict[RepositoryName, RepositoryState] = {}
        self.problems: dict[RepositoryName, str] = {}
        self._clock = clock
        self._learned: dict[RepositoryName, datetime] = {}

    @property
    def missing(self) -> tuple[RepositoryName, ...]:
        """The repositories without a known state, those with most bytes first."""
        return tuple(repository for repository in self.artifacts if repository not in self.states)

    async def learn(self, provider: Provider) -> AsyncIterator[RepositoryName]:
        """Look up what is missing, one repository after the other, and yield each that became known.

        Raises :class:`~artifact_tui.domain.provider.ProviderError`, but what may concern one of several repositories
        is noted as its problem.
        """
        self.problems.clear()
        for repository in self.missing:
            try:
                state = await learn_state(provider, repository, self.artifacts[repository])
            except _OF_ONE as error:
                if len(self.artifacts) == 1:
                    raise
                self.problems[repository] = str(error)
            else:
                self.states[repository], self._learned[repository] = state, self._clock()
                yield repository

    def forget(self) -> None:
        """Forget everything, or only problems if some states are missing."""
        if not self.missing:
            self.states.clear()
        self.problems.clear()

    def forget_stale(self) -> bool:
        """Forget what is older than :data:`STALE`; return whether there was any."""
        now = self._clock()
        stale = [each for each in self.states if now - self._learned[each] > STALE]
        for repository in stale:
            del self.states[repository]
        return bool(stale)
