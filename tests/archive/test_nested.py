"""Archives within archives, and archives on the disk: opened like the artifact itself."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import random
import sys
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from artifact_tui.archive.compressed import STEP, unpack_pieces
from artifact_tui.archive.errors import ArchiveRefused, Limits
from artifact_tui.archive.files import Files, PlainFile, read_entry
from artifact_tui.archive.local_zip import open_local_zip
from artifact_tui.archive.nested import is_archive, open_nested
from artifact_tui.archive.ranges import ArchiveUnreadable
from artifact_tui.archive.remote_zip import RemoteZip
from artifact_tui.archive.tar import TarFiles
from artifact_tui.archive.zip_directory import Entry
from tests.archive.test_remote_zip import ALL, FakeArchive
from tests.archive.zips import zipped
from tests.archive.zsts import zst
from tests.examples import examples
from tests.slow_cases import slow_but

NOISE = random.Random(3).randbytes(400_000)


def all_of(files: Files) -> dict[str, bytes]:
    return {entry.name: read_entry(files, entry, ALL) for entry in files.entries if not entry.is_directory}


def tarred(files: dict[str, bytes], form: int = tarfile.PAX_FORMAT) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form) as tar:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return out.getvalue()


def held_in(data: bytes, name: str, compression: int = zipfile.ZIP_DEFLATED) -> tuple[RemoteZip, Entry, FakeArchive]:
    archive = FakeArchive(zipped({"first": NOISE, name: data, "last": NOISE}, compression))
    files = RemoteZip.open(archive, len(archive.data))
    return files, files.entries[1], archive


FILES = {"a/one.txt": b"one", "b.bin": NOISE[:50_000], "empty": b""}
INNER = [
    ("inner.zip", zipped(FILES)),
    ("padded as by bsdtar.zip", zipped(FILES).ljust(102_400, b"\0")),
    ("kestrel-1.0-py3-none-any.whl", zipped(FILES)),
    ("inner.tar", tarred(FILES)),
    ("inner.tar.gz", gzip.compress(tarred(FILES))),
    ("inner.tgz", gzip.compress(tarred(FILES, tarfile.GNU_FORMAT))),
    ("inner.tar.bz2", bz2.compress(tarred(FILES))),
    ("inner.TBZ2", bz2.compress(tarred(FILES, tarfile.USTAR_FORMAT))),
    ("inner.tar.xz", lzma.compress(tarred(FILES))),
    ("inner.txz", lzma.compress(tarred(FILES))),
    ("inner.tar.lzma", lzma.compress(tarred(FILES), lzma.FORMAT_ALONE)),
    ("inner.tar.zst", zst(tarred(FILES))),
    ("inner.tzst", zst(tarred(FILES), 27)),
    ("a gzip called.tar", gzip.compress(tarred(FILES))),
    ("a bzip2 called.tar", bz2.compress(tarred(FILES))),
    ("an xz called.tar", lzma.compress(tarred(FILES))),
    ("a zst called.tar", zst(tarred(FILES))),
    ("not packed.tar.gz", tarred(FILES)),
    ("packed otherwise.tgz", zst(tarred(FILES))),
]


@pytest.mark.parametrize("compression", [zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED], ids=["packed", "stored"])
@pytest.mark.parametrize(("name", "data"), INNER, ids=[name for name, _ in INNER])
def test_an_archive_within_an_artifact_is_opened(name: str, data: bytes, compression: int) -> None:
    files, entry, _ = held_in(data, name, compression)
    assert is_archive(name)
    assert all_of(open_nested(files, entry)) == FILES


def test_a_stored_zip_within_a_zip_is_read_by_ranges() -> None:
    data = zipped({"one.txt": b"one", "big": NOISE})
    files, entry, archive = held_in(data, "inner.zip", zipfile.ZIP_STORED)
    before = archive.sent
    inner = open_nested(files, entry)
    assert read_entry(inner, inner.entries[0], ALL) == b"one"
    assert archive.sent - before < 150_000


@pytest.mark.parametrize(
    ("name", "pack"),
    [
        ("job.log.gz", gzip.compress),
        ("job.log.bz2", bz2.compress),
        ("job.log.xz", lzma.compress),
        ("job.log.zst", zst),
    ],
)
def test_a_packed_file_is_opened_as_that_file(name: str, pack: Callable[[bytes], bytes]) -> None:
    """Also one of several streams in a row, with padding between and behind them."""
    data = pack(b"line\n" * 1000) + pack(b"more") + bytes(4) + pack(b"") + pack(NOISE) + bytes(512)
    files, entry, _ = held_in(data, name)
    assert all_of(open_nested(files, entry)) == {"job.log": b"line\n" * 1000 + b"more" + NOISE}


@pytest.mark.parametrize("garbage", [b"x", b"\x1f", b"\x1f\x8a", b"garbage" * 99, bytes(512) + b"x"], ids=range(5))
@pytest.mark.parametrize("name", ["job.log.gz", "inner.tar.gz", "inner.tgz"])
def test_garbage_after_a_gzip_is_ignored_with_a_remark(name: str, garbage: bytes) -> None:
    """As gzip has it: what follows a whole member and does not begin like another one is not part of the file."""
    plain = {"job.log": b"line\n" * 1000} if name == "job.log.gz" else FILES
    data = gzip.compress(plain["job.log"] if name == "job.log.gz" else tarred(FILES))
    files, entry, _ = held_in(data + bytes(4) + garbage, name)
    inner = open_nested(files, entry)
    assert all_of(inner) == plain
    assert [remark.sentence for remark in inner.remarks] == [
        "The gzip data is followed by other bytes. They were ignored."
    ]
    for ending in (b"", bytes(512)):
        files, entry, _ = held_in(data + ending, name)
        assert open_nested(files, entry).remarks == ()


@pytest.mark.parametrize("step", [1, 2, 7, 10_000])
@pytest.mark.parametrize("garbage", [b"x", b"\x1f", b"\x1f\0", b"garbage" * 99])
def test_garbage_after_a_gzip_is_found_whatever_way_the_pieces_come(garbage: bytes, step: int) -> None:
    packed = gzip.compress(b"one") + gzip.compress(b"two") + garbage
    pieces = iter([packed[at : at + step] for at in range(0, len(packed), step)])
    ignored: list[bool] = []
    assert b"".join(unpack_pieces("a.gz", pieces, lambda: ignored.append(True))) == b"onetwo"
    assert ignored == [True]
    assert list(pieces) == []  # read to its end, where the checksum of the entry is compared


def test_a_damaged_member_after_a_whole_one_is_not_garbage() -> None:
    files, entry, _ = held_in(gzip.compress(b"one") + gzip.compress(b"two")[:-4], "a.gz")
    with pytest.raises(ArchiveUnreadable, match="cut short"):
        open_nested(files, entry)
    files, entry, _ = held_in(gzip.compress(b"one") + b"\x1f\x8b" + bytes(20), "a.gz")
    with pytest.raises(ArchiveUnreadable, match="Not a valid gzip file"):
        open_nested(files, entry)


@settings(deadline=None, max_examples=examples(60))
@given(
    st.binary(max_size=300),
    st.integers(1, 400),
    st.sampled_from([(".gz", gzip.compress), (".bz2", bz2.compress), (".xz", lzma.compress), (".zst", zst)]),
)
def test_whatever_way_the_pieces_come_they_are_unpacked(
    data: bytes, step: int, packing: tuple[str, Callable[[bytes], bytes]]
) -> None:
    packed = packing[1](data) + packing[1](data)
    pieces = (packed[at : at + step] for at in range(0, len(packed), step))
    assert b"".join(unpack_pieces("a" + packing[0], pieces)) == data * 2


@pytest.mark.parametrize(
    ("name", "what", "pack"),
    [
        ("a.tar.gz", "gzip", gzip.compress),
        ("a.tar.bz2", "bzip2", bz2.compress),
        ("a.tar.xz", "xz", lzma.compress),
        ("a.tar.zst", "zst", zst),
    ],
)
@pytest.mark.parametrize("damage", ["empty", "head", "cut", "text"])
def test_what_is_not_what_its_name_says_is_refused_in_words(
    name: str, what: str, pack: Callable[[bytes], bytes], damage: str
) -> None:
    packed = pack(NOISE) if damage in {"head", "cut"} else b""
    data = {"empty": b"", "head": packed[:3], "cut": packed[:-20], "text": b"plain text"}[damage]
    files, entry, _ = held_in(data, name)
    with pytest.raises(ArchiveUnreadable, match=what) as error:
        open_nested(files, entry)
    assert error.value.next_step == "d saves it."


def test_an_xz_file_that_wants_more_memory_than_there_should_be_is_refused() -> None:
    wide = [{"id": lzma.FILTER_LZMA2, "dict_size": 256 << 20}]
    files, entry, _ = held_in(lzma.compress(b"x" * 1000, filters=wide), "a.tar.xz")
    with pytest.raises(ArchiveUnreadable, match=r"This xz file needs more than 128 MiB of memory\."):
        open_nested(files, entry)


def test_a_zst_file_may_have_a_window_of_128_mib_and_no_more() -> None:
    for log, fits in ((27, True), (28, False)):
        files, entry, _ = held_in(zst(tarred(FILES), log), "a.tar.zst")
        if fits:
            assert all_of(open_nested(files, entry)) == FILES
            continue
        with pytest.raises(ArchiveUnreadable, match=r"This zst file needs more than 128 MiB of memory\."):
            open_nested(files, entry)


class FakeZstd(ModuleType):
    """A library of Zstandard that turns letters into capitals, and notes the options that it was given."""

    class DecompressionParameter:
        window_log_max = 100

    ZstdError = ValueError

    def __init__(self) -> None:
        super().__init__("zstd")
        self.given: list[dict[int, int]] = []

    def ZstdDecompressor(self, *, options: dict[int, int]) -> FakeZstd:  # noqa: N802  # the library's name
        self.given.append(options)
        self.eof, self.needs_input, self.unused_data = False, True, b""
        return self

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        self.eof = True
        return data.upper()


@pytest.mark.parametrize(("version", "package"), [((3, 13), "backports"), ((3, 14), "compression")])
def test_zstandard_is_the_standard_librarys_from_python_3_14_on(
    version: tuple[int, int], package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each with the limit of 128 MiB for its window."""
    fake, parent = FakeZstd(), ModuleType(package)
    parent.zstd = fake  # type: ignore[attr-defined]  # a module can have any
    with monkeypatch.context() as patch:
        patch.setitem(sys.modules, package, parent)
        patch.setitem(sys.modules, f"{package}.zstd", fake)
        patch.setattr(sys, "version_info", version)
        found = b"".join(unpack_pieces("a.zst", iter([b"abc"])))
    assert found == b"ABC"
    assert fake.given == [{100: 27}]


