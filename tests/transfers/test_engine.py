"""The engine: goes on whatever one artifact, the screen or the disk does, and stops at once when told to."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from artifact_tui import __version__
from artifact_tui.domain.provider import SignedOut
from artifact_tui.retry import DOWNLOAD
from artifact_tui.transfers.models import Kind, State, Totals, Transfer
from tests.engines import make_engine, under_way
from tests.transfers.conftest import Desk
from tests.transfers.fake_store import OCTO, FakeStore, Try, lost, zipped

WHEEL = zipped(a__b=b"wheel", big=os.urandom(100_000))


def start_hanging(desk: Desk, number: int = 1) -> int:
    (transfer,) = desk.engine.downloads.add([desk.order(desk.shelf.put(f"slow-{number}", WHEEL, Try(hang_at=50_000)))])
    desk.until(lambda: desk.look(transfer).received == 50_000)
    return transfer


def test_nothing_is_asked_of_the_storage_before_there_is_work(tmp_path: Path) -> None:
    made: list[str] = []

    def make() -> FakeStore:
        made.append(threading.current_thread().name)
        return FakeStore()

    engine = make_engine(make)
    assert (engine.transfers(), under_way(engine), made) == ((), 0, [])
    assert engine.close()


def test_the_storage_is_made_once_and_never_by_the_caller(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk()
    made: list[threading.Thread] = []

    def make() -> FakeStore:
        made.append(threading.current_thread())
        return desk.shelf

    engine = make_engine(make)
    engine.downloads.add([desk.order(desk.shelf.put(name, WHEEL)) for name in "abcdef"])
    assert engine.close(20)
    assert len(made) <= 1
    assert threading.current_thread() not in made


def test_a_cancelled_download_closes_its_connection_and_leaves_nothing(desk: Desk) -> None:
    number = start_hanging(desk)
    assert desk.look(number).state is State.DOWNLOADING
    assert desk.engine.cancel(number)
    assert desk.look(number).state is State.CANCELLED
    assert desk.engine.close(20)
    assert desk.names() == []


def test_a_cancelled_download_gives_its_place_to_the_next_at_once(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk(concurrency=1)
    desk.shelf.open_gate = threading.Event()
    blocked, _ = desk.engine.downloads.add([desk.order(desk.shelf.put(name, WHEEL)) for name in ("blocked", "next")])
    assert desk.shelf.hanging.wait(20)
    assert desk.look(blocked).state is State.CONNECTING
    gate, desk.shelf.open_gate = desk.shelf.open_gate, None
    assert desk.engine.cancel(blocked)
    assert [each.state for each in desk.all_done()] == [State.CANCELLED, State.DONE]
    gate.set()
    assert desk.engine.close(20)
    assert desk.names() == ["next"]


def test_a_queued_download_is_cancelled_before_a_request(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk(concurrency=1)
    running = start_hanging(desk)
    (queued,) = desk.engine.downloads.add([desk.order(desk.shelf.put("queued", WHEEL))])
    assert desk.look(queued).state is State.QUEUED
    assert desk.engine.cancel(queued)
    assert not desk.engine.cancel(queued)
    assert desk.engine.cancel(running)
    assert desk.shelf.requests == [("open", 1)]


def test_waiting_for_the_next_try_is_cancelled_at_once(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk(policy=replace(DOWNLOAD, base=1e6, cap=1e6, tries=9))
    (number,) = desk.engine.downloads.add([desk.order(desk.shelf.put("wheel", WHEEL, Try(drop_at=1000)))])
    desk.until_state(number, State.WAITING)
    shown = desk.look(number)
    assert shown.problem == "The connection was lost."
    assert shown.seconds_left is not None
    assert desk.engine.cancel(number)
    assert desk.engine.close(20)
    assert desk.names() == []


@pytest.mark.parametrize("state", [State.VERIFYING, State.UNPACKING])
def test_the_last_steps_are_cancelled_wholly_or_done_wholly(make_desk: Callable[..., Desk], state: State) -> None:
    desk = make_desk()
    data = zipped(**{name: bytes(40_000_000) for name in "abc"})
    (number,) = desk.engine.downloads.add([desk.order(desk.shelf.put("zeros", data, digest=False))])
    desk.until(lambda: desk.look(number).state in (state, State.DONE))
    cancelled = desk.engine.cancel(number)
    assert desk.engine.close(20)
    assert desk.look(number).state is (State.CANCELLED if cancelled else State.DONE)
    assert desk.names() == ([] if cancelled else ["zeros"])


def test_what_is_done_cannot_be_cancelled_or_retried(desk: Desk) -> None:
    done = desk.fetch(desk.shelf.put("wheel", WHEEL))
    assert not desk.engine.cancel(done.id)
    assert not desk.engine.retry(done.id)
    assert not desk.engine.cancel(99)
    assert desk.look(done.id) is desk.look(done.id)


def test_a_failed_download_is_tried_again_under_its_id(desk: Desk) -> None:
    failed = desk.fetch(desk.shelf.put("wheel", WHEEL, *(Try(error=lost()) for _ in range(4))))
    assert failed.state is State.FAILED
    assert desk.engine.retry(failed.id)
    desk.until_state(failed.id, State.DONE)
    assert desk.look(failed.id).problem == ""


def test_a_cancelled_download_is_tried_again(desk: Desk) -> None:
    number = start_hanging(desk)
    assert desk.engine.cancel(number)
    assert desk.engine.retry(number)
    desk.until_state(number, State.DONE)
    assert desk.engine.close(20)
    assert desk.names() == ["slow-1"]


def test_finished_transfers_can_be_forgotten(desk: Desk) -> None:
    desk.fetch(desk.shelf.put("wheel", WHEEL))
    running = start_hanging(desk, 2)
    desk.engine.clear_finished()
    assert [each.id for each in desk.engine.transfers()] == [running]
    assert under_way(desk.engine) == 1


def test_one_bad_artifact_never_stops_the_others(desk: Desk) -> None:
    orders = [desk.order(desk.shelf.put(f"log-{number}", WHEEL)) for number in range(40)]
    for number in range(4, 41, 10):
        desk.shelf.things[number].tries = [Try(error=lost()) for _ in range(4)]
        desk.shelf.things[number + 1].tries = [Try(error=ZeroDivisionError("our own mistake"))]
    desk.engine.downloads.add(orders)
    states = [transfer.state for transfer in desk.all_done()]
    assert states.count(State.DONE) == 32
    assert len(desk.names()) == 32
    assert desk.engine.close(20)
    assert [type(error) for error in desk.crashes] == [ZeroDivisionError] * 4


def test_an_internal_error_says_how_to_report_it_and_is_kept_for_the_crash_report(desk: Desk) -> None:
    failed = desk.fetch(desk.shelf.put("wheel", WHEEL, Try(error=ZeroDivisionError("secret detail"))))
    assert failed.state is State.FAILED
    assert failed.problem == "Internal error. This transfer was stopped."
    assert f"--log-file FILE writes (artifact-tui {__version__})" in failed.next_step
    assert "secret" not in failed.next_step
    assert desk.engine.close(20)
    assert [str(error) for error in desk.crashes] == ["secret detail"]


def test_a_storage_that_cannot_be_made_fails_the_transfer_in_its_words(tmp_path: Path) -> None:
    def make() -> FakeStore:
        raise SignedOut("The token has expired.", "Sign in again.")

    told = threading.Event()
    engine = make_engine(make, changed=lambda: told.set() if under_way(engine) == 0 else None, concurrency=1)
    desk = Desk(tmp_path)
    engine.downloads.add([desk.order(desk.shelf.put(name, WHEEL)) for name in "abc"])
    assert told.wait(20)
    first, *others = engine.transfers()
    assert (first.state, first.problem, first.next_step) == (State.FAILED, "The token has expired.", "Sign in again.")
    assert {(each.state, each.problem) for each in others} == {(State.CANCELLED, "Not tried: The token has expired.")}


def test_being_signed_out_stops_what_is_queued_with_one_message(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk(concurrency=1)
    artifacts = [desk.shelf.put(name, WHEEL) for name in "abcd"]
    desk.shelf.answers["open", 2] = [SignedOut("The token was revoked.", "Sign in again.")]
    numbers = desk.engine.downloads.add(map(desk.order, artifacts))
    assert [each.state for each in desk.all_done()] == [
        State.DONE,
        State.FAILED,
        State.CANCELLED,
        State.CANCELLED,
    ]
    assert desk.look(numbers[3]).problem == "Not tried: The token was revoked."
    assert desk.engine.retry(numbers[3])
    desk.until_state(numbers[3], State.DONE)


def test_twelve_small_ones_at_once_on_eight_connections(desk: Desk) -> None:
    desk.engine.downloads.add([desk.order(desk.shelf.put(f"{n}", WHEEL, Try(hang_at=50_000))) for n in range(13)])
    desk.until(lambda: desk.engine.totals().received == 400_000)
    totals = desk.engine.totals()
    assert (totals.active, totals.queued) == (12, 1)


def test_a_screen_that_never_answers_stops_nothing(tmp_path: Path) -> None:
    frozen = threading.Event()
    desk = Desk(tmp_path / "dist")

    def hang() -> None:
        frozen.wait()

    engine = make_engine(lambda: desk.shelf, changed=hang)
    engine.downloads.add([desk.order(desk.shelf.put(f"log-{number}", WHEEL)) for number in range(20)])
    while workers := [each for each in threading.enumerate() if each.name == "transfers: download"]:
        workers[0].join(20)
    assert {each.state for each in engine.transfers()} == {State.DONE}
    frozen.set()
    assert engine.close(20)


def test_a_screen_that_crashes_stops_nothing_and_is_reported(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "dist")
    crashes: list[Exception] = []
    ended = threading.Event()

    def changed() -> None:
        if under_way(engine) == 0:
            ended.set()
        raise LookupError("no such widget")

    engine = make_engine(lambda: desk.shelf, changed=changed, crashed=crashes.append)
    engine.downloads.add([desk.order(desk.shelf.put("wheel", WHEEL))])
    assert ended.wait(20)
    assert engine.transfers()[0].state is State.DONE
    assert engine.close(20)
    assert isinstance(crashes[0], LookupError)


def test_many_chunks_are_told_in_few_calls_and_the_end_always(desk: Desk) -> None:
    data = zipped(big=os.urandom(20_000_000))
    done = desk.fetch(desk.shelf.put("big", data))
    chunks = len(data) / 16_384
    assert done.state is State.DONE
    assert desk.calls < chunks / 4


def test_totals_add_up_what_is_under_way(desk: Desk) -> None:
    assert desk.engine.totals() == Totals()
    desk.fetch(desk.shelf.put("wheel", WHEEL))
    start_hanging(desk, 2)
    totals = desk.engine.totals()
    assert (totals.done, totals.active, totals.failed, totals.cancelled) == (1, 1, 0, 0)
    assert (totals.received, totals.total) == (50_000, len(WHEEL))


def test_totals_keep_what_ended_while_others_of_its_batch_run(make_desk: Callable[..., Desk]) -> None:
    """A later order joins the batch; one after its end, or a retry then, begins a new one."""
    desk = make_desk(concurrency=1)
    desk.fetch(desk.shelf.put("before", WHEEL))
    orders = [desk.order(desk.shelf.put(name, WHEEL)) for name in ("first", "second")]
    hanging = desk.order(desk.shelf.put("third", WHEEL, Try(hang_at=50_000)))
    first, _ = desk.engine.downloads.add([*orders, hanging])[:2]
    desk.until(lambda: (totals := desk.engine.totals()).ended == 2 and totals.received == 2 * len(WHEEL) + 50_000)
    assert desk.engine.totals().total == 3 * len(WHEEL)
    (later,) = desk.engine.downloads.add([desk.order(desk.shelf.put("later", WHEEL))])
    assert desk.engine.totals().total == 4 * len(WHEEL)
    assert [desk.engine.cancel(number) for number in (first + 2, later)] == [True, True]
    assert desk.engine.totals().total == 0
    assert desk.engine.retry(later)
    assert desk.look(later).batch == desk.look(first).batch + 1


def test_what_is_not_proven_yet_is_never_shown_as_all_of_it(desk: Desk) -> None:
    artifact = desk.shelf.put("wheel", WHEEL)
    transfer = Transfer(id=1, kind=Kind.DOWNLOAD, repository=OCTO, artifact=artifact, received=10, total=10)
    assert transfer.fraction == 0.99


def test_closing_cancels_all_and_cleans_up(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk(concurrency=2)
    start_hanging(desk, 1)
    start_hanging(desk, 2)
    (queued,) = desk.engine.downloads.add([desk.order(desk.shelf.put("queued", WHEEL))])
    assert desk.engine.close(20)
    assert {each.state for each in desk.engine.transfers()} == {State.CANCELLED}
    assert desk.shelf.closed.is_set()
    assert desk.names() == []
    assert not desk.engine.retry(queued)
    with pytest.raises(RuntimeError, match="closed"):
        desk.engine.downloads.add([desk.order(desk.shelf.put("late", WHEEL))])
