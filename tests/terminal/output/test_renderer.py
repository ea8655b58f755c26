"""What is sent shows the same as what Textual would have sent, in fewer bytes, whatever is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.color import ColorSystem
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual.geometry import Region
from textual.strip import Strip

from artifact_tui.terminal.output.encoder import talent_of
from artifact_tui.terminal.output.flow_control import QUESTION
from artifact_tui.terminal.output.renderer import ASKED_AT_LATEST, COSTLY_KEY, Output
from artifact_tui.terminal.output.sgr import PLAIN, change_look, parse_look
from tests.examples import examples
from tests.terminal.emulator import Emulator

CONSOLE = Console(color_system="truecolor", force_terminal=True)
DARK = Style.parse("#d3dae1 on #11151a")


class FakeLine:
    """A line to an emulator that can be closed."""

    def __init__(self, emulator: Emulator) -> None:
        self.emulator = emulator
        self.is_open = True
        self.due = 0.0
        self.sent = 0

    def write(self, data: str) -> None:
        """At once at the other end."""
        self.sent += len(data)
        self.emulator.feed(data)


class Pair:
    """One terminal drawn by Textual's bytes, one by ours."""

    def __init__(self, width: int, height: int, terminal: str = "xterm-256color") -> None:
        self.stock, self.ours = Emulator(width, height), Emulator(width, height)
        self.line = FakeLine(self.ours)
        self.output = Output(self.line, talent_of(terminal))

    def show(self, update: CompositorUpdate) -> None:
        """Draw on both."""
        self.stock.feed(update.render_segments(CONSOLE))
        self.output.show(update, ColorSystem.TRUECOLOR, None, synchronized=False)

    def resize(self, width: int, height: int) -> None:
        """Resize both."""
        for emulator in (self.stock, self.ours):
            emulator.resize(width, height)


styles = st.builds(
    Style,
    color=st.sampled_from(["#d3dae1", "red", "bright_black", "color(99)", None]),
    bgcolor=st.sampled_from(["#11151a", "#25404a", "blue", None]),
    bold=st.booleans(),
    italic=st.booleans(),
    underline=st.booleans(),
    reverse=st.booleans(),
    strike=st.booleans(),
)
letters = st.text(st.sampled_from("ab   é…─漢🎉│01"), max_size=12) | st.just("e\u0301 e\u0301x") | st.just(" " * 20)
strips = st.lists(st.tuples(letters, styles).map(lambda pair: Segment(*pair)), max_size=6).map(Strip)


def filled(strip: Strip, width: int) -> Strip:
    """As Textual's strips are: as wide as their place."""
    return strip.adjust_cell_length(width, DARK)


@st.composite
def layouts(draw: st.DrawFn, width: int, height: int) -> LayoutUpdate:
    """The whole screen; lines repeat, as on real ones, so that some have moved."""
    kinds = [filled(draw(strips), width) for _ in range(4)]
    lines = draw(st.lists(st.sampled_from(kinds), min_size=height, max_size=height))
    return LayoutUpdate([[line] for line in lines], Region(0, 0, width, height))


@st.composite
def chops(draw: st.DrawFn, width: int, height: int) -> ChopsUpdate:
    """Some pieces of some lines."""
    cuts = sorted({0, width, *draw(st.lists(st.integers(0, width), max_size=3))})
    pieces = [{start: filled(draw(strips), end - start) for start, end in pairwise(cuts)} for _ in range(height)]
    lines = draw(st.lists(st.integers(0, height - 1), min_size=1, max_size=4, unique=True))
    spans = [(line, *draw(st.sampled_from([(0, width), (0, cuts[1]), (cuts[-2], width)]))) for line in sorted(lines)]
    return ChopsUpdate(pieces, spans, [cuts[1:]] * height)


class Step(NamedTuple):
    """An update, and whether there is room on the line for what it changed."""

    update: CompositorUpdate
    is_open: bool


@st.composite
def stories(draw: st.DrawFn) -> tuple[tuple[int, int], Sequence[Step]]:
    """A screen, then changes to it."""
    width, height = draw(st.tuples(st.integers(1, 40), st.integers(1, 12)))
    kinds = layouts(width, height) | chops(width, height)
    first = Step(draw(layouts(width, height)), True)
    rest = draw(st.lists(st.builds(Step, kinds, st.booleans()), max_size=6))
    return (width, height), [first, *rest]


@given(st.lists(stories(), min_size=1, max_size=3), st.sampled_from(["xterm-256color", "screen", "vt100"]))
@settings(max_examples=examples(60), deadline=None)
def test_whatever_is_drawn_looks_the_same(acts: list[tuple[tuple[int, int], Sequence[Step]]], terminal: str) -> None:
    """Over any updates, lines that are busy, and sizes that change."""
    pair = Pair(*acts[0][0], terminal)
    for size, steps in acts:
        pair.resize(*size)
        pair.output.forget()
        for update, is_open in steps:
            pair.line.is_open = is_open
            pair.show(update)
            if is_open:
                assert pair.ours.cells() == pair.stock.cells()
    pair.line.is_open = True
    pair.output.flush()
    assert pair.ours.cells() == pair.stock.cells()


