"""Unpacking: all of an honest archive, nothing of any other, and never a byte outside the destination."""

from __future__ import annotations

import hashlib
import io
import os
import stat
import struct
import zipfile
from pathlib import Path

import pytest

from artifact_tui.archive.errors import ArchiveDamaged, ArchiveRefused, Limits
from artifact_tui.archive.unpack import UnpackCancelled, check_contents, unpack_tree
from tests.archive.places import listed, save, tree, unpack
from tests.archive.zips import STORED, Part, build, zipped

LINK = stat.S_IFLNK | 0o777


HONEST = {"a.txt": b"hello", "dir/b.log": b"line\n" * 5000, "dir/sub/c": b"", "…/ü.bin": bytes(range(256))}


def test_an_honest_archive_is_unpacked_as_it_was_packed(place: Path) -> None:
    paths = unpack(save(place, zipped(HONEST)), place / "out")
    assert tree(place / "out") == HONEST
    assert sorted(paths) == sorted(place / "out" / name for name in HONEST)
    assert listed(place) == ["a.zip", "out"]


def test_a_zip_made_while_it_was_sent_is_read_too(place: Path) -> None:
    class Pipe(io.RawIOBase):
        """Cannot seek, so sizes come after the bytes, as from a server that zips while sending."""

        sent = b""

        def writable(self) -> bool:
            return True

        def write(self, data: object) -> int:
            self.sent += bytes(data)  # type: ignore[call-overload]  # any buffer
            return len(bytes(data))  # type: ignore[call-overload]  # any buffer

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("log.txt", b"x" * 100_000)
        with archive.open("big", "w", force_zip64=True) as entry:
            entry.write(b"y" * 10)
    unpack(save(place, pipe.sent), place / "out")
    assert tree(place / "out") == {"log.txt": b"x" * 100_000, "big": b"y" * 10}


def test_an_archive_with_more_entries_than_the_plain_format_counts(place: Path) -> None:
    archive = save(place, zipped({str(number): b"" for number in range(65_600)}, STORED))
    check_contents(archive)
    with pytest.raises(ArchiveRefused, match="65,600 entries"):
        check_contents(archive, limits=Limits(entries=65_599))


def test_an_archive_of_nothing_is_an_empty_directory(place: Path) -> None:
    assert unpack(save(place, zipped({})), place / "out") == []
    assert listed(place / "out") == []


def test_only_what_is_marked_executable_becomes_so(place: Path) -> None:
    parts = [Part("run", b"#!", mode=stat.S_IFREG | 0o4755), Part("data", b"1", mode=stat.S_IFREG | 0o666)]
    unpack(save(place, build(*parts)), place / "out")
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) & ~0o022 for path in (place / "out").iterdir()}
    assert modes == {"run": 0o755, "data": 0o644}


REFUSED = {
    "parent": ([Part("../x", b"1")], "points outside"),
    "parent inside": ([Part("a/../../x", b"1")], "points outside"),
    "absolute": ([Part("/etc/x", b"1")], "absolute"),
    "drive": ([Part("C:x", b"1")], "absolute"),
    "backslash": ([Part("a\\..\\x", b"1")], "character"),
    "nul": ([Part("a\0.exe", b"1")], "character"),
    "escape": ([Part("a\x1b[2J", b"1")], "character"),
    "no name": ([Part("", b"1")], "empty name"),
    "empty part": ([Part("a//b", b"1")], "empty name"),
    "only a dot": ([Part(".", b"1")], "empty name"),
    "link": ([Part("l", b"/etc/passwd", mode=LINK)], "link"),
    "directory with bytes": ([Part("d/", b"1")], "directory that holds"),
    "same name": ([Part("a", b"1"), Part("a", b"2")], "name of another"),
    "same name, other case": ([Part("Readme", b"1"), Part("README", b"2")], "name of another"),
    "same name, composed and not": ([Part("\u00e9", b"1"), Part("e\u0301", b"2")], "name of another"),
    "same name by a dot": ([Part("a/b", b"1"), Part("a/./b", b"2")], "name of another"),
    "file and directory": ([Part("a", b"1"), Part("a/b", b"2")], "name of another"),
    "directory and file": ([Part("a/b", b"1"), Part("a", b"2")], "name of another"),
    "directories by case": ([Part("Lib/a", b"1"), Part("lib/b", b"2")], "name of another"),
    "long name": ([Part("n" * 256, b"1")], "too long"),
    "long path": ([Part("/".join(["n" * 200] * 12), b"1")], "too long"),
    "deep": ([Part("a/" * 65 + "x", b"1")], "nested"),
    "encrypted": ([Part("a", b"1", flags=0x801)], "encrypted"),
    "strongly encrypted": ([Part("a", b"1", flags=0x841)], "encrypted"),
    "patch data": ([Part("a", b"1", flags=0x820)], "not supported"),
    "Deflate64": ([Part("a", b"1", method=9)], "'a' is compressed with Deflate64; 7z can unpack it"),
    "PPMd": ([Part("a", b"1", method=98)], "is compressed with PPMd; 7z can unpack it"),
    "Zstandard": ([Part("a", b"1", method=93)], r"is compressed with Zstandard; 7z can unpack it \(24.01 or later\)"),
    "WavPack": ([Part("a", b"1", method=97)], r"is compressed with WavPack \(method 97\), which is not supported"),
    "unknown method": ([Part("a", b"1", method=77)], r"an unknown method \(method 77\)"),
    "AES": ([Part("a", b"1", method=99, flags=0x801)], "is encrypted"),
    "name not UTF-8": ([Part(b"\xff\xfe", b"1")], "UTF-8"),
}


