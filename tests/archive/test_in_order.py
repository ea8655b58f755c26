"""A file of an artifact read from its start to its end: one request, little memory, and a checksum at the end."""

from __future__ import annotations

import bz2
import gzip
import io
import random
import struct
import zipfile
from collections.abc import Callable

import pytest

from artifact_tui.archive.errors import ArchiveDamaged
from artifact_tui.archive.files import streamed
from artifact_tui.archive.nested import open_nested
from artifact_tui.archive.ranges import TAIL, ArchiveUnreadable
from artifact_tui.archive.remote_zip import RemoteZip
from artifact_tui.domain.provider import Offline
from tests.archive.test_nested import FILES, all_of, tarred
from tests.archive.test_remote_zip import FakeArchive
from tests.archive.zips import STORED, Part, build, zipped

NOISE = random.Random(7).randbytes(3_000_000)
STEP = 65_536


def opened(archive: FakeArchive) -> RemoteZip:
    found = RemoteZip.open(archive, len(archive.data))
    archive.requests.clear()
    archive.sent = 0
    return found


@pytest.mark.parametrize("compression", [zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_file_of_any_size_takes_one_request(compression: int) -> None:
    big = NOISE if compression == zipfile.ZIP_STORED else NOISE[:700_000]
    archive = FakeArchive(zipped({"first": NOISE[:99_000], "big": big, "last": NOISE[:99_000]}, compression))
    remote = opened(archive)
    with remote.in_order(remote.entries[1]) as files:
        assert b"".join(streamed(files, remote.entries[1], STEP)) == big
    assert len(archive.requests) == 1
    assert archive.sent < len(big) * 1.02 + 1000


def test_a_file_at_the_end_takes_no_request() -> None:
    archive = FakeArchive(zipped({"first": NOISE, "last": NOISE[: TAIL // 2]}))
    remote = opened(archive)
    with remote.in_order(remote.entries[1]) as files:
        assert b"".join(streamed(files, remote.entries[1], STEP)) == NOISE[: TAIL // 2]
    assert archive.requests == []


def test_a_file_that_begins_before_the_tail_and_ends_in_it_is_whole() -> None:
    archive = FakeArchive(zipped({"only": NOISE}))
    remote = opened(archive)
    with remote.in_order(remote.entries[0]) as files:
        assert b"".join(streamed(files, remote.entries[0], STEP)) == NOISE
    assert archive.sent + TAIL <= len(archive.data) + 10_000


def test_a_local_header_that_is_longer_than_expected_takes_one_more_request() -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archived:
        info = zipfile.ZipInfo("big")
        info.extra = struct.pack("<2H", 0xCAFE, 5000) + bytes(5000)
        archived.writestr(info, NOISE)
        archived.writestr("last", NOISE[:99_000])
    archive = FakeArchive(data.getvalue())
    remote = opened(archive)
    with remote.in_order(remote.entries[0]) as files:
        assert b"".join(streamed(files, remote.entries[0], STEP)) == NOISE
    assert len(archive.requests) == 2


@pytest.mark.parametrize("wanted", [1, 1000, 100_000])
def test_the_start_of_a_stored_file_takes_no_more_than_its_bytes(wanted: int) -> None:
    archive = FakeArchive(zipped({"big": NOISE, "last": NOISE[:99_000]}, zipfile.ZIP_STORED))
    remote = opened(archive)
    with remote.in_order(remote.entries[0], wanted) as files:
        assert next(streamed(files, remote.entries[0], wanted))[:wanted] == NOISE[:wanted]
    assert len(archive.requests) == 1
    assert archive.sent <= wanted + 400


@pytest.mark.parametrize("wanted", [1, 1000, 100_000])
def test_the_start_of_a_compressed_file_takes_little_more_than_its_bytes(wanted: int) -> None:
    archive = FakeArchive(zipped({"big": NOISE[:500_000].hex().encode(), "last": NOISE[:99_000]}))
    remote = opened(archive)
    got = bytearray()
    with remote.in_order(remote.entries[0], wanted) as files:
        pieces = streamed(files, remote.entries[0], 8192)
        while len(got) < wanted:
            got += next(pieces)
    assert got[:wanted] == NOISE[:500_000].hex().encode()[:wanted]
    assert len(archive.requests) == 1
    assert archive.sent < wanted + 40_000


def test_a_plain_file_is_streamed_too() -> None:
    archive = FakeArchive(NOISE, file_name="noise.bin")
    remote = opened(archive)
    with remote.in_order(remote.entries[0]) as files:
        assert b"".join(streamed(files, remote.entries[0], STEP)) == NOISE
    assert len(archive.requests) == 1


def test_a_wrong_checksum_is_raised_after_all_bytes() -> None:
    archive = FakeArchive(build(Part("big", NOISE, STORED, crc=7), Part("last", NOISE[:99_000])))
    remote = opened(archive)
    got = bytearray()
    with remote.in_order(remote.entries[0]) as files:
        pieces = streamed(files, remote.entries[0], STEP)
        while len(got) < len(NOISE):
            got += next(pieces)
        with pytest.raises(ArchiveDamaged, match="does not match"):
            next(pieces)
    assert got == NOISE


@pytest.mark.parametrize("name", ["in.tar.gz", "in.tar.bz2", "in.tar"])
def test_an_inner_archive_is_unpacked_with_one_request(name: str) -> None:
    pack: dict[str, Callable[[bytes], bytes]] = {
        "in.tar.gz": gzip.compress,
        "in.tar.bz2": bz2.compress,
        "in.tar": bytes,
    }
    archive = FakeArchive(zipped({name: pack[name](tarred(FILES)), "last": NOISE[:99_000]}))
    remote = opened(archive)
    with remote.in_order(remote.entries[0]) as files:
        inner = open_nested(files, remote.entries[0])
    assert all_of(inner) == FILES
    assert len(archive.requests) == 1


def test_a_stored_zip_within_is_read_in_parts() -> None:
    archive = FakeArchive(
        zipped({"in.zip": zipped({"big": NOISE, "small": b"small"}, zipfile.ZIP_STORED), "last": NOISE[:99_000]}, 0)
    )
    remote = opened(archive)
    with remote.in_order(remote.entries[0]) as files:
        inner = open_nested(files, remote.entries[0])
    assert all_of(inner)["small"] == b"small"
    assert archive.sent > len(NOISE)  # all_of reads both
    again = opened(archive)
    with again.in_order(again.entries[0]) as files:
        assert [entry.name for entry in open_nested(files, again.entries[0]).entries] == ["big", "small"]
    assert archive.sent < 2 * TAIL


def test_a_replaced_artifact_and_a_reader_that_left_end_the_stream() -> None:
    archive = FakeArchive(zipped({"big": NOISE, "last": NOISE[:99_000]}))
    wanted = [True]
    remote = RemoteZip.open(archive, len(archive.data), is_wanted=lambda: wanted[0])
    with remote.in_order(remote.entries[0]) as files:
        pieces = streamed(files, remote.entries[0], STEP)
        next(pieces)
        wanted[0] = False
        with pytest.raises(Offline, match="Cancelled"):
            list(pieces)
    wanted[0] = True
    archive.etag = '"2"'
    with remote.in_order(remote.entries[0]) as files, pytest.raises(ArchiveUnreadable, match="replaced"):
        next(streamed(files, remote.entries[0], STEP))
