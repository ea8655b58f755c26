"""What is said of a list that is not whole, wherever it is used."""

from __future__ import annotations

import pytest

from artifact_tui.cache.list_cache import Saved
from artifact_tui.demo.fixed_clock import DEMO_NOW
from artifact_tui.domain.list_extent import Ending, Extent
from artifact_tui.screens.server_list import extent_of

RETRY = "r retries"


def extent(loaded: int, total: int | None, ending: Ending, *, skipped: int = 0, is_minimum: bool = False) -> Extent:
    return Extent(loaded, total, is_minimum, skipped, ending, "github.com has a problem.")


@pytest.mark.parametrize(
    ("loaded", "total", "ending", "title"),
    [
        (1900, 2500, Ending.BROKEN, "1,900 of 2,500 · incomplete, r retries"),
        (1900, 2500, Ending.END, "1,900 of 2,500 · incomplete, r retries"),
        (1900, 2500, Ending.SETTLED, "1,900 of 2,500 · the server lists no more"),
        (1000, 2500, Ending.LIMIT, "first 1,000 of at least 2,500; narrow the filter"),
        (1000, 1000, Ending.LIMIT, "first 1,000 of at least 1,000; narrow the filter"),
        (1900, None, Ending.BROKEN, "1,900 loaded · incomplete, r retries"),
        (200_000, 2_500_000, Ending.CUT, "first 200,000 of 2,500,000 · stopped at the limit"),
        (200_000, 2500, Ending.CUT, "first 200,000 · stopped at the limit"),
    ],
)
def test_the_title_says_how_much_of_the_list_is_there(
    loaded: int, total: int | None, ending: Ending, title: str
) -> None:
    found = extent(loaded, total, ending)
    assert found.is_incomplete
    assert not found.is_whole
    assert found.title(RETRY) == title
    assert found.part().startswith(f"of the {loaded:,} loaded; ")


@pytest.mark.parametrize(("loaded", "total"), [(2500, 2500), (2501, 2500), (0, 0), (7, None)])
def test_as_many_rows_as_the_server_counts_or_more_are_all(loaded: int, total: int | None) -> None:
    found = extent(loaded, total, Ending.END)
    assert found.is_whole
    assert not found.is_incomplete
    assert found.part() == ""


def test_rows_that_could_not_be_decoded_are_counted() -> None:
    assert (
        extent(98, 100, Ending.END, skipped=2).title(RETRY) == "98 of 100 · incomplete, r retries · 2 rows unreadable"
    )
    assert (
        extent(99, None, Ending.END, skipped=1).title(RETRY) == "99 of 100 · incomplete, r retries · 1 row unreadable"
    )


def test_a_count_that_is_a_minimum_is_called_one() -> None:
    found = extent(900, 2500, Ending.BROKEN, is_minimum=True)
    assert found.title() == "900 of at least 2,500 · incomplete"
    assert found.part() == "of the 900 loaded; at least 1,600 are not"


@pytest.mark.parametrize(
    ("loaded", "total", "part"),
    [
        (1900, 2500, "of the 1,900 loaded; 600 are not"),
        (1, 2, "of the 1 loaded; 1 is not"),
        (5, None, "of the 5 loaded; more may exist"),
    ],
)
def test_what_is_done_with_a_part_says_so(loaded: int, total: int | None, part: str) -> None:
    assert extent(loaded, total, Ending.BROKEN).part() == part


def test_a_list_that_the_server_does_not_continue_is_not_said_to_be_helped_by_a_retry() -> None:
    found = extent(1900, 2500, Ending.SETTLED)
    assert "r retries" not in found.title(RETRY)
    assert not [value for _, value in found.fields("artifacts") if value.startswith("r ")]


def test_what_is_deleted_is_missing_neither_here_nor_there() -> None:
    assert extent(2500, 2500, Ending.END).without(10, 10).is_whole
    moved = extent(2500, 2490, Ending.END).without(10, 0)
    assert moved.is_whole
    assert extent(2499, 2490, Ending.END).without(10, 0).missing == 1


@pytest.mark.parametrize(
    ("saved", "title"),
    [
        (Saved(DEMO_NOW, (1, 2), 2, (), extent(2, 2, Ending.END)), ""),
        (Saved(DEMO_NOW, (1, 2), 5, (), extent(2, 5, Ending.BROKEN)), "2 of 5 · incomplete"),
        (Saved(DEMO_NOW, (1, 2), 5, (), extent(5, 5, Ending.END)), "2 of 5 · incomplete"),
        (Saved(DEMO_NOW, (1, 2), None, (), extent(5, None, Ending.END)), "2 of 5 · incomplete"),
        (Saved(DEMO_NOW, (1, 2), 5), "2 of 5 · incomplete"),
        (Saved(DEMO_NOW, (1, 2)), ""),
    ],
)
def test_a_copy_on_disk_is_whole_only_where_it_holds_all_that_the_list_held(saved: Saved[int], title: str) -> None:
    found = extent_of(saved)
    assert (found.title() if found.is_incomplete else "") == title
