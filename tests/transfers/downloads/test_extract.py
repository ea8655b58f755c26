"""Some files of an artifact, fetched without the rest: right, resumed, and with a receipt."""

from __future__ import annotations

import random
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from artifact_tui.archive.files import PackedStream
from artifact_tui.archive.in_memory import Held
from artifact_tui.archive.remote_zip import RemoteZip
from artifact_tui.archive.selection import Selection, select, select_held
from artifact_tui.domain.models import Artifact
from artifact_tui.domain.provider import ProviderError
from artifact_tui.transfers.downloads.selection_order import HeldOrder, SelectionOrder
from artifact_tui.transfers.models import State, Transfer
from artifact_tui.transfers.receipts.verify import Verdict, verify
from tests.archive.places import tree
from tests.transfers.conftest import Desk
from tests.transfers.fake_store import OCTO, Try, zipped

NOISE = random.Random(5).randbytes(600_000)
FILES = {
    "logs__a__one.log": b"one line\n" * 5000,
    "logs__b__two.bin": NOISE[:300_000],
    "logs__a__three.bin": NOISE[300_000:],
    "notes.txt": b"notes",
    "other.bin": NOISE[:200_000],
}


def chosen(desk: Desk, artifact: Artifact, *names: str, root: str = "") -> Selection:
    """What a screen would choose: from the list of files, read by ranges."""
    files = RemoteZip.open(desk.shelf.open(OCTO, artifact), artifact.size_in_bytes)
    assert files.start is not None
    wanted = [entry for entry in files.entries if entry.name in names]
    assert len(wanted) == len(names)
    return select(files.entries, wanted, files.start, files.etag, root)


def save(desk: Desk, artifact: Artifact, selection: Selection) -> Transfer:
    (number,) = desk.engine.downloads.add([SelectionOrder.of(desk.order(artifact), selection)])
    desk.until(lambda: desk.look(number).finished)
    return desk.look(number)


def intact(place: Path) -> list[str]:
    """The targets of all receipts, after each was held against what is on the disk."""
    verdicts = [result for result in verify(place) if isinstance(result, Verdict)]
    assert all(not verdict.changes for verdict in verdicts)
    return [verdict.receipt.target for verdict in verdicts]


def test_one_file_comes_under_its_own_name_with_a_receipt(desk: Desk) -> None:
    artifact = desk.shelf.put("results", zipped(**FILES))
    selection = chosen(desk, artifact, "logs/a/one.log", root="logs/a/one.log")
    transfer = save(desk, artifact, selection)
    assert transfer.state is State.DONE, transfer.problem
    assert transfer.title == "logs/a/one.log of results"
    assert (transfer.received, transfer.total) == (selection.size, selection.size)
    assert transfer.path == desk.directory / "one.log"
    assert tree(desk.directory)["one.log"] == FILES["logs__a__one.log"]
    assert intact(desk.directory) == ["one.log"]


def test_a_folder_comes_as_a_folder_and_nothing_else_is_fetched(desk: Desk) -> None:
    artifact = desk.shelf.put("results", zipped(**FILES))
    selection = chosen(desk, artifact, "logs/a/one.log", "logs/a/three.bin", root="logs/a")
    asked = len(desk.shelf.things[1].asked)
    save(desk, artifact, selection)
    spans = list(zip(desk.shelf.things[1].asked, desk.shelf.things[1].asked_until, strict=True))[asked:]
    assert sum(end - start for start, end in spans if end) < 310_000
    assert desk.names() == ["a"]
    assert tree(desk.directory / "a") == {
        "one.log": FILES["logs__a__one.log"],
        "three.bin": FILES["logs__a__three.bin"],
    }
    assert intact(desk.directory) == ["a"]
    assert intact(desk.directory / "a") == ["a"]


def test_marked_files_come_in_a_directory_of_the_artifacts_name(desk: Desk) -> None:
    artifact = desk.shelf.put("results", zipped(**FILES))
    save(desk, artifact, chosen(desk, artifact, "notes.txt", "logs/b/two.bin"))
    assert tree(desk.directory / "results") == {"notes.txt": b"notes", "logs/b/two.bin": FILES["logs__b__two.bin"]}
    assert intact(desk.directory) == ["results"]


@pytest.mark.parametrize("at", [0, 1, 100_000, 299_999])
def test_a_connection_that_breaks_is_gone_on_with_where_it_broke(desk: Desk, at: int) -> None:
    artifact = desk.shelf.put("results", zipped(**FILES))
    selection = chosen(desk, artifact, "logs/b/two.bin", root="logs/b/two.bin")
    start = selection.spans[0].start
    desk.shelf.things[1].tries = [Try(drop_at=start + at)]
    before = len(desk.shelf.things[1].asked)
    transfer = save(desk, artifact, selection)
    assert transfer.state is State.DONE
    assert (desk.directory / "two.bin").read_bytes() == FILES["logs__b__two.bin"]
    assert desk.shelf.things[1].asked[before:][:2] == [start, start + at]


