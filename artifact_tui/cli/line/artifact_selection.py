"""The artifacts that the words and options of a command select."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import NamedTuple

from artifact_tui.cli.line.context import LineContext
from artifact_tui.cli.line.failures import LineError
from artifact_tui.cli.line.run_selection import ChosenRun, RunSelection, selects_runs
from artifact_tui.cli.line.wanted import Wanted
from artifact_tui.domain.list_extent import Extent
from artifact_tui.domain.models import Artifact, Page, Place, WorkflowRun
from artifact_tui.domain.provider import NotFound, ServerTrouble
from artifact_tui.text import count

ALL_ROWS = 10**9
PAGE = 100
"""Artifacts per page."""
AT_ONCE = 8
"""Runs whose artifacts are requested at the same time, and single artifacts."""


class SelectedArtifact(NamedTuple):
    """A selected artifact, and its run if that was requested."""

    artifact: Artifact
    run: WorkflowRun | None = None


class ArtifactSelection:
    """Walks the selected artifacts in batches, as pages arrive.

    ``read`` counts the artifacts that were read, ``total`` what the server counts (None if unknown, a lower bound with
    ``is_minimum``), and ``older_attempts`` and ``expired`` what was left out. ``missing`` counts what the server counts
    but did not list. ``is_cut`` tells whether ``most`` was reached, and ``is_too_long`` whether the repository's list
    has more than ``most_pages``. ``by_runs`` is False to read the repository's list whatever runs are selected, and
    ``narrows`` to yield whatever the words mean.
    """

    def __init__(
        self,
        context: LineContext,
        *,
        most: int | None,
        most_runs: int | None = 20,
        by_runs: bool = True,
        narrows: bool = True,
    ) -> None:
        self.context = context
        self.wanted = Wanted(context.options, context)
        self.by_runs = selects_runs(context.options) and by_runs
        self._narrows = narrows
        self.run_choice = RunSelection(context, most_runs) if self.by_runs else None
        self.runs: list[ChosenRun] = []
        self.most = most
        self.read = self.cut = 0
        self.total: int | None = None
        self.is_minimum = False
        self.older_attempts = 0
        self.expired = 0
        self.unreadable = 0
        self.is_cut = False
        self.missing = 0
        self.most_pages: int | None = None
        self.is_too_long = False

    async def batches(self) -> AsyncGenerator[list[SelectedArtifact], None]:
        """Yield batches of selected artifacts, newest first; raise LineError for what was named but not found."""
        if self.wanted.only_ids and not self.by_runs:
            yield await self._by_id()
            return
        async with aclosing(self._of_runs() if self.run_choice else self._of_repository()) as batches:
            async for whole in batches:
                batch = self._within_limit(whole)
                named = [found for found in batch if self.wanted.names_it(found.artifact)]
                chosen = [found for found in named if not self._narrows or self.wanted.admits(found.artifact)]
                if chosen:
                    yield chosen
                if self._has_first_match(named) or (self.is_cut and self.run_choice):
                    return
        self.wanted.check_names(all_read=not (self.is_cut or self.missing), of_runs=self.by_runs)

    def _within_limit(self, batch: list[SelectedArtifact]) -> list[SelectedArtifact]:
        """Count the artifacts of a batch as read, at most as many as are left of ``most``."""
        left = len(batch) if self.most is None else self.most - self.read
        self.is_cut = self.is_cut or len(batch) > left
        self.read += min(len(batch), left)
        self.cut += max(0, len(batch) - left)
        return batch[:left]

    @property
    def extent(self) -> Extent:
        """How many artifacts were read of those that the server counts."""
        return Extent(self.read, self.total, self.is_minimum)

    @property
    def over_limit(self) -> int | None:
        """How many artifacts the limits left out; None if the lists of some runs were not read."""
        if self.run_choice is not None and self.run_choice.is_cut:
            return None
        if not self.is_cut:
            return 0
        if self.run_choice is not None:
            return self.cut if len(self.runs) == 1 else None
        return self.extent.left

    def raise_if_incomplete(self) -> None:
        """Raise :class:`ServerTrouble` if the server counts more artifacts than it listed."""
        if self.missing or self.unreadable:
            lost = self.missing + self.unreadable
            raise ServerTrouble(f"The server listed {self.read:,} of {self.read + lost:,} artifacts.", "Try again.")

    def _has_first_match(self, named: list[SelectedArtifact]) -> bool:
        """Return whether one exact name is wanted and found: older artifacts of that name need no requests."""
        return bool(named and self.wanted.one_name and not self.by_runs and not self.context.options.all_matches)

    async def _by_id(self) -> list[SelectedArtifact]:
        context, few = self.context, asyncio.Semaphore(AT_ONCE)

        async def one(number: int) -> SelectedArtifact:
            async with few:
                try:
                    return SelectedArtifact(
                        await context.ask(lambda: context.provider.artifact(context.repository, number))
                    )
                except NotFound:
                    step = "Check the ID and the repository."
                    raise LineError("not_found", f"Artifact {number} was not found.", step) from None

        found = await asyncio.gather(*(one(number) for number in self.wanted.ids))
        self.read = self.total = len(found)
        chosen = [each for each in found if not self._narrows or self.wanted.admits(each.artifact)]
        return sorted(chosen, key=_newest)

    async def _of_repository(self) -> AsyncGenerator[list[SelectedArtifact], None]:
        context = self.context
        provider, repository, name = context.provider, context.repository, self.wanted.one_name
        left, one_by_one = self.most, bool(self.most_pages) or (bool(name) and not context.options.all_matches)
        most = ALL_ROWS if left is None else left

        def listing(place: Place | None) -> AsyncIterator[Page[Artifact]]:
            return provider.artifacts(repository, name=name, start=place, most=most, one_by_one=one_by_one)

        pages = context.pages(listing)
        async with aclosing(pages):
            async for page in pages:
                self.total, self.is_minimum = page.total, page.is_minimum
                self.unreadable += page.skipped
                if self.most_pages and (page.total or 0) > self.most_pages * PAGE:
                    self.is_cut = self.is_too_long = True
                    return
                items = page.items if left is None else page.items[:left]
                left = None if left is None else left - len(items)
                is_last = page.rest is None and not page.is_cut and len(items) == len(page.items)
                self.is_cut = page.is_cut or (left == 0 and not is_last)
                if is_last:
                    self.missing = max(0, (page.total or 0) - page.read - self.unreadable)
                yield [SelectedArtifact(artifact) for artifact in items]
                if left == 0:
                    return

    async def _of_runs(self) -> AsyncGenerator[list[SelectedArtifact], None]:
        choice = self.run_choice
        assert choice is not None
        async with aclosing(choice.runs()) as runs:
            if choice.is_newest:
                batch = await self._of_newest(runs)
                if batch:
                    yield batch
            else:
                self.runs = [run async for run in runs]
                few = asyncio.Semaphore(AT_ONCE)
                tasks = [asyncio.create_task(self._of_run(run, few)) for run in self.runs]
                try:
                    for task in tasks:
                        yield await task
                finally:
                    for task in tasks:
                        task.cancel()
        if not self.runs:
            raise choice.nothing_found()

    async def _of_newest(self, runs: AsyncGenerator[ChosenRun, None]) -> list[SelectedArtifact]:
        """Return the artifacts of the newest run that has any that match; of the newest run if none has."""
        first: list[SelectedArtifact] = []
        checked: list[ChosenRun] = []
        async for run in runs:
            batch = await self._of_run(run, asyncio.Semaphore(1))
            checked.append(run)
            if any(self.wanted.names_it(each.artifact) and self.wanted.admits(each.artifact) for each in batch):
                self.runs = [run]
                if len(checked) > 1:
                    newer = count(len(checked) - 1, "newer run has", "newer runs have")
                    self.context.messages.note(f"{newer} no matching artifact.")
                return batch
            first = first or batch
        self.runs = checked[:1]
        if len(checked) > 1:
            self.context.messages.note(f"The {len(checked)} newest runs were checked; none has a matching artifact.")
        return first if len(checked) == 1 else []

    async def _of_run(self, run: ChosenRun, few: asyncio.Semaphore) -> list[SelectedArtifact]:
        context = self.context
        provider, repository = context.provider, context.repository
        artifacts: list[Artifact] = []
        async with (
            few,
            aclosing(context.pages(lambda place: provider.artifacts(repository, run.id, start=place))) as pages,
        ):
            async for page in pages:
                artifacts += page.items
                self.unreadable += page.skipped
                if page.rest is None:
                    self.missing += max(0, (page.total or 0) - page.read - page.skipped)
        artifacts.sort(key=lambda artifact: (-(artifact.created or 0), -artifact.id))
        kept = await self.of_attempt(artifacts, run)
        return [SelectedArtifact(artifact, run.run) for artifact in kept]

    async def of_attempt(self, artifacts: list[Artifact], run: ChosenRun) -> list[Artifact]:
        """Return the artifacts of a run that ``--attempt`` and ``--all-attempts`` keep, newest first."""
        options = self.context.options
        if options.attempt:
            start, end = await self._times_of(run, options.attempt)
            artifacts = [each for each in artifacts if start <= (each.created or 0) < end]
        if options.all_attempts:
            return artifacts
        newest = {artifact.name: artifact for artifact in reversed(artifacts)}
        self.older_attempts += len(artifacts) - len(newest)
        return [artifact for artifact in artifacts if newest[artifact.name] is artifact]

    async def _times_of(self, run: ChosenRun, number: int) -> tuple[float, float]:
        """Return the start of an attempt and of the next one, in seconds since the epoch."""
        context = self.context
        provider, repository = context.provider, context.repository
        wanted = await context.ask(lambda: provider.attempt(repository, run.id, number))
        try:
            after = await context.ask(lambda: provider.attempt(repository, run.id, number + 1))
        except NotFound:
            end = float("inf")
        else:
            end = after.run_started_at.timestamp() if after.run_started_at else float("inf")
        return (wanted.run_started_at.timestamp() if wanted.run_started_at and number > 1 else 0.0), end


def _newest(found: SelectedArtifact) -> tuple[float, int]:
    return -(found.artifact.created or 0), -found.artifact.id
