"""The bill of an owner: storage of Actions in one month, added up by repository and by day.

GitHub meters GB-hours, 1 GB being 2^30 bytes. Amounts are in USD, sums are exact (``math.fsum``). The days after the
last one with a line, and today, are not complete yet and count nowhere.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from math import fsum, isfinite
from typing import Literal, NamedTuple

from msgspec import Struct

from artifact_tui.domain.billing import Budget, Holder, UsageLine

_HOURS_PER_DAY = 24
_DAY = timedelta(days=1)
Reason = Literal["forbidden", "own account", "organization", "stranger", "server", "token", "status", "other"]


class Amounts(Struct, frozen=True):
    """GB-hours, and USD before discounts, of discounts, and charged."""

    gb_hours: float = 0.0
    gross: float = 0.0
    discount: float = 0.0
    net: float = 0.0


class RepositoryAmounts(Struct, frozen=True):
    """The amounts of a repository, named without its owner; an empty name stands for lines without a repository."""

    name: str
    amounts: Amounts


class OtherUsage(Struct, frozen=True):
    """Storage that is not Actions storage, or in another unit: shown as GitHub names it, and never added."""

    sku: str
    unit: str
    quantity: float
    net: float


class Bill(Struct, frozen=True, kw_only=True):
    """The Actions storage of one month through its last complete day.

    ``through`` is None if no day has a line yet. The keys of ``repositories`` are names in lower case. ``daily`` are
    the GB-hours of each day through the last one. ``unreadable`` counts lines that are not in the sums.
    """

    first: date
    through: date | None
    total: Amounts
    repositories: dict[str, RepositoryAmounts]
    daily: tuple[float, ...]
    others: tuple[OtherUsage, ...]
    unreadable: int

    @property
    def average_gib(self) -> float:
        """The GiB held on average."""
        return self.total.gb_hours / (_HOURS_PER_DAY * len(self.daily)) if self.daily else 0.0

    def of(self, repository: str) -> Amounts | None:
        """Return the amounts of a repository, named without its owner; None if it is not on the bill."""
        found = self.repositories.get(repository.casefold())
        return found.amounts if found else None


class OwnerBill(Struct, frozen=True, kw_only=True):
    """What was read about the bill of an owner, or why it could not be read.

    ``reason`` is None if there is a bill; with ``status`` and ``other``, reading may succeed later. ``budgets`` is
    None if they could not be read (``budget_status``, 0 without a response); users have none.
    """

    owner: str
    holder: Holder | None = None
    bill: Bill | None = None
    reason: Reason | None = None
    status: int = 0
    detail: str = ""
    plan: str = ""
    budgets: tuple[Budget, ...] | None = None
    budget_status: int = 0

    @property
    def is_lasting(self) -> bool:
        """Whether the same requests would bring the same answers."""
        budgets_last = self.bill is None or self.budgets is not None or self.budget_status in {403, 404}
        return self.reason not in {"status", "other"} and budgets_last

    def billed(self, repository: str) -> tuple[float | None, float | None]:
        """Return the GB-hours of a repository and what was charged; None for what is unknown or not on the bill."""
        found = self.bill.of(repository) if self.bill else None
        return (None, None) if found is None else (found.gb_hours, found.net)

    def hours(self) -> dict[str, float]:
        """Return the GB-hours of each repository on the bill, by full name in lower case."""
        found = self.bill.repositories if self.bill else {}
        return {f"{self.owner}/{name}".lower(): each.amounts.gb_hours for name, each in found.items() if name}


class _Metered(NamedTuple):
    day: date
    repository: str
    amounts: Amounts


def bill_of(lines: Iterable[UsageLine], first: date, today: date) -> Bill:
    """Return the bill of the month that starts on ``first``; days are in UTC."""
    lines = tuple(lines)
    read = [_metered(line, first) for line in lines if _is_storage(line)]
    metered = [line for line in read if line is not None]
    through = _last_complete_day({line.day for line in metered}, today)
    counted = [line for line in metered if through and line.day <= through]
    by_day = _grouped((line.day.day, line.amounts) for line in counted)
    days = through.day if through else 0
    names = {line.repository.casefold(): line.repository for line in reversed(metered)}
    by_name = _grouped((line.repository.casefold(), line.amounts) for line in counted)
    return Bill(
        first=first,
        through=through,
        total=_sum([line.amounts for line in counted]),
        repositories={key: RepositoryAmounts(name, by_name.get(key, Amounts())) for key, name in names.items()},
        daily=tuple(by_day.get(number + 1, Amounts()).gb_hours for number in range(days)),
        others=_others(lines),
        unreadable=len(read) - len(metered),
    )


def last_days(bill: Bill, earlier: Bill | None = None, days: int = 30) -> tuple[float | None, ...]:
    """Return the GB-hours of each of the last days, oldest first; None before the months that were read."""
    known: dict[date, float] = {}
    for month in (earlier, bill):
        known |= {month.first + number * _DAY: hours for number, hours in enumerate(month.daily)} if month else {}
    last = bill.through
    return tuple(known.get(last - number * _DAY) for number in reversed(range(days))) if last else ()


def biggest(bill: Bill, number: int = 3) -> tuple[list[RepositoryAmounts], Amounts]:
    """Return the repositories that cost most, of equal ones those that held most, and the sum of all others."""
    ranked = sorted(bill.repositories.values(), key=lambda one: (-one.amounts.net, -one.amounts.gb_hours, one.name))
    return ranked[:number], _sum([one.amounts for one in ranked[number:]])


def folded(text: str) -> str:
    """Return a name of a product, SKU or unit in the form that does not depend on its spelling."""
    return re.sub(r"[\s_-]+", "", text).casefold()


def _is_storage(line: UsageLine) -> bool:
    is_actions = folded(line.product) in {"actions", ""}
    return is_actions and folded(line.sku) == "actionsstorage" and folded(line.unit_type) == "gigabytehours"


def _metered(line: UsageLine, first: date) -> _Metered | None:
    """Return what a line says; None if a figure is missing, or the day is not of this month."""
    try:
        day = date.fromisoformat(line.date[:10])
    except ValueError:
        return None
    figures = (line.quantity, line.gross_amount, line.discount_amount, line.net_amount)
    known = [figure for figure in figures if figure is not None and isfinite(figure)]
    if len(known) < len(figures) or day.replace(day=1) != first:
        return None
    return _Metered(day, (line.repository_name or "").rpartition("/")[2].strip(), Amounts(*known))


def _last_complete_day(days: set[date], today: date) -> date | None:
    """Return the last day with a line before today; on the first day of a month, this may be today itself."""
    return max((day for day in days if day < today), default=max(days, default=None))


def _grouped(pairs: Iterable[tuple[int | str, Amounts]]) -> dict[int | str, Amounts]:
    groups: dict[int | str, list[Amounts]] = defaultdict(list)
    for key, amounts in pairs:
        groups[key].append(amounts)
    return {key: _sum(amounts) for key, amounts in groups.items()}


def _sum(amounts: Sequence[Amounts]) -> Amounts:
    return Amounts(
        fsum(one.gb_hours for one in amounts),
        fsum(one.gross for one in amounts),
        fsum(one.discount for one in amounts),
        fsum(one.net for one in amounts),
    )


def _others(lines: Iterable[UsageLine]) -> tuple[OtherUsage, ...]:
    groups: dict[tuple[str, str], list[UsageLine]] = defaultdict(list)
    for line in lines:
        if not _is_storage(line) and ("storage" in folded(line.sku) or folded(line.unit_type) == "gigabytehours"):
            groups[line.sku, line.unit_type].append(line)
    return tuple(
        OtherUsage(
            sku, unit, fsum(_finite(one.quantity for one in found)), fsum(_finite(one.net_amount for one in found))
        )
        for (sku, unit), found in sorted(groups.items())
    )


def _finite(figures: Iterable[float | None]) -> Iterator[float]:
    return (figure for figure in figures if figure is not None and isfinite(figure))
