"""Tars as today's and yesterday's programs write them: names, sizes, dates, links, and what is not shown."""

from __future__ import annotations

import io
import stat
import tarfile
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from artifact_tui.archive.errors import ArchiveDamaged, ArchiveRefused, Limits
from artifact_tui.archive.files import links_in_words, read_entry
from artifact_tui.archive.tar import TarFiles
from artifact_tui.archive.zip_directory import Entry
from tests.archive.tars import GNU, V7, Piece, base256, pax, record, tar_of
from tests.examples import examples

ALL = 1 << 30


def opened(data: bytes, limits: Limits | None = None) -> TarFiles:
    return TarFiles(lambda offset, length: data[offset : offset + length], len(data), limits or Limits())


def contents(data: bytes) -> dict[str, bytes]:
    files = opened(data)
    return {entry.name: read_entry(files, entry, ALL) for entry in files.entries if not entry.is_directory}


def only(data: bytes) -> Entry:
    (entry,) = opened(data).entries
    return entry


def test_a_tar_of_a_dot_has_no_folder_without_a_name() -> None:
    data = tar_of(Piece(b"./", kind=b"5"), Piece(b"./a/", kind=b"5"), Piece(b"./a//./b", b"1"), Piece(b"/abs/c", b"2"))
    assert [entry.name for entry in opened(data).entries] == ["a/", "a/b", "abs/c"]


def test_links_are_listed_with_their_targets_and_a_hard_link_has_the_bytes_of_its_target() -> None:
    links = (Piece(b"d/hard", kind=b"1", link=b"./a"), Piece(b"again", kind=b"1", link=b"d/hard"))
    data = tar_of(Piece(b"a", b"one\n"), *links, Piece(b"sym", kind=b"2", link=b"../a"))
    files = opened(data)
    assert [(entry.name, entry.size, entry.link) for entry in files.entries] == [
        ("a", 4, ""),
        ("d/hard", 4, "a"),
        ("again", 4, "d/hard"),
        ("sym", 0, "../a"),
    ]
    assert contents(data) == {"a": b"one\n", "d/hard": b"one\n", "again": b"one\n", "sym": b""}
    assert [entry.is_bare_link for entry in files.entries] == [False, False, False, True]
    assert stat.S_ISLNK(files.entries[-1].mode)


def test_a_hard_link_is_the_file_that_had_the_name_before_it() -> None:
    late = (Piece(b"c", kind=b"1", link=b"later"), Piece(b"later", b"3"), Piece(b"e", kind=b"1", link=b"missing"))
    data = tar_of(Piece(b"a", b"1"), Piece(b"b", kind=b"1", link=b"a"), Piece(b"a", b"22"), *late)
    assert contents(data) == {"a": b"22", "b": b"1", "c": b"", "later": b"3", "e": b""}
    assert [entry.name for entry in opened(data).entries if entry.is_bare_link] == ["c", "e"]
    assert links_in_words(opened(data).entries) == "2 broken hard links"
    assert [remark.sentence for remark in opened(data).remarks] == ["Not shown: a (older version)."]


def test_a_hard_link_that_brings_its_bytes_is_a_file() -> None:
    data = tar_of(Piece(b"a", b"one"), Piece(b"b", b"two", kind=b"1", link=b"a"), Piece(b"c", b"3"))
    assert contents(data) == {"a": b"one", "b": b"two", "c": b"3"}


@pytest.mark.parametrize("kind", [b"1", b"2", b"5"])
def test_a_size_without_bytes_of_a_link_or_directory_means_nothing(kind: bytes) -> None:
    stray = Piece(b"l", kind=kind, link=b"a", size=b"00000000003\0")
    assert contents(tar_of(Piece(b"a", b"one"), stray, Piece(b"c", b"3")))["c"] == b"3"


def test_what_is_no_file_is_counted_and_named_as_not_shown() -> None:
    devices = [Piece(b"dev/null", kind=b"3"), Piece(b"dev/sda", kind=b"4"), Piece(b"run/pipe", kind=b"6")]
    files = opened(tar_of(Piece(b"label", kind=b"V"), Piece(b"a", b"1"), *devices))
    assert [entry.name for entry in files.entries] == ["a"]
    (remark,) = files.remarks
    assert remark.words == "4 not shown"
    assert remark.sentence == (
        "Not shown: label (volume label), dev/null (character device), dev/sda (block device), run/pipe (FIFO)."
    )


def test_many_that_are_not_shown_are_counted_behind_the_first() -> None:
    files = opened(tar_of(*(Piece(b"p%d" % number, kind=b"6") for number in range(8))))
    assert files.remarks[0].sentence.endswith("p4 (FIFO) and 3 more.")


def test_an_unknown_type_is_a_file_and_a_dumped_directory_is_one() -> None:
    data = tar_of(
        Piece(b"odd", b"1", kind=b"Q"), Piece(b"full", b"Ya\0\0", kind=b"D"), Piece(b"dense", b"2", kind=b"7")
    )
    assert contents(data) == {"odd": b"1", "dense": b"2"}
    assert "full/" in [entry.name for entry in opened(data).entries]


