"""Stopping and going on: in the same program, in the next one, beside another one."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import chain, repeat
from pathlib import Path
from random import Random
from typing import Any

import pytest
from msgspec.structs import replace

from artifact_tui.clock import Clock
from artifact_tui.domain.models import Artifact
from artifact_tui.domain.provider import RateLimited
from artifact_tui.retry import DOWNLOAD
from artifact_tui.transfers.engine import Engine
from artifact_tui.transfers.errors import DownloadedElsewhere
from artifact_tui.transfers.models import State
from tests.transfers.conftest import Desk
from tests.transfers.fake_store import Try, zipped

DATA = zipped(wheel=Random(1).randbytes(400_000))
HALF = 200_000
Make = Callable[..., Desk]


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Make]:
    """Each call starts a program of its own on the same disk; all see the same server."""
    desks: list[Desk] = []

    def start(**settings: Any) -> Desk:
        journal = tmp_path / "state" / "transfers.sqlite"
        desk = Desk(tmp_path / "dist", journal=journal, host="github.com", **settings)
        if desks:
            desk.shelf = desk.storage = desks[0].shelf
        desks.append(desk)
        return desk

    yield start
    for desk in desks:
        desk.engine.close(20)


def begin(desk: Desk, **more: object) -> tuple[Artifact, int]:
    """A download that hangs at its half."""
    artifact = desk.shelf.put("wheel", DATA, Try(hang_at=HALF), **more)  # type: ignore[arg-type]  # by name
    (number,) = desk.engine.downloads.add([desk.order(artifact, unpack=False)])
    desk.until(lambda: desk.look(number).received >= HALF)
    return artifact, number


def is_right(path: Path) -> bool:
    return hashlib.sha256(path.read_bytes()).digest() == hashlib.sha256(DATA).digest()


def test_a_paused_download_goes_on_from_where_it_was(program: Make) -> None:
    desk = program()
    _, number = begin(desk)
    assert desk.engine.downloads.pause(number)
    paused = desk.look(number)
    assert (paused.state, paused.received, paused.finished, paused.active) == (State.PAUSED, HALF, False, False)
    assert not desk.engine.downloads.pause(number)
    assert desk.engine.downloads.resume(number)
    desk.until_state(number, State.DONE)
    assert (desk.look(number).tries, desk.look(number).attempts) == (2, 1)
    assert desk.shelf.things[1].asked == [0, HALF]
    assert desk.shelf.things[1].asked_until[-1] == len(DATA)
    assert is_right(desk.directory / "wheel.zip")
    assert not desk.engine.downloads.resume(number)


def test_a_paused_download_gives_its_place_to_the_next(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk(concurrency=1)
    _, number = begin(desk)
    desk.engine.downloads.pause(number)
    assert desk.fetch(desk.shelf.put("other", DATA)).state is State.DONE
    desk.engine.downloads.resume(number)
    desk.until_state(number, State.DONE)


def test_a_queued_download_is_paused_and_resumed(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk(concurrency=1)
    begin(desk)
    (queued,) = desk.engine.downloads.add([desk.order(desk.shelf.put("other", DATA))])
    assert desk.engine.downloads.pause(queued)
    desk.shelf.let_go()
    desk.until_state(1, State.DONE)
    assert desk.look(queued).state is State.PAUSED
    assert desk.engine.downloads.resume(queued)
    desk.until_state(queued, State.DONE)


def test_a_paused_download_is_cancelled_with_all_it_wrote(program: Make) -> None:
    desk = program()
    _, number = begin(desk)
    desk.engine.downloads.pause(number)
    assert desk.engine.cancel(number)
    assert desk.look(number).state is State.CANCELLED
    assert desk.engine.close(20)
    assert desk.names() == []
    assert program().engine.downloads.unfinished() == ()


def test_a_part_that_is_kept_serves_the_next_order(program: Make) -> None:
    desk = program()
    artifact, number = begin(desk)
    assert desk.engine.cancel(number, keep=True)
    assert desk.fetch(artifact, unpack=False).state is State.DONE
    assert desk.shelf.things[1].asked == [0, HALF]
    assert desk.names() == ["wheel.zip"]


def test_a_part_that_is_kept_is_offered_like_what_an_earlier_program_left(program: Make) -> None:
    """Under its ID while it is in the list; what had no bytes was only cancelled."""
    desk = program(concurrency=1)
    _, number = begin(desk)
    (queued,) = desk.engine.downloads.add([desk.order(desk.shelf.put("other", DATA))])
    assert desk.engine.downloads.unfinished() == ()
    assert [desk.engine.cancel(one, keep=True) for one in (queued, number)] == [True, True]
    assert (desk.look(number).kept, desk.look(queued).kept, desk.engine.totals().kept) == (True, False, 1)
    assert [left.received for left in desk.engine.downloads.unfinished()] == [HALF]
    assert desk.engine.downloads.resume_unfinished() == (number,)
    assert desk.engine.downloads.unfinished() == ()
    desk.until_state(number, State.DONE)
    assert desk.shelf.things[1].asked == [0, HALF]


def test_a_part_that_is_kept_is_offered_without_its_row(program: Make) -> None:
    desk = program()
    _, number = begin(desk)
    assert desk.engine.cancel(number, keep=True)
    desk.engine.clear_finished()
    (again,) = desk.engine.downloads.resume_unfinished()
    desk.until_state(again, State.DONE)
    assert again != number
    assert desk.names() == ["wheel.zip"]


def test_the_next_start_offers_to_go_on_and_fetches_only_what_is_missing(program: Make) -> None:
    desk = program()
    artifact, _ = begin(desk)
    assert desk.engine.close(20)
    assert desk.names() == ["wheel.zip.part"]
    after = program()
    (left,) = after.engine.downloads.unfinished()
    assert (left.order.artifact, left.received, left.total) == (artifact, HALF, len(DATA))
    (number,) = after.engine.downloads.resume_unfinished()
    after.until_state(number, State.DONE)
    assert after.look(number).resumed == HALF
    assert after.shelf.things[1].asked == [0, HALF]
    assert after.names() == ["wheel.zip"]
    assert is_right(after.directory / "wheel.zip")
    assert after.engine.downloads.unfinished() == ()


def test_what_was_queued_is_offered_too(program: Make) -> None:
    desk = program(concurrency=1)
    begin(desk)
    desk.engine.downloads.add([desk.order(desk.shelf.put("other", DATA))])
    desk.engine.close(20)
    after = program()
    assert [left.order.artifact.name for left in after.engine.downloads.unfinished()] == ["wheel", "other"]
    assert len(after.engine.downloads.resume_unfinished()) == 2
    assert {transfer.state for transfer in after.all_done()} == {State.DONE}


def test_what_is_forgotten_is_removed(program: Make) -> None:
    desk = program()
    begin(desk)
    desk.engine.close(20)
    after = program()
    assert len(after.engine.downloads.discard_unfinished()) == 1
    assert after.engine.close(20)
    assert after.names() == []
    assert program().engine.downloads.unfinished() == ()


def test_leaving_without_keeping_removes_all(program: Make) -> None:
    desk = program()
    begin(desk)
    assert desk.engine.close(20, keep=False)
    assert desk.names() == []
    assert program().engine.downloads.unfinished() == ()


def test_a_blob_that_changed_meanwhile_is_fetched_anew(program: Make) -> None:
    desk = program()
    begin(desk, digest=False)
    desk.engine.close(20)
    after = program()
    after.shelf.things[1].etag = '"2"'
    (number,) = after.engine.downloads.resume_unfinished()
    after.until_state(number, State.DONE)
    assert is_right(after.directory / "wheel.zip")


@pytest.mark.parametrize("size", [0, 100, HALF - 1])
def test_a_part_that_others_have_cut_is_filled_again(program: Make, size: int) -> None:
    desk = program()
    begin(desk)
    desk.engine.close(20)
    with (desk.directory / "wheel.zip.part").open("r+b") as part:
        part.truncate(size)
    after = program()
    (number,) = after.engine.downloads.resume_unfinished()
    after.until_state(number, State.DONE)
    assert is_right(after.directory / "wheel.zip")


def test_a_part_that_others_have_written_into_is_found_out_by_its_digest(program: Make) -> None:
    desk = program()
    begin(desk)
    desk.engine.close(20)
    with (desk.directory / "wheel.zip.part").open("r+b") as part:
        part.write(b"spoilt")
    after = program()
    (number,) = after.engine.downloads.resume_unfinished()
    after.until_state(number, State.DONE)
    assert after.shelf.things[1].asked == [0, HALF, 0]
    assert is_right(after.directory / "wheel.zip")


def test_two_programs_on_one_download_the_second_says_so(program: Make) -> None:
    first = program()
    artifact, number = begin(first)
    second = program()
    failed = second.fetch(artifact, unpack=False)
    assert failed.state is State.FAILED
    assert "Another download of this artifact" in failed.problem
    assert isinstance(failed.error, DownloadedElsewhere)
    assert first.look(number).state is State.DOWNLOADING
    first.shelf.let_go()
    first.until_state(number, State.DONE)
    assert second.engine.retry(failed.id)
    second.until_state(failed.id, State.DONE)
    assert second.names() == ["wheel (2).zip", "wheel.zip"]


def test_one_download_twice_in_one_program_is_said(program: Make) -> None:
    desk = program()
    artifact, number = begin(desk)
    again = desk.fetch(artifact, unpack=False)
    assert "Another download of this artifact" in again.problem
    desk.shelf.let_go()
    desk.until_state(number, State.DONE)
    assert desk.names() == ["wheel.zip"]


def test_the_queue_is_put_in_another_order(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk(concurrency=1)
    begin(desk)
    a, b, c = desk.engine.downloads.add([desk.order(desk.shelf.put(name, DATA)) for name in "abc"])
    assert desk.engine.downloads.move(c, -5)
    assert [transfer.id for transfer in desk.engine.transfers()] == [1, c, a, b]
    assert desk.engine.downloads.move(c, 1)
    assert not desk.engine.downloads.move(b, 1)
    assert not desk.engine.downloads.move(1, 1)
    assert [transfer.id for transfer in desk.engine.transfers()] == [1, a, c, b]
    desk.shelf.let_go()
    desk.all_done()
    assert [number for verb, number in desk.shelf.requests if verb == "open"] == [1, 2, 4, 3]


def test_a_journal_that_breaks_costs_only_the_chance_to_go_on(tmp_path: Path) -> None:
    journal = tmp_path / "transfers.sqlite"
    desk = Desk(tmp_path / "dist", journal=journal)
    _, number = begin(desk)
    with closing(sqlite3.connect(journal)) as other:
        other.execute("DROP TABLE download")
    desk.shelf.let_go()
    desk.until_state(number, State.DONE)
    assert is_right(desk.directory / "wheel.zip")
    assert desk.engine.close(20)


def test_an_engine_without_a_lasting_journal_leaves_no_part(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "dist")
    begin(desk)
    assert isinstance(desk.engine, Engine)
    assert desk.engine.close(20, keep=True)
    assert desk.names() == []


@pytest.mark.parametrize("jump", [timedelta(0), timedelta(hours=-1), timedelta(days=1)])
def test_what_was_parked_comes_back_whatever_the_clock_does(make_desk: Callable[..., Desk], jump: timedelta) -> None:
    """The clock jumps after the time to wait was read from it."""
    start = datetime(2026, 3, 1, tzinfo=UTC)
    moments = chain([start], repeat(start + jump))
    desk = make_desk(clock=Clock(now=lambda: next(moments)), policy=replace(DOWNLOAD, longest_wait=0.01))
    limited = RateLimited("Too many requests.", until=start + timedelta(seconds=0.1))
    artifact = desk.shelf.put("wheel", DATA)
    desk.shelf.answers["open", artifact.id] = [limited]
    assert desk.fetch(artifact).state is State.DONE
    assert desk.shelf.requests == [("open", artifact.id)] * 2
