"""A refresh shows what the server has, with as few requests as prove it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from datetime import datetime, timedelta
from functools import partial

import pytest
from msgspec.structs import replace

from artifact_tui.demo import flavors
from artifact_tui.demo.fixed_clock import DEMO_NOW
from artifact_tui.demo.flavors import Flavor
from artifact_tui.domain.list_extent import Ending, Extent
from artifact_tui.domain.models import Artifact, Page, Place
from artifact_tui.domain.provider import ProviderError
from artifact_tui.screens.artifact_listing import ArtifactListing
from tests.double import faults
from tests.double.server import FakeGitHub
from tests.github.stage import KESTREL, ids_of, provider

ARTIFACTS = "GET */actions/artifacts"


class Loaded:
    """A server, and a list of its artifacts that is loaded again and again."""

    def __init__(self, flavor: Flavor = flavors.GITHUB) -> None:
        self.now = DEMO_NOW
        self.server = FakeGitHub(flavor, clock=lambda: self.now)
        self.client = provider(self.server)
        self.listing = ArtifactListing(drops_expired=not flavor.enterprise)

    async def load(self, now: datetime | None = None) -> int:
        """The number of pages that were asked for."""
        self.now = now or self.now
        self.server.requests.clear()
        etag = self.listing.etag_to_send(self.now)
        async for _ in self.listing.pages(partial(self.client.artifacts, KESTREL, etag=etag), self.now):
            pass
        return sum(request.path.endswith("/artifacts") for request in self.server.requests)

    def add(self, count: int) -> None:
        store = self.server.store
        newest = store.artifacts[ids_of(self.server, KESTREL)[0]]
        first = max(store.artifacts) + 1
        for number in range(first, first + count):
            store.add(replace(newest, id=number))

    def delete(self, *places: int) -> None:
        ids = ids_of(self.server, KESTREL)
        for place in places:
            self.server.store.delete_artifact(ids[place])

    @property
    def is_right(self) -> bool:
        return self.listing.extent.is_whole and [*self.listing.rows] == ids_of(self.server, KESTREL)


async def test_a_list_without_changes_costs_one_request() -> None:
    loaded = Loaded()
    assert await loaded.load() == 8
    before = dict(loaded.listing.rows)
    for _ in range(2):
        assert await loaded.load() == 1
        assert loaded.server.requests[-1].headers["if-none-match"]
        assert loaded.is_right
    assert all(loaded.listing.rows[number] is row for number, row in before.items())


@pytest.mark.parametrize(("count", "requests"), [(1, 1), (99, 1), (100, 2), (150, 2)])
async def test_new_rows_cost_no_more_than_the_pages_they_are_on(count: int, requests: int) -> None:
    loaded = Loaded()
    await loaded.load()
    loaded.add(count)
    assert await loaded.load() == requests
    assert loaded.is_right
    assert await loaded.load() == 1
    assert loaded.is_right


@pytest.mark.parametrize("places", [(0,), (5,), (500,), (705,), (3, 400, 700)])
@pytest.mark.parametrize("count", [0, 1, 3])
async def test_what_is_gone_is_noticed_wherever_it_was(places: tuple[int, ...], count: int) -> None:
    loaded = Loaded()
    await loaded.load()
    loaded.delete(*places)
    loaded.add(count)
    await loaded.load()
    assert loaded.is_right


@pytest.mark.parametrize("flavor", [flavors.GITHUB, flavors.GHES_3_19], ids=lambda flavor: flavor.name)
async def test_what_has_expired_meanwhile_is_expired_though_the_first_page_is_the_same(flavor: Flavor) -> None:
    loaded = Loaded(flavor)
    await loaded.load()
    before = [artifact.expired for artifact in loaded.listing.rows.values()]
    later = DEMO_NOW + timedelta(days=2)
    loaded.listing.adopt(loaded.listing.rows, loaded.listing.extent, loaded.listing.etag)
    for page in (1, 2):
        loaded.server.fault(ARTIFACTS, page=page, status=304, times=1)
    assert await loaded.load(later) == 1
    shown = [artifact.expired for artifact in loaded.listing.rows.values()]
    assert shown == [artifact.at(later).expired for artifact in loaded.listing.rows.values()]
    assert sum(shown) > sum(before)


@pytest.mark.parametrize(("flavor", "requests"), [(flavors.GITHUB, 1), (flavors.GHES_3_19, 9)], ids=["cloud", "GHES"])
async def test_where_expired_ones_are_listed_no_more_they_are_left_out(flavor: Flavor, requests: int) -> None:
    """On an Enterprise Server, as many could have been deleted; so all pages are read."""
    loaded = Loaded(flavor)
    await loaded.load()
    later = DEMO_NOW + timedelta(days=2)
    rows = loaded.listing.rows.values()
    store = loaded.server.store
    for artifact in [row for row in rows if row.at(later).expired]:
        store.delete_artifact(artifact.id)
    loaded.add(1)
    loaded.now = later
    assert (await loaded.load()) <= requests
    assert loaded.is_right


async def test_a_cached_list_is_refreshed_as_one_that_was_loaded() -> None:
    loaded = Loaded()
    await loaded.load()
    rows, extent, etag = loaded.listing.rows, loaded.listing.extent, loaded.listing.etag
    loaded.listing = ArtifactListing()
    loaded.listing.adopt(rows, extent, etag)
    assert await loaded.load() == 1
    assert loaded.is_right
    loaded.listing = ArtifactListing()
    loaded.listing.adopt({number: rows[number] for number in [*rows][:100]}, replace(extent, loaded=100), etag)
    assert await loaded.load() == 8
    assert loaded.is_right


async def test_after_a_failed_refresh_the_next_one_is_still_cheap() -> None:
    loaded = Loaded()
    await loaded.load()
    fault = loaded.server.fault(ARTIFACTS, times=99, **faults.UNICORN)
    with pytest.raises(ProviderError):
        await loaded.load()
    assert not loaded.listing.rows
    fault.times = 0
    assert await loaded.load() == 1
    assert loaded.is_right


async def test_a_refresh_that_breaks_off_continues_where_it_stopped() -> None:
    loaded = Loaded()
    await loaded.load()
    loaded.delete(700)
    fault = loaded.server.fault(ARTIFACTS, page=5, times=99, **faults.UNICORN)
    with pytest.raises(ProviderError):
        await loaded.load()
    fault.times = 0
    assert await loaded.load() == 4
    assert loaded.is_right


async def test_a_server_without_etags_is_asked_for_new_rows_only() -> None:
    loaded = Loaded()
    await loaded.load()
    loaded.listing.adopt(loaded.listing.rows, loaded.listing.extent, "")
    loaded.add(2)
    assert await loaded.load() == 1
    assert "if-none-match" not in loaded.server.requests[0].headers
    assert loaded.is_right


def test_an_artifact_expires_at_its_date() -> None:
    artifact = Artifact(id=1, expires=DEMO_NOW.timestamp())
    assert artifact.at(DEMO_NOW).expired
    assert artifact.at(DEMO_NOW - timedelta(seconds=1)) is artifact
    assert not Artifact(id=1).at(DEMO_NOW).expired


async def test_an_upload_meanwhile_does_not_stand_in_for_a_deleted_row() -> None:
    """The second row was deleted; the count is right again when a row is uploaded before page 2 is requested."""

    def page(ids: Iterable[int], total: int, number: int, *, is_last: bool = False) -> Page[Artifact]:
        rest = None if is_last else Place(number + 1, 2, set())
        return Page(
            tuple(Artifact(id=one) for one in ids), total, read=min(2 * number, 5), rest=rest, etag=f'"{total}"'
        )

    async def ask(*, start: Place | None) -> AsyncIterator[Page[Artifact]]:
        yield page((6, 5), 5, 1)
        yield page((4, 3), 6, 2)
        yield page((1,), 6, 3, is_last=True)

    listing = ArtifactListing()
    listing.adopt({number: Artifact(id=number) for number in range(6, 0, -1)}, Extent(6, 6, ending=Ending.END), "")
    assert [page async for page in listing.pages(ask, DEMO_NOW)]
    assert [*listing.rows] == [6, 5, 4, 3, 1]
    assert not listing.extent.is_whole
