"""``artifact-tui usage``: what uses the storage of a repository."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import aclosing
from operator import attrgetter

from artifact_tui.cli.line.context import LineContext
from artifact_tui.cli.line.failures import rfc3339
from artifact_tui.cli.line.forms import Record, RowWriter, Shape, TableColumn
from artifact_tui.cli.line.list import tell_selection
from artifact_tui.cli.line.run_selection import ChosenRun
from artifact_tui.cli.line.table import NAMES
from artifact_tui.cli.line.whole_selection import WholeSelection
from artifact_tui.domain.models import Artifact, RunFilter, WorkflowRun
from artifact_tui.errors import UserError
from artifact_tui.storage.families import family
from artifact_tui.storage.sums import Group, grouped, named_families, total
from artifact_tui.text import age, count, size

NO_BRANCH, NO_RUN, NO_WORKFLOW = "(no branch)", "(no run)", "(run not looked up)"


async def run(context: LineContext) -> int:
    """Add up the selected artifacts by group, and write the groups, the biggest first."""
    selection = WholeSelection(context)
    problem = await context.error_of(selection.read())
    if problem is not None and not selection.artifacts and isinstance(problem, UserError):
        raise problem
    artifacts = [artifact for artifact in selection.artifacts if selection.listed.wanted.admits(artifact)]
    groups = grouped(artifacts, await _key(context, artifacts, selection.listed.runs), context.now)
    everything = total(groups, "All")
    output = RowWriter(_shape(context, everything), NAMES["usage"].fields, context)
    _write(context, output, groups, everything)
    tell_selection(selection.listed)
    is_part = problem is not None or bool(selection.listed.run_choice and selection.listed.run_choice.is_cut)
    output.end(lambda: _document(context, everything, is_part=is_part))
    if problem is not None:
        raise problem
    return 0


async def _key(context: LineContext, artifacts: list[Artifact], chosen: list[ChosenRun]) -> Callable[[Artifact], str]:
    by = context.options.by
    if by == "family":
        keys = named_families(artifacts, family)
        return lambda artifact: keys[artifact.name]
    if by == "branch":
        return lambda artifact: artifact.branch or NO_BRANCH
    if by == "run":
        return lambda artifact: NO_RUN if artifact.run_id is None else str(artifact.run_id)
    if by == "workflow":
        runs = [one.run for one in chosen if one.run is not None]
        workflows = _workflows(runs if runs else await _all_runs(context))
        return lambda artifact: workflows.get(artifact.run_id or 0, NO_WORKFLOW)
    if by == "repository":
        return lambda artifact: str(context.repository)
    return lambda artifact: artifact.name


def _workflows(runs: Iterable[WorkflowRun]) -> dict[int, str]:
    return {run.id: run.path.rpartition("/")[2] or run.name or NO_WORKFLOW for run in runs}


async def _all_runs(context: LineContext) -> list[WorkflowRun]:
    """Return the runs of the repository: one request per 100."""
    provider, repository = context.provider, context.repository
    found: list[WorkflowRun] = []
    pages = context.pages(lambda place: provider.runs(repository, RunFilter(), page_size=100, start=place))
    async with aclosing(pages):
        async for page in pages:
            found += page.items
    return found


def _write(context: LineContext, output: RowWriter[Group], groups: list[Group], everything: Group) -> None:
    """Write the groups; what ``--top`` leaves out and the sum are lines for people only."""
    options = context.options
    output.rows(groups[: options.top])
    rest = groups[options.top :] if options.top else []
    if options.json or options.jsonl or options.tsv or options.ids or options.names:
        if rest:
            context.messages.note(f"{count(len(rest), 'smaller group')} left out, because of --top.")
        return
    more = [total(rest, f"({count(len(rest), 'more', 'more')})")] if rest else []
    output.rows([*more, everything])


def _document(context: LineContext, everything: Group, *, is_part: bool) -> Record:
    return {
        "host": context.backend.host,
        "repository": str(context.repository),
        "read_at": rfc3339(context.now),
        "complete": not is_part,
        "truncated": is_part,
        "groups": [],
        "totals": _record(context, everything, everything),
        "requests": context.backend.requests(),
        "notes": context.messages.notes,
    }


def _knows_expired(context: LineContext, everything: Group) -> bool:
    """Return whether the list may hold expired artifacts: GitHub's own hosts do not list them."""
    return not context.backend.kind.is_cloud or everything.expired_count > 0


def _record(context: LineContext, group: Group, everything: Group) -> Record:
    is_known = _knows_expired(context, everything)
    return {
        "key": group.key,
        "live_bytes": group.live_bytes,
        "live_count": group.live_count,
        "expired_bytes": group.expired_bytes if is_known else None,
        "expired_count": group.expired_count if is_known else None,
        "newest": rfc3339(group.newest_at),
        "oldest": rfc3339(group.oldest_at),
        "share": round(group.live_bytes / everything.live_bytes, 6) if everything.live_bytes else None,
    }


def _shape(context: LineContext, everything: Group) -> Shape[Group]:
    now = context.now
    expired = (
        TableColumn[Group]("EXPIRED", lambda group: size(group.expired_bytes), True),
        TableColumn[Group]("EXPIRED-COUNT", lambda group: f"{group.expired_count:,}", True),
    )
    columns = (
        TableColumn[Group]("KEY", lambda group: group.key),
        TableColumn[Group]("LIVE", lambda group: size(group.live_bytes), True),
        TableColumn[Group]("LIVE-COUNT", lambda group: f"{group.live_count:,}", True),
        *(expired if _knows_expired(context, everything) else ()),
        TableColumn[Group]("NEWEST", lambda group: age(group.newest_at, now), True),
    )
    key = attrgetter("key")
    return Shape("groups", lambda group: _record(context, group, everything), columns, key, key)
