"""The state of the run filter: the known names, and how its text is understood."""

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
    """How a line is understood: its filter or run, the suggestions, the problem and its place, what Enter does."""

    wanted: RunFilter | WorkflowRun
    offer: Offer
    problem: tuple[str, int] = ("", 0)
    summary: str = ""


class RunLine:
    """The names of one repository and of its loaded runs, with or without a filter."""

    def __init__(self, session: Session, repository: RepositoryName) -> None:
        self._session = session
        self._repository = repository
        self.is_learned = self.was_asked = False
        """Whether workflows and default branch are known, and whether the server has answered anything to that."""
        self._asking = asyncio.Lock()
        self._workflows: tuple[Workflow, ...] = ()
        self._default_branch = ""
        self._known = Known()

    async def learn(self) -> ProviderError | None:
        """Load workflows and default branch once; what fails to load is loaded the next time."""
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
        """The names; gathered again when there are more runs."""
        runs = self._session.runs_of(self._repository)
        if len(self._known.runs) != len(runs) or not runs:
            self._known = known_names(tuple(runs.values()), self._workflows, self._default_branch)
        return self._known

    def read(self, text: str) -> FilterReading:
        """Read the line; a word that you still type gets suggestions, any other unknown word a guess."""
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
