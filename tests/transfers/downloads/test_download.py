"""Downloads: proven before they are seen, never over anything, never beside the directory."""

from __future__ import annotations

import os
import resource
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from artifact_tui.clock import Clock
from artifact_tui.domain.provider import ArtifactExpired, RateLimited, ServerTrouble
from artifact_tui.transfers.errors import TargetExists
from artifact_tui.transfers.models import OnExisting, State
from tests.archive.zips import Part, build
from tests.examples import examples
from tests.transfers.conftest import Desk
from tests.transfers.fake_store import Try, lost, zipped

WHEEL = zipped(a__b=b"wheel", big=os.urandom(200_000))
FLIPPED = WHEEL[:1000] + bytes([WHEEL[1000] ^ 1]) + WHEEL[1001:]


def test_an_artifact_is_verified_and_unpacked_into_a_directory_of_its_name(desk: Desk) -> None:
    done = desk.fetch(desk.shelf.put("wheel", WHEEL))
    assert (done.state, done.verified, done.problem, done.tries) == (State.DONE, True, "", 1)
    assert (done.received, done.total, done.fraction) == (len(WHEEL), len(WHEEL), 1.0)
    assert done.path == desk.directory / "wheel"
    assert (desk.directory / "wheel/a/b").read_bytes() == b"wheel"
    assert desk.names() == ["wheel"]


def test_an_artifact_can_be_kept_as_the_zip_it_is(desk: Desk) -> None:
    done = desk.fetch(desk.shelf.put("wheel", WHEEL), unpack=False)
    assert done.path == desk.directory / "wheel.zip"
    assert (desk.directory / "wheel.zip").read_bytes() == WHEEL
    assert desk.names() == ["wheel.zip"]


def test_a_plain_file_is_saved_under_its_own_name(desk: Desk) -> None:
    done = desk.fetch(desk.shelf.put("report", b"<html>", file_name="../my report.html"))
    assert done.path is not None
    assert done.path.parent == desk.directory
    assert done.path.name == "_my report-1.html"
    assert done.path.read_bytes() == b"<html>"


def test_an_artifact_of_no_bytes_with_a_digest_is_kept(desk: Desk) -> None:
    done = desk.fetch(desk.shelf.put("empty", b""))
    assert (done.state, done.verified) == (State.DONE, True)
    assert "Kept as empty.zip" in done.problem
    assert desk.names() == ["empty.zip"]


@pytest.mark.parametrize("unpack", [True, False])
def test_without_a_digest_the_checksums_inside_decide(desk: Desk, unpack: bool) -> None:
    done = desk.fetch(desk.shelf.put("old", WHEEL, digest=False, tells_size=False), unpack=unpack)
    assert (done.state, done.verified, done.problem) == (State.DONE, None, "")
    bad = desk.fetch(desk.shelf.put("bad", build(Part("x", b"123", crc=1)), digest=False), unpack=unpack)
    assert bad.state is State.FAILED
    assert "checksum" in bad.problem
    assert desk.names() == ["old" if unpack else "old.zip"]


def test_a_truncated_archive_of_unknown_size_is_noticed(desk: Desk) -> None:
    desk.shelf.put("old", WHEEL, Try(data=WHEEL[:-30]), digest=False, tells_size=False)
    done = desk.fetch(desk.shelf.things[1].artifact, unpack=False)
    assert (done.state, done.tries) == (State.DONE, 2)
    assert (desk.directory / "old.zip").read_bytes() == WHEEL


def test_damage_on_the_way_is_fetched_once_more(desk: Desk) -> None:
    done = desk.fetch(desk.shelf.put("wheel", WHEEL, Try(data=FLIPPED)))
    assert (done.state, done.verified, done.tries, done.problem) == (State.DONE, True, 2, "")


@pytest.mark.parametrize("data", [FLIPPED, WHEEL[:-1], WHEEL + b"!", b"<html>"], ids=["flip", "short", "long", "html"])
def test_damage_that_stays_leaves_nothing(desk: Desk, data: bytes) -> None:
    failed = desk.fetch(desk.shelf.put("wheel", WHEEL, Try(data=data), Try(data=data)))
    assert (failed.state, failed.verified, failed.tries) == (State.FAILED, False, 2)
    assert failed.problem.startswith("Digest mismatch twice")
    assert failed.next_step
    assert desk.names() == []