def test_a_zst_file_with_frames_to_skip_is_read() -> None:
    """As pzstd writes them."""
    skipped = b"\x50\x2a\x4d\x18" + (8).to_bytes(4, "little") + bytes(8)
    data = skipped + zst(b"one") + skipped + zst(b"two")
    files, entry, _ = held_in(data, "a.zst")
    assert all_of(open_nested(files, entry)) == {"a": b"onetwo"}


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress, zst])
@pytest.mark.parametrize("cut", [0, 100])
def test_padding_behind_a_large_packed_file_belongs_to_it(pack: Callable[[bytes], bytes], cut: int) -> None:
    data = pack(bytes(3 * STEP))
    name = {gzip.compress: "a.gz", bz2.compress: "a.bz2", lzma.compress: "a.xz", zst: "a.zst"}[pack]
    pieces = (data + bytes(cut), bytes(512))
    assert b"".join(unpack_pieces(name, iter(pieces))) == bytes(3 * STEP)


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress, zst])
@pytest.mark.parametrize("ending", [".tar", ".tar.gz", ".gz", ".tgz"])
def test_a_packed_file_that_is_no_tar_never_holds_itself(pack: Callable[[bytes], bytes], ending: str) -> None:
    if ending == ".gz" and pack is not gzip.compress:
        return  # only the names of tars may be wrong about the packing
    files, entry, _ = held_in(pack(b"plain text"), f"a{ending}")
    inner = open_nested(files, entry)
    assert all_of(inner) == {"a": b"plain text"}
    assert not is_archive(inner.entries[0].name)


