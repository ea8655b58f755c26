"""What ``usage --bill`` reads and says about the bill of an owner."""

from __future__ import annotations

from collections.abc import Iterable

from artifact_tui.cache.list_cache import LastLists
from artifact_tui.cli.line.context import LineContext
from artifact_tui.config.paths import Paths
from artifact_tui.storage.bill import OwnerBill
from artifact_tui.storage.bill_reader import BillReader
from artifact_tui.storage.bill_words import (
    THE_REST,
    bill_words,
    budget_words,
    by_repository_words,
    charged_words,
    included_words,
    metered_words,
    other_words,
    period_words,
    unread_lines_words,
    unreadable_words,
)


async def read_bill(context: LineContext, owner: str) -> OwnerBill:
    """Return the bill of an owner: at most three requests, and none within an hour after them."""
    paths = None if context.options.demo else Paths.of_user()
    backend = context.backend
    lists = LastLists(paths.lists, backend.api_url, backend.mark) if paths else None
    return await BillReader(context.provider, context.clock, lists, context.ask).read(owner)


def tell_bill(context: LineContext, read: OwnerBill, repository: str) -> None:
    """Write what the bill says about a repository, or why it cannot be read, and what limits the owner's storage."""
    _note_all(context, [bill_words(read, repository, retry=""), *_limits(read, repository)])


def tell_owner_bill(context: LineContext, read: OwnerBill, listed_bytes: int) -> None:
    """Write what the bill says about an owner next to the bytes that are listed, or why it cannot be read."""
    if read.bill is None:
        _note_all(context, [unreadable_words(read, retry="")])
        return
    notes = [f"{period_words(read, read.bill)}: {metered_words(read.bill, listed_bytes)}"]
    if read.bill.through is not None:
        notes += [THE_REST, f"Charged: {charged_words(read.bill)}", f"By repository: {by_repository_words(read.bill)}"]
    _note_all(context, [*notes, *other_words(read.bill), *_limits(read)])


def _limits(read: OwnerBill, repository: str = "") -> list[str]:
    if read.bill is None:
        return []
    budget, plan = budget_words(read, repository), included_words(read.plan)
    return [unread_lines_words(read.bill), budget and f"Budget: {budget}", plan and f"Plan: {plan}"]


def _note_all(context: LineContext, notes: Iterable[str]) -> None:
    for note in filter(None, notes):
        context.messages.note(note)
