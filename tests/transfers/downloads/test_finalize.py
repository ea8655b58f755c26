"""Final names: what is there already, receipts, limits, room, and programs that died at the last step."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from artifact_tui.domain.models import Artifact
from artifact_tui.transfers.downloads.part_file import PartFile
from artifact_tui.transfers.journals import Journals
from artifact_tui.transfers.models import OnExisting, State
from artifact_tui.transfers.receipts.store import read_receipt
from artifact_tui.transfers.receipts.verify import Unusable, Verdict, verify
from tests.transfers.conftest import Desk
from tests.transfers.fake_store import zipped

WHEEL = zipped(a__b=b"wheel", c=Random(3).randbytes(50_000))
LOGS = zipped(noise=Random(4).randbytes(200_000), log=b"log " * 500_000)
HOST = "github.com"


def changes(desk: Desk) -> list[str]:
    """What a check of all receipts finds."""
    verdicts = list(verify(desk.directory))
    assert verdicts
    return [each.reason for each in verdicts if isinstance(each, Unusable)] + [
        change.what for each in verdicts if isinstance(each, Verdict) for change in each.changes
    ]


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Callable[..., Desk]]:
    desks: list[Desk] = []

    def start(**settings: Any) -> Desk:
        desks.append(Desk(tmp_path / "dist", journal=tmp_path / "transfers.sqlite", host=HOST, **settings))
        return desks[-1]

    yield start
    for desk in desks:
        desk.engine.close(20)


def test_a_receipt_lies_beside_what_was_downloaded_and_holds(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk(host=HOST)
    tree = desk.fetch(desk.shelf.put("wheel", WHEEL), attempt=2)
    archive = desk.fetch(desk.shelf.put("wheel", WHEEL), unpack=False)
    raw = desk.fetch(desk.shelf.put("log", b"text", digest=False, file_name="build.log"))
    assert desk.receipts() == ["build.log.artifact.json", "wheel.artifact.json", "wheel.zip.artifact.json"]
    first = read_receipt(desk.directory / "wheel.artifact.json")
    assert (first.host, first.repository, first.run_attempt, first.verified) == (HOST, "octo/app", 2, True)
    assert [file.path for file in first.files] == ["wheel/a/b", "wheel/c"]
    assert not read_receipt(desk.directory / "build.log.artifact.json").verified
    assert (tree.path, archive.path, raw.path) == tuple(
        desk.directory / name for name in ("wheel", "wheel.zip", "build.log")
    )
    assert not changes(desk)


@pytest.mark.parametrize("unpack", [True, False])
def test_what_is_there_is_overwritten_only_when_that_was_chosen(desk: Desk, unpack: bool) -> None:
    old, new = desk.shelf.put("wheel", zipped(old=b"1")), desk.shelf.put("wheel", WHEEL)
    desk.fetch(old, unpack=unpack)
    done = desk.fetch(new, unpack=unpack, on_existing=OnExisting.OVERWRITE)
    name = "wheel" if unpack else "wheel.zip"
    assert (done.state, done.path, done.problem) == (State.DONE, desk.directory / name, "")
    assert (desk.names(), desk.receipts()) == ([name], [f"{name}.artifact.json"])
    assert not changes(desk)
    if unpack:
        assert sorted(path.name for path in (desk.directory / "wheel").iterdir()) == ["a", "c"]


def test_an_archive_over_the_limit_is_kept_and_unpacked_anyway_when_asked(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk(unpack_limit=10_000)
    kept = desk.fetch(desk.shelf.put("wheel", WHEEL))
    assert (kept.state, kept.over_limit, kept.path) == (State.DONE, True, desk.directory / "wheel.zip")
    assert "more than the limit of" in kept.problem
    assert desk.engine.downloads.unpack_anyway(kept.id)
    desk.until(lambda: desk.look(kept.id).path == desk.directory / "wheel")
    done = desk.look(kept.id)
    assert (done.state, done.over_limit, done.problem) == (State.DONE, False, "")
    assert (desk.names(), len(desk.shelf.things[1].asked)) == (["wheel", "wheel.zip"], 1)
    assert not desk.engine.downloads.unpack_anyway(kept.id)


def test_an_archive_that_was_changed_meanwhile_is_not_unpacked(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk(unpack_limit=10_000)
    kept = desk.fetch(desk.shelf.put("wheel", WHEEL))
    (desk.directory / "wheel.zip").write_bytes(zipped(other=b"1"))
    assert desk.engine.downloads.unpack_anyway(kept.id)
    desk.until_state(kept.id, State.FAILED)
    assert "has changed since it was downloaded" in desk.look(kept.id).problem


def test_other_refusals_cannot_be_overruled(desk: Desk) -> None:
    kept = desk.fetch(desk.shelf.put("evil", zipped(**{"..__evil": b"1"})))
    assert (kept.state, kept.over_limit, kept.path) == (State.DONE, False, desk.directory / "evil.zip")
    assert not desk.engine.downloads.unpack_anyway(kept.id)


def test_room_for_archive_and_content_is_looked_at_before_the_first_byte(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk(free_space=lambda place: 1_000_000)
    artifact = desk.shelf.put("logs", LOGS)
    failed = desk.fetch(artifact)
    assert failed.state is State.FAILED
    assert ": 1.0 MB free, 2.4 MB (" in failed.problem
    assert failed.problem.endswith(" for the archive, 2.2 MB to unpack it) needed.")
    assert failed.received == 0
    assert desk.names() == []
    assert desk.fetch(artifact, unpack=False).state is State.DONE


def test_a_server_without_ranges_says_nothing_of_the_room_before(make_desk: Callable[..., Desk]) -> None:
    desk = make_desk(free_space=lambda place: 1_000_000)
    assert desk.fetch(desk.shelf.put("logs", LOGS, ranges=False)).state is State.DONE


def left_behind(desk: Desk, artifact: Artifact, unpack: bool) -> Desk:
    """As if the program had died right after the last rename: part file and row are there, the receipt is not."""
    done = desk.fetch(artifact, unpack=unpack)
    assert done.path is not None
    for name in desk.receipts():
        (desk.directory / name).unlink()
    part = PartFile.create(desk.directory, "wheel.zip")
    part.write(0, WHEEL)
    part.close()
    journal = Journals(desk.directory.parent / "transfers.sqlite")
    (record,) = journal.downloads.add(HOST, [desk.order(artifact, unpack=unpack)])
    journal.downloads.change(
        record.id, part=part.path, total=len(WHEEL), target=done.path, inode=done.path.stat().st_ino
    )
    journal.downloads.wrote(record.id, ((0, len(WHEEL)),))
    journal.close()
    return desk


@pytest.mark.parametrize("unpack", [True, False])
def test_a_program_that_died_after_the_last_rename_has_nothing_placed_twice(
    program: Callable[..., Desk], unpack: bool
) -> None:
    desk = program()
    left_behind(desk, desk.shelf.put("wheel", WHEEL), unpack)
    (number,) = desk.engine.downloads.resume_unfinished()
    desk.until_state(number, State.DONE)
    name = "wheel" if unpack else "wheel.zip"
    assert desk.look(number).path == desk.directory / name
    assert (desk.names(), desk.receipts()) == ([name], [f"{name}.artifact.json"])
    assert len(desk.shelf.things[1].asked) == 1
    assert not changes(desk)


def test_an_archive_that_a_power_loss_damaged_leaves_what_was_unpacked_from_it(program: Callable[..., Desk]) -> None:
    """It is not on the disk for certain when it is unpacked, but its files are."""
    desk = program()
    left_behind(desk, desk.shelf.put("wheel", WHEEL), unpack=True)
    (desk.directory / "wheel.zip.part").write_bytes(bytes(len(WHEEL)))
    (number,) = desk.engine.downloads.resume_unfinished()
    desk.until_state(number, State.DONE)
    assert (desk.names(), desk.receipts()) == (["wheel"], [])


def test_forgetting_keeps_what_was_placed_and_removes_its_half_written_receipt(program: Callable[..., Desk]) -> None:
    desk = program()
    left_behind(desk, desk.shelf.put("wheel", WHEEL), unpack=False)
    half = desk.directory / f".receipt-{(desk.directory / 'wheel.zip').stat().st_ino:x}"
    half.write_bytes(b"{")
    desk.engine.downloads.discard_unfinished()
    assert desk.engine.close(20)
    assert sorted(path.name for path in desk.directory.iterdir()) == ["wheel.zip"]


def test_what_was_to_be_overwritten_gets_its_name_back_when_the_program_died_between(
    program: Callable[..., Desk],
) -> None:
    desk = program()
    artifact = desk.shelf.put("wheel", WHEEL)
    scratch = desk.directory / "wheel.zip.part.unpacking"
    (scratch / "old").mkdir(parents=True)
    (scratch / "old" / "mine").write_bytes(b"1")
    journal = Journals(desk.directory.parent / "transfers.sqlite")
    (record,) = journal.downloads.add(HOST, [desk.order(artifact)])
    journal.downloads.change(record.id, scratch=scratch, target=desk.directory / "wheel", inode=1)
    journal.close()
    desk.engine.downloads.discard_unfinished()
    assert desk.engine.close(20)
    assert desk.names() == ["wheel"]
    assert (desk.directory / "wheel" / "mine").read_bytes() == b"1"
