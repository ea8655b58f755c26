"""Files with holes in tars: their real names, sizes and bytes, and maps that lie."""

from __future__ import annotations

import io
import random
import tarfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from artifact_tui.archive.errors import ArchiveDamaged, ArchiveRefused
from artifact_tui.archive.files import read_entry
from artifact_tui.domain.models import Artifact
from artifact_tui.transfers.downloads.extract import Members, NotSaved, save_members
from artifact_tui.transfers.models import OnExisting
from tests.archive.tars import GNU, Piece, Segment, base256, flat, old_sparse, pax, pax_sparse, tar_of
from tests.archive.test_tar import ALL, only, opened
from tests.examples import examples

FORMATS = ["old", "0.0", "0.1", "1.0"]
TERABYTE = 1 << 40


def sparse(form: str, size: int, segments: list[Segment], name: bytes = b"d/big.bin") -> bytes:
    return old_sparse(name, size, segments) if form == "old" else pax_sparse(form, name, size, segments)


def filled(size: int, segments: list[Segment]) -> bytes:
    data = bytearray(size)
    for at, part in segments:
        data[at : at + len(part)] = part
    return bytes(data)


def scattered(count: int) -> tuple[int, list[Segment]]:
    """Files with ``count`` islands, the last hole behind them."""
    dice = random.Random(count)
    return count * 4096 + 999, [(at * 4096 + dice.randrange(900), dice.randbytes(700)) for at in range(count)]


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("count", [0, 1, 4, 5, 25, 26, 300])
def test_a_file_with_holes_has_its_own_name_size_and_bytes(form: str, count: int) -> None:
    size, segments = scattered(count)
    if form == "old":
        segments.append((size, b""))
    data = tar_of(Piece(b"before", b"1"), sparse(form, size, segments), Piece(b"after", b"2"))
    files = opened(data)
    before, entry, after = files.entries
    assert (entry.name, entry.size, entry.compressed) == ("d/big.bin", size, 700 * count)
    assert read_entry(files, entry, ALL) == filled(size, segments)
    assert (read_entry(files, before, ALL), read_entry(files, after, ALL)) == (b"1", b"2")
    if count or form not in ("old", "0.1"):  # Python cannot read maps without a segment
        with tarfile.open(fileobj=io.BytesIO(data)) as tar:
            assert tar.extractfile("d/big.bin").read() == filled(size, segments)  # type: ignore[union-attr]  # it has bytes


@settings(deadline=None, max_examples=examples(60))
@given(
    st.lists(st.tuples(st.integers(0, 900), st.binary(max_size=700)), max_size=30),
    st.sampled_from(FORMATS),
    st.lists(st.tuples(st.integers(0, 30_000), st.integers(0, 5000)), max_size=8),
)
def test_a_file_with_any_holes_is_read_at_any_offset(
    steps: list[tuple[int, bytes]], form: str, reads: list[tuple[int, int]]
) -> None:
    segments, at = [], 0
    for hole, part in steps:
        segments.append((at + hole, part))
        at += hole + len(part)
    data = tar_of(sparse(form, at + 100, segments))
    read = opened(data).reader_of(only(data))
    whole = filled(at + 100, segments)
    for offset, length in [*reads, (0, len(whole) + 10)]:
        assert read(offset, length) == whole[offset : offset + length]


def test_a_hard_link_to_a_file_with_holes_has_its_bytes() -> None:
    data = tar_of(sparse("1.0", 5000, [(4000, b"end")]), Piece(b"l", kind=b"1", link=b"d/big.bin"))
    files = opened(data)
    assert read_entry(files, files.entries[1], ALL) == filled(5000, [(4000, b"end")])


