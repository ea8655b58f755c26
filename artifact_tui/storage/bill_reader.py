"""Reads the bill of an owner, at most once an hour.

An answer is kept in memory and, if there is a cache of lists, as one of its files: with the same key and permissions,
and removed with them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Protocol, TypeVar

from msgspec.structs import replace

from artifact_tui.cache.list_cache import LastLists, Saved
from artifact_tui.daemon_thread import in_daemon_thread
from artifact_tui.domain.billing import Holder
from artifact_tui.domain.models import HostKind
from artifact_tui.domain.provider import (
    Forbidden,
    NotFound,
    Provider,
    ProviderError,
    RateLimited,
    SsoRequired,
    TokenNeeded,
)
from artifact_tui.storage.bill import Bill, OwnerBill, Reason, bill_of
from artifact_tui.text import clause

Answer = TypeVar("Answer")
KEPT_FOR = timedelta(hours=1)
_SAID_BY_SENTENCE = (RateLimited, SsoRequired)
"""Errors whose status alone would say too little."""


class SendRequest(Protocol):
    """How a request is sent."""

    async def __call__(self, request: Callable[[], Awaitable[Answer]]) -> Answer:
        """Return the answer of ``request``, which may be called again."""


async def ask_once(request: Callable[[], Awaitable[Answer]]) -> Answer:
    """Return the answer of a request."""
    return await request()


class BillReader:
    """Reads bills; ``ask`` sends each request, and may wait and repeat it.

    A bill takes at most three requests: plan, usage, and budgets; for an account, two for the plan, but none for
    budgets. Enterprise Server has no bills, so nothing is requested there.
    """

    def __init__(
        self,
        provider: Provider,
        clock: Callable[[], datetime],
        lists: LastLists | None = None,
        ask: SendRequest = ask_once,
    ) -> None:
        self._provider = provider
        self._clock = clock
        self._lists = lists
        self._ask = ask
        self._kept: dict[str, Saved[OwnerBill]] = {}
        self._lock = asyncio.Lock()

    async def read(self, owner: str) -> OwnerBill:
        """Return the bill of this month, or why it cannot be read; never raises :class:`ProviderError`."""
        kind = self._provider.connection.server.kind
        if not kind.is_cloud:
            return OwnerBill(owner=owner, reason="server")
        first = self._clock().astimezone(UTC).date().replace(day=1)
        return await self._remembered(owner, first, partial(self._request, owner, kind, first))

    async def earlier(self, read: OwnerBill) -> Bill | None:
        """Return the bill of the month before one that was read; None if there is none."""
        if read.bill is None or read.holder is None:
            return None
        first = (read.bill.first - timedelta(days=1)).replace(day=1)
        alone = OwnerBill(owner=read.owner, holder=read.holder, budgets=())
        request = partial(self._request_bill, alone, read.holder, first)
        return (await self._remembered(read.owner, first, request)).bill

    async def _remembered(self, owner: str, first: date, request: Callable[[], Awaitable[OwnerBill]]) -> OwnerBill:
        """Return what was read within the hour, or read it; errors that may pass are not kept."""
        name = f"bill of {owner.casefold()} in {first:%Y-%m}"
        async with self._lock:
            kept = self._fresh(self._kept.get(name)) or self._fresh(await self._stored(name))
            if kept is not None:
                self._kept[name] = kept
                return kept.items[0]
            read = await request()
            if read.is_lasting:
                saved = self._kept[name] = Saved(at=self._clock(), items=(read,))
                if self._lists is not None:
                    await in_daemon_thread(partial(self._lists.write, name, saved))
            return read

    async def _stored(self, name: str) -> Saved[OwnerBill] | None:
        if self._lists is None:
            return None
        return await in_daemon_thread(partial(self._lists.read, name, OwnerBill, self._clock()))

    def _fresh(self, kept: Saved[OwnerBill] | None) -> Saved[OwnerBill] | None:
        is_fresh = kept is not None and kept.items and timedelta(0) <= self._clock() - kept.at < KEPT_FOR
        return kept if is_fresh else None

    async def _request(self, owner: str, kind: HostKind, first: date) -> OwnerBill:
        read = OwnerBill(owner=owner)
        try:
            plan = await self._ask(lambda: self._provider.plan(owner))
        except ProviderError as error:
            return _unreadable(read, error)
        if plan.holder == "user" and kind is HostKind.DATA_RESIDENCY:
            return replace(read, reason="organization", status=404)  # an enterprise pays for all its users
        if plan.holder is None:
            return replace(read, reason="stranger")
        read = await self._request_bill(replace(read, holder=plan.holder, plan=plan.name), plan.holder, first)
        if read.bill is None:
            return read
        return await self._with_budgets(read) if plan.holder == "organization" else replace(read, budgets=())

    async def _request_bill(self, read: OwnerBill, holder: Holder, first: date) -> OwnerBill:
        try:
            lines = await self._ask(lambda: self._provider.bill(read.owner, holder, first.year, first.month))
        except ProviderError as error:
            return _unreadable(read, error)
        return replace(read, bill=bill_of(lines, first, self._clock().astimezone(UTC).date()))

    async def _with_budgets(self, read: OwnerBill) -> OwnerBill:
        try:
            return replace(read, budgets=await self._ask(lambda: self._provider.budgets(read.owner)))
        except ProviderError as error:
            return replace(read, budget_status=error.status)


def _unreadable(read: OwnerBill, error: ProviderError) -> OwnerBill:
    if isinstance(error, TokenNeeded):
        return replace(read, reason="token", status=error.status)
    if not error.status or isinstance(error, _SAID_BY_SENTENCE):
        return replace(read, reason="other", status=error.status, detail=clause(error.sentence))
    reason: Reason = "forbidden" if isinstance(error, Forbidden) else "organization"
    if not isinstance(error, Forbidden | NotFound):
        reason = "status"
    elif read.holder == "user":
        reason = "own account"
    return replace(read, reason=reason, status=error.status)
