"""A list that broke off continues where it stopped, and is whole only where the server's count says so."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from artifact_tui.demo.fixed_clock import DEMO_NOW
from artifact_tui.domain.list_extent import Ending
from artifact_tui.domain.models import Artifact, Page, Place
from artifact_tui.domain.provider import ProviderError, Refused, ServerTrouble, SignedOut
from artifact_tui.screens.list_loader import OLDEST_ROWS, Listing

SIZE = 10
BROKEN = ServerTrouble("github.com has a problem.")


class Server:
    """Lists ``rows`` ids and counts ``total``; pages in ``errors`` fail, those in ``empty`` hold nothing.

    The first page may have a ``first_count`` of its own.
    """

    def __init__(self, rows: int, total: int | None = None) -> None:
        self.rows, self.total = rows, rows if total is None else total
        self.errors: dict[int, ProviderError] = {}
        self.empty: set[int] = set()
        self.first_count: int | None = None
        self.asked: list[int] = []

    async def pages(self, *, start: Place | None) -> AsyncIterator[Page[Artifact]]:
        place = start or Place(1, SIZE, set())
        while True:
            self.asked.append(place.page)
            if place.page in self.errors:
                raise self.errors[place.page]
            first = (place.page - 1) * SIZE
            ids = () if place.page in self.empty else range(first, min(first + SIZE, self.rows))
            place.seen.update(ids)
            rest = Place(place.page + 1, SIZE, place.seen) if first + SIZE < self.rows else None
            items = tuple(Artifact(id=number) for number in ids)
            total = self.first_count if place.page == 1 and self.first_count is not None else self.total
            yield Page(items, total, read=len(place.seen), rest=rest)
            if rest is None:
                return
            place = rest


async def walk(listing: Listing[Artifact], server: Server, later: timedelta = timedelta(0)) -> None:
    async for _ in listing.pages(server.pages, DEMO_NOW + later):
        pass


async def broken(server: Server, page: int, error: ProviderError = BROKEN) -> Listing[Artifact]:
    listing = Listing[Artifact]()
    server.errors[page] = error
    with pytest.raises(ProviderError):
        await walk(listing, server)
    server.errors.clear()
    server.asked.clear()
    return listing


async def test_a_list_that_broke_off_knows_how_much_of_it_is_there_and_why() -> None:
    listing = await broken(Server(50), 4)
    assert (listing.extent.loaded, listing.extent.total, listing.extent.ending) == (30, 50, Ending.BROKEN)
    assert "github.com has a problem." in dict(listing.extent.fields("artifacts"))["Reason"]


@pytest.mark.parametrize(("first", "last", "is_whole"), [(60, 50, True), (50, 60, False)])
async def test_the_count_on_the_last_page_says_whether_a_list_is_whole(first: int, last: int, is_whole: bool) -> None:
    server = Server(50, last)
    server.first_count = first
    listing = Listing[Artifact]()
    await walk(listing, server)
    assert (listing.extent.is_whole, listing.extent.total) == (is_whole, last)


async def test_a_retry_loads_only_what_is_missing() -> None:
    server = Server(50)
    listing = await broken(server, 4)
    await walk(listing, server)
    assert server.asked == [4, 5]
    assert listing.extent.is_whole
    assert sorted(listing.rows) == list(range(50))


async def test_a_list_that_became_shorter_meanwhile_is_loaded_from_its_start() -> None:
    server = Server(50)
    listing = await broken(server, 4)
    server.rows = server.total = 45
    await walk(listing, server)
    assert server.asked == [4, 1, 2, 3, 4, 5]
    assert listing.extent.is_whole


@pytest.mark.parametrize(("later", "error"), [(OLDEST_ROWS, BROKEN), (timedelta(0), SignedOut("No token."))])
async def test_old_rows_and_those_of_another_account_are_not_completed(later: timedelta, error: ProviderError) -> None:
    server = Server(50)
    listing = await broken(server, 4, error)
    await walk(listing, server, later)
    assert server.asked == [1, 2, 3, 4, 5]


async def test_a_second_complete_walk_with_the_same_difference_settles_it() -> None:
    server = Server(50, 60)
    listing = Listing[Artifact]()
    await walk(listing, server)
    assert listing.extent.title("r retries") == "50 of 60 · incomplete, r retries"
    await walk(listing, server)
    assert server.asked == [1, 2, 3, 4, 5] * 2
    assert listing.extent.title("r retries") == "50 of 60 · the server lists no more"


async def test_a_difference_that_shrinks_can_be_retried() -> None:
    server = Server(50)
    server.empty = {2, 3}
    listing = Listing[Artifact]()
    await walk(listing, server)
    assert listing.extent.title("r retries") == "30 of 50 · incomplete, r retries"
    server.empty = {2}
    await walk(listing, server)
    assert listing.extent.title("r retries") == "40 of 50 · incomplete, r retries"


async def test_an_error_between_two_complete_walks_settles_nothing() -> None:
    server = Server(50, 60)
    listing = await broken(server, 3)
    await walk(listing, server)
    assert listing.extent.ending is Ending.END


async def test_an_error_after_all_rows_that_the_server_counts_leaves_a_whole_list() -> None:
    listing = await broken(Server(51, 50), 6)
    assert listing.extent.is_whole


@pytest.mark.parametrize("error", [None, Refused("Only the first 1,000 results are available.")])
async def test_a_filtered_list_of_runs_ends_at_the_limit_of_the_server(error: ProviderError | None) -> None:
    server = Server(50 if error is None else 90, 90)
    if error is not None:
        server.errors[6] = error
    listing = Listing[Artifact](limit=50)
    await walk(listing, server)
    assert listing.extent.title("r retries") == "first 50 of at least 90; narrow the filter"


async def test_a_filtered_list_that_ends_before_the_limit_is_incomplete() -> None:
    listing = Listing[Artifact](limit=100)
    await walk(listing, Server(50, 90))
    assert listing.extent.title("r retries") == "50 of 90 · incomplete, r retries"


async def test_rows_that_did_not_change_are_kept_at_a_reload() -> None:
    server = Server(30)
    listing = Listing[Artifact]()
    await walk(listing, server)
    before = dict(listing.rows)
    await walk(listing, server)
    assert all(listing.rows[number] is row for number, row in before.items())
