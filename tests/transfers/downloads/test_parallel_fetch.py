"""Several connections for one big archive: the bytes are right whatever each of them does."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from itertools import count, pairwise
from random import Random

import pytest

from artifact_tui.clock import Clock
from artifact_tui.transfers.downloads.connection_growth import PARALLEL_FROM
from artifact_tui.transfers.models import State, Transfer
from tests.slow_cases import slow_but
from tests.timeouts import TIMEOUT
from tests.transfers.conftest import Desk
from tests.transfers.fake_store import Try, lost

MIB = 1024 * 1024
DATA = Random(2).randbytes(PARALLEL_FROM + 5 * MIB + 3)


def fetch(desk: Desk, *tries: Try, **more: object) -> Transfer:
    artifact = desk.shelf.put("big", DATA, *tries, file_name="big.bin", **more)  # type: ignore[arg-type]  # by name
    return desk.fetch(artifact, unpack=False)


def is_right(desk: Desk) -> bool:
    found = (desk.directory / "big.bin").read_bytes()
    return hashlib.sha256(found).digest() == hashlib.sha256(DATA).digest()


def asked(desk: Desk) -> list[tuple[int, int | None]]:
    thing = desk.shelf.things[1]
    return sorted(zip(thing.asked, thing.asked_until, strict=True))


def test_a_big_archive_is_asked_for_in_closed_pieces_none_twice(desk: Desk) -> None:
    done = fetch(desk)
    assert (done.state, done.verified, done.tries) == (State.DONE, True, 1)
    edges = [*range(0, len(DATA), 8 * MIB), len(DATA)]
    assert asked(desk) == list(pairwise(edges))
    assert is_right(desk)


def test_two_connections_are_open_at_once_before_the_rate_is_known(make_desk: Callable[..., Desk]) -> None:
    """All but the first piece, of five, wait for each other in pairs."""
    desk = make_desk(clock=Clock(monotonic=lambda: 0.0))
    together = threading.Barrier(2)
    desk.shelf.begun = lambda start: together.wait(TIMEOUT) if start else None
    assert fetch(desk).state is State.DONE
    assert not together.broken
    assert desk.shelf.most_at_once <= 2


def test_a_third_and_a_fourth_connection_come_if_the_rate_is_low(make_desk: Callable[..., Desk]) -> None:
    """The first piece ends only when all others are asked for, and each chunk of it takes a second."""
    time = count()
    desk = make_desk(clock=Clock(monotonic=lambda: float(next(time))))
    others = threading.Semaphore(0)
    desk.shelf.begun = lambda start: others.release() if start else None
    artifact = desk.shelf.put("big", DATA, Try(hang_at=4 * MIB), file_name="big.bin")
    desk.engine.downloads.add([desk.order(artifact, unpack=False)])
    assert all(others.acquire(timeout=20) for _ in range(3))
    desk.shelf.let_go()
    assert desk.all_done()[0].state is State.DONE
    assert is_right(desk)


def test_only_so_many_connections_are_open_in_the_whole_program(make_desk: Callable[..., Desk]) -> None:
    """Two downloads have two each, all held back, when two more come and need one."""
    desk = make_desk(connections=4, clock=Clock(monotonic=lambda: 0.0))  # neither grows
    held, gate = threading.Semaphore(0), threading.Event()

    def hold(start: int) -> None:
        if start:
            held.release()
            gate.wait(20)

    desk.shelf.begun = hold
    artifacts = [desk.shelf.put(name, DATA, file_name=name) for name in "abcd"]
    desk.engine.downloads.add([desk.order(artifact, unpack=False) for artifact in artifacts[:2]])
    assert all(held.acquire(timeout=20) for _ in range(4))
    desk.engine.downloads.add([desk.order(artifact, unpack=False) for artifact in artifacts[2:]])
    gate.set()
    assert {transfer.state for transfer in desk.all_done()} == {State.DONE}
    assert desk.shelf.most_at_once <= 4


def test_a_server_without_ranges_sends_one_stream(desk: Desk) -> None:
    done = fetch(desk, ranges=False)
    assert (done.state, done.tries) == (State.DONE, 1)
    assert desk.shelf.things[1].asked == [0]
    assert is_right(desk)


def test_without_digest_and_etag_one_stream_fetches_it(desk: Desk) -> None:
    assert fetch(desk, etag="", digest=False).state is State.DONE
    assert desk.shelf.most_at_once == 1
    assert is_right(desk)


@pytest.mark.parametrize(
    "bad", slow_but(2, [Try(drop_at=9 * MIB), Try(error=lost()), Try(end_at=9 * MIB), Try(drop_at=8 * MIB)])
)
@pytest.mark.parametrize("before", slow_but(1, [1, 0, 3]))
def test_one_connection_that_fails_is_made_up_for_by_the_others(desk: Desk, bad: Try, before: int) -> None:
    done = fetch(desk, *[Try() for _ in range(before)], bad)
    assert done.state is State.DONE
    assert is_right(desk)


def test_a_blob_that_changes_between_the_pieces_is_fetched_anew(desk: Desk) -> None:
    def change(start: int) -> None:
        if start == 16 * MIB:
            desk.shelf.things[1].etag = '"2"'

    desk.shelf.begun = change
    assert fetch(desk, digest=False).state is State.DONE
    assert is_right(desk)


def test_one_wrong_byte_in_one_piece_is_found(desk: Desk) -> None:
    wrong = bytearray(DATA)
    wrong[12 * MIB] ^= 1
    done = fetch(desk, *[Try(data=bytes(wrong)) for _ in range(5)])
    assert (done.state, done.verified) == (State.DONE, True)
    assert is_right(desk)


def test_a_paused_one_goes_on_with_its_gaps_only(desk: Desk) -> None:
    artifact = desk.shelf.put("big", DATA, Try(), Try(hang_at=12 * MIB), file_name="big.bin")
    (number,) = desk.engine.downloads.add([desk.order(artifact, unpack=False)])
    have = len(DATA) - 4 * MIB
    desk.until(lambda: desk.look(number).received == have)
    assert desk.engine.downloads.pause(number)
    desk.shelf.things[1].asked.clear()
    desk.shelf.things[1].asked_until.clear()
    assert desk.engine.downloads.resume(number)
    desk.until_state(number, State.DONE)
    assert sum((until or 0) - start for start, until in asked(desk)) == len(DATA) - have
    assert is_right(desk)
