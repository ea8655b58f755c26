"""Keys, pastes and reports, however they arrive."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.events import Key, Paste

from artifact_tui.terminal.key_parser import KeyStream, Piece

DELAY = 0.25


class Clock:
    """Time that passes when it is told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Reader:
    """A stream and its time."""

    def __init__(self) -> None:
        self._clock = Clock()
        self._stream = KeyStream(DELAY, self._clock)
        self.got: list[str] = []

    def read(self, text: str, after: float = 0.0) -> Reader:
        """Some time passes, then this is read."""
        end = self._clock.now + after
        while self._clock.now < end:
            self._clock.now = min(end, self._clock.now + 0.05)
            self._take(self._stream.tick())
        if text:
            self._take(self._stream.feed(text))
        return self

    def _take(self, pieces: Iterator[Piece]) -> None:
        for piece in pieces:
            if isinstance(piece, Paste):
                self.got.append(f"paste:{piece.text}")
            else:
                self.got.append(piece.key if isinstance(piece, Key) else piece)


def test_letters_come_at_once() -> None:
    assert Reader().read("jk").got == ["j", "k"]


@pytest.mark.parametrize("key", ["\x1b[A", "\x1bOB", "\x1b[1;5C", "\x1b[6~", "\x1b[97;1u", "\x1b[<0;3;4M", "\x1b[[A"])
@pytest.mark.parametrize("gap", [0.0, 0.1, 0.2])
def test_a_sequence_is_whole_however_it_is_split(key: str, gap: float) -> None:
    for cut in range(1, len(key)):
        assert Reader().read(key[:cut]).read(key[cut:], after=gap).got == [key]


@pytest.mark.parametrize("key", ["\x1b[A", "\x1bOB", "\x1b[6~"])
def test_the_rest_of_an_arrow_that_comes_late_is_still_an_arrow(key: str) -> None:
    """Its escape has acted as escape by then; no letter does."""
    assert Reader().read("\x1b").read(key[1:], after=0.5).got == ["escape", key]


def test_an_escape_alone_is_a_key_after_a_moment() -> None:
    reader = Reader().read("\x1b")
    assert reader.got == []
    assert reader.read("", after=DELAY + 0.1).got == ["escape"]


def test_an_escape_in_one_burst_with_a_letter_loses_neither() -> None:
    assert Reader().read("\x1bj").got == ["escape", "j"]
    assert Reader().read("\x1b\x1b[A").got == ["escape", "\x1b[A"]


@pytest.mark.parametrize(
    "answer",
    [
        *("\x1b]11;rgb:1111/2222/3333\x07", "\x1b]11;rgb:1111/2222/3333\x1b\\", "\x1b[?62;22c", "\x1b[>41;354;0c"),
        *("\x1bP>|tmux 3.3a\x1b\\", "\x1b[0n", "\x1b_Gi=1;OK\x1b\\", "\x1b[?1u", "\x1b[8;24;80t", "\x1b[99z"),
    ],
)
def test_answers_to_questions_never_act_as_letters(answer: str) -> None:
    """Whole, split anywhere with pauses, and with a key right behind."""
    assert Reader().read(answer + "j").got == ["j"]
    for cut in range(2, len(answer)):
        assert Reader().read(answer[:cut]).read(answer[cut:] + "j", after=1.0).got == ["j"]


def test_an_answer_that_never_ends_is_given_up() -> None:
    assert Reader().read("\x1b]11;rgb:11").read("j", after=3.0).got == ["j"]


def test_a_paste_is_one_event_with_nothing_left_over() -> None:
    assert Reader().read("\x1b[200~d\x1b[A\rD\x1b[201~j").got == ["paste:d\x1b[A\rD", "j"]


def test_a_paste_may_come_in_pieces() -> None:
    text = "\x1b[200~one two\x1b[201~"
    for cut in range(1, len(text)):
        assert Reader().read(text[:cut]).read(text[cut:], after=0.2).got == ["paste:one two"]


def test_a_paste_that_never_ends_is_ended_after_two_seconds() -> None:
    reader = Reader().read("\x1b[200~half")
    assert reader.read("", after=1.9).got == []
    assert reader.read("", after=0.3).got == ["paste:half"]
    assert reader.read("j").got == ["paste:half", "j"]


def test_what_a_terminal_pastes_without_saying_so_is_no_keys() -> None:
    lines = "delete everything\rdd DDD\r" * 5
    assert Reader().read(lines).got == [f"paste:{lines}"]


def test_a_key_held_down_is_no_paste() -> None:
    assert Reader().read("j" * 300).got == ["j"] * 300


texts = st.text(st.sampled_from("aj5;?[]O~<M\x1b\x07\\$ycA\r"), max_size=40)


@given(texts, st.lists(st.integers(0, 40), max_size=4))
def test_how_bytes_are_split_changes_nothing(text: str, cuts: list[int]) -> None:
    """Without pauses."""
    places = sorted({0, len(text), *(cut for cut in cuts if cut < len(text))})
    split = Reader()
    for start, end in itertools.pairwise(places):
        split.read(text[start:end])
    assert split.read("", after=3).got == Reader().read(text).read("", after=3).got


@given(texts)
def test_after_anything_and_a_pause_a_key_is_a_key(text: str) -> None:
    assert Reader().read(text).read("", after=3).read("q").got[-1] == "q"


@pytest.mark.parametrize("text", ["j", "\x1b[A", "\x1b", "\x1b[", "\x1b[200~some", "\x1b]11;rgb:0"])
def test_only_unfinished_input_needs_a_clock(text: str) -> None:
    """A thread that reads keys may wait without one until then."""
    clock = Clock()
    stream = KeyStream(DELAY, clock)
    complete = [*stream.feed(text)]
    is_waiting = stream.is_waiting
    clock.now += 3.0
    late = [*stream.tick()]
    assert is_waiting == (not complete)
    assert not stream.is_waiting
    assert not (late and complete)
