"""Random trees and random lies: an archive is unpacked right or refused, and nothing else ever happens."""

from __future__ import annotations

import hashlib
import io
import os
import struct
import tempfile
import zipfile
from contextlib import suppress
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from artifact_tui.archive.errors import ArchiveDamaged, ArchiveRefused, Limits
from artifact_tui.archive.unpack import check_contents, unpack_tree
from artifact_tui.archive.unpack_plan import unpacked_size
from artifact_tui.archive.zip_directory import reader
from tests.archive.places import listed, save, tree
from tests.archive.zips import Part, build, records, with_records, zipped
from tests.examples import examples

names = st.lists(
    st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="/\\:"), min_size=1, max_size=8),
    min_size=1,
    max_size=4,
).map("/".join)
trees = st.dictionaries(names, st.binary(max_size=3000), max_size=8)
quick = settings(max_examples=examples(150), deadline=None)


def unpacked(data: bytes) -> dict[str, bytes] | None:
    """What an archive gives, or None where it is refused; whatever it is, all around it stays as it was."""
    with tempfile.TemporaryDirectory() as name:
        around = Path(name)
        (around / "mine").write_bytes(b"mine")
        place = around / "place"
        place.mkdir()
        archive = save(place, data)
        try:
            found = unpack_tree(archive, place / "out")
        except ArchiveRefused:
            files = None
        else:
            files = tree(place / "out")
            assert {file.path: file.sha256 for file in found.files} == {
                path: hashlib.sha256(content).hexdigest() for path, content in files.items()
            }
            assert sizes(archive) == sum(map(len, files.values()))
            check_contents(archive)
        assert listed(around) == ["mine", "place"]
        assert (around / "mine").read_bytes() == b"mine"
        assert listed(place) == (["a.zip"] if files is None else ["a.zip", "out"])
        assert not any(path.is_symlink() for path in place.rglob("*"))
        assert archive.read_bytes() == data
        return files


def sizes(archive: Path) -> int:
    with archive.open("rb") as file:
        return unpacked_size(reader(file), archive.stat().st_size, Limits())


def refuses_or_reads(data: bytes) -> None:
    """Neither a list of names nor a check of the contents fails in any other way."""
    with tempfile.TemporaryDirectory() as name:
        archive = save(Path(name), data)
        for look in (sizes, check_contents):
            with suppress(ArchiveRefused):
                look(archive)


@quick
@given(files=trees, stored=st.booleans())
def test_any_tree_is_unpacked_like_the_standard_library_reads_it_or_refused_for_its_names(
    files: dict[str, bytes], stored: bool
) -> None:
    data = zipped(files, zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED)
    found = unpacked(data)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        read = {info.filename: archive.read(info) for info in archive.infolist()}
    without_dots = {"/".join(part for part in path.split("/") if part != "."): data for path, data in read.items()}
    assert found in (None, without_dots)
    plain = {path.casefold() for path in files if path.isascii() and path.isalnum()}
    if len(plain) == len(files):
        assert found == files


@given(files=trees)
@settings(max_examples=examples(30), deadline=None)
def test_an_archive_that_is_refused_for_its_names_is_whole_all_the_same(files: dict[str, bytes]) -> None:
    with tempfile.TemporaryDirectory() as name:
        archive = save(Path(name), zipped(files))
        check_contents(archive)
        try:
            sizes(archive)
        except ArchiveDamaged:
            raise
        except ArchiveRefused:
            return
        assert unpacked(zipped(files)) is not None


damages = st.lists(
    st.tuples(st.sampled_from(["flip", "cut", "insert"]), st.floats(0, 1), st.binary(min_size=1, max_size=8)),
    min_size=1,
    max_size=4,
)


@quick
@given(files=trees, damage=damages)
def test_a_corrupted_archive_is_refused_or_gives_only_bytes_that_match_their_checksum(
    files: dict[str, bytes], damage: list[tuple[str, float, bytes]]
) -> None:
    data = zipped(files)
    for kind, where, junk in damage:
        at = int(where * len(data))
        after = at if kind == "insert" else at + len(junk)
        data = data[:at] + (b"" if kind == "cut" else junk) + data[after:]
    refuses_or_reads(data)
    found = unpacked(data)
    assert found is None or set(found.values()) <= set(files.values())


