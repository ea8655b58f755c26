"""Nothing gets its final name before it is on the disk, with few waits for many files and on any file system."""

from __future__ import annotations

import errno
import os
import re
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from artifact_tui.fsync import SYNC_AT_ONCE, sync
from artifact_tui.github.hosts import read_host
from artifact_tui.github.tokens.token_file import TokenFile
from artifact_tui.transfers.models import State
from tests.archive.places import unpack
from tests.archive.zips import Part, build
from tests.faults.kill_tracer import why_not
from tests.pty_program import MEASURED
from tests.transfers.conftest import Desk
from tests.transfers.fake_store import zipped

UNPACK = """import sys, pathlib
from artifact_tui.archive.unpack import unpack_tree
unpack_tree(*map(pathlib.Path, sys.argv[1:]))"""
UNSUPPORTED = [errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EBADF, errno.EACCES, errno.ENOTTY]
_WHY = "coverage.py syncs files too" if MEASURED in os.environ else why_not()
traced = pytest.mark.skipif(sys.platform != "linux" or bool(_WHY), reason=_WHY or "strace is Linux's")


def archive(tmp_path: Path, files: int) -> Path:
    path = tmp_path / "many.zip"
    path.write_bytes(build(*(Part(f"d/{number}", b"x") for number in range(files))))
    return path


def calls(tmp_path: Path, files: int, *inject: str) -> tuple[int, list[str]]:
    """Unpack so many files in a program of its own: its exit code, and the calls that sync or rename, in order."""
    log = tmp_path / "calls"
    command = ["strace", "-f", "-o", str(log), "-e", "trace=fsync,fdatasync,sync,syncfs,rename,renameat,renameat2"]
    options = [option for each in inject for option in ("-e", f"inject={each}")]
    program = [sys.executable, "-c", UNPACK, str(archive(tmp_path, files)), str(tmp_path / "out")]
    done = subprocess.run([*command, *options, *program], capture_output=True, check=False)
    return done.returncode, re.findall(r"^\d+ +(\w+)\(", log.read_text(), re.MULTILINE)


@traced
def test_few_files_are_waited_for_one_by_one(tmp_path: Path) -> None:
    code, made = calls(tmp_path, SYNC_AT_ONCE - 1)
    assert (code, made.count("syncfs")) == (0, 0)
    assert made == ["fsync"] * (SYNC_AT_ONCE - 1 + 2) + ["rename", "fsync"]


@traced
@pytest.mark.parametrize("files", [SYNC_AT_ONCE, 1000])
def test_many_files_are_waited_for_at_once_and_before_they_get_their_name(tmp_path: Path, files: int) -> None:
    assert calls(tmp_path, files) == (0, ["syncfs", "rename", "fsync"])
    assert len(list((tmp_path / "out" / "d").iterdir())) == files


@traced
@pytest.mark.parametrize("error", ["ENOSYS", "EPERM", "EINVAL"])
def test_where_that_cannot_be_asked_for_each_file_is_waited_for(tmp_path: Path, error: str) -> None:
    code, made = calls(tmp_path, SYNC_AT_ONCE, f"syncfs:error={error}")
    assert code == 0
    assert made == ["syncfs", *["fsync"] * (SYNC_AT_ONCE + 2), "rename", "fsync"]


@traced
@pytest.mark.parametrize("error", ["EIO", "ENOSPC"])
def test_a_disk_that_fails_lets_nothing_get_its_name(tmp_path: Path, error: str) -> None:
    code, made = calls(tmp_path, SYNC_AT_ONCE, f"syncfs:error={error}")
    assert code != 0
    assert made == ["syncfs"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["calls", "many.zip"]


def refuse_directories(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """As a file system does that cannot sync them."""
    really = os.fsync

    def refuse(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(number, os.strerror(number))
        really(descriptor)

    monkeypatch.setattr(os, "fsync", refuse)


@pytest.mark.parametrize("number", UNSUPPORTED)
def test_a_file_system_that_cannot_sync_directories_costs_no_download(
    make_desk: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    refuse_directories(monkeypatch, number)
    desk = make_desk()
    wheel = desk.shelf.put("wheel", zipped(a__b=b"1", c=b"2"))
    for done in (desk.fetch(wheel), desk.fetch(wheel, unpack=False)):
        assert (done.state, done.problem) == (State.DONE, "")
    assert desk.names() == ["wheel", "wheel.zip"]
    assert desk.receipts() == ["wheel.artifact.json", "wheel.zip.artifact.json"]


def test_an_archive_is_waited_for_if_it_is_kept_but_not_if_it_is_unpacked(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    really, synced = os.fsync, set[int]()

    def note(descriptor: int) -> None:
        synced.add(os.fstat(descriptor).st_size)
        really(descriptor)

    monkeypatch.setattr(os, "fsync", note)
    data = zipped(a=b"1" * 5000)
    wheel = desk.shelf.put("wheel", data)
    desk.fetch(wheel)
    assert 5000 in synced
    assert len(data) not in synced
    desk.fetch(wheel, unpack=False)
    assert len(data) in synced


def test_a_token_is_kept_where_directories_cannot_be_synced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    refuse_directories(monkeypatch, errno.EINVAL)
    file = TokenFile(tmp_path / "tokens")
    host = read_host("github.com")
    file.set(host, "ghp_" + "a" * 36)
    assert file.get(host) == "ghp_" + "a" * 36


def test_a_directory_that_cannot_be_read_is_unpacked_into_all_the_same(tmp_path: Path) -> None:
    path = archive(tmp_path, 1)
    place = tmp_path / "drop"
    place.mkdir(mode=0o300)
    try:
        sync(place)
        unpack(path, place / "out")
        assert (place / "out" / "d" / "0").read_bytes() == b"x"
    finally:
        place.chmod(0o700)


@pytest.mark.parametrize("number", [errno.EIO, errno.ENOSPC])
def test_a_directory_that_the_disk_cannot_write_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    refuse_directories(monkeypatch, number)
    with pytest.raises(OSError, match=os.strerror(number)):
        sync(tmp_path)
