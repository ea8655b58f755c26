"""``artifact-tui repos``: the repositories of the account or of an owner."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import aclosing

from artifact_tui.cli.line.context import LineContext
from artifact_tui.cli.line.forms import Record, RowWriter, Shape, TableColumn
from artifact_tui.cli.line.records import left_out, repository_record
from artifact_tui.cli.line.table import NAMES
from artifact_tui.domain.list_extent import Ending, Extent
from artifact_tui.domain.models import Repository
from artifact_tui.domain.provider import SignedOut
from artifact_tui.errors import UsageError, UserError
from artifact_tui.text import age


async def run(context: LineContext) -> int:
    """List repositories, most recently pushed first, as pages arrive."""
    options, provider = context.options, context.provider
    if len(options.words) > 1:
        raise UsageError("repos takes one owner. See artifact-tui repos --help.")
    owner = options.words[0] if options.words else ""
    if not owner and not (await context.ask(provider.viewer)).login:
        raise SignedOut("Without a token, there is no account to list repositories of.", "Name an owner.")
    output = RowWriter(_shape(context), NAMES["repos"].fields, context)
    extents = [Extent(ending=Ending.END)]
    problem = await context.error_of(_write(context, owner, output, extents.append))
    if isinstance(problem, UserError) and not output.has_rows:
        raise problem
    extent = extents[-1]
    is_cut = extent.ending is Ending.CUT
    if is_cut:
        context.messages.note(f"Only the first {extent.share()} repositories. Use --limit N for more.")
    is_cut = is_cut or problem is not None
    known: Record = {"owner": owner or None, "repositories": [], "total_count": extent.exact, "truncated": is_cut}
    over = extent.left if is_cut else 0
    output.end(lambda: known | {"left_out": left_out(over_limit=over), "notes": context.messages.notes})
    if problem is not None:
        raise problem
    return 0


async def _write(
    context: LineContext, owner: str, output: RowWriter[Repository], tell: Callable[[Extent], object]
) -> None:
    """Write repositories up to the limit, and tell after each page how many; it is cut if there are more."""
    left = most = context.options.limit
    pages = context.pages(lambda place: context.provider.repositories(owner, start=place, most=most))
    async with aclosing(pages):
        async for page in pages:
            output.rows(page.items[:left])
            is_cut = len(page.items) > left or (len(page.items) == left and (page.rest is not None or page.is_cut))
            left -= min(left, len(page.items))
            tell(Extent(most - left, page.total, page.is_minimum, ending=Ending.CUT if is_cut else Ending.END))
            if not left:
                break


def _shape(context: LineContext) -> Shape[Repository]:
    now = context.now
    columns = (
        TableColumn[Repository]("NAME", lambda repository: repository.full_name),
        TableColumn[Repository]("ACCESS", lambda repository: "private" if repository.private else "public"),
        TableColumn[Repository]("PUSHED", lambda repository: age(repository.pushed_at, now), True),
        TableColumn[Repository]("DESCRIPTION", lambda repository: repository.description or "—"),
    )
    return Shape(
        "repositories",
        repository_record,
        columns,
        lambda repository: str(repository.id),
        lambda repository: repository.full_name,
    )
