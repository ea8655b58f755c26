"""JSON with strings that have no bytes in UTF-8: nothing is lost, and what is wrong is said as one kind of error."""

from __future__ import annotations

import json

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from msgspec import Struct

from artifact_tui.exact_json import decode, encode, encode_indented


class Thing(Struct, frozen=True):
    name: str
    names: dict[str, tuple[str, ...]] = {}
    count: int | None = None


def as_sent(text: str) -> str:
    """Two halves of a pair are one letter in JSON."""
    return str(json.loads(json.dumps(text)))


ANY_TEXT = st.text(st.characters(exclude_categories=())).map(as_sent)


@given(ANY_TEXT, ANY_TEXT)
@example("\ud800", "\udcff")
@example("a\\ud800", "\x00\x1b")
def test_every_string_comes_back_as_it_was(name: str, other: str) -> None:
    thing = Thing(name, {other: (name, other)}, 7)
    for data in (encode(thing), encode_indented(thing)):
        assert decode(data, Thing) == thing
        assert decode(data.decode("utf-8"), Thing) == thing


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff",
        b"{",
        b"[" * 100_000,
        b"{}",
        b'{"name":7}',
        b'{"name":"\\ud800","count":"x"}',
        '{"name":"\ud800"',
        "\ud800",
    ],
)
def test_what_is_wrong_is_one_kind_of_error(data: bytes | str) -> None:
    with pytest.raises(msgspec.DecodeError):
        decode(data, Thing)


@given(st.binary())
def test_any_bytes_are_a_value_or_that_error(data: bytes) -> None:
    try:
        decode(data, Thing)
    except msgspec.DecodeError:
        return