@pytest.mark.parametrize(
    ("mtime", "expected"),
    [
        (b"14524770402\0", datetime(2023, 11, 14, 22, 13, 22, tzinfo=UTC)),
        (b"00000000000\0", datetime(1970, 1, 1, tzinfo=UTC)),
        (base256(-86_400), datetime(1969, 12, 31, tzinfo=UTC)),
        (base256(1 << 80), None),
        (base256(-(1 << 80)), None),
        (b"no time here", None),
    ],
)
def test_an_entry_has_the_date_that_its_header_states(mtime: bytes, expected: datetime | None) -> None:
    assert only(tar_of(Piece(b"a", mtime=mtime))).modified == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"1700000000.987654321", datetime.fromtimestamp(1_700_000_000, UTC)),
        (b"-1.5", datetime(1969, 12, 31, 23, 59, 58, tzinfo=UTC)),
        (b"99999999999999", None),
        (b"-99999999999999.5", None),
        (b"1e400", datetime(1970, 1, 1, tzinfo=UTC)),
        (b"nan", datetime(1970, 1, 1, tzinfo=UTC)),
        (b"9" * 400, datetime(1970, 1, 1, tzinfo=UTC)),
        (b"", datetime(1970, 1, 1, tzinfo=UTC)),
    ],
)
def test_a_pax_date_may_have_fractions_or_make_no_sense(value: bytes, expected: datetime | None) -> None:
    assert only(tar_of(pax((b"mtime", value)), Piece(b"a"))).modified == expected


def test_pax_headers_hold_for_one_entry_or_for_all_that_follow() -> None:
    shared = pax((b"mtime", b"86400"), (b"comment", b"of git archive"), kind=b"g")
    own = pax((b"path", "über/a".encode()), (b"size", b"3"), (b"mtime", b"172800"))
    links = (pax((b"linkpath", b"t" * 150)), Piece(b"l", kind=b"2", link=b"short"))
    files = opened(tar_of(shared, own, Piece(b"short", b"one", size=b"77777777777\0"), Piece(b"b", b"2"), *links))
    assert [(entry.name, entry.size) for entry in files.entries] == [("über/a", 3), ("b", 1), ("l", 0)]
    assert [entry.modified for entry in files.entries] == [
        datetime(1970, 1, 3, tzinfo=UTC),
        datetime(1970, 1, 2, tzinfo=UTC),
        datetime(1970, 1, 2, tzinfo=UTC),
    ]
    assert files.entries[-1].link == "t" * 150


def test_an_empty_pax_value_takes_a_shared_one_back() -> None:
    shared = pax((b"path", b"everywhere"), kind=b"g")
    assert only(tar_of(shared, pax((b"path", b"")), Piece(b"own"))).name == "own"


def test_names_of_every_format_are_read() -> None:
    long = Piece(b"././@LongLink", b"n" * 300 + b"\0", b"L", magic=GNU)
    target = Piece(b"././@LongLink", b"t" * 300 + b"\0", b"K", magic=GNU)
    prefixed = Piece(b"name", b"1", fields={345: b"some/prefix"})
    times = Piece(b"gnu", b"1", magic=GNU, fields={345: b"14000000000\0"})
    files = opened(tar_of(target, long, Piece(b"n" * 100, kind=b"2", magic=GNU), prefixed, times))
    assert [entry.name for entry in files.entries] == ["n" * 300, "some/prefix/name", "gnu"]
    assert files.entries[0].link == "t" * 300


def test_a_tar_of_before_posix_is_read() -> None:
    """It has no magic word and no type for directories, and summed signed bytes."""
    old = Piece(b"caf\xe9", b"1", kind=b"\0", magic=V7, size=b"          1 ").blocks()
    signed = sum(old[:512]) - 256 * sum(byte > 127 for byte in old[:512]) - sum(old[148:156]) + 8 * 32
    block = old[:148] + b"%06o\0 " % signed + old[156:]
    data = tar_of(Piece(b"d/", kind=b"\0", magic=V7), block)
    assert [entry.name for entry in opened(data).entries] == ["d/", "caf\udce9"]
    assert contents(data) == {"caf\udce9": b"1"}


def test_a_size_in_base_256_is_read() -> None:
    assert contents(tar_of(Piece(b"a", b"123", size=base256(3), magic=GNU))) == {"a": b"123"}


@pytest.mark.parametrize("size", [base256(-1), base256(1 << 64), b"garbage size", b"00000010000\0"])
def test_a_size_that_cannot_be_is_refused(size: bytes) -> None:
    with pytest.raises(ArchiveDamaged):
        opened(tar_of(Piece(b"a", b"123", size=size)))


@pytest.mark.parametrize("text", [b"8 path=a\n", b"x path=a\n", b"0 path=a\n", b"99999999999 path=a\n", b"10 path=ab"])
def test_a_broken_pax_header_is_refused(text: bytes) -> None:
    with pytest.raises(ArchiveDamaged, match="broken header"):
        opened(tar_of(Piece(b"pax", text, b"x"), Piece(b"a")))


