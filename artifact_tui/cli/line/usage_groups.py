"""The groups of ``artifact-tui usage``: as rows of a table, and as records for programs."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter

from artifact_tui.cli.line.context import LineContext
from artifact_tui.cli.line.failures import rfc3339
from artifact_tui.cli.line.forms import Record, RowWriter, Shape, TableColumn
from artifact_tui.cli.line.table import NAMES
from artifact_tui.errors import UsageError
from artifact_tui.storage.sums import Group, total
from artifact_tui.text import age, count, size


def is_for_people(context: LineContext) -> bool:
    """Return whether the output is a table."""
    options = context.options
    return not (options.json or options.jsonl or options.tsv or options.ids or options.names)


def fields_of(context: LineContext, fields: Sequence[str]) -> Sequence[str]:
    """Return the fields of the rows; raise UsageError if ``--fields`` names one that only other rows have."""
    other = next((field for field in context.options.fields or () if field not in fields), "")
    if other:
        step = f"These rows have {', '.join(fields)}."
        raise UsageError(f"{other!r} is not a field with this --by. {step}")
    return fields


def group_writer(context: LineContext, everything: Group) -> RowWriter[Group]:
    """Return what writes the groups of which ``everything`` is the sum."""
    return RowWriter(_shape(context, everything), fields_of(context, NAMES["usage"].fields), context)


def write_groups(context: LineContext, output: RowWriter[Group], groups: list[Group], everything: Group) -> None:
    """Write the groups; what ``--top`` leaves out and the sum are lines for people only."""
    options = context.options
    output.rows(groups[: options.top])
    rest = groups[options.top :] if options.top else []
    if not is_for_people(context):
        if rest:
            context.messages.note(f"{count(len(rest), 'smaller group')} left out, because of --top.")
        return
    more = [total(rest, f"({count(len(rest), 'more', 'more')})")] if rest else []
    output.rows([*more, everything])


def _knows_expired(context: LineContext, everything: Group) -> bool:
    """Return whether the list may hold expired artifacts: GitHub's own hosts do not list them."""
    return not context.backend.kind.is_cloud or everything.expired_count > 0


def group_record(context: LineContext, group: Group, everything: Group) -> Record:
    """Return the record of a group for programs."""
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
    return Shape("groups", lambda group: group_record(context, group, everything), columns, key, key)
