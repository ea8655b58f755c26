"""Zip entries compressed with bzip2 and LZMA: read like deflated ones, in bounded memory."""

from __future__ import annotations

import bz2
import lzma
import random
import struct
import zipfile
import zlib
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from artifact_tui.archive.errors import ArchiveDamaged, ArchiveRefused
from artifact_tui.archive.nested import open_nested
from artifact_tui.archive.unpack import check_contents
from tests.archive.places import listed, save, tree, unpack
from tests.archive.test_remote_zip import CONTENTS, FakeArchive, by_name, opened
from tests.archive.zips import Part, build, zipped
from tests.examples import examples
from tests.slow_cases import slow_but

METHODS = pytest.mark.parametrize("method", slow_but(1, [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2]), ids=["LZMA", "BZip2"])
FILES = {
    "a.txt": b"hello",
    "empty": b"",
    "zeros": bytes(5_000_000),
    "noise": random.Random(5).randbytes(2_000_000),
    "log": b"".join(b"line %d\n" % number for number in range(200_000)),
}
HAS_END_MARK = 1 << 1


@cache
def packed_files(method: int) -> bytes:
    """A zip of all of them, which takes long to make."""
    return zipped(FILES, method)


def lzma_entry(data: bytes, *, is_marked: bool, dictionary: int = 1 << 20) -> bytes:
    """Pack the bytes of an entry (APPNOTE 5.8.8), with or without an end mark.

    The only chunk of an LZMA2 stream is LZMA without an end mark, behind a header of 6 bytes.
    """
    kind = lzma.FILTER_LZMA1 if is_marked else lzma.FILTER_LZMA2
    packed = lzma.compress(data, lzma.FORMAT_RAW, filters=[{"id": kind, "dict_size": dictionary}])
    properties = struct.pack("<2BHBI", 9, 4, 5, (2 * 5 + 0) * 9 + 3, dictionary)
    return properties + (packed if is_marked else packed[6:-1])


@METHODS
def test_every_file_is_unpacked_as_it_was_packed(place: Path, method: int) -> None:
    archive = save(place, packed_files(method))
    check_contents(archive)
    unpack(archive, place / "out")
    assert tree(place / "out") == FILES


@METHODS
def test_files_are_read_from_a_remote_zip_and_their_starts_alone(method: int) -> None:
    archive = FakeArchive(packed_files(method))
    files = opened(archive)
    for name, data in FILES.items():
        assert by_name(files, name) == data
        assert by_name(files, name, 70_000) == data[:70_000]


@METHODS
def test_the_start_of_a_large_file_takes_one_request(method: int) -> None:
    archive = FakeArchive(packed_files(method))
    files = opened(archive)
    before, sent = len(archive.requests), archive.sent
    assert by_name(files, "noise", 64_000) == FILES["noise"][:64_000]
    assert len(archive.requests) == before + 1
    assert archive.sent - sent < 1_500_000


@METHODS
def test_a_zip_within_a_zip_may_use_them_too(method: int) -> None:
    files = opened(FakeArchive(zipped({"inner.zip": zipped({"a.txt": b"hello"}, method)}, method)))
    inner = open_nested(files, files.entries[0])
    assert [entry.name for entry in inner.entries] == ["a.txt"]
    assert inner.open_entry(inner.entries[0]).more(5) == b"hello"


@settings(max_examples=examples(40), deadline=None)
@given(
    contents=st.lists(CONTENTS, min_size=1, max_size=4), method=st.sampled_from([12, 14]), limit=st.integers(0, 9999)
)
def test_whatever_the_files_hold_they_are_read(contents: list[bytes], method: int, limit: int) -> None:
    files = opened(FakeArchive(zipped({str(number): data for number, data in enumerate(contents)}, method)))
    for number, data in enumerate(contents):
        assert by_name(files, str(number)) == data
        assert by_name(files, str(number), limit) == data[:limit]


PACKED = {12: bz2.compress(b"123" * 500), 14: lzma_entry(b"123" * 500, is_marked=True)}
DAMAGED: dict[str, Callable[[bytes], bytes]] = {
    "cut": lambda packed: packed[:-8],
    "changed": lambda packed: packed[:12] + bytes(8) + packed[20:],
    "followed by others": lambda packed: packed + b"junk",
    "followed by another stream": lambda packed: packed + packed,
    "only a header": lambda packed: packed[:4],
    "nothing": lambda packed: b"",
}


@METHODS
@pytest.mark.parametrize("damage", DAMAGED)
def test_a_damaged_entry_is_refused_and_leaves_nothing(place: Path, method: int, damage: str) -> None:
    packed = DAMAGED[damage](PACKED[method])
    part = Part("a", packed, method=method, flags=0x800 | HAS_END_MARK, size=1500, crc=0)
    archive = save(place, build(part))
    with pytest.raises(ArchiveDamaged, match="'a' "):
        unpack(archive, place / "out")
    assert listed(place) == ["a.zip"]


@METHODS
@pytest.mark.parametrize("size", [1, 1499, 1501, 1 << 20])
def test_an_entry_that_holds_another_number_of_bytes_is_damaged(place: Path, method: int, size: int) -> None:
    part = Part("a", PACKED[method], method=method, flags=0x800 | HAS_END_MARK, size=size, crc=0)
    with pytest.raises(ArchiveDamaged, match="bytes than it declares"):
        check_contents(save(place, build(part)))


def test_a_dictionary_larger_than_the_memory_limit_is_refused(place: Path) -> None:
    packed = PACKED[14][:5] + struct.pack("<I", 1 << 30) + PACKED[14][9:]
    part = Part("a", packed, method=14, flags=0x800 | HAS_END_MARK, size=1500)
    with pytest.raises(ArchiveRefused, match=r"'a' needs more than 128 MiB of memory"):
        check_contents(save(place, build(part)))


@pytest.mark.parametrize("more", [b"", b"junk"])
def test_an_lzma_entry_without_an_end_mark_ends_at_its_declared_size(place: Path, more: bytes) -> None:
    data = b"123" * 500
    packed = lzma_entry(data, is_marked=False) + more
    archive = save(place, build(Part("a", packed, method=14, size=len(data), crc=zlib.crc32(data))))
    if more:
        with pytest.raises(ArchiveDamaged, match="extra bytes after its data"):
            unpack(archive, place / "out")
        return
    unpack(archive, place / "out")
    assert tree(place / "out") == {"a": data}