@pytest.mark.parametrize("kind", [kind for kind in range(16) if kind << 12 != stat.S_IFLNK])
def test_an_entry_of_any_type_but_a_symlink_is_the_file_or_directory_that_its_name_says(place: Path, kind: int) -> None:
    """As unzip has it: what ``zip x.zip -`` reads from a pipe gets the mode of a FIFO."""
    unpack(save(place, build(Part("f", b"1", mode=kind << 12 | 0o600), Part("d/", mode=kind << 12))), place / "out")
    assert tree(place / "out") == {"f": b"1"}
    assert listed(place / "out") == ["d", "f"]
    assert (place / "out" / "f").is_file()


INNER = build(Part("b", b"1", method=STORED))[:32]
DAMAGED = {
    "bad CRC": [Part("good", b"1"), Part("a", b"123", crc=1)],
    "holds fewer": [Part("a", b"123", size=20)],
    "holds more": [Part("a", b"123" * 50, size=20)],
    "cannot hold that many": [Part("a", b"123", size=10_000_000)],
    "stored, two sizes": [Part("a", b"123", method=STORED, size=2)],
    "bytes after the end of the stream": [Part("a", b"123", packed_more=b"junk")],
    "cut stream": [Part("a", os.urandom(500), compressed=100)],
    "other local name": [Part("a", b"1", local_name=b"b")],
    "two entries of the same bytes": [Part("a", b"1" * 100), Part("b", b"1" * 100, offset=0)],
    "an entry inside another": [Part("a", INNER, method=STORED), Part("b", b"1", method=STORED, offset=31)],
    "offset beyond every disk": [Part("a", b"1", offset=0xFFFFFFFF, extra=struct.pack("<2HQ", 1, 8, (1 << 64) - 1))],
    "offset into nothing": [Part("a", b"1", offset=4_000_000_000)],
    "zip64 sizes missing": [Part("a", b"1", size=0xFFFFFFFF)],
    "reaches into the directory": [Part("a", b"1", method=STORED, compressed=30, size=30)],
}


@pytest.mark.parametrize("case", REFUSED)
def test_one_entry_that_breaks_a_rule_refuses_the_whole_archive(place: Path, case: str) -> None:
    parts, why = REFUSED[case]
    archive = save(place, build(Part("honest.txt", b"fine"), *parts))
    with pytest.raises(ArchiveRefused, match=why) as refusal:
        unpack(archive, place / "out")
    assert isinstance(parts[-1].name, bytes) or refusal.value.entry == parts[-1].name
    assert not isinstance(refusal.value, ArchiveDamaged)
    assert listed(place) == ["a.zip"]


@pytest.mark.parametrize("case", DAMAGED)
def test_an_archive_that_is_not_what_it_declares_is_damaged(place: Path, case: str) -> None:
    archive = save(place, build(*DAMAGED[case]))
    with pytest.raises(ArchiveDamaged):
        unpack(archive, place / "out")
    with pytest.raises(ArchiveDamaged):
        check_contents(archive)
    assert listed(place) == ["a.zip"]


