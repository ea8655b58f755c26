"""Part files and final names: nothing that is there is replaced, whatever the file system can do."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from artifact_tui.transfers.disk.atomic_rename import publish
from artifact_tui.transfers.downloads.part_file import PartBusy, PartFile
from artifact_tui.transfers.errors import disk_trouble


def test_a_part_file_takes_bytes_in_any_order_and_is_found_again_as_it_was_left(tmp_path: Path) -> None:
    part = PartFile.create(tmp_path, "a.zip")
    part.write(5, b"right")
    part.write(0, b"up to")
    part.sync()
    inode = part.path.stat().st_ino
    part.close()
    again = PartFile.reopen(part.path)
    assert again is not None
    assert (again.length, again.read(0, 100), again.path.stat().st_ino) == (10, b"up toright", inode)
    again.truncate()
    assert again.length == 0
    again.discard()
    assert not part.path.exists()


def test_a_part_file_is_for_one_at_a_time(tmp_path: Path) -> None:
    part = PartFile.create(tmp_path, "a.zip")
    with pytest.raises(PartBusy):
        PartFile.reopen(part.path)
    part.close()
    again = PartFile.reopen(part.path)
    assert again is not None
    again.close()


@pytest.mark.parametrize("make", [Path.mkdir, lambda path: path.symlink_to("/dev/null"), os.mkfifo, lambda path: None])
def test_what_is_no_file_of_ours_any_more_is_not_gone_on_with(tmp_path: Path, make: Callable[[Path], None]) -> None:
    make(tmp_path / "a.part")
    assert PartFile.reopen(tmp_path / "a.part") is None


def test_a_part_file_never_goes_into_what_is_there(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.write_bytes(b"mine")
    (tmp_path / "a.zip.part").symlink_to(outside)
    part = PartFile.create(tmp_path, "a.zip")
    part.write(0, b"theirs")
    assert part.path == tmp_path / "a.zip (2).part"
    part.discard()
    assert outside.read_bytes() == b"mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.zip.part", "outside"]


def test_publishing_needs_no_second_name_for_the_bytes(tmp_path: Path) -> None:
    source = tmp_path / "a.part"
    source.write_bytes(b"1")
    target = publish(source, tmp_path, "a", ".zip")
    assert (target.name, target.stat().st_nlink) == ("a.zip", 1)
    assert not source.exists()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full on this system")
def test_a_full_disk_is_said_with_what_is_free(tmp_path: Path) -> None:
    with Path("/dev/full").open("wb", buffering=0) as full, pytest.raises(OSError, match="No space") as error:
        full.write(b"1")
    trouble = disk_trouble(error.value, tmp_path)
    assert trouble.sentence.startswith(f"Disk full: {tmp_path}: ")
    assert trouble.sentence.endswith(" is free.")
    assert trouble.next_step == "Free some space, then retry."


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.EDQUOT, "Disk full"),
        (errno.EFBIG, "larger than"),
        (errno.EACCES, "Permission denied"),
        (errno.EROFS, "read-only"),
        (errno.ENAMETOOLONG, "too long"),
        (errno.ENOENT, "no longer exists"),
        (errno.ENOTDIR, "not a directory"),
        (errno.EIO, "disk reports an error"),
        (errno.EMFILE, "Too many files"),
        (errno.EDEADLK, "failed: "),
        (None, "no reason given"),
    ],
)
def test_each_trouble_of_a_disk_has_its_sentence_and_next_step(number: int | None, words: str) -> None:
    error = OSError(number, os.strerror(number)) if number else OSError()
    trouble = disk_trouble(error, Path("/gone"))
    assert words in trouble.sentence
    assert trouble.sentence.endswith(".")
    assert "Errno" not in trouble.sentence


def test_what_was_published_leaves_the_next_part_of_that_name_alone(tmp_path: Path) -> None:
    """Artifacts may share a name: the first one's part is a file of its own name by then, the second one's is new."""
    first = PartFile.create(tmp_path, "coverage")
    first.write(0, b"first")
    first.close()
    publish(first.path, tmp_path, "coverage", ".zip")
    second = PartFile.create(tmp_path, "coverage")
    second.write(0, b"second")
    first.discard()
    second.close()
    assert second.path == first.path
    assert publish(second.path, tmp_path, "coverage", ".zip").read_bytes() == b"second"
    assert (tmp_path / "coverage.zip").read_bytes() == b"first"
