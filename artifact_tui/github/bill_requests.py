"""The requests for the bill of an owner: usage of a month, budgets, plan.

Sources: GitHub's documentation, "REST API endpoints for billing usage" and "Budgets". The older endpoints
(``…/settings/billing/shared-storage`` and ``…/actions``) answer 410 and are never requested.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

from msgspec import Struct

from artifact_tui.domain.billing import Budget, Holder, Plan, UsageLine
from artifact_tui.domain.provider import NotFound, ServerTrouble
from artifact_tui.github.decode import decode_listing, decode_one, nonsense
from artifact_tui.github.http.pages import Walk
from artifact_tui.github.http.requests import Request, path_of
from artifact_tui.github.http.transport import AsyncApi
from artifact_tui.github.listings import whole


class _PlanName(Struct):
    name: str = ""


class _Owner(Struct):
    login: str
    plan: _PlanName | None = None


class _Report(Struct, rename="camel"):
    usage_items: object = None


class BillRequests:
    """The requests of one host and account."""

    def __init__(self, api: AsyncApi, clock: Callable[[], datetime]) -> None:
        self._api = api
        self._clock = clock

    async def plan(self, owner: str, login: str = "") -> Plan:
        """Return the plan of ``GET /orgs/OWNER``, or else ``GET /user``; ``login`` is the account, if known."""
        if login.casefold() != owner.casefold():
            try:
                return Plan(holder="organization", name=_plan_name(await self._owner(path_of("orgs", owner))))
            except NotFound:  # a user
                pass
        viewer = await self._owner("/user")
        is_own = viewer.login.casefold() == owner.casefold()
        return Plan(holder="user", name=_plan_name(viewer)) if is_own else Plan(holder=None)

    async def _owner(self, path: str) -> _Owner:
        return decode_one((await self._api.get(Request(path=path, what="The account"))).body, _Owner)

    async def bill(self, owner: str, holder: Holder, year: int, month: int) -> tuple[UsageLine, ...]:
        """Return ``GET /users/…`` or ``/organizations/…/settings/billing/usage`` of one month.

        Without year and month, GitHub would return sums that name no repository.
        """
        path = path_of("users" if holder == "user" else "organizations", owner, "settings", "billing", "usage")
        query = (("year", str(year)), ("month", str(month)))
        answer = await self._api.get(Request(path=path, query=query, what="The bill", stored=False))
        return _lines(answer.body)

    async def budgets(self, organization: str) -> tuple[Budget, ...]:
        """Return all of ``GET /organizations/…/settings/billing/budgets``; users have no such endpoint."""
        path = path_of("organizations", organization, "settings", "billing", "budgets")
        walk = Walk(self._api, Request(path=path, what="The list of budgets"), _budgets, clock=self._clock)
        return await whole(walk, "budgets")


def _lines(body: bytes) -> tuple[UsageLine, ...]:
    """Return the lines of a report, which may leave out an empty list."""
    try:
        page = decode_listing(body, UsageLine, "usageItems")
    except ServerTrouble:
        if decode_one(body, _Report).usage_items is None:
            return ()
        raise
    if page.skipped:
        raise nonsense()
    return page.items


_budgets = partial(decode_listing, kind=Budget, key="budgets")


def _plan_name(owner: _Owner) -> str:
    return owner.plan.name if owner.plan else ""
