"""The words about an owner: the title, the progress of the scan, the bill, and why repositories were not read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from artifact_tui.domain.models import HostKind, RateLimit
from artifact_tui.screens.storage.owner_list import OwnerList
from artifact_tui.screens.storage.owner_rows import OwnerRow
from artifact_tui.storage.bill import Bill, OwnerBill, last_days
from artifact_tui.storage.bill_words import (
    THE_REST,
    budget_words,
    by_repository_words,
    charged_words,
    included_words,
    metered_words,
    other_words,
    period_words,
    sparkline,
    unread_lines_words,
    unreadable_words,
)
from artifact_tui.storage.scan import reserve_of
from artifact_tui.storage.scanned_repository import ScannedRepository
from artifact_tui.text import at_time, clock_time, count, printable, size, span
from artifact_tui.widgets.detail_pane import Field

_STEP = 5
"""Seconds by which the remaining time is rounded, so that it does not change with each update."""


class ScanState(NamedTuple):
    """How far a scan is: ``known_at`` is the time of an earlier one that is shown meanwhile.

    ``sent`` and ``seconds`` are the requests and the time since it began or resumed, ``begun_with`` the repositories
    that were read before.
    """

    now: datetime
    is_reading: bool
    is_stopped: bool
    waits_until: datetime | None = None
    known_at: datetime | None = None
    sent: int = 0
    seconds: float = 0.0
    begun_with: int = 0
    limit: RateLimit | None = None
    has_token: bool = True


def summary_of(known: OwnerList, state: ScanState) -> str:
    """Return the summary above the list: how much was read, and the size of what is shown."""
    total = known.total
    held = size(total.sums.live_bytes)
    parts = []
    if state.known_at is not None and not known.is_complete:
        doing = "refreshing…" if state.is_reading and state.waits_until is None else "r refreshes"
        parts.append(f"{span(state.now - state.known_at)} old, {doing}")
    if state.waits_until is not None:
        parts.append(f"waiting until {at_time(state.waits_until, state.now)}")
    if not known.is_listed:
        return " · ".join([*parts, held] if parts else ["stopped" if state.is_stopped else "loading…"])
    read = f"{known.read:,} of {len(known.found):,} read"
    if state.is_reading and state.waits_until is None:
        return " · ".join([*parts, f"{read}…", held if parts else f"{held} so far"])
    if not known.is_complete:
        if state.waits_until is None:
            parts.append("stopped" if state.is_stopped else "incomplete, r resumes")
        return " · ".join([*parts, read, f"{held} so far"])
    return " · ".join([read, count(total.sums.live_count, "artifact"), held])


def scan_fields(known: OwnerList, state: ScanState, problem: str) -> tuple[Field, ...]:
    """Return the progress of the scan; ``problem`` is the sentence of an error that stopped it."""
    fields = [("Order", _order(known)), ("Read", _read(known, state)), ("Requests", _requests(state))]
    if problem:
        fields.append(("Stopped", problem))
    if state.waits_until is not None:
        until = at_time(state.waits_until, state.now)
        fields.append(("Waiting", f"until {until}; r retries now, Esc stops; what has been read is kept for next time"))
    elif state.is_reading:
        fields.append(("Remaining", f"{_left(known, state)}Esc stops; what has been read is kept for next time"))
    elif not problem:
        fields.append(("Stopped", "r resumes; what has been read is kept for next time"))
    return tuple(fields)


def _order(known: OwnerList) -> str:
    scan = known.scan
    first = [
        words
        for words, has in (("GB-hours on the bill", scan and scan.billed), ("caches", scan and scan.caches))
        if has
    ]
    return ", then ".join([*first, "last push" if first else "last push, newest first"])


def _read(known: OwnerList, state: ScanState) -> str:
    scan = known.scan
    if scan is None or not known.is_listed:
        return "the list of repositories is loading"
    read = f"{known.read:,} of {len(known.found):,}"
    unchanged = sum(found.is_unchanged for found in scan.repositories)
    if not unchanged:
        return read
    since = f" since {span(state.now - state.known_at)} ago" if state.known_at is not None else ""
    return f"{read}; {unchanged:,} unchanged{since}{' (no cost to the rate limit)' if state.has_token else ''}"


def _requests(state: ScanState) -> str:
    if state.limit is None:
        return f"{state.sent:,} sent"
    reserved = f"{reserve_of(state.limit):,} of them reserved for you"
    return f"{state.sent:,} sent; {state.limit.remaining:,} left this hour, {reserved}"


def _left(known: OwnerList, state: ScanState) -> str:
    """Return the time left, once enough was read to tell it."""
    done = known.read - state.begun_with
    if known.scan is None or not known.is_listed or done < 1 or state.seconds <= 0:
        return ""
    left = len(known.scan.waiting) * state.seconds / done
    return f"about {clock_time(max(_STEP, -(-left // _STEP) * _STEP))}; "


def bill_title(owner: str, read: OwnerBill | None, kind: HostKind) -> str:
    """Return the title of what the bill says."""
    if read is not None and read.bill is not None:
        return period_words(read, read.bill)
    return f"Bill for {printable(owner, 100)}" if kind.is_cloud else f"Storage of {printable(owner, 100)}"


def marked_words(marked: Sequence[OwnerRow], key: str) -> str:
    """Return how much is marked, and the key that reviews it."""
    number = sum(row.usage.sums.live_count for row in marked)
    held = size(sum(row.usage.sums.live_bytes for row in marked))
    names = count(len(marked), "repository", "repositories")
    return f"{names}, {count(number, 'artifact')}, {held}; press {key} to review"


def bill_fields(
    read: OwnerBill | None, earlier: Bill | None, listed_bytes: int, marked: tuple[Field, ...] = ()
) -> tuple[Field, ...]:
    """Return what was metered and charged, or why the bill cannot be read; nothing until it was requested."""
    if read is None:
        return marked
    if read.bill is None:
        return (("Quota" if read.reason == "server" else "Bill", unreadable_words(read)), *marked)
    bill = read.bill
    fields = [("Metered", metered_words(bill, listed_bytes))]
    if days := last_days(bill, earlier):
        fields.append(("", f"{len(days)} d {sparkline(days)}"))
    if bill.through is not None:
        fields += [("Charged", charged_words(bill)), ("By repo", by_repository_words(bill))]
    optional = (
        ("Budget", budget_words(read)),
        *marked,
        ("Plan", included_words(read.plan)),
        ("Also", "; ".join(other_words(bill))),
        ("Unread", unread_lines_words(bill)),
        ("Note", THE_REST if bill.through is not None else ""),
    )
    return (*fields, *(field for field in optional if field[1]))


def failure_fields(found: Iterable[ScannedRepository]) -> tuple[Field, ...]:
    """Return why repositories were not read, one field for each error, then those that were not requested."""
    fields = [
        (printable(one.repository.name.name, 60), str(one.error))
        for one in found
        if one.error is not None and one.reading is None
    ]
    return tuple(fields)
