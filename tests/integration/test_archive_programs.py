"""Archives of the programs that people use: names and bytes are those that unzip and tar write."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from artifact_tui.archive.errors import ArchiveRefused
from artifact_tui.archive.files import Files, PlainFile
from artifact_tui.archive.local_zip import open_local_zip
from artifact_tui.archive.nested import open_nested
from artifact_tui.domain.models import Artifact
from artifact_tui.transfers.downloads.extract import Members, save_members
from artifact_tui.transfers.models import OnExisting
from tests.archive.places import unpack

pytestmark = pytest.mark.integration

ENVIRONMENT = {**os.environ, "LC_ALL": "C.UTF-8", "TAR_OPTIONS": "", "ZIPOPT": "", "UNZIP": ""}


def run(*command: str, at: Path, stdin: bytes = b"") -> None:
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed")
    subprocess.run(command, cwd=at, input=stdin, env=ENVIRONMENT, check=True, capture_output=True)


def regular_files(directory: Path) -> dict[bytes, str]:
    """Paths as bytes, and SHA-256 sums; links and pipes are no files."""
    return {
        os.fsencode(path.relative_to(directory)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in directory.rglob("*")
        if path.is_file() and not path.is_symlink()
    }


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Files with holes, links, a pipe, long and odd names."""
    top = tmp_path / "source"
    (top / "docs" / ("deep" * 30) / ("er" * 40)).mkdir(parents=True)
    (top / "docs" / ("deep" * 30) / ("er" * 40) / ("name" * 30)).write_bytes(b"far down\n")
    (top / "Übersicht 日本.txt").write_bytes("naïve\n".encode() * 999)
    (top / "run.sh").write_bytes(b"#!/bin/sh\n")
    (top / "run.sh").chmod(0o755)
    (top / "empty").write_bytes(b"")
    with (top / "holes.bin").open("wb") as file:
        for number in range(40):
            file.seek(number * 300_000 + 7)
            file.write(os.urandom(5000))
        file.truncate(13_000_000)
    with (top / "nothing.bin").open("wb") as file:
        file.truncate(2_000_000)
    (top / "docs" / "hard").hardlink_to(top / "run.sh")
    (top / "zsym").symlink_to("run.sh")
    os.mkfifo(top / "pipe")
    return top


def opened(archive: Path) -> Files:
    data = archive.read_bytes()
    plain = PlainFile(lambda offset, length: data[offset : offset + length], archive.name, len(data))
    return open_nested(plain, plain.entries[0])


def saved(files: Files, place: Path) -> dict[bytes, str]:
    """All that is in an archive, as it is saved from a screen."""
    members = Members(files, files.entries, "", "saved.tar", Artifact(id=1, name="a", size_in_bytes=1))
    path = save_members(members, place, OnExisting.KEEP_BOTH)
    assert path is not None
    return regular_files(path)


GNU = [
    ("gnu", ("--format=gnu", "-S")),
    ("gnu without holes", ("--format=gnu",)),
    ("incremental", ("--format=gnu", "--incremental")),
    *((f"pax {version}", ("--format=pax", "-S", f"--sparse-version={version}")) for version in ("0.0", "0.1", "1.0")),
    ("posix with all times", ("--format=posix", "--xattrs", "--atime-preserve")),
]
BSD = [(f"bsdtar {form}", ("--format", form)) for form in ("pax", "gnutar")]
PACKED = [(ending, (option,)) for ending, option in (("gz", "-z"), ("bz2", "-j"), ("xz", "-J"), ("zst", "--zstd"))]


@pytest.mark.parametrize("options", [options for _, options in GNU], ids=[name for name, _ in GNU])
@pytest.mark.parametrize("what", [(".",), ("docs", "run.sh", "holes.bin", "zsym", "pipe")], ids=["dot", "names"])
def test_a_tar_of_gnu_tar_has_the_files_that_tar_writes(
    options: tuple[str, ...], what: tuple[str, ...], source: Path, tmp_path: Path
) -> None:
    (source / os.fsdecode(b"latin-\xe9")).write_bytes(b"1")
    run("tar", "-cf", str(tmp_path / "a.tar"), *options, *what, at=source)
    compare_tar(tmp_path / "a.tar", tmp_path)


@pytest.mark.parametrize("options", [options for _, options in BSD], ids=[name for name, _ in BSD])
def test_a_tar_of_bsdtar_has_the_files_that_tar_writes(options: tuple[str, ...], source: Path, tmp_path: Path) -> None:
    run("bsdtar", "-cf", str(tmp_path / "a.tar"), *options, ".", at=source)
    compare_tar(tmp_path / "a.tar", tmp_path)


@pytest.mark.parametrize(("ending", "options"), PACKED, ids=[ending for ending, _ in PACKED])
@pytest.mark.parametrize("named", [True, False], ids=["named so", "named .tar"])
def test_a_packed_tar_has_the_files_that_tar_writes(
    ending: str, options: tuple[str, ...], named: bool, source: Path, tmp_path: Path
) -> None:
    archive = tmp_path / f"a.tar{'.' + ending if named else ''}"
    run("tar", "-cf", str(archive), *options, ".", at=source)
    compare_tar(archive, tmp_path)


