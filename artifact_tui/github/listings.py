"""The request for repositories, and operations on the pages of a list: require all, filter by name, join, sort."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Literal

from msgspec.structs import replace

from artifact_tui.domain.models import Account, Artifact, Page
from artifact_tui.domain.provider import ProviderError, ServerTrouble
from artifact_tui.github.http.pages import Thing, Walk
from artifact_tui.github.http.requests import Request, path_of

_RECENT = (("sort", "pushed"), ("direction", "desc"))


def repositories_request(account: Account | None, owner: str, kind: Literal["orgs", "users"]) -> Request:
    """Return the request for the repositories of an owner, by default of all; last pushed first.

    Only ``/user/repos`` lists the private ones of the account itself.
    """
    if not owner:
        return Request(path="/user/repos", query=_RECENT, what="The account")
    if account is not None and account.login.lower() == owner.lower():
        return Request(path="/user/repos", query=(*_RECENT, ("affiliation", "owner")), what="The account")
    return Request(path=path_of(kind, owner, "repos"), query=_RECENT, what="The owner")


async def whole(walk: Walk[Thing], what: str) -> tuple[Thing, ...]:
    """Return a complete list, because protection depends on it; raise :class:`ServerTrouble` if rows are missing."""
    items: list[Thing] = []
    skipped = missing = 0
    async with aclosing(walk.pages()) as pages:
        async for page in pages:
            items += page.items
            skipped += page.skipped
            missing = max(0, (page.total or 0) - page.read) or skipped or int(page.is_cut)
    if missing:
        raise ServerTrouble(f"The server listed {len(items):,} of {len(items) + missing:,} {what}.", "Try again.")
    return tuple(items)


async def at_once(pages: AsyncGenerator[Page[Artifact], None]) -> AsyncGenerator[Page[Artifact], None]:
    """Yield all pages as one; after an error, yield the earlier pages, then raise the error."""
    arrived: list[Page[Artifact]] = []
    problem: ProviderError | None = None
    try:
        async for page in pages:
            arrived.append(page)
    except ProviderError as error:
        problem = error
    if arrived:
        yield newest_first(arrived)
    if problem is not None:
        raise problem


def newest_first(pages: list[Page[Artifact]], name: str = "") -> Page[Artifact]:
    """Join pages, newest artifact first, with only those named ``name``, if given; the last page's counts stay."""
    items = [artifact for page in pages for artifact in page.items if name in ("", artifact.name)]
    items.sort(key=lambda artifact: -artifact.id)
    return replace(pages[-1], items=tuple(items), skipped=sum(page.skipped for page in pages))
