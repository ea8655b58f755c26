"""Bills of the demo server, with what makes real ones hard to read."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from artifact_tui.demo import flavors
from artifact_tui.demo.accounts import ACCOUNTS, NO_SCOPE_TOKEN, OUTSIDER_TOKEN
from artifact_tui.demo.flavors import Flavor
from tests.contract import Description
from tests.demo.asking import api_client
from tests.double.server import FakeGitHub

ORGANIZATION, OWN = "/organizations/fernwood-labs/settings/billing", "/users/mira-holm/settings/billing"
NOVEMBER = {"year": "2026", "month": "11"}


def lines(server: FakeGitHub, **query: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api_client(server).get(f"{ORGANIZATION}/usage", params=query).json()["usageItems"]
    return found


def test_a_bill_has_one_line_per_day_sku_and_repository() -> None:
    found = lines(FakeGitHub(), **NOVEMBER)
    assert {line["date"][8:10] for line in found} == {f"{day:02}" for day in range(1, 20)}
    assert {line["sku"] for line in found} >= {"Actions storage", "Actions Storage", "Packages storage"}
    assert {type(line["quantity"]) for line in found} == {int, float}
    assert {line.get("repositoryName") for line in found} >= {"kestrel", "fernwood-labs/flight-recorder", "", None}
    assert all(line["netAmount"] == 0 for line in found if line.get("repositoryName") == "kestrel")
    assert sum(line["netAmount"] for line in found if line.get("repositoryName") == "kestrel-studio") > 0
    assert {line["date"][:7] for line in lines(FakeGitHub(), year="2026", month="10")} == {"2026-10"}


def test_without_a_month_it_is_a_sum_that_names_no_repository() -> None:
    found = lines(FakeGitHub())
    assert len({line["sku"] for line in found}) == len(found) == 6
    assert {line["date"][:10] for line in found} == {"2026-11-01"}


def test_what_was_deleted_stays_on_the_bill() -> None:
    server = FakeGitHub()
    before = lines(server, **NOVEMBER)
    for number in list(server.store.artifacts):
        server.store.delete_artifact(number)
    assert lines(server, **NOVEMBER) == before


@pytest.mark.parametrize(
    ("token", "path", "status"),
    [
        (OUTSIDER_TOKEN, f"{ORGANIZATION}/usage", 403),
        (OUTSIDER_TOKEN, f"{ORGANIZATION}/budgets", 403),
        (NO_SCOPE_TOKEN, f"{ORGANIZATION}/usage", 404),
        (NO_SCOPE_TOKEN, f"{OWN}/usage", 404),
        ("owner", f"{OWN}/usage", 200),
        ("owner", "/users/lena-marchetti/settings/billing/usage", 404),
        ("owner", "/organizations/mira-holm/settings/billing/usage", 404),
        ("owner", f"{ORGANIZATION}/usage?year=2026&month=13", 400),
        ("owner", f"{OWN}/shared-storage", 410),
        ("owner", "/orgs/fernwood-labs/settings/billing/actions", 410),
        ("owner", "/orgs/mira-holm", 404),
    ],
)
def test_who_can_read_what(token: str, path: str, status: int) -> None:
    owner = replace(ACCOUNTS[0], token="owner", bills=("fernwood-labs", "mira-holm"))
    assert api_client(FakeGitHub(accounts=[*ACCOUNTS, owner]), token).get(path).status_code == status


@pytest.mark.parametrize("flavor", [flavors.DATA_RESIDENCY, flavors.GHES_3_19], ids=lambda flavor: flavor.name)
def test_some_servers_have_no_bill_of_an_organization(flavor: Flavor) -> None:
    client = api_client(FakeGitHub(flavor))
    for path in (f"{ORGANIZATION}/usage", f"{ORGANIZATION}/budgets", f"{OWN}/usage", f"{OWN}/shared-storage"):
        assert client.get(path).status_code == 404


@pytest.mark.parametrize("name", ["api.github.com.2022-11-28", "api.github.com.2026-03-10"])
def test_an_account_with_its_plan_is_as_described(name: str) -> None:
    owner = replace(ACCOUNTS[0], bills=("mira-holm",))
    body = api_client(FakeGitHub(accounts=[owner]), owner.token).get("/user").json()
    assert body["plan"]["name"] == "pro"
    Description.load(name).check_response("GET", "/user", 200, body)


def test_a_plan_is_named_to_those_who_can_read_the_bill() -> None:
    server = FakeGitHub()
    assert api_client(server).get("/orgs/fernwood-labs").json()["plan"]["name"] == "team"
    assert "plan" not in api_client(server, OUTSIDER_TOKEN).get("/orgs/fernwood-labs").json()
    budgets = api_client(server).get(f"{ORGANIZATION}/budgets", params={"per_page": "1"}).json()
    assert (len(budgets["budgets"]), budgets["total_count"], budgets["has_next_page"]) == (1, 2, True)
