"""Reading a bill: what is requested of whom, and how often."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest

from artifact_tui.cache.list_cache import LastLists, forget_lists
from artifact_tui.demo import flavors
from artifact_tui.demo.accounts import ACCOUNTS, DEMO_TOKEN, NO_SCOPE_TOKEN, OUTSIDER_TOKEN
from artifact_tui.demo.fixed_clock import DEMO_NOW
from artifact_tui.demo.flavors import Flavor
from artifact_tui.domain.provider import RateLimited
from artifact_tui.storage.bill import OwnerBill, last_days
from artifact_tui.storage.bill_reader import BillReader, ask_once
from artifact_tui.storage.bill_words import bill_words, budget_words, included_words, unreadable_words
from tests.double.faults import SECONDARY_LIMIT, SSO
from tests.double.server import FakeGitHub
from tests.github.stage import provider

ORGANIZATION, OWN = "fernwood-labs", "mira-holm"
OWNERS_TOKEN = "token-that-reads-the-bills-of-both"
PLAN, USAGE, BUDGETS = (
    f"/orgs/{ORGANIZATION}",
    f"/organizations/{ORGANIZATION}/settings/billing/usage",
    f"/organizations/{ORGANIZATION}/settings/billing/budgets",
)
Answer = TypeVar("Answer")


class Stage:
    """A reader in front of a server, with a clock that tests move."""

    def __init__(self, flavor: Flavor = flavors.GITHUB, *, token: str = DEMO_TOKEN, **reader: Any) -> None:
        own = replace(ACCOUNTS[0], token=OWNERS_TOKEN, bills=(ORGANIZATION, OWN))
        self.server = FakeGitHub(flavor, accounts=[*ACCOUNTS, own])
        self.now = DEMO_NOW
        self.reader = BillReader(provider(self.server, token=token), lambda: self.now, **reader)

    @property
    def sent(self) -> list[str]:
        """The paths of all requests."""
        return [request.path for request in self.server.requests]


async def test_an_organization_costs_three_requests_at_most_once_an_hour() -> None:
    stage = Stage()
    read = await stage.reader.read(ORGANIZATION)
    assert stage.sent == [PLAN, USAGE, BUDGETS]
    assert stage.server.requests[1].query == {"year": "2026", "month": "11"}
    assert bill_words(read, "kestrel-studio") == "kestrel-studio: 520 GB-hours through 19 Nov, 0.05 USD charged"
    assert bill_words(read, "kestrel").startswith("kestrel: 545 GB-hours through 19 Nov, 0.00 USD charged: included,")
    assert budget_words(read) == "5 USD for Actions; once used up, uploads are refused"
    assert included_words(read.plan) == "2 GB included in the team plan"
    stage.now += timedelta(minutes=59)
    assert await stage.reader.read("Fernwood-Labs") == read
    assert len(stage.sent) == 3
    stage.now += timedelta(minutes=1)
    await stage.reader.read(ORGANIZATION)
    assert len(stage.sent) == 6


async def test_readers_at_the_same_time_share_the_answer() -> None:
    stage = Stage()
    first, second = await asyncio.gather(*[stage.reader.read(ORGANIZATION) for _ in range(2)])
    assert (first == second, len(stage.sent)) == (True, 3)


@pytest.mark.parametrize(
    ("token", "owner", "sent", "said"),
    [
        (OUTSIDER_TOKEN, ORGANIZATION, [PLAN, USAGE], "only owners of fernwood-labs can read its bill (403)"),
        (
            NO_SCOPE_TOKEN,
            ORGANIZATION,
            [PLAN, USAGE],
            "cannot read the bill for fernwood-labs: no permission, or an enterprise pays for it (404)",
        ),
        (
            DEMO_TOKEN,
            OWN,
            [f"/orgs/{OWN}", "/user", f"/users/{OWN}/settings/billing/usage"],
            'cannot read the bill: a classic token needs the scope "user", a fine-grained token needs "Plan: read" '
            "(404)",
        ),
        (
            DEMO_TOKEN,
            "lena-marchetti",
            ["/orgs/lena-marchetti", "/user"],
            "only lena-marchetti can read the bill of this account",
        ),
        ("", ORGANIZATION, [], "cannot read the bill for fernwood-labs without a token"),
    ],
)
async def test_what_cannot_be_read_is_asked_once_an_hour(token: str, owner: str, sent: list[str], said: str) -> None:
    stage = Stage(token=token)
    assert unreadable_words(await stage.reader.read(owner)) == said
    assert unreadable_words(await stage.reader.read(owner)) == said
    assert stage.sent == sent


async def test_the_bill_of_the_account_has_no_budgets() -> None:
    stage = Stage(token=OWNERS_TOKEN)
    read = await stage.reader.read(OWN)
    assert stage.sent == [f"/orgs/{OWN}", "/user", f"/users/{OWN}/settings/billing/usage"]
    assert read.bill is not None
    assert read.bill.of("notes-to-pdf") is not None
    assert (budget_words(read), included_words(read.plan)) == ("", "1 GB included in the pro plan")


@pytest.mark.parametrize(
    ("path", "fault", "said"),
    [
        (USAGE, {"status": 503, "body": "{}"}, "cannot read the bill for fernwood-labs (503); press r to retry"),
        (USAGE, {"status": 400, "body": "{}"}, "cannot read the bill for fernwood-labs (400); press r to retry"),
        (PLAN, {"status": 500, "body": "{}"}, "cannot read the bill for fernwood-labs (500); press r to retry"),
        (PLAN, {"status": 401, "body": "{}"}, "cannot read the bill for fernwood-labs (401); press r to retry"),
        (
            USAGE,
            SSO,
            "cannot read the bill for fernwood-labs: this organization requires single sign-on; press r to retry",
        ),
        (
            USAGE,
            {"status": 200, "body": "[]"},
            "cannot read the bill for fernwood-labs: Invalid response: not from GitHub's API; press r to retry",
        ),
    ],
)
async def test_what_may_pass_is_asked_again_when_the_user_retries(path: str, fault: dict[str, Any], said: str) -> None:
    stage = Stage()
    stage.server.fault(f"GET {path}", **fault, times=4)
    assert unreadable_words(await stage.reader.read(ORGANIZATION)) == said
    stage.server.faults.clear()
    assert (await stage.reader.read(ORGANIZATION)).bill is not None


async def test_budgets_that_only_owners_can_see() -> None:
    stage = Stage()
    stage.server.fault(f"GET {BUDGETS}", status=403, body="{}", times=9)
    assert budget_words(await stage.reader.read(ORGANIZATION)) == "only owners can see budgets"
    await stage.reader.read(ORGANIZATION)
    assert len(stage.sent) == 3


async def test_a_failure_of_budgets_is_not_kept() -> None:
    stage = Stage()
    stage.server.fault(f"GET {BUDGETS}", status=400, body="{}")
    assert budget_words(await stage.reader.read(ORGANIZATION)) == "cannot read the budgets of fernwood-labs (400)"
    assert budget_words(await stage.reader.read(ORGANIZATION)).startswith("5 USD")


@pytest.mark.parametrize("owner", [ORGANIZATION, OWN])
async def test_with_data_residency_the_organization_is_asked_once(owner: str) -> None:
    stage = Stage(flavors.DATA_RESIDENCY)
    for _ in range(2):
        said = unreadable_words(await stage.reader.read(owner))
        assert said == f"cannot read the bill for {owner}: no permission, or an enterprise pays for it (404)"
    assert stage.sent == ([PLAN, USAGE] if owner == ORGANIZATION else [f"/orgs/{OWN}", "/user"])


async def test_an_enterprise_server_is_never_asked() -> None:
    stage = Stage(flavors.GHES_3_19)
    assert unreadable_words(await stage.reader.read(ORGANIZATION)).startswith("no GitHub quota: this server keeps")
    assert stage.sent == []


async def test_a_wait_for_the_rate_limit_is_up_to_the_caller() -> None:
    async def patient(request: Callable[[], Awaitable[Answer]]) -> Answer:
        try:
            return await request()
        except RateLimited:
            return await ask_once(request)

    stage = Stage(ask=patient)
    stage.server.fault(f"GET {USAGE}", **SECONDARY_LIMIT)
    assert (await stage.reader.read(ORGANIZATION)).bill is not None
    stage = Stage()
    stage.server.fault(f"GET {USAGE}", **SECONDARY_LIMIT)
    read = await stage.reader.read(ORGANIZATION)
    assert (read.reason, read.is_lasting) == ("other", False)
    assert unreadable_words(read).startswith("cannot read the bill for fernwood-labs: Rate limit")


async def test_the_month_before_completes_the_series() -> None:
    stage = Stage()
    read = await stage.reader.read(ORGANIZATION)
    earlier = await stage.reader.earlier(read)
    assert (stage.sent[3:], stage.server.requests[3].query) == ([USAGE], {"year": "2026", "month": "10"})
    assert (await stage.reader.earlier(read), len(stage.sent)) == (earlier, 4)
    assert read.bill is not None
    assert all(last_days(read.bill, earlier))
    assert last_days(read.bill)[0] is None
    assert await stage.reader.earlier(OwnerBill(owner=ORGANIZATION)) is None


async def test_a_new_month_is_another_bill() -> None:
    stage = Stage()
    stage.now = datetime(2026, 11, 30, 23, 59, tzinfo=UTC)
    await stage.reader.read(ORGANIZATION)
    stage.now += timedelta(minutes=1)
    read = await stage.reader.read(ORGANIZATION)
    assert [request.query["month"] for request in stage.server.requests if request.path == USAGE] == ["11", "12"]
    assert bill_words(read, "kestrel") == "kestrel is not on this month's bill"


def lists(directory: Path, token: str = DEMO_TOKEN, server: str = "https://api.github.com") -> LastLists:
    return LastLists(directory, server, lambda key: f"{token} {key.hex()}")


async def test_the_answer_is_kept_for_later_programs(tmp_path: Path) -> None:
    read = await Stage(lists=lists(tmp_path)).reader.read(ORGANIZATION)
    [kept] = tmp_path.glob("*.list")
    assert (kept.stat().st_mode & 0o777, DEMO_TOKEN.encode() in kept.read_bytes()) == (0o600, False)
    later = Stage(lists=lists(tmp_path))
    assert (await later.reader.read(ORGANIZATION), later.sent) == (read, [])
    for other in (lists(tmp_path, "another token"), lists(tmp_path, server="https://api.acme.ghe.com")):
        stage = Stage(lists=other)
        await stage.reader.read(ORGANIZATION)
        assert len(stage.sent) == 3
    later.now += timedelta(hours=1)
    await later.reader.read(ORGANIZATION)
    assert len(later.sent) == 3
    another = Stage(lists=lists(tmp_path))
    another.now = later.now + timedelta(minutes=61)
    await another.reader.read(ORGANIZATION)
    later.now = another.now + timedelta(minutes=59)
    await later.reader.read(ORGANIZATION)
    assert (len(another.sent), len(later.sent)) == (3, 3)
    assert forget_lists(tmp_path)
    after = Stage(lists=lists(tmp_path))
    await after.reader.read(ORGANIZATION)
    assert len(after.sent) == 3


async def test_a_damaged_file_and_one_from_the_future_are_ignored(tmp_path: Path) -> None:
    ahead = Stage(lists=lists(tmp_path))
    ahead.now += timedelta(minutes=5)
    await ahead.reader.read(ORGANIZATION)
    stage = Stage(lists=lists(tmp_path))
    await stage.reader.read(ORGANIZATION)
    assert len(stage.sent) == 3
    [kept] = tmp_path.glob("*.list")
    kept.write_bytes(kept.read_bytes()[:-9])
    stage = Stage(lists=lists(tmp_path))
    await stage.reader.read(ORGANIZATION)
    assert len(stage.sent) == 3


async def test_nothing_is_ever_requested_from_an_endpoint_that_has_moved() -> None:
    for flavor in (flavors.GITHUB, flavors.DATA_RESIDENCY, flavors.GHES_3_19):
        for token in (OWNERS_TOKEN, OUTSIDER_TOKEN):
            stage = Stage(flavor, token=token)
            for owner in (ORGANIZATION, OWN):
                await stage.reader.earlier(await stage.reader.read(owner))
            assert not any(path.endswith(("/shared-storage", "/billing/actions", "/packages")) for path in stage.sent)
            assert all(
                {"year", "month"} <= set(request.query) for request in stage.server.requests if "usage" in request.path
            )
