"""Part files and final names: nothing that is there is replaced, whatever the file system can do."""

from __future__ import annotations

import errno
import hashlib
import os
from pathlib import Path

import pytest

from artifact_tui.transfers.part import PartFile, publish
from artifact_tui.transfers.trouble import disk_trouble


def test_a_part_file_knows_its_length_and_sum_also_after_starting_over(tmp_path: Path) -> None:
    part = PartFile(tmp_path, "a.zip")
    part.write(b"wrong" * 1000)
    part.restart()
    part.write(b"right")
    part.finish()
    assert (part.length, part.sha256) == (5, hashlib.sha256(b"right").hexdigest())
    assert part.path.read_bytes() == b"right"


def test_a_part_file_never_goes_into_what_is_there(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.write_bytes(b"mine")
    (tmp_path / "a.zip.part").symlink_to(outside)
    part = PartFile(tmp_path, "a.zip")
    part.write(b"theirs")
    assert part.path == tmp_path / "a.zip (2).part"
    part.discard()
    assert outside.read_bytes() == b"mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.zip.part", "outside"]


def test_publishing_needs_no_second_name_for_the_bytes(tmp_path: Path) -> None:
    source = tmp_path / "a.part"
    source.write_bytes(b"1")
    target = publish(source, "a", ".zip")
    assert (target.name, target.stat().st_nlink) == ("a.zip", 1)
    assert not source.exists()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full on this system")
def test_a_full_disk_is_said_with_what_is_free(tmp_path: Path) -> None:
    with Path("/dev/full").open("wb", buffering=0) as full, pytest.raises(OSError, match="No space") as error:
        full.write(b"1")
    trouble = disk_trouble(error.value, tmp_path)
    assert trouble.sentence.startswith(f"There is no room left in {tmp_path}: ")
    assert trouble.sentence.endswith(" are free.")
    assert trouble.next_step == "Make room, then retry."


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.EDQUOT, "no room left"),
        (errno.EFBIG, "larger than"),
        (errno.EACCES, "no permission"),
        (errno.EROFS, "read-only"),
        (errno.ENAMETOOLONG, "too long"),
        (errno.ENOENT, "not there any more"),
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
    first = PartFile(tmp_path, "coverage")
    first.write(b"first")
    first.finish()
    publish(first.path, "coverage", ".zip")
    second = PartFile(tmp_path, "coverage")
    second.write(b"second")
    first.discard()
    second.finish()
    assert second.path == first.path
    assert publish(second.path, "coverage", ".zip").read_bytes() == b"second"
    assert (tmp_path / "coverage.zip").read_bytes() == b"first"