def test_more_bytes_than_announced_are_refused(desk: Desk) -> None:
    failed = desk.fetch(desk.shelf.put("wheel", WHEEL, digest=False, announces=1000))
    assert failed.state is State.FAILED
    assert failed.problem.startswith("Checksum mismatch twice: longer than the expected 1,000 bytes.")
    assert desk.names() == []


@pytest.mark.parametrize("at", [0, 1, 4095, 65536, len(WHEEL) // 2, len(WHEEL) - 1])
def test_a_lost_connection_goes_on_where_it_was(desk: Desk, at: int) -> None:
    done = desk.fetch(desk.shelf.put("wheel", WHEEL, Try(drop_at=at), Try(drop_at=at)), unpack=False)
    assert (done.state, done.tries, done.problem) == (State.DONE, 3, "")
    assert desk.shelf.things[1].asked == [0, at, at]
    assert (desk.directory / "wheel.zip").read_bytes() == WHEEL


def test_a_connection_lost_after_the_last_byte_is_no_loss(desk: Desk) -> None:
    done = desk.fetch(desk.shelf.put("wheel", WHEEL, Try(drop_at=len(WHEEL))))
    assert (done.state, done.tries) == (State.DONE, 1)


def test_a_clean_end_too_early_is_a_lost_connection(desk: Desk) -> None:
    artifact = desk.shelf.put("wheel", WHEEL, Try(end_at=500), digest=False)
    assert desk.fetch(artifact).state is State.DONE
    assert desk.shelf.things[1].asked == [0, 500]


@pytest.mark.parametrize(("digest", "asked"), [(True, [0, 5000]), (False, [0, 0])])
def test_without_a_strong_etag_only_a_digest_allows_to_go_on(desk: Desk, digest: bool, asked: list[int]) -> None:
    done = desk.fetch(desk.shelf.put("wheel", WHEEL, Try(drop_at=5000), etag="", digest=digest))
    assert (done.state, done.verified) == (State.DONE, True if digest else None)
    assert desk.shelf.things[1].asked == asked


def test_a_server_that_ignores_ranges_makes_it_start_over(desk: Desk) -> None:
    done = desk.fetch(desk.shelf.put("wheel", WHEEL, Try(drop_at=5000), Try(start=0)))
    assert (done.state, done.verified, done.tries) == (State.DONE, True, 2)
    assert desk.shelf.things[1].asked == [0, 5000]


def test_a_server_that_sends_another_range_is_not_believed(desk: Desk) -> None:
    done = desk.fetch(desk.shelf.put("wheel", WHEEL, Try(drop_at=5000), Try(start=4000)), unpack=False)
    assert (done.state, done.verified) == (State.DONE, True)
    assert desk.shelf.things[1].asked == [0, 5000, 0]


@settings(max_examples=examples(25), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drops=st.lists(st.integers(0, len(WHEEL)), max_size=6))
def test_however_often_the_connection_is_lost_the_bytes_are_right(
    make_desk: Callable[..., Desk], drops: list[int]
) -> None:
    desk = make_desk()
    tries = [Try(drop_at=at) for at in sorted(drops)]
    done = desk.fetch(desk.shelf.put("wheel", WHEEL, *tries), unpack=False)
    if done.state is State.FAILED:
        assert max(map(drops.count, drops)) >= 4
    else:
        assert done.path is not None
        assert done.path.read_bytes() == WHEEL
    desk.engine.close(20)


def test_it_gives_up_after_some_tries_without_a_byte_and_says_what_went_wrong(desk: Desk) -> None:
    failed = desk.fetch(desk.shelf.put("wheel", WHEEL, *(Try(error=lost()) for _ in range(9))))
    assert (failed.state, failed.tries, failed.problem) == (State.FAILED, 4, "The connection was lost.")
    assert failed.next_step == "Check the network."


def test_every_new_byte_earns_all_tries_again(desk: Desk) -> None:
    tries = [Try(drop_at=at) for at in range(1000, 12_000, 1000)]
    assert desk.fetch(desk.shelf.put("wheel", WHEEL, *tries)).state is State.DONE


def test_what_cannot_pass_is_not_tried_again(desk: Desk) -> None:
    error = ArtifactExpired("The artifact has expired.", "Run the workflow again.")
    failed = desk.fetch(desk.shelf.put("wheel", WHEEL, Try(error=error)))
    assert (failed.state, failed.tries, failed.problem) == (State.FAILED, 1, "The artifact has expired.")


def test_a_rate_limit_is_waited_for_and_a_long_one_leaves_its_place_to_others(make_desk: Callable[..., Desk]) -> None:
    now = datetime(2026, 3, 1, tzinfo=UTC)
    desk = make_desk(clock=Clock(now=lambda: now), concurrency=1)
    soon = RateLimited("Too many requests.", until=now + timedelta(seconds=0.01))
    late = RateLimited("Too many requests.", until=now + timedelta(minutes=42))
    assert desk.fetch(desk.shelf.put("a", WHEEL, Try(error=soon))).state is State.DONE
    (number,) = desk.engine.downloads.add([desk.order(desk.shelf.put("b", WHEEL, Try(error=late)))])
    desk.until_state(number, State.PARKED)
    parked = desk.look(number)
    assert parked.problem == "Too many requests."
    assert parked.seconds_left is not None
    assert 41 * 60 < parked.seconds_left <= 42 * 60
    assert desk.fetch(desk.shelf.put("c", WHEEL)).state is State.DONE
    assert desk.engine.downloads.resume(number)
    desk.until_state(number, State.DONE)


def test_what_is_there_already_is_kept_beside_the_new(desk: Desk, tmp_path: Path) -> None:
    desk.directory.mkdir()
    outside = tmp_path / "outside"
    outside.write_bytes(b"mine")
    (desk.directory / "link.zip").symlink_to(outside)
    (desk.directory / "file.zip").write_bytes(b"mine")
    (desk.directory / "dir.zip").mkdir()
    os.mkfifo(desk.directory / "fifo.zip")
    for name in ("link", "file", "dir", "fifo"):
        done = desk.fetch(desk.shelf.put(name, WHEEL), unpack=False)
        assert done.path == desk.directory / f"{name} (2).zip"
        assert done.path.read_bytes() == WHEEL
    assert outside.read_bytes() == b"mine"
    assert (desk.directory / "file.zip").read_bytes() == b"mine"


def test_directories_that_are_there_already_are_left_alone(desk: Desk) -> None:
    (desk.directory / "wheel").mkdir(parents=True)
    (desk.directory / "wheel (2)").symlink_to("nowhere")
    done = desk.fetch(desk.shelf.put("wheel", WHEEL))
    assert done.path == desk.directory / "wheel (3)"
    assert list((desk.directory / "wheel").iterdir()) == []


def test_what_is_there_already_can_be_skipped(desk: Desk) -> None:
    first = desk.fetch(desk.shelf.put("wheel", WHEEL))
    again = desk.fetch(desk.shelf.things[1].artifact, on_existing=OnExisting.SKIP)
    assert first.state is State.DONE
    assert (again.state, again.problem) == (State.CANCELLED, "wheel already exists.")
    assert desk.shelf.requests == [("open", 1)]


@pytest.mark.parametrize("on_existing", [OnExisting.FAIL, OnExisting.SKIP])
def test_an_existing_name_ends_the_download_before_the_first_byte(desk: Desk, on_existing: OnExisting) -> None:
    desk.directory.mkdir()
    (desk.directory / "wheel").write_bytes(b"mine")
    (desk.directory / "report.html").write_bytes(b"mine")
    wheel = desk.fetch(desk.shelf.put("wheel", WHEEL), on_existing=on_existing)
    report = desk.fetch(desk.shelf.put("report", WHEEL, file_name="report.html"), on_existing=on_existing)
    state = State.FAILED if on_existing is OnExisting.FAIL else State.CANCELLED
    assert (wheel.state, wheel.problem, wheel.received) == (state, "wheel already exists.", 0)
    assert (report.state, report.problem, report.received) == (state, "report.html already exists.", 0)
    assert isinstance(report.error, TargetExists)
    assert desk.names() == ["report.html", "wheel"]
    assert (desk.directory / "wheel").read_bytes() == b"mine"


def test_artifacts_of_one_name_in_one_batch_are_all_kept(desk: Desk) -> None:
    contents = [zipped(n=str(number).encode()) for number in range(8)]
    desk.engine.downloads.add([desk.order(desk.shelf.put("log", data)) for data in contents])
    paths = [done.path for done in desk.all_done()]
    assert desk.names() == sorted(["log", *(f"log ({number})" for number in range(2, 9))])
    assert [path and (path / "n").read_bytes() for path in paths] == [str(number).encode() for number in range(8)]


def test_an_archive_that_may_not_be_unpacked_is_kept_with_the_reason(desk: Desk) -> None:
    evil = build(Part("../x", b"1"))
    done = desk.fetch(desk.shelf.put("evil", evil))
    assert (done.state, done.verified) == (State.DONE, True)
    assert done.problem == "Not unpacked: '../x' points outside the directory. Kept as evil.zip."
    assert desk.names() == ["evil.zip"]
    assert (desk.directory / "evil.zip").read_bytes() == evil


def test_checksums_that_cannot_be_compared_are_said(desk: Desk) -> None:
    done = desk.fetch(desk.shelf.put("secret", build(Part("x", b"1", flags=0x801)), digest=False), unpack=False)
    assert (done.state, done.verified) == (State.DONE, None)
    assert "could not be compared: 'x' is encrypted" in done.problem


def test_a_name_that_is_no_file_name_becomes_one_with_the_id(desk: Desk) -> None:
    done = desk.fetch(desk.shelf.put("..", WHEEL))
    assert done.path == desk.directory / "artifact-1"
    assert desk.names() == ["artifact-1"]


def test_more_than_the_disk_has_room_for_is_said_before_the_first_byte(desk: Desk) -> None:
    failed = desk.fetch(desk.shelf.put("huge", WHEEL, digest=False, announces=10**18))
    assert failed.state is State.FAILED
    assert failed.problem.startswith(f"Not enough free space in {desk.directory}: ")
    assert failed.problem.endswith(" free, 1.0 EB needed.")
    assert desk.names() == []


def test_a_limit_of_the_file_system_ends_one_download_in_words(desk: Desk) -> None:
    small, large = desk.shelf.put("small", zipped(a=b"1")), desk.shelf.put("large", WHEEL)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    try:
        failed, done = desk.fetch(large), desk.fetch(small)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert (failed.state, done.state) == (State.FAILED, State.DONE)
    assert failed.problem.startswith("The file is larger than")
    assert desk.names() == ["large.zip.part", "small"]
    assert desk.engine.retry(failed.id)
    desk.until_state(failed.id, State.DONE)
    assert desk.names() == ["large", "small"]
    assert 0 < desk.shelf.things[2].asked[-1] <= 100_000


def test_no_room_to_unpack_keeps_the_zip(desk: Desk) -> None:
    data = zipped(zeros=bytes(500_000))
    artifact = desk.shelf.put("zeros", data)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    try:
        done = desk.fetch(artifact)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert done.state is State.DONE
    assert done.problem.startswith("Not unpacked: The file is larger than")
    assert desk.names() == ["zeros.zip"]


def test_a_directory_that_is_a_file_is_said(desk: Desk) -> None:
    desk.directory.write_bytes(b"")
    failed = desk.fetch(desk.shelf.put("wheel", WHEEL))
    desk.directory.unlink()
    assert (failed.state, failed.problem) == (State.FAILED, f"{desk.directory} is not a directory.")


def test_a_directory_that_vanishes_meanwhile_is_said(desk: Desk) -> None:
    artifact = desk.shelf.put("wheel", WHEEL, Try(hang_at=5000))
    (number,) = desk.engine.downloads.add([desk.order(artifact, unpack=False)])
    assert desk.shelf.hanging.wait(20)
    for path in desk.directory.iterdir():
        path.unlink()
    desk.directory.rmdir()
    desk.shelf.let_go()
    desk.until(lambda: desk.look(number).finished)
    failed = desk.look(number)
    assert (failed.state, failed.problem) == (State.FAILED, f"{desk.directory} no longer exists.")
    assert failed.next_step


def test_a_server_that_makes_no_sense_for_long_fails_in_its_words(desk: Desk) -> None:
    tries = [Try(error=ServerTrouble("The server answered with a web page.")) for _ in range(9)]
    failed = desk.fetch(desk.shelf.put("wheel", WHEEL, *tries))
    assert failed.problem == "The server answered with a web page."