FIELDS = {"flags": 8, "method": 10, "crc": 16, "packed": 20, "size": 24, "name": 28, "extra": 30, "comment": 32,
          "disk": 34, "mode": 40, "offset": 42}  # fmt: skip
FOURS = {"crc", "packed", "size", "offset"}
numbers = st.sampled_from([0, 1, 8, 9, 14, 0x41, 0x800, 0xA1FF, 0xFFFE, 0xFFFF, 1 << 31, 0xFFFFFFFE, 0xFFFFFFFF])
wide = st.sampled_from([0, 1, 30, 1 << 31, 1 << 32, (1 << 63) - 1, 1 << 63, (1 << 64) - 1])
splices = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["drop", "double", "swap", "take"]), st.integers(0, 20), st.integers(0, 20)),
        st.tuples(st.sampled_from(sorted(FIELDS)), st.integers(0, 20), numbers),
        st.tuples(st.just("zip64"), st.integers(0, 20), st.lists(wide, max_size=4)),
    ),
    min_size=1,
    max_size=5,
)


def splice(table: list[bytes], others: list[bytes], what: str, at: int, value: int | list[int]) -> list[bytes]:
    """One lie more in a table of contents."""
    if not table:
        return others
    at %= len(table)
    record = bytearray(table[at])
    if isinstance(value, list):
        for field in ("packed", "size", "offset"):
            struct.pack_into("<I", record, FIELDS[field], 0xFFFFFFFF)
        extra = struct.pack(f"<2H{len(value)}Q", 1, 8 * len(value), *value)
        struct.pack_into("<H", record, FIELDS["extra"], len(extra))
        return [*table[:at], bytes(record) + extra, *table[at + 1 :]]
    if what in FIELDS:
        struct.pack_into(
            "<I" if what in FOURS else "<H", record, FIELDS[what], value & (0xFFFFFFFF if what in FOURS else 0xFFFF)
        )
        return [*table[:at], bytes(record), *table[at + 1 :]]
    spliced = {
        "drop": table[:at] + table[at + 1 :],
        "double": [*table, table[at]],
        "swap": table[at:] + table[:at],
        "take": [*table, *others[value % max(1, len(others)) :]],
    }
    return spliced[what]


@settings(max_examples=examples(300), deadline=None)
@given(files=trees, others=trees, lies=splices)
def test_an_archive_whose_table_of_contents_was_spliced_gives_no_byte_that_was_not_packed(
    files: dict[str, bytes], others: dict[str, bytes], lies: list[tuple[str, int, int | list[int]]]
) -> None:
    data, foreign = zipped(files), records(zipped(others))
    table = records(data)
    for lie in lies:
        table = splice(table, foreign, *lie)
    spliced = with_records(data, table)
    refuses_or_reads(spliced)
    found = unpacked(spliced)
    assert found is None or set(found.values()) <= set(files.values())


@quick
@given(parts=st.lists(st.tuples(st.binary(max_size=12), st.binary(max_size=40), st.integers(0, 0xFFFF)), max_size=4))
def test_whatever_names_and_modes_an_archive_claims_nothing_is_written_outside(
    parts: list[tuple[bytes, bytes, int]],
) -> None:
    data = build(*(Part(name, content, flags=0, mode=mode) for name, content, mode in parts))
    found = unpacked(data)
    assert found is None or sorted(found.values()) == sorted(
        content for name, content, _ in parts if not name.endswith(b"/")
    )


ladder = st.lists(st.sampled_from(["..", ".", "", "a", "A", "b", "mine", "C:", "~", "…"]), max_size=6)


@quick
@given(paths=st.lists(st.tuples(ladder.map("/".join), st.booleans()), max_size=4))
def test_no_ladder_of_dots_and_slashes_leads_outside(paths: list[tuple[str, bool]]) -> None:
    parts = (Part(f"{os.sep * absolute}{path}", b"theirs") for path, absolute in paths)
    found = unpacked(build(*parts))
    if any(absolute or ".." in path.split("/") for path, absolute in paths):
        assert found is None
