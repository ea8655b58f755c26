"""The repositories of an owner as rows of ``artifact-tui usage``."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from artifact_tui.cli.line.context import LineContext
from artifact_tui.cli.line.forms import Shape, TableColumn
from artifact_tui.storage.bill_words import hours_words, usd_words
from artifact_tui.storage.repository_usage import RepositoryUsage, joined, reasons, record_of
from artifact_tui.text import age, count, size


def lines_for_people(rows: Sequence[RepositoryUsage], top: int | None) -> list[RepositoryUsage]:
    """Return the lines of the table: empty repositories and those without a list are one line each, then the sum."""
    shown = [row for row in rows if row.sums.live_count or row.sums.expired_count]
    empty = [row for row in rows if row.is_known and row not in shown]
    unread = [row for row in rows if not row.is_known]
    lines = shown[:top]
    if rest := shown[top:] if top else []:
        lines.append(joined(rest, f"({count(len(rest), 'more', 'more')})"))
    if empty:
        lines.append(joined(empty, f"{len(empty):,} empty"))
    if unread:
        lines.append(joined(unread, f"{len(unread):,} not read{_told(unread)}")._replace(is_known=False))
    return [*lines, joined(rows, "All")]


def _told(rows: Sequence[RepositoryUsage]) -> str:
    told = reasons(rows)
    return f" ({told})" if told else ""


def repository_shape(context: LineContext, *, knows_expired: bool) -> Shape[RepositoryUsage]:
    """Return how repositories are written."""
    now = context.now

    def column(header: str, cell: Callable[[RepositoryUsage], str]) -> TableColumn[RepositoryUsage]:
        return TableColumn(header, lambda row: cell(row) if row.is_known else "—", True)

    expired = (
        column("EXPIRED", lambda row: size(row.sums.expired_bytes)),
        column("EXPIRED-COUNT", lambda row: f"{row.sums.expired_count:,}"),
    )
    columns = (
        TableColumn[RepositoryUsage]("KEY", lambda row: row.sums.key),
        column("LIVE", lambda row: size(row.sums.live_bytes)),
        column("LIVE-COUNT", lambda row: f"{row.sums.live_count:,}{'+' * row.is_part}"),
        *(expired if knows_expired else ()),
        column("NEWEST", lambda row: age(row.sums.newest_at, now)),
        *((TableColumn("CACHES", _caches, True),) if context.options.caches else ()),
        *(
            (TableColumn("GB-HOURS", _hours, True), TableColumn("CHARGED", _charged, True))
            if context.options.bill
            else ()
        ),
    )
    return Shape(
        "repositories",
        lambda row: record_of(row, knows_expired=knows_expired),
        columns,
        lambda row: str(row.found.repository.id) if row.found else "",
        lambda row: row.found.repository.full_name if row.found else "",
    )


def _caches(row: RepositoryUsage) -> str:
    return size(row.caches.active_caches_size_in_bytes) if row.caches else "—"


def _hours(row: RepositoryUsage) -> str:
    return "—" if row.billed[0] is None else hours_words(row.billed[0])


def _charged(row: RepositoryUsage) -> str:
    return "—" if row.billed[1] is None else usd_words(row.billed[1])
