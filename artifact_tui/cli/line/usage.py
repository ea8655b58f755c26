"""``artifact-tui usage``: what uses the storage of a repository, or of all repositories of an owner."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import aclosing

from artifact_tui.cli.line.context import LineContext
from artifact_tui.cli.line.failures import rfc3339
from artifact_tui.cli.line.forms import Record
from artifact_tui.cli.line.list import tell_selection
from artifact_tui.cli.line.usage_bill import read_bill, tell_bill
from artifact_tui.cli.line.usage_groups import group_record, group_writer, write_groups
from artifact_tui.cli.line.whole_selection import WholeSelection
from artifact_tui.domain.models import Artifact, RunFilter, WorkflowRun
from artifact_tui.domain.storage_models import CacheUsage
from artifact_tui.errors import UsageError, UserError
from artifact_tui.storage.bill import OwnerBill
from artifact_tui.storage.families import family
from artifact_tui.storage.sums import NO_BRANCH, NO_RUN, NO_WORKFLOW, Group, grouped, named_families, total
from artifact_tui.text import count, size


async def run(context: LineContext) -> int:
    """Add up the selected artifacts by group, and write the groups, the biggest first."""
    if getattr(context.options, "owner", ""):
        from artifact_tui.cli.line.usage_owner import run_owner

        return await run_owner(context)
    if context.options.max_age is not None:
        raise UsageError("--max-age needs an owner, such as artifact-tui usage OWNER --max-age 1h.")
    usage = _RepositoryReading(context)
    problem = await context.error_of(usage.read())
    if isinstance(problem, UserError) and not usage.selection.artifacts:
        raise problem
    artifacts = usage.artifacts
    groups = grouped(artifacts, usage.key(artifacts), context.now)
    everything = total(groups, "All")
    output = group_writer(context, everything)
    write_groups(context, output, groups, everything)
    listed = usage.selection.listed
    tell_selection(listed)
    if usage.caches is not None:
        output.remark(_caches(usage.caches))
    if usage.bill is not None:
        tell_bill(context, usage.bill, context.repository.name)
    is_part = problem is not None or bool(listed.run_choice and listed.run_choice.is_cut)
    output.end(lambda: _document(context, everything, usage, is_part=is_part))
    if problem is not None:
        raise problem
    return 0


class _RepositoryReading:
    """What is requested of one repository, as far as it arrived."""

    def __init__(self, context: LineContext) -> None:
        self._context = context
        self.selection = WholeSelection(context)
        self.caches: CacheUsage | None = None
        self.bill: OwnerBill | None = None
        self._runs: list[WorkflowRun] = []

    async def read(self) -> None:
        context = self._context
        try:
            await self.selection.read()
        finally:
            self._runs = [one.run for one in self.selection.listed.runs if one.run is not None]
        if context.options.by == "workflow" and not self._runs:
            await self._read_runs()
        if context.options.caches:
            self.caches = await context.ask(lambda: context.provider.cache_usage(context.repository))
        if context.options.bill:
            self.bill = await read_bill(context, context.repository.owner)

    async def _read_runs(self) -> None:
        """Request the runs of the repository: one request per 100."""
        context = self._context
        provider, repository = context.provider, context.repository
        pages = context.pages(lambda place: provider.runs(repository, RunFilter(), page_size=100, start=place))
        async with aclosing(pages):
            async for page in pages:
                self._runs += page.items

    @property
    def artifacts(self) -> list[Artifact]:
        wanted = self.selection.listed.wanted
        return [artifact for artifact in self.selection.artifacts if wanted.admits(artifact)]

    def key(self, artifacts: Iterable[Artifact]) -> Callable[[Artifact], str]:
        by = self._context.options.by
        if by == "family":
            keys = named_families(artifacts, family)
            return lambda artifact: keys[artifact.name]
        if by == "branch":
            return lambda artifact: artifact.branch or NO_BRANCH
        if by == "run":
            return lambda artifact: NO_RUN if artifact.run_id is None else str(artifact.run_id)
        if by == "workflow":
            workflows = {run.id: run.path.rpartition("/")[2] or run.name or NO_WORKFLOW for run in self._runs}
            return lambda artifact: workflows.get(artifact.run_id or 0, NO_WORKFLOW)
        if by == "repository":
            return lambda artifact: str(self._context.repository)
        return lambda artifact: artifact.name


def _caches(usage: CacheUsage) -> str:
    number = count(usage.active_caches_count, "cache")
    return f"Counted apart: {size(usage.active_caches_size_in_bytes)} in {number}."


def _document(context: LineContext, everything: Group, usage: _RepositoryReading, *, is_part: bool) -> Record:
    caches = usage.caches
    gb_hours, net = usage.bill.billed(context.repository.name) if usage.bill else (None, None)
    return {
        "host": context.backend.host,
        "repository": str(context.repository),
        "read_at": rfc3339(context.now),
        "complete": not is_part,
        "truncated": is_part,
        "groups": [],
        "totals": group_record(context, everything, everything),
        "caches": caches.active_caches_count if caches else None,
        "cache_bytes": caches.active_caches_size_in_bytes if caches else None,
        "billed_gb_hours": gb_hours,
        "billed_net": net,
        "requests": context.backend.requests(),
        "notes": context.messages.notes,
    }