def test_what_is_called_a_tar_and_is_none_is_refused_and_an_empty_one_is_empty() -> None:
    files, entry, _ = held_in(b"plain text" * 100, "a.tar")
    with pytest.raises(ArchiveUnreadable, match="Not a valid tar file") as error:
        open_nested(files, entry)
    assert error.value.next_step == "d saves it."
    for nothing in (b"", bytes(10_240)):
        files, entry, _ = held_in(nothing, "a.tar")
        assert open_nested(files, entry).entries == ()
    files, entry, _ = held_in(gzip.compress(bytes(10_240)), "image.gz")
    assert all_of(open_nested(files, entry)) == {"image": bytes(10_240)}


@pytest.mark.parametrize(
    ("name", "pack"),
    slow_but(
        2,
        [
            ("bomb.tar.gz", gzip.compress),
            ("bomb.tar", zst),
            ("bomb.tar.bz2", bz2.compress),
            ("bomb.tar.xz", lzma.compress),
            ("bomb.tar.zst", zst),
        ],
    ),
)
def test_a_bomb_is_stopped_at_the_limit(name: str, pack: Callable[[bytes], bytes]) -> None:
    files, entry, _ = held_in(pack(bytes(60_000_000)), name)
    with pytest.raises(ArchiveUnreadable, match=r"more than 10\.0 MB"):
        open_nested(files, entry, most=10_000_000)


