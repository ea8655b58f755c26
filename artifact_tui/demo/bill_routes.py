"""Routes of the demo server for bills, budgets and plans.

Artifacts are billed for each hour from their creation to their expiry, even if they were deleted meanwhile. As in real
reports, quantities are integers or fractions, one SKU has two spellings, and a repository is named with its owner,
without it, or not at all.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from artifact_tui.demo.answers import node_id
from artifact_tui.demo.data import DemoRepository, Person, parse_time
from artifact_tui.demo.messages import DemoAnswer, Refusal, Values, json_answer
from artifact_tui.demo.site import Call

_PRICE = 0.00033602
"""USD per GB-hour, as GitHub bills it."""
_INCLUDED = 20.0
"""GB-hours per day that the plan includes and packages leave to artifacts of private repositories."""
_GIB = 2**30
_DAY = timedelta(days=1)
_SKUS = ("Actions storage", "Actions Storage")


class _Used(NamedTuple):
    product: str
    sku: str
    quantity: float
    unit: str = "GigabyteHours"
    price: float = _PRICE


_OTHERS = (
    _Used("actions", "Actions Linux", 412, "Minutes", 0.008),
    _Used("actions", "Actions cache storage", 24.25, price=0.00009409),
    _Used("packages", "Packages storage", 12.5, "gigabyte-hours"),
    _Used("Actions", "Actions snapshot storage", 6),
)
"""What an organization uses each day beside artifacts."""


def moved(call: Call) -> DemoAnswer:
    """Refuse an endpoint from before 2025 with 410."""
    raise Refusal(410 if call.site.flavor.bills else 404, "This endpoint has been moved.")


def own_usage(call: Call) -> DemoAnswer:
    """`GET /users/{user}/settings/billing/usage`: the bill of the account; 404 for others and without the scope."""
    account, owner = call.signed_in(), call.args[0]
    if not call.site.flavor.bills or owner != account.login or owner not in account.bills:
        raise Refusal(404, "Not Found")
    return _usage(call, call.site.store.people[owner])


def organization_usage(call: Call) -> DemoAnswer:
    """`GET /organizations/{org}/settings/billing/usage`: the bill of an organization."""
    return _usage(call, _billed_organization(call))


def budgets(call: Call) -> DemoAnswer:
    """`GET /organizations/{org}/settings/billing/budgets`: a budget that stops usage, and one that only warns."""
    organization = _billed_organization(call)
    rows = [
        _budget(1, "actions", organization.login, 5, stops=True),
        _budget(2, "packages", organization.login, 2, stops=False),
    ]
    page, headers = call.page(rows, call.request.path)
    more = {"has_next_page": 'rel="next"' in headers.get("Link", ""), "total_count": len(rows)}
    return json_answer({"budgets": page} | more, headers=headers)


def organization(call: Call) -> DemoAnswer:
    """`GET /orgs/{org}`: an organization, with its plan if the token can read the bill."""
    site, login = call.site, call.args[0]
    person = site.store.people.get(login)
    if person is None or person.kind != "Organization":
        raise Refusal(404, "Not Found")
    url, web = f"{site.flavor.api}/orgs/{login}", f"{site.flavor.web}/{login}"
    found: Values = {
        "login": login, "id": person.id, "node_id": node_id(person.kind, person.id), "url": url, "html_url": web,
        "repos_url": f"{url}/repos", "avatar_url": f"{web}.png", "name": person.name, "type": person.kind,
    }  # fmt: skip
    if call.account is not None and login in call.account.bills:
        found["plan"] = {"name": "team", "space": 976_562_499, "private_repos": 999_999, "seats": 5, "filled_seats": 4}
    return json_answer(found)


def _billed_organization(call: Call) -> Person:
    """Return the organization; refuse members whose token lacks the scope with 404, and others with 403."""
    account, organization = call.signed_in(), call.site.store.people.get(call.args[0])
    if not call.site.flavor.bills or organization is None or organization.kind != "Organization":
        raise Refusal(404, "Not Found")
    if organization.login in account.bills:
        return organization
    if organization.login in account.orgs:
        raise Refusal(404, "Not Found")
    raise Refusal(403, "You must be an organization owner or billing manager.")


def _budget(number: int, product: str, owner: str, amount: int, *, stops: bool) -> Values:
    return {
        "id": f"2066deda-923f-43f9-88d2-62395a28c0{number:02}", "budget_type": "ProductPricing",
        "budget_product_sku": product, "budget_scope": "organization", "budget_entity_name": owner,
        "budget_amount": amount, "prevent_further_usage": stops,
        "budget_alerting": {"will_alert": not stops, "alert_recipients": []},
    }  # fmt: skip


def _usage(call: Call, owner: Person) -> DemoAnswer:
    """Return the lines of a month; without one, its sums by SKU alone, as GitHub does."""
    now = call.site.clock().astimezone(UTC)
    query = call.request.query
    if not ("year" in query and "month" in query):
        first = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        return json_answer({"usageItems": _by_sku(_lines(call, owner, first, now))})
    try:
        first = datetime(int(query["year"]), int(query["month"]), 1, tzinfo=UTC)
    except ValueError:
        raise Refusal(400, "Invalid year or month.") from None
    return json_answer({"usageItems": list(_lines(call, owner, first, now))})


def _by_sku(lines: Iterator[Values]) -> list[Values]:
    """Return one line per SKU, of the first day that it was used."""
    sums: dict[str, Values] = {}
    for line in lines:
        known = sums.setdefault(line["sku"], {**line, "quantity": 0.0, "netAmount": 0.0, "repositoryName": ""})
        known["quantity"] += line["quantity"]
        known["netAmount"] += line["netAmount"]
    return list(sums.values())


def _lines(call: Call, owner: Person, first: datetime, now: datetime) -> Iterator[Values]:
    """Yield the lines of each day that is over."""
    hours = _gigabyte_hours(call, owner, first)
    owned = [item for item in call.site.store.repositories.values() if item.owner == owner.login]
    for number in range(31):
        day = first + number * _DAY
        if day.month != first.month or day + _DAY > now:
            return
        left = _INCLUDED
        for repository in owned:
            quantity = hours.get((repository.id, number), 0.0)
            free = min(quantity, left) if repository.private else quantity
            left -= free if repository.private else 0.0
            if quantity:
                yield _storage_line(repository, owner, day, quantity, free)
        if owner.kind == "Organization":
            yield from (_line(owner, day, used) | {"repositoryName": ""} for used in _OTHERS)
            yield _line(owner, day, _Used("actions", _SKUS[0], 3), 3)


def _storage_line(repository: DemoRepository, owner: Person, day: datetime, quantity: float, free: float) -> Values:
    """Return a line for artifacts, whose spelling depends on the repository; whole numbers are integers."""
    is_odd = repository.id % 2 == 1
    amount = int(quantity) if quantity.is_integer() else quantity
    line = _line(owner, day, _Used("Actions" if is_odd else "actions", _SKUS[is_odd], amount), free)
    return line | {"repositoryName": repository.full_name if is_odd else repository.name}


def _line(owner: Person, day: datetime, used: _Used, free: float = 0.0) -> Values:
    gross, discount = round(used.quantity * used.price, 8), round(free * used.price, 8)
    line = {
        "date": f"{day:%Y-%m-%d}T00:00:00Z", "product": used.product, "sku": used.sku, "quantity": used.quantity,
        "unitType": used.unit, "pricePerUnit": used.price, "grossAmount": gross, "discountAmount": discount,
        "netAmount": round(gross - discount, 8),
    }  # fmt: skip
    return line | ({"organizationName": owner.login} if owner.kind == "Organization" else {})


def _gigabyte_hours(call: Call, owner: Person, first: datetime) -> dict[tuple[int, int], float]:
    """Return the GB-hours of each repository and day, days counted from 0."""
    hours: dict[tuple[int, int], float] = defaultdict(float)
    for artifact in call.site.store.ever:
        if call.site.store.repositories[artifact.repository].owner != owner.login:
            continue
        start, end = parse_time(artifact.created_at), parse_time(artifact.expires_at)
        for number in range(max(0, (start - first).days), min(31, (end - first).days + 1)):
            day = first + number * _DAY
            held = (min(end, day + _DAY) - max(start, day)) / timedelta(hours=1)
            if held > 0:
                hours[artifact.repository, number] += held * artifact.size / _GIB
    return hours