LIES: dict[str, bytes] = {
    "overlapping": sparse("1.0", 10_000, [(100, b"x" * 200), (150, b"y")]),
    "backwards": sparse("0.1", 10_000, [(5000, b"x"), (100, b"y")]),
    "beyond the size": sparse("old", 100, [(99, b"xx")]),
    "more than is there": pax((b"GNU.sparse.size", b"9999"), (b"GNU.sparse.map", b"0,999")).blocks()
    + Piece(b"a", b"few").blocks(),
    "an odd number": pax((b"GNU.sparse.size", b"99"), (b"GNU.sparse.map", b"0,1,5")).blocks()
    + Piece(b"a", b"few").blocks(),
    "letters": pax((b"GNU.sparse.size", b"99"), (b"GNU.sparse.map", b"0,x")).blocks() + Piece(b"a", b"few").blocks(),
    "no size": pax((b"GNU.sparse.map", b"0,1")).blocks() + Piece(b"a", b"few").blocks(),
    "negative": Piece(
        b"a", b"x", b"S", magic=GNU, fields={386: base256(-5) + b"00000000001\0", 483: base256(9)}
    ).blocks(),
    "a count without numbers": pax(
        (b"GNU.sparse.major", b"1"), (b"GNU.sparse.minor", b"0"), (b"GNU.sparse.realsize", b"9")
    ).blocks()
    + Piece(b"a", b"99\n".ljust(512, b"\0")).blocks(),
    "a number without end": pax(
        (b"GNU.sparse.major", b"1"), (b"GNU.sparse.minor", b"0"), (b"GNU.sparse.realsize", b"9")
    ).blocks()
    + Piece(b"a", b"9" * 4096).blocks(),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_map_that_cannot_be_is_refused(lie: str) -> None:
    with pytest.raises(ArchiveDamaged):
        opened(tar_of(LIES[lie]))


def test_a_map_of_too_many_segments_is_refused() -> None:
    count = b"500001\n"
    versions = ((b"GNU.sparse.major", b"1"), (b"GNU.sparse.minor", b"0"), (b"GNU.sparse.realsize", b"9"))
    data = tar_of(pax(*versions), Piece(b"a", count.ljust(512, b"\0") + b"0\n" * 2000))
    with pytest.raises(ArchiveRefused, match="more than 500,000 sparse segments"):
        opened(data)


@pytest.mark.slow
def test_maps_that_have_too_many_segments_together_are_refused() -> None:
    pairs = b",".join(flat([(b"%d" % at, b"1") for at in range(200_000)]))
    one = (
        pax((b"GNU.sparse.size", b"1000000"), (b"GNU.sparse.map", pairs)).blocks()
        + Piece(b"a", bytes(200_000)).blocks()
    )
    with pytest.raises(ArchiveRefused, match="more than 500,000 sparse segments"):
        opened(tar_of(one, one, one))


def test_a_file_of_an_unknown_sparse_format_is_named_as_not_shown() -> None:
    versions = ((b"GNU.sparse.major", b"2"), (b"GNU.sparse.minor", b"1"), (b"GNU.sparse.name", b"big"))
    files = opened(
        tar_of(pax(*versions), Piece(b"GNUSparseFile.0/big", b"?"), Piece(b"star", b"?", b"S"), Piece(b"a", b"1"))
    )
    assert [entry.name for entry in files.entries] == ["a"]
    assert files.remarks[0].sentence == (
        "Not shown: big (sparse file of unknown format 2.1), star (sparse file of unknown format star)."
    )


@pytest.mark.parametrize("form", FORMATS)
def test_holes_of_terabytes_cost_nothing_and_are_saved_by_no_one(form: str, tmp_path: Path) -> None:
    """The limit counts the bytes that would be written, as for every bomb."""
    size = 64 * TERABYTE
    data = tar_of(sparse(form, size, [(0, b"start"), (size - 3, b"end")]), Piece(b"l", kind=b"1", link=b"d/big.bin"))
    files = opened(data)
    entry = files.entries[0]
    assert entry.size == size
    assert read_entry(files, entry, 10) == b"start" + bytes(5)
    assert files.reader_of(entry)(size - 5, 100) == bytes(2) + b"end"
    members = Members(files, files.entries, "", "a.tar", Artifact(id=1, name="a", size_in_bytes=1))
    with pytest.raises(NotSaved, match=r"unpacks to 141 TB, more than the limit of 20\.0 GB"):
        save_members(members, tmp_path, OnExisting.KEEP_BOTH)
    assert list(tmp_path.iterdir()) == []


def test_a_file_with_holes_is_saved_with_all_its_bytes(tmp_path: Path) -> None:
    size, segments = scattered(30)
    files = opened(tar_of(sparse("1.0", size, segments)))
    members = Members(files, files.entries, "d/big.bin", "a.tar", Artifact(id=1, name="a", size_in_bytes=1))
    assert save_members(members, tmp_path, OnExisting.KEEP_BOTH) == tmp_path / "big.bin"
    assert (tmp_path / "big.bin").read_bytes() == filled(size, segments)
