"""The journal: what one program leaves, the next one finds; what a living one works on, nobody takes."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
from pathlib import Path

import pytest
from msgspec.structs import replace

from artifact_tui.transfers.downloads.journal_record import RowStatus
from artifact_tui.transfers.journals import Journals, open_journals
from artifact_tui.transfers.models import DownloadOrder, OnExisting
from tests.artifacts import listed
from tests.transfers.fake_store import MADE, OCTO

HOST = "github.com"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "transfers.sqlite"


def order(directory: Path, number: int = 1) -> DownloadOrder:
    artifact = listed(id=number, name="wheel", size_in_bytes=10, created_at=MADE, digest="sha256:" + "0" * 64)
    return DownloadOrder(
        repository=OCTO, artifact=artifact, directory=directory, on_existing=OnExisting.SKIP, attempt=3, any_size=True
    )


def test_the_next_program_finds_what_the_last_one_left(path: Path, tmp_path: Path) -> None:
    odd = Path(os.fsdecode(bytes(tmp_path) + b"/\xff"))
    first = Journals(path)
    (record,) = first.downloads.add(HOST, [order(odd)])
    first.downloads.change(record.id, part=odd / "wheel.part", etag='"1"', total=10, file_name="a.txt")
    first.downloads.wrote(record.id, ((0, 3), (5, 9)))
    first.close()
    second = Journals(path)
    (found,) = second.downloads.unfinished(HOST)
    assert found.order == order(odd)
    assert (found.part, found.etag, found.total, found.file_name) == (odd / "wheel.part", '"1"', 10, "a.txt")
    assert (found.there, found.received) == (((0, 3), (5, 9)), 7)
    assert second.downloads.unfinished("ghe.example.com") == ()
    second.close()


def test_only_the_user_can_read_it(path: Path) -> None:
    journal = Journals(path)
    journal.downloads.add(HOST, [order(path.parent)])
    modes = {each.name: stat.S_IMODE(each.stat().st_mode) for each in path.parent.iterdir()}
    assert set(modes.values()) == {0o600}
    journal.close()


def test_what_a_living_program_works_on_is_its_own(path: Path, tmp_path: Path) -> None:
    first, second = Journals(path), Journals(path)
    (record,) = first.downloads.add(HOST, [order(tmp_path)])
    assert second.downloads.unfinished(HOST) == ()
    assert second.downloads.take(record.id) is None
    (rival,) = second.downloads.add(HOST, [order(tmp_path)])
    assert rival.id != record.id
    assert second.downloads.rival(rival.id, HOST)
    assert not first.downloads.rival(record.id, HOST)
    (elsewhere,) = second.downloads.add(HOST, [order(tmp_path / "elsewhere")])
    assert not second.downloads.rival(elsewhere.id, HOST)
    first.close()
    assert not second.downloads.rival(rival.id, HOST)
    assert [left.id for left in second.downloads.unfinished(HOST)] == [record.id]
    assert second.downloads.take(record.id) is not None
    assert second.downloads.unfinished(HOST) == ()
    second.close()


def test_a_part_that_was_kept_is_offered_and_taken_over_by_a_new_order(path: Path, tmp_path: Path) -> None:
    journal = Journals(path)
    (record,) = journal.downloads.add(HOST, [order(tmp_path)])
    journal.downloads.change(record.id, part=tmp_path / "wheel.part", standing=RowStatus.KEPT)
    assert [left.id for left in journal.downloads.unfinished(HOST)] == [record.id]
    journal.close()
    journal = Journals(path)
    assert [left.id for left in journal.downloads.unfinished(HOST)] == [record.id]
    again = replace(order(tmp_path), unpack=False)
    (taken,) = journal.downloads.add(HOST, [again])
    assert (taken.id, taken.part, taken.order) == (record.id, tmp_path / "wheel.part", again)
    assert taken.standing is RowStatus.WAITING
    journal.close()


def test_after_a_power_loss_only_what_was_synced_is_believed(path: Path, tmp_path: Path) -> None:
    journal = Journals(path)
    (record,) = journal.downloads.add(HOST, [order(tmp_path)])
    journal.downloads.wrote(record.id, ((0, 9),))
    journal.downloads.change(record.id, synced=((0, 4),))
    journal.downloads.change(record.id, boot="another start of the machine")
    found = journal.downloads.find(record.id)
    assert found is not None
    assert found.there == ((0, 4),)
    journal.close()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: path.write_bytes(b"no database" * 100),
        lambda path: path.write_bytes(b"SQLite format 3\0" + b"\xff" * 5000),
        lambda path: path.mkdir(),
        lambda path: path.symlink_to("/proc/self/nothing/here"),
        os.mkfifo,
    ],
    ids=["text", "damaged", "directory", "link", "pipe"],
)
def test_a_journal_that_cannot_be_used_is_said_and_replaced_by_memory(path: Path, spoil: object) -> None:
    path.parent.mkdir()
    spoil(path)  # type: ignore[operator]  # a parameter
    journal, problem = open_journals(path)
    assert problem.startswith(f"{path} cannot be used")
    assert problem.endswith("Downloads cannot be resumed after the program ends.")
    assert not journal.lasting
    assert journal.downloads.add(HOST, [order(path.parent)])
    journal.close()


def test_a_file_system_without_locks_is_said_with_the_file_that_could_not_be_locked(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(descriptor: int, how: int) -> None:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))

    monkeypatch.setattr(fcntl, "flock", refuse)
    journal, problem = open_journals(path)
    assert not journal.lasting
    assert problem.startswith(f"{path.parent / str(os.getpid())}-")
    assert problem.endswith(
        ".running cannot be used (no file locks: Function not implemented)."
        " Downloads cannot be resumed after the program ends."
    )
    assert list(path.parent.iterdir()) == []
