"""The state of the run filter: known names, and how its text is read."""

from __future__ import annotations

import asyncio
from typing import NamedTuple

from artifact_tui.domain.artifact_filter import QueryError
from artifact_tui.domain.models import RepositoryName, RunFilter, Workflow, WorkflowRun
from artifact_tui.domain.provider import ProviderError
from artifact_tui.domain.run_filter import describe, read_run_filter
from artifact_tui.domain.run_names import Known, known_names, short_name, workflow_of
from artifact_tui.domain.run_suggestions import offers
from artifact_tui.screens.session import Session
from artifact_tui.widgets.filter_bar import Offer


class FilterReading(NamedTuple):
    """How the filter line is read: filter or run, suggestions, problem with its position, and what Enter does."""

    wanted: RunFilter | WorkflowRun
    offer: Offer
    problem: tuple[str, int] = ("", 0)
    summary: str = ""


class RunLine:
    """The names of a repository and its loaded runs that filter words may match."""

    def __init__(self, session: Session, repository: RepositoryName) -> None:
        self._session = session
        self._repository = repository
        self.is_learned = self.was_asked = False
        """Whether workflows and default branch are known, and whether the server has answered a request for them."""
        self._asking = asyncio.Lock()
        self._workflows: tuple[Workflow, ...] = ()
        self._default_branch = ""
        self._known = Known()

    async def learn(self) -> ProviderError | None:
        """Load workflows and default branch once; after an error, the next call retries."""
        async with self._asking:
            if self.is_learned:
                return None
            try:
                provider = await self._session.provider()
                asked = provider.workflows(self._repository), provider.repository(self._repository)
                self._workflows, repository = await asyncio.gather(*asked)
            except ProviderError as error:
                return error
            finally:
                self.was_asked = True
            self._default_branch, self.is_learned, self._known = repository.default_branch or "", True, Known()
            return None

    @property
    def known(self) -> Known:
        """The known names; collected again when more runs have loaded."""
        runs = self._session.runs_of(self._repository)
        if len(self._known.runs) != len(runs) or not runs:
            self._known = known_names(tuple(runs.values()), self._workflows, self._default_branch)
        return self._known

    def read(self, text: str) -> FilterReading:
        """Read the line; an unfinished word gets suggestions, any other unknown word a guess."""
        known, now = self.known, self._session.clock()
        start, texts = offers(text, known, now)
        offer = Offer(start, len(text), texts)
        try:
            wanted = read_run_filter(text, known, now)
        except QueryError as error:
            if error.start < start or not texts:
                texts = (error.meant,) if error.meant else ()
                offer = Offer(error.start, error.end, texts, is_remedy=bool(texts))
            return FilterReading(RunFilter(), offer, (str(error), error.start))
        return FilterReading(wanted, offer, summary=_summary(text, wanted))


def _summary(text: str, wanted: RunFilter | WorkflowRun) -> str:
    if isinstance(wanted, WorkflowRun):
        return f"Enter: open {short_name(workflow_of(wanted))} #{wanted.run_number}"
    return f"Enter: {describe(wanted)}" if text.strip() else "Enter: all runs"
