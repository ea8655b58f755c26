"""What is said about the bill of an owner: clauses that follow a label, or notes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from artifact_tui.domain.billing import Budget
from artifact_tui.domain.models import HostKind
from artifact_tui.storage.bill import Bill, OwnerBill, biggest, folded
from artifact_tui.storage.quota_words import quota_of
from artifact_tui.text import binary_size, count, printable

WITHOUT_REPOSITORY = "without a repository"
THE_REST = "The rest: artifacts removed since, days until GitHub removes them, and storage that is not Actions storage."
"""The difference between what is metered and what is listed."""
RETRY = "press r to retry"
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
           "December")  # fmt: skip
_INCLUDED = {"free": "500 MB", "pro": "1 GB", "team": "2 GB", "enterprise": "50 GB"}
"""Storage that a plan includes, as of mid 2026 (GitHub's documentation, "GitHub Actions billing")."""
_CENT = 0.01
_BLOCKS = "▁▂▃▄▅▆▇█"
_UNKNOWN_DAY = "·"


def bill_words(read: OwnerBill, repository: str, retry: str = RETRY) -> str:
    """Return what the bill says about a repository, named without its owner, or why it could not be read."""
    if read.bill is None:
        return unreadable_words(read, retry)
    name, found = printable(repository, 100), read.bill.of(repository)
    if found is None or read.bill.through is None:
        return f"{name} is not on this month's bill"
    metered = f"{name}: {hours_words(found.gb_hours)} GB-hours through {_short(read.bill.through)}"
    charged = f"{metered}, {usd_words(found.net)} charged"
    if found.net:
        return charged
    return f"{charged}: included, discounted or stopped by a budget; the amount does not show which"


def unreadable_words(read: OwnerBill, retry: str = RETRY) -> str:
    """Return why a bill could not be read; ``retry`` says how to try again, if that may help."""
    owner, retry = printable(read.owner, 100), f"; {retry}" if retry else ""
    match read.reason:
        case "server":
            return quota_of(owner, HostKind.ENTERPRISE_SERVER, is_public=None)
        case "forbidden":
            return f"only owners of {owner} can read its bill ({read.status})"
        case "own account":
            return (
                'cannot read the bill: a classic token needs the scope "user", a fine-grained token needs "Plan: read" '
                f"({read.status})"
            )
        case "organization":
            return f"cannot read the bill for {owner}: no permission, or an enterprise pays for it ({read.status})"
        case "stranger":
            return f"only {owner} can read the bill of this account"
        case "token":
            return f"cannot read the bill for {owner} without a token"
        case "status":
            return f"cannot read the bill for {owner} ({read.status}){retry}"
    return f"cannot read the bill for {owner}: {read.detail}{retry}"


def period_words(read: OwnerBill, bill: Bill) -> str:
    """Return the title of a bill: ``Bill for OWNER, 1 to 25 November``."""
    owner, month = printable(read.owner, 100), _MONTHS[bill.first.month - 1]
    if bill.through is None:
        return f"Bill for {owner}, {month}"
    days = "1" if bill.through.day == 1 else f"1 to {bill.through.day}"
    return f"Bill for {owner}, {days} {month}"


def metered_words(bill: Bill, listed_bytes: int | None = None) -> str:
    """Return the GB-hours and the average, next to the bytes that are listed now."""
    if bill.through is None:
        return "nothing on this month's bill yet"
    metered = f"{hours_words(bill.total.gb_hours)} GB-hours, {bill.average_gib:,.1f} GiB on average"
    return metered if listed_bytes is None else f"{metered}; currently listed: {binary_size(listed_bytes)}"


def charged_words(bill: Bill) -> str:
    """Return what was charged, and what it would have been without discounts."""
    total = bill.total
    return f"{usd_words(total.net)} ({total.gross:,.2f} less {total.discount:,.2f} included or discounted)"


def by_repository_words(bill: Bill) -> str:
    """Return the three repositories that cost most, and all others in one sum."""
    ranked = [one for one in biggest(bill)[0] if one.amounts.net >= _CENT / 2]
    others = biggest(bill, len(ranked))[1]
    named = [f"{_name(one.name)} {usd_words(one.amounts.net)}" for one in ranked]
    if len(ranked) < len(bill.repositories):
        named.append(
            f"all others {usd_words(others.net).removesuffix(' USD')}" if ranked else f"all {usd_words(others.net)}"
        )
    return ", ".join(named)


def other_words(bill: Bill) -> list[str]:
    """Return a clause for each SKU that is not added."""
    return [
        f"{printable(other.sku, 60)}: {other.quantity:,.2f} {printable(other.unit, 40)}, {usd_words(other.net)} charged"
        for other in bill.others
    ]


def unread_lines_words(bill: Bill) -> str:
    """Return how many lines are not in the sums; empty for none."""
    if not bill.unreadable:
        return ""
    return f"{count(bill.unreadable, 'line')} of the bill could not be read; sums do not include them"


def budget_words(read: OwnerBill, repository: str = "") -> str:
    """Return the smallest budget that stops uploads of the owner or of a repository; empty for accounts of users."""
    if read.holder != "organization" or read.bill is None:
        return ""
    if read.budgets is None:
        if read.budget_status in {403, 404}:
            return "only owners can see budgets"
        status = f" ({read.budget_status})" if read.budget_status else ""
        return f"cannot read the budgets of {printable(read.owner, 100)}{status}"
    stopping = sorted(_stopping(read.budgets, repository))
    if not stopping:
        return "no budget stops uploads"
    amount, product = stopping[0]
    shown = f"{amount:,.0f}" if amount % 1 == 0 else f"{amount:,.2f}"
    return f"{shown} USD for {product}; once used up, uploads are refused"


def included_words(plan: str) -> str:
    """Return the storage that a plan includes; empty for unknown plans."""
    included = _INCLUDED.get(plan.casefold())
    return f"{included} included in the {plan.casefold()} plan" if included else ""


def sparkline(values: Sequence[float | None]) -> str:
    """Return one block per value, in eighths of the biggest; ``·`` for what is unknown, a space for nothing."""
    most = max((value for value in values if value is not None), default=0.0)
    return "".join(_UNKNOWN_DAY if value is None else _block(value, most) for value in values)


def _block(value: float, most: float) -> str:
    if value <= 0:
        return " "
    return _BLOCKS[min(len(_BLOCKS), max(1, -int(-value * len(_BLOCKS) // most))) - 1]


def _stopping(budgets: Iterable[Budget], repository: str) -> Iterator[tuple[float, str]]:
    """Yield amount and product of the budgets of the owner and of the repository that stop uploads."""
    for budget in budgets:
        if budget.budget_amount is None or not budget.prevent_further_usage or not _concerns(budget, repository):
            continue
        skus = {folded(sku) for sku in (budget.budget_product_sku, *budget.budget_product_skus)}
        if "actions" in skus:
            yield budget.budget_amount, "Actions"
        elif "actionsstorage" in skus:
            yield budget.budget_amount, "Actions storage"


def _concerns(budget: Budget, repository: str) -> bool:
    """Return whether a budget is for the whole owner or for the repository, not for a cost center or one user."""
    scope, name = folded(budget.budget_scope), budget.budget_entity_name.rpartition("/")[2]
    return scope in {"organization", "enterprise"} or (
        scope == "repository" and name.casefold() == repository.casefold()
    )


def _name(repository: str) -> str:
    return printable(repository, 60) if repository else WITHOUT_REPOSITORY


def hours_words(hours: float) -> str:
    """Return a number of GB-hours, without their unit."""
    return f"{hours:,.0f}" if hours >= 99.5 or not hours else f"{hours:,.1f}" if hours >= 0.05 else "under 0.1"


def usd_words(amount: float) -> str:
    """Return an amount in USD; less than a cent is not shown as nothing."""
    if 0 < amount < _CENT / 2:
        return "under 0.01 USD"
    return f"{round(amount, 2) + 0.0:,.2f} USD"


def _short(day: date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1][:3]}"
