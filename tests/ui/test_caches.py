"""The list of caches: it is sorted and filtered, and it only reads."""

from __future__ import annotations

from typing import Any

import pytest

from artifact_tui.demo import flavors
from artifact_tui.demo.flavors import Flavor
from artifact_tui.screens.storage.screen import StorageScreen
from tests.ui.each_key import keys_of
from tests.ui.program import EMPTY, KESTREL, Program, loaded, open_with_keys, says, until

(OPEN,) = keys_of("storage.caches")
(SORT,), (BY_SIZE,) = keys_of("caches.sort"), keys_of("caches.sort_size")
(BY_NAME,), (BY_TIME,) = keys_of("caches.sort_name"), keys_of("caches.sort_time")


async def test_caches_are_listed_biggest_first_sorted_and_filtered() -> None:
    program = Program(KESTREL)
    async with program.running("4", OPEN) as pilot:
        assert program.summary == "41 caches · 8.7 GB"
        sizes = values(program, "size_in_bytes")
        assert sizes == sorted(sizes, reverse=True)
        await open_with_keys(pilot, BY_SIZE)
        assert values(program, "size_in_bytes") == sorted(sizes)
        await open_with_keys(pilot, BY_NAME)
        assert values(program, "key") == sorted(values(program, "key"))
        await open_with_keys(pilot, BY_TIME)
        assert values(program, "last_accessed_at") == sorted(values(program, "last_accessed_at"), reverse=True)
        await open_with_keys(pilot, SORT, "G", "enter")
        assert values(program, "ref") == sorted(values(program, "ref"))
        await open_with_keys(pilot, "slash", *"sccache", "space", *"main", "enter")
        await until(pilot, lambda: program.summary.startswith("7 of 41 caches · "))
        await open_with_keys(pilot, "enter")
        await says(pilot, "Ref refs/heads/main", "counted separately: 10 GB per repository is free")
        await open_with_keys(pilot, "escape", "escape", "escape")
        assert isinstance(program.app.screen, StorageScreen)
    assert {request.method for request in program.server.requests} == {"GET"}


def values(program: Program, name: str) -> list[Any]:
    """One value of each row, from the first."""
    return [getattr(cache, name) for cache in program.screen.table.items]


@pytest.mark.parametrize(("flavor", "tells"), [(flavors.GITHUB, True), (flavors.GHES_3_8, False)])
async def test_only_github_has_a_free_amount(flavor: Flavor, tells: bool) -> None:
    program = Program(KESTREL, flavor=flavor)
    async with program.running("4", "c", "enter") as pilot:
        await says(pilot, "Version")
        assert ("10 GB per repository is free" in " ".join(program.text.split())) is tells


async def test_a_repository_without_caches_says_so() -> None:
    async with Program(EMPTY).running("4", "c") as pilot:
        await says(pilot, "This repository has no caches")


async def test_caches_that_are_missing_are_counted() -> None:
    """The list says how many there are, and r loads the rest."""
    program = Program(KESTREL)
    program.server.fault("GET */actions/caches", status=502, body="{}", page=2, times=9)
    for _ in range(80):
        sample_more(program)
    async with program.running("4", "c") as pilot:
        await until(pilot, lambda: program.summary.startswith("100 of 121 · incomplete, r retries"))
        program.server.faults.clear()
        await open_with_keys(pilot, "r")
        await loaded(pilot)
        await until(pilot, lambda: program.summary.startswith("121 caches · "))


def sample_more(program: Program) -> None:
    """Add a cache to the repository."""
    from msgspec.structs import replace

    store = program.server.store
    repository = store.repository(KESTREL)
    assert repository is not None
    caches = store.caches(repository)
    caches.append(replace(caches[-1], id=caches[-1].id + 1))


async def test_an_error_is_shown_in_place_of_the_list() -> None:
    program = Program(KESTREL)
    program.server.fault("GET */actions/caches", status=403, body='{"message": "Not for you."}', times=9)
    async with program.running("4", "c") as pilot:
        await says(pilot, "github.com denied access.", "r retries")
