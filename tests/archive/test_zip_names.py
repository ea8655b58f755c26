"""Names of zip entries as the programs of today write them: the same in the list, on the disk and in the receipt."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import pytest

from artifact_tui.archive.files import Files, read_entry
from artifact_tui.archive.local_zip import open_local_zip, open_zip
from artifact_tui.archive.nested import open_nested
from tests.archive.zips import STORED, Part, build, zipped

RAW = {"Übersicht.txt": b"1", "docs/résumé.txt": b"22", "日本.txt": b"333"}
WITHOUT_FLAG = build(*(Part(name.encode(), data, flags=0) for name, data in RAW.items()))


def unicode_path(raw: bytes, name: bytes, *, version: int = 1, crc: int | None = None) -> bytes:
    body = struct.pack("<BI", version, zlib.crc32(raw) if crc is None else crc) + name
    return struct.pack("<2H", 0x7075, len(body)) + body


def of(data: bytes) -> Files:
    return open_zip(lambda offset, length: data[offset : offset + length], len(data))


def names(data: bytes) -> list[str]:
    return [entry.name for entry in of(data).entries]


def one(raw: bytes, *, flags: int = 0, extra: bytes = b"", dos: bool = False) -> bytes:
    data = build(Part(raw, b"1", flags=flags, extra=extra))
    return data.replace(b"PK\x01\x02\x14\x03", b"PK\x01\x02\x14\x00") if dos else data


@pytest.mark.parametrize(
    ("raw", "name", "is_guess"),
    [
        ("Übersicht.txt".encode(), "Übersicht.txt", True),
        (b"plain.txt", "plain.txt", False),
        (b"\x9abersicht.txt", "Übersicht.txt", False),  # code page 437
        (b"\xc0\xaf", "└»", False),  # an overlong form of a slash is not UTF-8
    ],
)
def test_a_name_without_the_flag_is_utf_8_where_it_can_be_and_else_code_page_437(
    raw: bytes, name: str, is_guess: bool
) -> None:
    data = one(raw)
    (entry,) = of(data).entries
    assert (entry.name, entry.name_is_guess) == (name, is_guess)
    assert read_entry(of(data), entry, 10) == b"1"


def test_a_guess_is_noted() -> None:
    (remark,) = of(WITHOUT_FLAG).remarks
    assert remark.words == "names guessed as UTF-8"
    assert remark.sentence == "3 names do not state an encoding. UTF-8 is a guess."
    assert of(one("ü".encode())).remarks[0].sentence == "1 name does not state an encoding. UTF-8 is a guess."
    assert of(one("ü".encode(), flags=0x800)).remarks == ()


@pytest.mark.parametrize(
    ("extra", "name"),
    [
        (unicode_path(b"\x9aber", "über €".encode()), "über €"),
        (unicode_path(b"\x9aber", "über €".encode(), crc=1), "Über"),
        (unicode_path(b"\x9aber", "über €".encode(), version=2), "Über"),
        (unicode_path(b"\x9aber", b"\xff"), "Über"),
        (unicode_path(b"\x9aber", b"")[:-3], "Über"),
        (struct.pack("<2H", 1, 0) + unicode_path(b"\x9aber", "日本".encode()), "日本"),
    ],
    ids=["stated", "of another name", "other version", "not UTF-8", "cut", "behind another field"],
)
def test_the_unicode_path_field_counts_if_it_was_made_for_this_name(extra: bytes, name: str) -> None:
    data = one(b"\x9aber", extra=extra)
    assert names(data) == [name]
    assert of(data).remarks == ()
    assert read_entry(of(data), of(data).entries[0], 10) == b"1"


def test_an_empty_unicode_path_field_says_that_the_name_is_utf_8() -> None:
    raw = "ü".encode()
    assert names(one(raw, extra=unicode_path(raw, b""))) == ["ü"]
    assert of(one(raw, extra=unicode_path(raw, b""))).remarks == ()


def test_the_flag_wins_over_the_field() -> None:
    raw = "ü".encode()
    assert names(one(raw, flags=0x800, extra=unicode_path(raw, b"other"))) == ["ü"]


@pytest.mark.parametrize(
    ("raw", "dos", "expected"),
    [
        (b"a\\b.txt", True, "a/b.txt"),
        (b"a\\b.txt", False, "a\\b.txt"),
        (b"a/b\\c", True, "a/b\\c"),
        (b"a\\", True, "a/"),
    ],
)
def test_backslashes_of_dos_are_slashes_as_for_unzip(raw: bytes, dos: bool, expected: str) -> None:
    assert names(one(raw, dos=dos)) == [expected]


HELD = build(
    *(Part(name.encode(), data, flags=0) for name, data in RAW.items()),
    Part(b"?.txt", b"4", flags=0, extra=unicode_path(b"?.txt", "Ω.txt".encode())),
    Part(b"\x9a437.txt", b"5", flags=0),
)
EXPECTED = {**RAW, "Ω.txt": b"4", "Ü437.txt": b"5"}


@pytest.mark.parametrize("outer", ["inner.zip", "kestrel-1.0-py3-none-any.whl"])
@pytest.mark.parametrize("compression", [STORED, 8])
def test_a_zip_or_wheel_within_an_artifact_and_a_zip_on_the_disk_have_the_same_names(
    outer: str, compression: int, tmp_path: Path
) -> None:
    around = of(zipped({outer: HELD}, compression))
    assert [entry.name for entry in open_nested(around, around.entries[0]).entries] == list(EXPECTED)
    (tmp_path / "a.zip").write_bytes(HELD)
    assert [entry.name for entry in open_local_zip(tmp_path / "a.zip").entries] == list(EXPECTED)