def test_a_tar_that_was_appended_to_has_the_newest_files(source: Path, tmp_path: Path) -> None:
    run("tar", "-cf", str(tmp_path / "a.tar"), ".", at=source)
    (source / "run.sh").write_bytes(b"#!/bin/bash\n")
    run("tar", "-rf", str(tmp_path / "a.tar"), "./run.sh", at=source)
    compare_tar(tmp_path / "a.tar", tmp_path)


def test_old_formats_have_the_files_that_tar_writes(source: Path, tmp_path: Path) -> None:
    for form in ("v7", "ustar", "oldgnu"):
        run("tar", "-cf", str(tmp_path / f"{form}.tar"), f"--format={form}", "run.sh", "empty", "zsym", at=source)
        compare_tar(tmp_path / f"{form}.tar", tmp_path / form)


def compare_tar(archive: Path, place: Path) -> None:
    (place / "theirs").mkdir(parents=True)
    run("tar", "-xf", str(archive), "-C", str(place / "theirs"), at=place)
    expected = regular_files(place / "theirs")
    files = opened(archive)
    assert {
        os.fsencode(entry.name) for entry in files.entries if not (entry.is_directory or entry.is_bare_link)
    } == set(expected)
    assert saved(files, place / "ours") == expected


ZIPS = [
    ("zip", ("zip", "-qr", "OUT", ".")),
    ("zip -0", ("zip", "-qr0", "OUT", ".")),
    ("7z", ("7z", "a", "-tzip", "-bd", "OUT", ".")),
    ("7z with flags", ("7z", "a", "-tzip", "-bd", "-mcu=on", "OUT", ".")),
    ("bsdtar", ("bsdtar", "--format=zip", "-cf", "OUT", ".")),
    ("python", ("python3", "-m", "zipfile", "-c", "OUT", ".")),
]


@pytest.mark.parametrize("command", [command for _, command in ZIPS], ids=[name for name, _ in ZIPS])
def test_a_zip_has_the_files_that_unzip_writes(command: tuple[str, ...], source: Path, tmp_path: Path) -> None:
    (source / "zsym").unlink()
    (source / "pipe").unlink()
    archive = tmp_path / "a.zip"
    run(*(str(archive) if word == "OUT" else word for word in command), at=source)
    compare_zip(archive, tmp_path)


def test_a_zip_from_a_pipe_has_the_file_that_unzip_writes(tmp_path: Path) -> None:
    run("zip", "-q", "a.zip", "-", at=tmp_path, stdin=b"line of a dump\n" * 999)
    compare_zip(tmp_path / "a.zip", tmp_path)


def test_a_zip_with_a_symlink_is_refused(source: Path, tmp_path: Path) -> None:
    run("zip", "-qry", str(tmp_path / "a.zip"), "run.sh", "zsym", at=source)
    with pytest.raises(ArchiveRefused, match="'zsym' is a link"):
        unpack(tmp_path / "a.zip", tmp_path / "ours")


@pytest.mark.parametrize("method", ["BZip2", "LZMA"])
def test_a_zip_made_by_7z_has_the_files_that_7z_writes(method: str, source: Path, tmp_path: Path) -> None:
    run("7z", "a", "-tzip", "-bd", f"-mm={method}", str(tmp_path / "a.zip"), "holes.bin", at=source)
    unpack(tmp_path / "a.zip", tmp_path / "ours")
    assert (tmp_path / "ours" / "holes.bin").read_bytes() == (source / "holes.bin").read_bytes()


@pytest.mark.parametrize("method", ["Deflate64", "PPMd"])
def test_a_method_that_is_not_supported_is_named_and_7z_can_unpack_it(
    method: str, source: Path, tmp_path: Path
) -> None:
    run("7z", "a", "-tzip", "-bd", f"-mm={method}", str(tmp_path / "a.zip"), "holes.bin", at=source)
    with pytest.raises(ArchiveRefused, match=f"'holes.bin' is compressed with {method}; 7z can unpack it"):
        unpack(tmp_path / "a.zip", tmp_path / "ours")
    run("7z", "x", "-bd", f"-o{tmp_path / 'theirs'}", str(tmp_path / "a.zip"), at=tmp_path)
    assert (tmp_path / "theirs" / "holes.bin").read_bytes() == (source / "holes.bin").read_bytes()


def compare_zip(archive: Path, place: Path) -> None:
    run("unzip", "-q", str(archive), "-d", str(place / "theirs"), at=place)
    expected = regular_files(place / "theirs")
    unpack(archive, place / "ours")
    assert regular_files(place / "ours") == expected
    assert {
        os.fsencode(entry.name.removeprefix("./"))
        for entry in open_local_zip(archive).entries
        if not entry.is_directory
    } == set(expected)