NAMES = st.text(st.characters(exclude_characters="\0/", exclude_categories=["Cs"]), min_size=1, max_size=150)


@settings(deadline=None, max_examples=examples(60))
@given(st.dictionaries(NAMES, st.binary(max_size=2000), max_size=5), st.sampled_from([0, 1, 2]))
def test_every_file_of_a_tar_is_what_python_wrote(files: dict[str, bytes], form: int) -> None:
    try:
        data = tarred(files, form)
    except ValueError:
        return  # this form has no room for such a name
    found = TarFiles(lambda offset, length: data[offset : offset + length], len(data), Limits())
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        expected = {info.name: tar.extractfile(info).read() for info in tar if info.isfile()}  # type: ignore[union-attr]  # files have bytes
    assert {name.removeprefix("./"): data for name, data in expected.items()} == all_of(found)


@settings(deadline=None, max_examples=examples(200))
@given(st.binary(max_size=600), st.integers(0, 1500))
def test_no_tar_ends_the_program(noise: bytes, at: int) -> None:
    data = bytearray(tarred({"a" * 120: b"x" * 600, "b": b"y"}))
    data[at : at + len(noise)] = noise
    try:
        found = TarFiles(lambda offset, length: bytes(data[offset : offset + length]), len(data), Limits())
    except ArchiveRefused:
        return
    assert all(entry.offset + entry.compressed <= len(data) for entry in found.entries)


def test_a_zip_on_the_disk_is_browsed_like_one_in_the_storage(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(zipped(FILES))
    assert all_of(open_local_zip(tmp_path / "a.zip")) == FILES
    with pytest.raises(ArchiveUnreadable, match="cannot be read"):
        open_local_zip(tmp_path / "none.zip")


def test_a_plain_archive_without_a_zip_around_it_is_opened() -> None:
    data = gzip.compress(tarred(FILES))
    files = PlainFile(lambda offset, length: data[offset : offset + length], "src.tar.gz", len(data))
    assert all_of(open_nested(files, files.entries[0])) == FILES


@settings(deadline=None, max_examples=examples(60))
@given(st.lists(st.integers(1, 60_000), min_size=1, max_size=12), st.booleans())
def test_a_file_read_in_any_steps_is_the_same_file(steps: list[int], is_packed: bool) -> None:
    log = b"".join(b"%08d something happened here\n" % number for number in range(9000))
    files, entry, archive = held_in(log, "job.log", zipfile.ZIP_DEFLATED if is_packed else zipfile.ZIP_STORED)
    stream, read = files.open_entry(entry), b""
    before = archive.sent
    for step in steps:
        piece = stream.more(step)
        assert piece == log[len(read) : len(read) + step]
        read += piece
    assert archive.sent - before <= len(read) + 40_000 * (1 + len(steps))
