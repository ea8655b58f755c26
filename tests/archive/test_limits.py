"""How much an archive may unpack to, what a person may allow beyond it, and what is known before the first byte."""

from __future__ import annotations

import os
import struct
from pathlib import Path

import pytest

from artifact_tui.archive.errors import ArchiveOverLimit, ArchiveRefused, Limits
from artifact_tui.archive.unpack_plan import unpacked_size
from tests.archive.places import listed, save, unpack
from tests.archive.zips import STORED, Part, build, zipped


def test_too_many_bytes_are_refused_with_both_numbers_and_may_be_allowed(place: Path) -> None:
    archive = save(place, zipped({"big": b"0" * 5_000_000}))
    with pytest.raises(ArchiveOverLimit, match=r"5\.0 MB.*1\.0 MB"):
        unpack(archive, place / "out", Limits(bytes=1_000_000))
    assert unpack(archive, place / "out", Limits(bytes=5_000_000)) == [place / "out" / "big"]


def test_unpacking_anyway_allows_any_size_and_nothing_else(place: Path) -> None:
    anyway = Limits(bytes=10, entries=3, depth=2).any_size()
    assert unpack(save(place, zipped({"big": b"0" * 5_000_000})), place / "out", anyway) == [place / "out" / "big"]
    with pytest.raises(ArchiveRefused, match="4 entries"):
        unpack(save(place, zipped(dict.fromkeys("abcd", b""))), place / "more", anyway)
    with pytest.raises(ArchiveRefused, match="nested"):
        unpack(save(place, zipped({"a/b/c": b""})), place / "more", anyway)
    with pytest.raises(ArchiveRefused, match="outside"):
        unpack(save(place, build(Part("../x", b"1" * 20))), place / "more", anyway)


def test_more_bytes_than_the_limit_are_named_only_where_nothing_else_is_wrong(place: Path) -> None:
    archive = save(place, build(Part("big", b"0" * 1000), Part("../x", b"1")))
    with pytest.raises(ArchiveRefused, match="outside") as refusal:
        unpack(archive, place / "out", Limits(bytes=10))
    assert not isinstance(refusal.value, ArchiveOverLimit)


def test_directories_that_no_entry_names_count_too(place: Path) -> None:
    with pytest.raises(ArchiveRefused, match="more files and directories than the limit of 4"):
        unpack(save(place, zipped({"a/b/c/x": b"", "a/b/y": b""})), place / "out", Limits(entries=4))
    unpack(save(place, zipped({"a/b/c/x": b"", "a/b/y": b""})), place / "out", Limits(entries=5))


def test_the_room_that_is_needed_is_known_from_the_table_of_contents_alone(place: Path) -> None:
    data = zipped({"a": os.urandom(300_000), "dir/b": b"1" * 7})
    start = data.index(b"PK\x01\x02")

    def read(offset: int, length: int) -> bytes:
        assert offset + length > start - 66_000
        return data[offset : offset + length]

    assert unpacked_size(read, len(data), Limits()) == 300_007
    with pytest.raises(ArchiveOverLimit):
        unpacked_size(read, len(data), Limits(bytes=300_006))


def test_too_many_entries_are_refused(place: Path) -> None:
    archive = save(place, zipped({str(number): b"" for number in range(11)}))
    with pytest.raises(ArchiveRefused, match="11 entries"):
        unpack(archive, place / "out", Limits(entries=10))


def test_more_than_the_disk_has_room_for_is_refused_before_a_byte_is_written(place: Path) -> None:
    free = os.statvfs(place)
    huge = free.f_bavail * free.f_frsize * 2
    wide = struct.pack("<2H2Q", 1, 16, huge, huge)
    small = build(Part("a", method=STORED, size=0xFFFFFFFF, compressed=0xFFFFFFFF, extra=wide))
    start, at = small.index(b"PK\x01\x02"), huge + 31
    directory = small[start : small.index(b"PK\x05\x06")]
    archive = place / "a.zip"
    with archive.open("wb") as sparse:
        sparse.write(small[:start])
        sparse.seek(at)
        sparse.write(directory)
        sparse.write(b"PK\x06\x06" + struct.pack("<Q2H2I4Q", 44, 45, 45, 0, 0, 1, 1, len(directory), at))
        sparse.write(b"PK\x06\x07" + struct.pack("<IQI", 0, at + len(directory), 1))
        sparse.write(b"PK\x05\x06" + struct.pack("<4H2IH", 0, 0, 1, 1, len(directory), 0xFFFFFFFF, 0))
    with pytest.raises(ArchiveRefused, match="is free"):
        unpack(archive, place / "out", Limits(bytes=huge))
    assert listed(place) == ["a.zip"]
