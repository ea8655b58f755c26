"""``artifact-tui usage OWNER``: what uses the storage of all repositories of an owner."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from artifact_tui.cache.list_cache import LastLists
from artifact_tui.cli.line.context import LineContext
from artifact_tui.cli.line.failures import LineFailure, joint_code, rfc3339
from artifact_tui.cli.line.forms import Record, RowWriter
from artifact_tui.cli.line.interruption import Interruption
from artifact_tui.cli.line.progress_thread import Progress
from artifact_tui.cli.line.run_selection import selects_runs
from artifact_tui.cli.line.table import NAMES
from artifact_tui.cli.line.usage_bill import read_bill, tell_owner_bill
from artifact_tui.cli.line.usage_caches import OwnerCaches
from artifact_tui.cli.line.usage_groups import fields_of, group_record, group_writer, is_for_people, write_groups
from artifact_tui.cli.line.usage_progress import ScanProgress
from artifact_tui.cli.line.usage_repositories import lines_for_people, repository_shape
from artifact_tui.cli.line.wanted import Wanted
from artifact_tui.config.paths import Paths
from artifact_tui.errors import UsageError, UserError
from artifact_tui.storage.bill import OwnerBill
from artifact_tui.storage.column_sums import KEYS, grouped_columns, sum_of
from artifact_tui.storage.columns import ArtifactColumns
from artifact_tui.storage.repository_usage import RepositoryUsage, joined, record_of, usage_of
from artifact_tui.storage.scan import OwnerScan
from artifact_tui.storage.scan_file import StoredScan, load_scan, save_scan
from artifact_tui.storage.scanned_repository import ScannedRepository
from artifact_tui.storage.sums import total
from artifact_tui.text import count

KEEP_EVERY = 60.0
"""Seconds after which what was read is stored during a scan, because the program may be killed."""


async def run_owner(context: LineContext) -> int:
    """Read the repositories of the owner, and write their storage; what was read is stored for the next time."""
    _check(context)
    usage = OwnerUsage(context)
    problem = await context.error_of(usage.read())
    if isinstance(problem, UserError) and not usage.scan.repositories:
        raise problem
    failures = [_failure(found) for found in usage.scan.unread if found.error]
    for failure in failures:
        context.messages.error(failure)
    if usage.bill is not None:
        tell_owner_bill(context, usage.bill, usage.listed_bytes)
    if context.options.by in {None, "repository"}:
        _write_repositories(usage)
    else:
        _write_groups(usage)
    if problem is not None:
        raise problem
    usage.wanted.check_names(all_read=not usage.scan.unread, of_runs=False)
    return joint_code(failures)


def _check(context: LineContext) -> None:
    options = context.options
    if selects_runs(options):
        raise UsageError("Options that select workflow runs need a repository. Name it as OWNER/REPO.")
    if options.caches and options.by not in {None, "repository"}:
        raise UsageError("--caches of an owner needs --by repository.")
    if options.by not in {None, "repository", *KEYS}:
        raise UsageError(f"--by {options.by} needs a repository. Name it as OWNER/REPO.")


def _failure(found: ScannedRepository) -> LineFailure:
    assert found.error is not None
    name = found.repository.full_name
    failure = LineFailure.of(found.error, (found.repository.id, name))
    failure.message = f"{name}: {failure.message}"
    return failure


class OwnerUsage:
    """A scan for a command: what an earlier one knew, the artifacts that options select, the caches and the bill."""

    def __init__(self, context: LineContext) -> None:
        options, now = context.options, context.now
        self.context = context
        self.wanted = Wanted(options, context)
        self._lists = _lists_of(context)
        self._stored: StoredScan = load_scan(self._lists, options.owner, now)
        self._since: datetime | None = now - options.max_age if options.max_age is not None else None
        self.caches = OwnerCaches(context, self._stored, self._since)
        self.bill: OwnerBill | None = None
        self._kept_at = context.timer.monotonic()
        self.scan = self._scan()
        forms = partial(ScanProgress, scan=lambda: self.scan, requests=context.backend.requests)
        self._progress = Progress(context, lambda: (), forms=forms)

    def _scan(self) -> OwnerScan:
        context, stored, since = self.context, self._stored, self._since
        scan = OwnerScan(
            context.provider,
            context.options.owner,
            follow=context.pages,
            clock=context.clock,
            known=stored.readings,
            since=since,
            caches=self.caches.sizes,
            billed=self.bill.hours() if self.bill else None,
            changed=lambda found: self._keep_now_and_then(),
        )
        if since is not None and stored.listed_at is not None and stored.listed_at >= since:
            scan.use_list(stored.repositories, stored.listed_at)
        return scan

    async def read(self) -> None:
        """Read what is not known yet, and store it, also after a signal; raise UserError for what stops the scan."""
        with Interruption(self._keep_at_once, self.context.messages.note), self._progress:
            try:
                if self.context.options.bill:
                    self.bill = await read_bill(self.context, self.context.options.owner)
                await self.caches.list_all()
                self.scan = self._scan()
                await self.scan.run()
                await self.caches.complete(found.repository for found in self.scan.repositories)
            finally:
                self._keep()

    def _keep_now_and_then(self) -> None:
        now = self.context.timer.monotonic()
        if now - self._kept_at >= KEEP_EVERY:
            self._kept_at = now
            self._keep()

    def _keep_at_once(self) -> str:
        """Store what was read, after a signal."""
        self._progress.__exit__()
        return self._keep()

    def _keep(self) -> str:
        """Store what was read, and return a sentence about it."""
        found = list(self.scan.repositories)
        read = sum(each.reading is not None for each in found)
        if found:
            save_scan(self._lists, self.scan, self._stored, dict(self.caches.known), self.context.now)
        kept = f"{read:,} of {count(len(found), 'repository', 'repositories')} read."
        return kept if not read else f"{kept} With --max-age 1d, the next scan reads only the rest."

    def selected(self, found: ScannedRepository) -> ArtifactColumns:
        """Return the artifacts of a repository that words and options select."""
        wanted, columns = self.wanted, found.columns
        if not (wanted.has_words or wanted.is_narrowed):
            return columns

        def is_wanted(place: int) -> bool:
            artifact = columns.artifact(place)
            return wanted.names_it(artifact) and wanted.admits(artifact)

        return columns.only(is_wanted)

    @property
    def listed_bytes(self) -> int:
        """The bytes of all live artifacts that were read, whatever is selected."""
        return sum(sum_of(found.columns, self.context.now, "").live_bytes for found in self.scan.repositories)

    def document(self, rows: str, totals: Record) -> Record:
        """Return the JSON document without its rows."""
        context, scan = self.context, self.scan
        times = [found.reading.at for found in scan.repositories if found.reading]
        is_whole = not scan.unread and scan.listed_at is not None
        return {
            "host": context.backend.host,
            "owner": context.options.owner,
            "read_at": rfc3339(min(times, default=context.now)),
            "complete": is_whole,
            "truncated": not is_whole,
            rows: [],
            "totals": totals,
            "not_read": None if scan.listed_at is None else len(scan.unread),
            "requests": context.backend.requests(),
            "notes": context.messages.notes,
        }


def _lists_of(context: LineContext) -> LastLists | None:
    """Return the lists on disk; None in the demo, and without a home directory."""
    paths = None if context.options.demo else Paths.of_user()
    return LastLists(paths.lists, context.backend.api_url, context.backend.mark) if paths else None


def _write_repositories(usage: OwnerUsage) -> None:
    context, options = usage.context, usage.context.options
    known = {number: each.usage for number, each in usage.caches.known.items()}
    rows = [
        usage_of(found, usage.selected(found), known.get(found.repository.id), context.now)._replace(
            billed=usage.bill.billed(found.repository.name.name) if usage.bill else (None, None)
        )
        for found in usage.scan.repositories
    ]
    rows.sort(key=lambda row: (not row.is_known, -row.sums.live_bytes, -row.sums.expired_bytes, row.sums.key))
    knows_expired = not context.backend.kind.is_cloud or any(row.sums.expired_count for row in rows)
    shape = repository_shape(context, knows_expired=knows_expired)
    output = RowWriter(shape, fields_of(context, NAMES["usage"].owner_fields), context)
    if is_for_people(context):
        output.rows(lines_for_people(rows, options.top))
    else:
        output.rows(rows[: options.top])
        _tell_rest(context, rows)
    everything = record_of(joined(rows, "All"), knows_expired=knows_expired)
    output.end(lambda: usage.document("repositories", everything))


def _tell_rest(context: LineContext, rows: Sequence[RepositoryUsage]) -> None:
    if context.options.top and len(rows) > context.options.top:
        rest = count(len(rows) - context.options.top, "repository", "repositories")
        context.messages.note(f"{rest} left out, because of --top.")


def _write_groups(usage: OwnerUsage) -> None:
    context = usage.context
    groups = grouped_columns(map(usage.selected, usage.scan.repositories), context.options.by, context.now)
    everything = total(groups, "All")
    output = group_writer(context, everything)
    write_groups(context, output, groups, everything)
    output.end(lambda: usage.document("groups", group_record(context, everything, everything)))
