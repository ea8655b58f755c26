"""Files that exist only while they are read are the same as if they lay on a disk."""

import io
import zipfile
import zlib

from hypothesis import given
from hypothesis import strategies as st

from artifact_tui.demo.blob import Blob, BlobMember, Filler, Piece, crc32, make_zip

PIECES = st.lists(
    st.one_of(
        st.binary(max_size=40),
        st.builds(Filler, st.binary(min_size=1, max_size=9), st.integers(0, 300)),
    ),
    max_size=6,
)


def written_out(pieces: list[Piece]) -> bytes:
    return b"".join(
        piece if isinstance(piece, bytes) else (piece.pattern * piece.length)[: piece.length] for piece in pieces
    )


@given(PIECES, st.integers(0, 400), st.integers(0, 400))
def test_any_range_is_the_same_as_the_slice_of_the_whole(pieces: list[Piece], start: int, end: int) -> None:
    whole, blob = written_out(pieces), Blob(pieces)
    assert blob.size == len(whole)
    assert b"".join(blob.read()) == whole
    assert b"".join(blob.read(start, end)) == whole[start:end]


@given(PIECES)
def test_the_checksum_is_that_of_the_bytes(pieces: list[Piece]) -> None:
    assert crc32(pieces) == zlib.crc32(written_out(pieces))


def test_a_range_far_inside_two_gigabytes_is_right() -> None:
    blob = Blob([b"head", Filler(b"0123456789", 2_000_000_000), b"tail"])
    assert b"".join(blob.read(1_500_000_004, 1_500_000_016)) == b"012345678901"
    assert b"".join(blob.read(2_000_000_002)) == b"89tail"


def test_a_zip_opens_with_names_in_any_script_and_intact_members() -> None:
    members = [BlobMember("übung/ログ.txt", (b"one ", Filler(b"ab", 100_001))), BlobMember("empty", ())]
    data = b"".join(make_zip(members, (2026, 11, 20, 9, 0, 58)).read())
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        assert opened.testzip() is None
        assert opened.namelist() == ["übung/ログ.txt", "empty"]
        assert opened.read("übung/ログ.txt") == b"one " + b"ab" * 50_000 + b"a"
        assert opened.getinfo("empty").date_time == (2026, 11, 20, 9, 0, 58)
