"""``artifact-tui repos``: the repositories of the account or of an owner."""

from __future__ import annotations

from contextlib import aclosing

from artifact_tui.cli.line.context import LineContext
from artifact_tui.cli.line.forms import Record, RowWriter, Shape, TableColumn
from artifact_tui.cli.line.records import left_out, repository_record
from artifact_tui.cli.line.table import NAMES
from artifact_tui.domain.models import Repository
from artifact_tui.domain.provider import SignedOut
from artifact_tui.errors import UsageError
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
    is_cut, total = await _write(context, owner, output)
    if is_cut:
        context.messages.note(f"Only the first {options.limit:,} repositories. Use --limit N for more.")
    known: Record = {"owner": owner or None, "repositories": [], "total_count": total, "truncated": is_cut}
    output.end(lambda: known | {"left_out": left_out(), "notes": context.messages.notes})
    return 0


async def _write(context: LineContext, owner: str, output: RowWriter[Repository]) -> tuple[bool, int | None]:
    """Write repositories up to the limit, and return whether there are more, and the server's count."""
    left, total, most = context.options.limit, None, context.options.limit
    pages = context.pages(lambda place: context.provider.repositories(owner, start=place, most=most))
    async with aclosing(pages):
        async for page in pages:
            output.rows(page.items[:left])
            total = page.total
            if len(page.items) >= left:
                return len(page.items) > left or page.rest is not None or page.is_cut, total
            left -= len(page.items)
    return False, total


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
