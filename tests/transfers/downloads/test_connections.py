"""How many connections each download has: more while that is faster, and the same for all."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artifact_tui.clock import Clock
from artifact_tui.domain.models import Artifact
from artifact_tui.transfers.downloads.connection_growth import FIRST, MOST, ConnectionGrowth
from artifact_tui.transfers.downloads.connection_limit import ConnectionLimiter
from artifact_tui.transfers.downloads.job import DownloadJob
from artifact_tui.transfers.models import DownloadOrder, Kind, Transfer
from artifact_tui.transfers.notifier import ChangeNotifier
from tests.transfers.fake_store import OCTO

MIB = 1024 * 1024


class Waiting(DownloadJob):
    """A download that calls ``meanwhile`` while it waits for its first connection."""

    meanwhile: Callable[[], object] = staticmethod(lambda: pytest.fail("there was a free connection"))

    def wait_on(self, condition: threading.Condition, is_met: Callable[[], bool]) -> None:
        while not is_met():
            self.meanwhile()


def job() -> Waiting:
    artifact = Artifact(id=1, name="big", size_in_bytes=100)
    order = DownloadOrder(repository=OCTO, artifact=artifact, directory=Path("nowhere"))
    shown = Transfer(id=1, kind=Kind.DOWNLOAD, repository=OCTO, artifact=artifact)
    return Waiting(shown, order, ChangeNotifier(lambda: None, lambda error: None), Clock())


class Link:
    """The connections of several downloads under one limit, and how many each of them has."""

    def __init__(self, most: int) -> None:
        self.limiter = ConnectionLimiter(most)
        self.wanted: dict[Waiting, int] = {}
        self.held: dict[Waiting, int] = {}

    def begin(self, wanted: int) -> Waiting:
        new = job()
        new.meanwhile = self.make_way
        self.limiter.take_first(new)
        self.wanted[new], self.held[new] = wanted, 1
        return new

    def settle(self) -> list[int]:
        """Let all take what they want and leave what they must, as long as that changes anything."""
        before: list[int] = []
        self.take_more()
        while before != (before := list(self.held.values())):
            self.make_way()
            self.take_more()
        return before

    def take_more(self) -> None:
        for one, wanted in self.wanted.items():
            while self.limiter.take(one, wanted):
                self.held[one] += 1

    def make_way(self) -> None:
        for one in self.held:
            if self.held[one] > 1 and self.limiter.must_leave(one):
                self.limiter.give(one, left=True)
                self.held[one] -= 1

    def end(self, one: Waiting) -> None:
        for _ in range(self.held.pop(one)):
            self.limiter.give(one)
        del self.wanted[one]


def test_one_download_has_as_many_as_it_wants_and_two_have_the_same() -> None:
    link = Link(8)
    first = link.begin(8)
    assert link.settle() == [8]
    link.begin(8)
    assert link.settle() == [4, 4]
    link.end(first)
    assert link.settle() == [8]


def test_those_that_want_one_leave_the_rest_to_the_others() -> None:
    link = Link(8)
    for wanted in (8, 1, 8, 1):
        link.begin(wanted)
    assert link.settle() == [3, 1, 3, 1]


@given(st.integers(1, 16), st.lists(st.integers(1, 8), min_size=1, max_size=6), st.data())
def test_connections_are_shared_fairly_whoever_comes_and_goes(most: int, wants: list[int], data: st.DataObject) -> None:
    link = Link(most)
    for wanted in wants[:most]:
        link.begin(wanted)
        if data.draw(st.booleans()):
            link.settle()
    for one in data.draw(st.sets(st.sampled_from(list(link.held)), max_size=len(link.held) - 1)):
        link.end(one)
    held = dict(zip(link.held, link.settle(), strict=True))
    assert sum(held.values()) == min(most, sum(link.wanted.values()))
    for one, number in held.items():
        assert 1 <= number <= link.wanted[one]
        is_content = number == link.wanted[one]
        assert is_content or all(number >= other - 1 for other in held.values())


def widths(rates: Iterable[float]) -> Iterator[int]:
    """The number of connections after each tenth of a second with such a rate, in bytes a second."""
    clock = (number / 10 for number in count())
    growth, received = ConnectionGrowth(lambda: next(clock)), 0.0
    growth.start(0)
    for rate in rates:
        received += rate / 10
        assert growth.measure(int(received))
        yield growth.width


def test_a_limit_of_each_connection_is_met_with_more_of_them() -> None:
    assert list(widths([20 * MIB, 40 * MIB, 80 * MIB, 80 * MIB])) == [4, 8, 8, 8]


def test_a_limit_of_all_together_is_not() -> None:
    assert set(widths([40 * MIB] * 50)) == {4}


def test_more_connections_do_not_speed_up_a_rate_that_this_machine_limits() -> None:
    assert list(widths([500 * MIB, 600 * MIB, 800 * MIB, 90 * MIB])) == [FIRST, FIRST, FIRST, 2 * FIRST]


def test_a_rate_that_grows_late_is_not_taken_for_the_effect_of_a_connection() -> None:
    assert set(widths([40 * MIB] * 50 + [80 * MIB] * 10)) == {4}


@given(st.lists(st.floats(0, 1e9), max_size=60))
def test_the_number_never_falls_and_has_a_limit(rates: list[float]) -> None:
    found = [FIRST, *widths(rates)]
    assert found == sorted(found)
    assert found[-1] <= MOST


def test_a_download_that_has_nothing_more_to_fetch_leaves_the_rest_to_another() -> None:
    link = Link(8)
    first, second = link.begin(8), link.begin(1)
    assert link.settle() == [7, 1]
    for _ in range(4):
        link.held[first] -= 1
        link.limiter.give(first)
    link.limiter.settle(first)
    while link.limiter.take(second, 8):
        link.held[second] += 1
    assert link.held[second] == 5


def test_bytes_of_an_earlier_attempt_are_not_taken_for_a_rate() -> None:
    clock = (number / 10 for number in count())
    growth = ConnectionGrowth(lambda: next(clock))
    growth.start(900 * MIB)
    for number in range(1, 4):
        growth.measure(900 * MIB + number * number * MIB)
    assert growth.width == MOST