def test_the_next_program_goes_on_where_this_one_was_ended(make_desk: Callable[..., Desk], tmp_path: Path) -> None:
    first = make_desk(journal=tmp_path / "transfers.sqlite")
    artifact = first.shelf.put("results", zipped(**FILES))
    selection = chosen(first, artifact, "logs/b/two.bin", root="logs/b/two.bin")
    thing = first.shelf.things[1]
    thing.tries = [Try(hang_at=selection.spans[0].start + 200_000)]
    first.engine.downloads.add([SelectionOrder.of(first.order(artifact), selection)])
    first.until(lambda: any(one.received >= 190_000 for one in first.engine.transfers()))
    assert first.engine.close(20)
    second = make_desk(journal=tmp_path / "transfers.sqlite")
    second.shelf.things[1] = thing
    thing.tries, thing.asked = [], []
    (number,) = second.engine.downloads.resume_unfinished()
    second.until(lambda: second.look(number).finished)
    assert second.look(number).state is State.DONE
    assert (second.directory / "two.bin").read_bytes() == FILES["logs__b__two.bin"]
    assert thing.asked[0] > selection.spans[0].start + 150_000


def test_two_files_of_one_artifact_are_two_downloads(desk: Desk) -> None:
    artifact = desk.shelf.put("results", zipped(**FILES))
    orders = [
        SelectionOrder.of(desk.order(artifact), chosen(desk, artifact, name, root=name))
        for name in ("notes.txt", "logs/b/two.bin")
    ]
    desk.engine.downloads.add([*orders, desk.order(artifact)])
    assert {transfer.state for transfer in desk.all_done()} == {State.DONE}
    assert desk.names() == ["notes.txt", "results", "two.bin"]


def test_a_damaged_file_is_fetched_once_more_and_then_refused(desk: Desk) -> None:
    data = bytearray(zipped(**FILES))
    artifact = desk.shelf.put("results", bytes(data))
    selection = chosen(desk, artifact, "logs/b/two.bin", root="logs/b/two.bin")
    data[selection.spans[0].start + 150_000] ^= 1
    desk.shelf.things[1].data = bytes(data)
    transfer = save(desk, artifact, selection)
    assert transfer.state is State.FAILED
    assert "Checksum mismatch twice" in transfer.problem
    assert desk.names() == []


def test_another_blob_than_the_listed_one_is_not_taken_for_it(desk: Desk) -> None:
    artifact = desk.shelf.put("results", zipped(**FILES))
    selection = chosen(desk, artifact, "notes.txt", root="notes.txt")
    desk.shelf.things[1].etag = '"2"'
    transfer = save(desk, artifact, selection)
    assert transfer.state is State.FAILED
    assert "was replaced while" in transfer.problem
    assert desk.names() == []


def test_a_choice_is_a_zip_that_python_reads(desk: Desk, tmp_path: Path) -> None:
    artifact = desk.shelf.put("results", zipped(**FILES))
    selection = chosen(desk, artifact, "notes.txt", "logs/a/one.log")
    with selection.narrow(desk.shelf.open(OCTO, artifact)).read() as body:
        (tmp_path / "choice.zip").write_bytes(b"".join(body))
    with zipfile.ZipFile(tmp_path / "choice.zip") as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == {
            "notes.txt": b"notes",
            "logs/a/one.log": FILES["logs__a__one.log"],
        }


@pytest.mark.parametrize("is_held", [True, False], ids=["still there", "gone by then"])
def test_a_file_in_memory_is_not_fetched_and_one_that_is_gone_is(desk: Desk, is_held: bool) -> None:
    """The same order, journal and receipt; what nobody holds any more comes from the storage."""
    artifact = desk.shelf.put("results", zipped(**FILES))
    files = RemoteZip.open(desk.shelf.open(OCTO, artifact), artifact.size_in_bytes)
    entry = next(entry for entry in files.entries if entry.name == "logs/b/two.bin")
    stream = files.open_entry(entry)
    assert isinstance(stream, PackedStream)
    stream.keep()
    held = Held.of(entry, stream, stream.more(entry.size))
    assert held is not None
    selection = select_held(entry, len(held.packed), files.etag, entry.name)
    asked = len(desk.shelf.things[1].asked)
    order = HeldOrder.of_held(desk.order(artifact), selection, lambda: held if is_held else None)
    (number,) = desk.engine.downloads.add([order])
    desk.until(lambda: desk.look(number).finished)
    assert desk.look(number).state is State.DONE, desk.look(number).problem
    assert (len(desk.shelf.things[1].asked) == asked) == is_held
    assert (desk.directory / "two.bin").read_bytes() == FILES["logs__b__two.bin"]
    assert intact(desk.directory) == ["two.bin"]


def test_what_was_read_of_a_damaged_file_is_not_held(desk: Desk) -> None:
    data = bytearray(zipped(**FILES))
    data[data.index(NOISE[1000:1050])] ^= 1
    artifact = desk.shelf.put("results", bytes(data))
    files = RemoteZip.open(desk.shelf.open(OCTO, artifact), artifact.size_in_bytes)
    entry = next(entry for entry in files.entries if entry.name == "logs/b/two.bin")
    stream = files.open_entry(entry)
    assert isinstance(stream, PackedStream)
    stream.keep()
    start = stream.more(100_000)
    assert Held.of(entry, stream, start) is None
    with pytest.raises(ProviderError, match="checksum"):
        stream.more(entry.size)
    assert stream.packed == b""