def test_a_tar_that_is_cut_anywhere_says_so() -> None:
    data = tar_of(Piece(b"a", b"1" * 600), Piece(b"b", b"2"))[:-1024]
    for end in (300, 800, 1540, 2048):
        with pytest.raises(ArchiveDamaged, match="ends too early"):
            opened(data[:end])


def test_headers_that_promise_too_much_are_refused() -> None:
    with pytest.raises(ArchiveRefused, match="name that is too long"):
        opened(tar_of(Piece(b"L", b"n" * 70_000, b"L")))
    with pytest.raises(ArchiveRefused, match="header that is too long"):
        opened(tar_of(Piece(b"x", bytes(5_000_000), b"x")))
    with pytest.raises(ArchiveRefused, match="too many extension headers"):
        opened(tar_of(*[Piece(b"x", record(b"comment", bytes(4_000_000)), b"x")] * 17))
    with pytest.raises(ArchiveRefused, match="more than 2 entries"):
        opened(tar_of(*(Piece(b"p", kind=b"6") for _ in range(3))), Limits(entries=2))


def test_a_flood_of_tiny_pax_records_takes_no_time() -> None:
    text = b"5 a=\n" * 150_000
    assert only(tar_of(Piece(b"x", text, b"x"), Piece(b"a"))).name == "a"


names = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), min_size=1, max_size=60)
kinds = st.sampled_from([tarfile.REGTYPE, tarfile.DIRTYPE, tarfile.LNKTYPE, tarfile.SYMTYPE, tarfile.FIFOTYPE])
forms = st.sampled_from([tarfile.PAX_FORMAT, tarfile.GNU_FORMAT, tarfile.USTAR_FORMAT])


@settings(deadline=None, max_examples=examples(150))
@given(st.lists(st.tuples(names, kinds, st.binary(max_size=700), st.integers(-(1 << 40), 1 << 40)), max_size=6), forms)
def test_whatever_python_writes_has_the_names_and_bytes_that_python_reads(
    parts: list[tuple[str, bytes, bytes, int]], form: int
) -> None:
    out = io.BytesIO()
    try:
        with tarfile.open(fileobj=out, mode="w", format=form) as tar:
            for number, (name, kind, data, mtime) in enumerate(parts):
                info = tarfile.TarInfo(f"{number}{name.strip('/')}")
                info.type, info.mtime, info.linkname = kind, mtime, parts[0][0] and f"0{parts[0][0].strip('/')}"
                info.size = len(data) if kind == tarfile.REGTYPE else 0
                tar.addfile(info, io.BytesIO(data) if kind == tarfile.REGTYPE else None)
    except ValueError:
        return  # this form has no room for such a name or time
    found = contents(out.getvalue())
    with tarfile.open(fileobj=io.BytesIO(out.getvalue())) as tar:
        for info in tar:
            if info.isfile():
                clean = "/".join(part for part in info.name.split("/") if part not in ("", "."))
                assert found[clean] == tar.extractfile(info).read()  # type: ignore[union-attr]  # it has bytes


keys = st.sampled_from(
    [b"path", b"linkpath", b"size", b"mtime", b"hdrcharset"]
    + [b"GNU.sparse." + word for word in (b"map", b"size", b"realsize", b"major", b"minor", b"name", b"offset")]
)
values = st.one_of(
    st.sampled_from([b"", b"0", b"1", b"-1", b"9" * 30, b"0,1,5,2", b"1.5", b"a/../b", b"\xff/\xfe", b"1e9"]),
    st.integers(0, 1 << 65).map(lambda number: b"%d" % number),
    st.binary(max_size=20),
)
fields = st.dictionaries(st.integers(0, 505), st.binary(min_size=1, max_size=7), max_size=3)
types = st.sampled_from([bytes([code]) for code in b"0\0" + b"1234567ADEIKLMNSVXgx?"])


@settings(deadline=None, max_examples=examples(300))
@given(
    st.lists(
        st.tuples(types, st.lists(st.tuples(keys, values), max_size=4), fields, st.binary(max_size=600), st.booleans()),
        max_size=4,
    )
)
def test_whatever_headers_say_nothing_but_a_refusal_comes_of_them(
    parts: list[tuple[bytes, list[tuple[bytes, bytes]], dict[int, bytes], bytes, bool]],
) -> None:
    pieces: list[Piece | bytes] = [Piece(b"first", b"1")]
    for kind, records, changes, data, is_gnu in parts:
        magic = GNU if is_gnu else b"ustar\x0000"
        pieces += [pax(*records)] * bool(records)
        pieces.append(Piece(b"n", data, kind, link=b"first", magic=magic, fields=changes))
    try:
        files = opened(tar_of(*pieces))
    except ArchiveRefused:
        return
    for entry in files.entries:
        assert len(read_entry(files, entry, 2000)) == min(entry.size, 2000)
        assert entry.modified is None or entry.modified.year > 0
    assert all(remark.sentence.isprintable() for remark in files.remarks)
