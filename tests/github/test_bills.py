"""Reading bills, budgets and plans."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import msgspec
import pytest

from artifact_tui.demo.accounts import ACCOUNTS, DEMO_TOKEN, NO_SCOPE_TOKEN, OUTSIDER_TOKEN
from artifact_tui.domain.billing import Plan, UsageLine
from artifact_tui.domain.provider import Forbidden, NotFound, ProviderError, ServerTrouble, TokenNeeded
from tests.double.server import FakeGitHub
from tests.github.stage import provider

ORGANIZATION = "fernwood-labs"
USAGE, BUDGETS = (f"GET /organizations/{ORGANIZATION}/settings/billing/{part}" for part in ("usage", "budgets"))


def sent(server: FakeGitHub) -> list[str]:
    return [request.url.removeprefix("https://api.github.com") for request in server.requests]


async def test_a_month_is_always_named_and_lines_come_as_they_are() -> None:
    server = FakeGitHub()
    lines = await provider(server).bill(ORGANIZATION, "organization", 2026, 11)
    assert sent(server) == [f"/organizations/{ORGANIZATION}/settings/billing/usage?year=2026&month=11"]
    assert {line.repository_name for line in lines} >= {"kestrel", "fernwood-labs/flight-recorder", "", None}
    assert {line.sku for line in lines} >= {"Actions storage", "Actions Storage", "Packages storage"}
    assert all(isinstance(line.quantity, float) for line in lines)


@pytest.mark.parametrize(
    ("item", "line"),
    [
        ('{"quantity": 3, "sku": null, "netAmount": 0}', UsageLine(quantity=3.0, net_amount=0.0)),
        ('{"quantity": "many", "sku": "x", "date": 5}', UsageLine(sku="x")),
        ('{"quantity": 1.5, "repositoryName": null, "more": []}', UsageLine(quantity=1.5)),
    ],
)
async def test_one_odd_field_costs_no_bill(item: str, line: UsageLine) -> None:
    server = FakeGitHub()
    server.fault(USAGE, status=200, body=f'{{"usageItems": [{item}, {{"quantity": 2}}]}}')
    found = await provider(server).bill(ORGANIZATION, "organization", 2026, 11)
    assert found == (line, UsageLine(quantity=2.0))


@pytest.mark.parametrize("body", ["{}", '{"usageItems": null}', '{"usageItems": []}'])
async def test_an_empty_bill_may_lack_its_lines(body: str) -> None:
    server = FakeGitHub()
    server.fault(USAGE, status=200, body=body)
    assert await provider(server).bill(ORGANIZATION, "organization", 2026, 11) == ()


@pytest.mark.parametrize("body", ["[]", '{"usageItems": 5}', '{"usageItems": [7]}'])
async def test_what_is_no_bill_is_refused(body: str) -> None:
    server = FakeGitHub()
    server.fault(USAGE, status=200, body=body)
    with pytest.raises(ServerTrouble):
        await provider(server).bill(ORGANIZATION, "organization", 2026, 11)


@pytest.mark.parametrize(
    ("owner", "plan", "requests"),
    [
        (ORGANIZATION, Plan(holder="organization", name="team"), [f"/orgs/{ORGANIZATION}"]),
        ("Mira-Holm", Plan(holder="user", name="pro"), ["/orgs/Mira-Holm", "/user"]),
        ("lena-marchetti", Plan(holder=None), ["/orgs/lena-marchetti", "/user"]),
    ],
)
async def test_the_plan_tells_whose_bill_it_is(owner: str, plan: Plan, requests: Sequence[str]) -> None:
    own = replace(ACCOUNTS[0], bills=(ORGANIZATION, "mira-holm"))
    server = FakeGitHub(accounts=[own])
    assert (await provider(server).plan(owner), sent(server)) == (plan, requests)


async def test_a_known_account_costs_one_request() -> None:
    server = FakeGitHub()
    client = provider(server)
    await client.viewer()
    server.requests.clear()
    assert await client.plan("MIRA-HOLM") == Plan(holder="user")
    assert sent(server) == ["/user"]


async def test_without_a_token_nothing_is_requested() -> None:
    server = FakeGitHub()
    with pytest.raises(TokenNeeded):
        await provider(server, token="").plan(ORGANIZATION)
    assert sent(server) == []


async def test_budgets_are_read_from_all_pages() -> None:
    server = FakeGitHub()
    [actions, packages] = await provider(server).budgets(ORGANIZATION)
    assert (actions.budget_product_sku, actions.budget_amount, actions.prevent_further_usage) == ("actions", 5.0, True)
    assert not packages.prevent_further_usage
    many = [{"id": f"{number}", "budget_product_skus": ["actions_storage"]} for number in range(2)]
    for page, budget in enumerate(many, 1):
        link = {"Link": '<https://api.github.com/x?page=2>; rel="next"'} if page == 1 else {}
        body = msgspec.json.encode({"budgets": [budget]})
        server.fault(BUDGETS, status=200, body=body, headers=link, page=page)
    assert [budget.id for budget in await provider(server).budgets(ORGANIZATION)] == ["0", "1"]


@pytest.mark.parametrize(
    ("token", "owner", "kind", "status"),
    [
        (OUTSIDER_TOKEN, ORGANIZATION, Forbidden, 403),
        (NO_SCOPE_TOKEN, ORGANIZATION, NotFound, 404),
        (DEMO_TOKEN, "lena-marchetti", NotFound, 404),
    ],
)
async def test_an_error_has_the_status(token: str, owner: str, kind: type[ProviderError], status: int) -> None:
    with pytest.raises(kind) as caught:
        await provider(FakeGitHub(), token=token).bill(owner, "organization", 2026, 11)
    assert caught.value.status == status