class Listening:
    """A line that keeps each frame."""

    def __init__(self) -> None:
        self.is_open = True
        self.due = 0.0
        self.frames: list[str] = []

    def write(self, data: str) -> None:
        """Nobody is at the other end."""
        self.frames.append(data)


@given(st.lists(st.integers(150, 245), min_size=20, max_size=40))
def test_the_question_for_the_pace_rides_with_frames_that_have_room_for_it(costs: list[int]) -> None:
    """Not with those of a key that costs much already, unless no other comes; and never seldom."""
    line = Listening()
    output = Output(line, talent_of("xterm-256color"), question=QUESTION)
    for number, cost in enumerate([100, *costs]):
        strip = filled(Strip([Segment("…a…·"[number % 4] * (cost // (1, 3)[number % 2 == 0]), DARK)]), 320)
        output.show(LayoutUpdate([[strip]], Region(0, 0, 320, 1)), ColorSystem.TRUECOLOR, None, synchronized=False)
    asked = [number for number, frame in enumerate(line.frames) if frame.endswith(QUESTION)]
    assert asked[:1] == [0]
    for before, now in pairwise(asked):
        unasked = sum(map(len, line.frames[before + 1 : now + 1])) - len(QUESTION)
        assert unasked < ASKED_AT_LATEST + 250
        assert len(line.frames[now].encode()) <= COSTLY_KEY + len(QUESTION) or unasked >= ASKED_AT_LATEST


def table(first: int, lines: int = 24) -> LayoutUpdate:
    """A list of things, scrolled so far."""
    numbers = range(first, first + lines)
    texts = [f"{number * number * 7919 % 99991:<20}{chr(97 + number % 26) * 40}".ljust(80) for number in numbers]
    return LayoutUpdate([[Strip([Segment(text, DARK)])] for text in texts], Region(0, 0, 80, lines))


@pytest.mark.parametrize(("start", "end"), [(0, 1), (1, 0), (10, 13), (13, 10)])
def test_lines_that_have_moved_are_moved_by_the_terminal(start: int, end: int) -> None:
    """A list that scrolls costs little more than its new lines."""
    pair = Pair(80, 24)
    pair.show(table(start))
    before = pair.line.sent
    pair.show(table(end))
    assert pair.ours.cells() == pair.stock.cells()
    assert pair.line.sent - before < 150 * abs(end - start)


def test_what_has_not_changed_is_not_sent() -> None:
    pair = Pair(80, 24)
    pair.show(table(0))
    before = pair.line.sent
    pair.show(table(0))
    assert pair.line.sent == before


def test_only_the_newest_state_is_sent_when_the_line_was_busy() -> None:
    """Nine screens go by while there is no room: one is sent."""
    pair = Pair(80, 24)
    pair.show(table(0))
    pair.line.is_open = False
    before = pair.line.sent
    for first in range(100, 1000, 100):
        pair.show(table(first))
    assert pair.line.sent == before
    pair.line.is_open = True
    pair.output.flush()
    assert pair.ours.cells() == pair.stock.cells()
    one_screen = pair.line.sent - before
    pair.output.forget()
    pair.output.flush()
    assert one_screen < 2 * (pair.line.sent - before - one_screen)


def test_a_repaint_brings_back_what_another_program_has_overwritten() -> None:
    pair = Pair(80, 24)
    pair.show(table(0))
    pair.ours.feed("\x1b[5;5H\x1b[41msomebody was here\x1b[3;9r")
    pair.output.forget()
    pair.output.flush()
    assert pair.ours.cells() == pair.stock.cells()


def test_an_unknown_kind_of_update_is_refused() -> None:
    """So that Textual's own way is taken."""
    with pytest.raises(TypeError, match="no way to paint"):
        Pair(10, 2).output.show(CompositorUpdate(), ColorSystem.TRUECOLOR, None, synchronized=False)


def sgr(style: Style) -> str:
    """The parameters that Rich writes for a style."""
    rendered = style.render("x", color_system=ColorSystem.TRUECOLOR)
    return rendered.partition("m")[0].removeprefix("\x1b[") if rendered != "x" else ""


@given(styles, styles)
def test_a_change_of_look_ends_in_that_look_and_is_never_longer(before: Style, after: Style) -> None:
    """Against setting it from scratch."""
    one, other = Emulator(2, 1), Emulator(2, 1)
    start, end = parse_look(sgr(before)), parse_look(sgr(after))
    one.feed(change_look(PLAIN, start) + change_look(start, end) + "x")
    other.feed(f"\x1b[0;{sgr(after)}mx" if sgr(after) else "x")
    assert one.cells() == other.cells()
    assert len(change_look(start, end)) <= len(f"\x1b[0;{sgr(after)}m")