ONE = Part("a", b"1")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<html>not found</html>",
        build(ONE)[:-1],
        build(ONE)[1:],
        build(ONE, count=2),
        build(ONE, before=b"MZ"),
        build(ONE, between=b"??"),
        build(ONE, after=b"\0"),
        build(ONE, between=b"PK\x06\x07" + struct.pack("<IQI", 0, 0, 1)),
    ],
    ids=["nothing", "html", "cut", "late start", "count", "before", "between", "after", "locator of nothing"],
)
def test_what_is_no_whole_zip_is_damaged(place: Path, data: bytes) -> None:
    with pytest.raises(ArchiveDamaged):
        unpack(save(place, data), place / "out")
    assert listed(place) == ["a.zip"]


def test_a_second_directory_behind_a_zip64_locator_is_not_believed(place: Path) -> None:
    other = build(Part("evil", b"2"))
    directory = other[other.index(b"PK\x01\x02") : other.index(b"PK\x05\x06")]
    start = len(build(ONE)) - 22
    end64 = b"PK\x06\x06" + struct.pack("<Q2H2I4Q", 44, 45, 45, 0, 0, 1, 1, len(directory), start)
    locator = b"PK\x06\x07" + struct.pack("<IQI", 0, start + len(directory), 1)
    with pytest.raises(ArchiveDamaged, match="contradict"):
        unpack(save(place, build(ONE, between=directory + end64 + locator)), place / "out")


def test_each_file_is_told_with_the_sum_of_its_bytes_and_what_the_disk_made_of_it(place: Path) -> None:
    parts = [Part("d/"), Part("e/f/"), Part("e/run", b"#!" * 9, mode=stat.S_IFREG | 0o755), Part("…", b"")]
    found = unpack_tree(save(place, build(*parts)), place / "out")
    assert [(file.path, file.size, file.sha256, file.executable) for file in found.files] == [
        ("e/run", 18, hashlib.sha256(b"#!" * 9).hexdigest(), True),
        ("…", 0, hashlib.sha256().hexdigest(), False),
    ]
    assert ["/".join(directory.path) for directory in found.directories] == ["d", "e", "e/f"]


def test_what_a_killed_program_left_is_removed_and_what_another_is_working_in_is_not(place: Path) -> None:
    archive = save(place, zipped(HONEST))
    for left in (".unpacking-killed", ".unpacking-somebody-s"):
        (place / left).mkdir()
    (place / ".unpacking-killed" / "tree").mkdir()
    (place / ".unpacking-killed" / "tree" / "half").write_bytes(b"1")
    seen: set[str] = set()

    def while_another_works(*progress: int) -> None:
        unpack(archive, place / f"out-{len(listed(place))}")
        seen.update(name for name in listed(place) if name.startswith(".unpacking-"))

    unpack(archive, place / "out", progress=while_another_works)
    assert tree(place / "out") == HONEST
    assert ".unpacking-killed" not in seen
    assert len(seen) == 2
    assert {name for name in listed(place) if name.startswith(".")} == {".unpacking-somebody-s"}


@pytest.mark.parametrize("kind", ["file", "directory", "link to nowhere"])
def test_an_existing_destination_is_left_alone(place: Path, kind: str) -> None:
    archive, target = save(place, zipped(HONEST)), place / "out"
    if kind == "file":
        target.write_bytes(b"mine")
    elif kind == "directory":
        target.mkdir()
    else:
        target.symlink_to(place / "elsewhere")
    with pytest.raises(FileExistsError):
        unpack(archive, target)
    assert listed(place) == ["a.zip", "out"]


def test_cancelling_leaves_nothing_and_progress_only_grows(place: Path) -> None:
    seen: list[tuple[int, int]] = []
    archive = save(place, zipped({name: os.urandom(1_500_000) for name in "abc"}))
    with pytest.raises(UnpackCancelled):
        unpack(archive, place / "out", cancelled=lambda: len(seen) == 3, progress=lambda *now: seen.append(now))
    assert listed(place) == ["a.zip"]
    assert seen == sorted(seen)
    assert {total for _, total in seen} == {4_500_000}


def test_cancelling_is_noticed_among_files_without_bytes(place: Path) -> None:
    asked: list[int] = []
    archive = save(place, zipped(dict.fromkeys(map(str, range(50)), b"")))
    with pytest.raises(UnpackCancelled):
        unpack(archive, place / "out", cancelled=lambda: len(asked) >= 10, progress=lambda *now: asked.append(0))
    assert listed(place) == ["a.zip"]
