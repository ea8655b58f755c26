"""The artifacts that ``delete`` plans: the scope, what is kept and narrowed in it, and what protection leaves."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from artifact_tui.cli.line.artifact_selection import ArtifactSelection
from artifact_tui.cli.line.context import LineContext
from artifact_tui.cli.line.delete_options import read_reasons
from artifact_tui.cli.line.delete_plan import PlannedDeletion, read_plan
from artifact_tui.cli.line.failures import LineError
from artifact_tui.cli.line.state_files import ELSEWHERE, journal_of
from artifact_tui.cli.line.whole_selection import WholeSelection, newest_first
from artifact_tui.domain.artifact_filter import is_expired
from artifact_tui.domain.models import Artifact, RepositoryName
from artifact_tui.domain.policies import KeepNewest
from artifact_tui.domain.protection import Reason, protections
from artifact_tui.domain.protection_lookup import learn_state
from artifact_tui.errors import UsageError
from artifact_tui.text import count
from artifact_tui.transfers.errors import JournalError
from artifact_tui.transfers.journals import downloading


class DeleteSelection:
    """Selects and protects; ``listed`` is the selection whose counts are reported, None for a plan from a file."""

    def __init__(self, context: LineContext) -> None:
        self._context = context
        self.listed: ArtifactSelection | None = None

    async def plan(self, *, must_know_downloads: bool) -> PlannedDeletion:
        """Return the plan; raise UserError, also for a list that is not whole.

        ``must_know_downloads`` makes an unusable journal an error, because other programs may be downloading.
        """
        context, options = self._context, self._context.options
        included = read_reasons(options.include_protected or "")
        if options.plan:
            saved = read_plan(Path(options.plan), context.backend.host)
            if options.repo and context.repository != saved.repository:
                raise UsageError(f"{options.plan} is a plan for {saved.repository}, not {context.repository}.")
            repository, artifacts = saved.repository, saved.plan.artifacts
            context.use_repository(repository)
            included |= saved.included
        else:
            repository = context.repository
            artifacts = await self._selected()
        return await self._protected(repository, artifacts, included, must_know_downloads)

    async def _protected(
        self, repository: RepositoryName, artifacts: tuple[Artifact, ...], included: frozenset[Reason], must_know: bool
    ) -> PlannedDeletion:
        context = self._context
        if not artifacts:
            return PlannedDeletion.of(context.backend.host, repository, (), {}, included)
        state = await context.ask(lambda: learn_state(context.provider, repository, artifacts))
        under_way = self._downloading(must_know=must_know)
        known = protections(artifacts, state, pinned=context.settings.pinned, downloading=under_way)
        return PlannedDeletion.of(context.backend.host, repository, artifacts, known, included)

    def _downloading(self, *, must_know: bool) -> frozenset[int]:
        try:
            return downloading(journal_of(self._context), self._context.backend.host)
        except JournalError as trouble:
            if must_know:
                raise LineError("disk", str(trouble), ELSEWHERE) from None
            self._context.messages.note(f"Downloads of other programs are unknown: {trouble}")
            return frozenset()

    def _leave_expired(self, artifacts: Iterable[Artifact]) -> None:
        """Say how many expired artifacts are left out, because --keep-newest counts only live ones."""
        assert self.listed is not None
        number = self.listed.expired = len({one.id for one in artifacts if is_expired(one, self._context.now)})
        if number:
            left = count(number, "expired artifact")
            self._context.messages.note(f"--keep-newest: {left} left out. Use --expired alone for those.")

    async def _selected(self) -> tuple[Artifact, ...]:
        """Return what may be deleted: --keep-newest counts in the whole scope, the other options hold for each."""
        options, selection = self._context.options, WholeSelection(self._context)
        await selection.read()
        self.listed, scope = selection.listed, selection.artifacts
        going = {artifact.id for artifact in scope}
        if options.keep_newest:
            policy = KeepNewest(options.keep_newest, by_branch=options.per == "name+branch")
            going &= policy.choose(scope, self._context.now)
        admitted = [one for one in scope if self.listed.wanted.admits(one)]
        chosen = [one for one in admitted if one.id in going]
        if options.keep_newest:
            self._leave_expired(admitted)
        return tuple(sorted({one.id: one for one in chosen}.values(), key=newest_first))
