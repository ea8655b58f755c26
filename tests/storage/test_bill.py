"""A month's bill from its lines, however they are written, and what is said about it."""

from __future__ import annotations

import random
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from msgspec.structs import replace

from artifact_tui.domain.billing import Budget, UsageLine
from artifact_tui.storage.bill import Amounts, Bill, OtherUsage, OwnerBill, biggest, bill_of, last_days
from artifact_tui.storage.bill_words import (
    bill_words,
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

FIRST, TODAY = date(2026, 11, 1), date(2026, 11, 26)


def line(day: int = 25, quantity: float | None = 24.0, net: float = 0.0, **more: Any) -> UsageLine:
    usual = {"product": "actions", "sku": "Actions storage", "unit_type": "GigabyteHours", "repository_name": "kestrel"}
    amounts = {"quantity": quantity, "gross_amount": 1.0, "discount_amount": 1.0 - net, "net_amount": net}
    return UsageLine(date=f"2026-11-{day:02}T03:00:00Z", **(usual | amounts | more))


def bill(*lines: UsageLine) -> Bill:
    return bill_of(lines, FIRST, TODAY)


@pytest.mark.parametrize(
    "same",
    [
        {"product": "Actions", "sku": "Actions Storage"},
        {"product": "", "sku": "actions_storage"},
        {"sku": "ACTIONS-STORAGE", "unit_type": "gigabyte-hours"},
        {"unit_type": "Gigabyte Hours"},
        {"repository_name": "fernwood-labs/kestrel"},
        {"repository_name": "Kestrel"},
    ],
)
def test_spellings_of_the_same_are_one(same: dict[str, Any]) -> None:
    found = bill(line(24), line(25, **same))
    assert (found.total.gb_hours, found.others, found.unreadable) == (48.0, (), 0)
    assert found.of("KESTREL") == found.total


def test_what_is_not_actions_storage_is_shown_as_it_is_and_never_added() -> None:
    found = bill(
        line(),
        line(sku="Actions cache storage", quantity=5, net=0.5),
        line(sku="Actions cache storage", quantity=6),
        line(product="packages", sku="Packages storage", quantity=None),
        line(unit_type="GigabyteMonths", quantity=1.5),
        line(sku="Actions New", quantity=float("nan")),
        line(sku="Actions Linux", unit_type="Minutes", quantity=900),
    )
    assert found.total.gb_hours == 24.0
    assert found.others == (
        OtherUsage("Actions New", "GigabyteHours", 0.0, 0.0),
        OtherUsage("Actions cache storage", "GigabyteHours", 11.0, 0.5),
        OtherUsage("Actions storage", "GigabyteMonths", 1.5, 0.0),
        OtherUsage("Packages storage", "GigabyteHours", 0.0, 0.0),
    )
    assert other_words(found)[1] == "Actions cache storage: 11.00 GigabyteHours, 0.50 USD charged"


def test_lines_without_a_repository_are_named_so() -> None:
    found = bill(line(repository_name=None, net=2.0), line(repository_name="", net=1.0), line(repository_name="a/"))
    assert found.of("") == found.total
    assert by_repository_words(found) == "without a repository 3.00 USD"


@pytest.mark.parametrize(
    "odd",
    [
        line(quantity=None),
        line(quantity=float("inf")),
        line(gross_amount=None),
        UsageLine(sku="Actions storage", unit_type="GigabyteHours", quantity=1.0),
        replace(line(), date="soon"),
        line(31),
    ],
)
def test_a_line_that_cannot_be_read_is_counted(odd: UsageLine) -> None:
    found = bill(line(), odd)
    assert (found.total.gb_hours, found.unreadable) == (24.0, 1)
    assert unread_lines_words(found) == "1 line of the bill could not be read; sums do not include them"
    assert unread_lines_words(bill(line())) == ""


def test_sums_are_exact_in_any_order() -> None:
    dice = random.Random(7)
    lines = [line(dice.randint(1, 25), dice.uniform(0, 1e6) ** dice.choice((1, 2)), net=0.1) for _ in range(500)]
    expected = float(sum(Fraction(one.quantity or 0) for one in lines))
    for _ in range(3):
        dice.shuffle(lines)
        assert bill(*lines).total.gb_hours == expected
        assert bill(*lines).total.net == float(500 * Fraction(0.1))


def test_the_last_complete_day_is_the_last_one_with_a_line_before_today() -> None:
    lines = [line(1), line(3), line(25), line(26, quantity=500, repository_name="new")]
    found = bill(*lines)
    assert (found.through, found.total.gb_hours, found.average_gib) == (date(2026, 11, 25), 72.0, 72 / 24 / 25)
    assert found.daily == (24.0, 0.0, 24.0, *[0.0] * 21, 24.0)
    assert found.of("new") == Amounts()
    first = bill_of([line(1)], FIRST, FIRST)
    assert (first.through, first.average_gib) == (FIRST, 1.0)
    nothing = bill_of([], FIRST, TODAY)
    assert (nothing.through, nothing.average_gib, nothing.daily, last_days(nothing)) == (None, 0.0, (), ())


def test_the_series_of_30_days_reaches_into_the_month_before() -> None:
    october = bill_of([line(1)], date(2026, 10, 1), TODAY)
    assert october.unreadable == 1
    november = bill(line(1, 8), line(2, 1), line(4, 80))
    assert last_days(november, days=6) == (None, None, 8.0, 1.0, 0.0, 80.0)
    whole = bill_of([replace(line(1, 16), date="2026-10-31")], date(2026, 10, 1), TODAY)
    series = last_days(november, whole)
    assert (len(series), series[-5:], sparkline(series[-6:])) == (30, (16.0, 8.0, 1.0, 0.0, 80.0), " ▂▁▁ █")
    assert sparkline(last_days(november, days=6)) == "··▁▁ █"
    assert sparkline([1, 2, 3, 4, 5, 6, 7, 8]) == "▁▂▃▄▅▆▇█"
    assert sparkline([0, None]) == " ·"


def of(read: Bill, **more: Any) -> OwnerBill:
    return OwnerBill(owner="fernwood-labs", holder="organization", bill=read, **more)


def test_the_bill_of_a_repository() -> None:
    read = of(bill(line(quantity=9910.4, net=2.02), line(1, repository_name="docs")))
    assert bill_words(read, "kestrel") == "kestrel: 9,910 GB-hours through 25 Nov, 2.02 USD charged"
    assert bill_words(read, "docs") == (
        "docs: 24.0 GB-hours through 25 Nov, 0.00 USD charged: included, discounted or stopped by a budget; the amount "
        "does not show which"
    )
    assert bill_words(read, "notes") == "notes is not on this month's bill"
    assert bill_words(of(bill()), "notes") == "notes is not on this month's bill"
    assert (read.billed("Kestrel"), read.billed("notes")) == ((9910.4, 2.02), (None, None))
    assert bill_words(of(bill(line(quantity=0.01, net=0.001))), "kestrel") == (
        "kestrel: under 0.1 GB-hours through 25 Nov, under 0.01 USD charged"
    )


@pytest.mark.parametrize(
    ("read", "said"),
    [
        ({"reason": "forbidden", "status": 403}, "only owners of acme can read its bill (403)"),
        (
            {"reason": "own account", "status": 404},
            'cannot read the bill: a classic token needs the scope "user", a fine-grained token needs "Plan: read" '
            "(404)",
        ),
        (
            {"reason": "organization", "status": 404},
            "cannot read the bill for acme: no permission, or an enterprise pays for it (404)",
        ),
        ({"reason": "status", "status": 503}, "cannot read the bill for acme (503); press r to retry"),
        ({"reason": "other", "detail": "no answer"}, "cannot read the bill for acme: no answer; press r to retry"),
        ({"reason": "token"}, "cannot read the bill for acme without a token"),
        ({"reason": "stranger"}, "only acme can read the bill of this account"),
        (
            {"reason": "server"},
            "no GitHub quota: this server keeps artifacts in its owner's storage, and deleting frees space there",
        ),
    ],
)
def test_why_a_bill_cannot_be_read(read: dict[str, Any], said: str) -> None:
    assert unreadable_words(OwnerBill(owner="acme", **read)) == said
    assert bill_words(OwnerBill(owner="acme", **read), "kestrel") == said


def test_the_bill_of_an_owner() -> None:
    lines = [line(day, 583.2, repository_name="kestrel") for day in range(1, 26)]
    lines += [
        line(quantity=0, net=2.02, gross_amount=4.5, discount_amount=2.48, repository_name="kestrel-studio"),
        line(quantity=0, net=0.39, gross_amount=0.4, discount_amount=0.01, repository_name="infrastructure"),
    ]
    read = of(bill(*lines))
    assert read.bill is not None
    assert period_words(read, read.bill) == "Bill for fernwood-labs, 1 to 25 November"
    assert metered_words(read.bill, 14_388_000_000) == (
        "14,580 GB-hours, 24.3 GiB on average; currently listed: 13.4 GiB"
    )
    assert charged_words(read.bill) == "2.41 USD (29.90 less 27.49 included or discounted)"
    assert by_repository_words(read.bill) == "kestrel-studio 2.02 USD, infrastructure 0.39 USD, all others 0.00"
    assert by_repository_words(bill(line())) == "all 0.00 USD"
    many = bill(*[line(net=number, repository_name=f"r{number}") for number in range(1, 6)])
    assert by_repository_words(many) == "r5 5.00 USD, r4 4.00 USD, r3 3.00 USD, all others 3.00"
    assert [one.name for one in biggest(many)[0]] == ["r5", "r4", "r3"]
    assert (metered_words(bill()), period_words(read, bill())) == (
        "nothing on this month's bill yet",
        "Bill for fernwood-labs, November",
    )


def budget(amount: float | None = 5.0, **more: Any) -> Budget:
    usual: dict[str, Any] = {"budget_product_sku": "actions", "prevent_further_usage": True}
    return Budget(id="1", budget_amount=amount, **({"budget_scope": "organization"} | usual | more))


NO_BUDGET = "no budget stops uploads"


@pytest.mark.parametrize(
    ("budgets", "said"),
    [
        ((budget(), budget(6000)), "5 USD for Actions; once used up, uploads are refused"),
        ((budget(0), budget()), "0 USD for Actions; once used up, uploads are refused"),
        ((budget(6000),), "6,000 USD for Actions; once used up, uploads are refused"),
        (
            (budget(2.5, budget_product_sku="", budget_product_skus=("Actions_Storage",)),),
            "2.50 USD for Actions storage; once used up, uploads are refused",
        ),
        ((budget(prevent_further_usage=False),), NO_BUDGET),
        ((budget(None),), NO_BUDGET),
        ((budget(budget_product_sku="packages"),), NO_BUDGET),
        ((budget(budget_scope="repository", budget_entity_name="acme/other"),), NO_BUDGET),
        ((budget(budget_scope="cost_center"), budget(budget_scope="user")), NO_BUDGET),
        (
            (budget(3, budget_scope="repository", budget_entity_name="acme/Kestrel"), budget()),
            "3 USD for Actions; once used up, uploads are refused",
        ),
        ((), NO_BUDGET),
    ],
)
def test_the_budget_that_stops_uploads(budgets: tuple[Budget, ...], said: str) -> None:
    assert budget_words(of(bill(), budgets=budgets), "kestrel") == said


def test_who_cannot_see_budgets() -> None:
    assert budget_words(of(bill(), budget_status=404)) == "only owners can see budgets"
    assert budget_words(of(bill(), budget_status=503)) == "cannot read the budgets of fernwood-labs (503)"
    assert budget_words(OwnerBill(owner="mira-holm", holder="user", bill=bill())) == ""


def test_the_amount_that_a_plan_includes() -> None:
    assert included_words("team") == "2 GB included in the team plan"
    assert included_words("Free") == "500 MB included in the free plan"
    assert (included_words(""), included_words("no such plan")) == ("", "")


def test_names_on_a_bill_are_printable() -> None:
    hostile = bill(
        line(repository_name="a\x1b[31m", net=1.0), line(sku="storage\x9b"), line(unit_type="\u202e", sku="storage")
    )
    said = [by_repository_words(hostile), *other_words(hostile), bill_words(of(hostile), "a\x1b[31m")]
    assert not any(sign in text for text in said for sign in "\x1b\x9b\u202e")
