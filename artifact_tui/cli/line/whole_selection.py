"""All artifacts that words and run options mean, for commands whose lists must be whole."""

from __future__ import annotations

from collections import defaultdict
from contextlib import aclosing

from artifact_tui.cli.line.artifact_selection import ArtifactSelection
from artifact_tui.cli.line.context import LineContext
from artifact_tui.cli.line.run_selection import ChosenRun, RunSelection, selects_runs
from artifact_tui.domain.models import Artifact


class WholeSelection:
    """Reads the lists of artifacts and runs once, whatever the number of runs, unless few runs cost fewer requests.

    ``listed`` is the selection whose counts are reported, and ``artifacts`` what was read, also before an error; they
    are not narrowed by options such as ``--older``.
    """

    def __init__(self, context: LineContext) -> None:
        options = context.options
        options.all_matches = True
        self._context = context
        self._choice = RunSelection(context, None) if selects_runs(options) else None
        self.artifacts: list[Artifact] = []
        self.listed = self._selection(by_runs=bool(options.run or options.latest or options.latest_good))

    async def read(self) -> None:
        """Read all artifacts; raise UserError, also for a list that is not whole."""
        most_runs = self._context.options.runs
        if self.listed.by_runs or self._choice is None:
            await self._walk()
            return
        self.listed.most_pages = most_runs
        chosen = {} if most_runs else await self._runs(self._choice)
        try:
            await self._walk()
            if self.listed.is_too_long:
                self.listed, self.artifacts = self._selection(by_runs=True), []
                await self._walk()
                return
            chosen = chosen or await self._runs(self._choice)
        finally:
            if not self.listed.by_runs:
                self.listed.run_choice, self.listed.runs = self._choice, list(chosen.values())  # for notes
                self.artifacts = await self._of_runs(chosen)

    def _selection(self, *, by_runs: bool) -> ArtifactSelection:
        return ArtifactSelection(self._context, most=None, most_runs=None, by_runs=by_runs, narrows=False)

    async def _walk(self) -> None:
        async with aclosing(self.listed.batches()) as batches:
            async for batch in batches:
                self.artifacts += [found.artifact for found in batch]
        self.listed.raise_if_incomplete()

    async def _runs(self, choice: RunSelection) -> dict[int, ChosenRun]:
        async with aclosing(choice.runs()) as runs:
            found = {run.id: run async for run in runs}
        if not found:
            raise choice.nothing_found()
        return found

    async def _of_runs(self, chosen: dict[int, ChosenRun]) -> list[Artifact]:
        """Return the artifacts of the chosen runs, of each run those of its newest attempt unless options differ."""
        by_run: dict[int, list[Artifact]] = defaultdict(list)
        for artifact in self.artifacts:
            if artifact.run_id in chosen:
                by_run[artifact.run_id].append(artifact)
        kept: list[Artifact] = []
        for number, artifacts in by_run.items():
            kept += await self.listed.of_attempt(sorted(artifacts, key=newest_first), chosen[number])
        return kept


def newest_first(artifact: Artifact) -> tuple[float, int]:
    """Return the key that sorts the newest artifact first."""
    return -(artifact.created or 0), -artifact.id
