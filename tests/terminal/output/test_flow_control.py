"""What the answers of a terminal tell about the line."""

from __future__ import annotations

import pytest

from artifact_tui.terminal.output.flow_control import FlowControl

FRAMES = (2950, 700, 300, 1700, 250, 640)
"""The first screen, keys, and a page."""


class Line:
    """A line of so many bytes a second, with a round trip in seconds."""

    def __init__(self, rate: float, round_trip: float) -> None:
        self._rate, self._round_trip = rate, round_trip
        self._now = 0.0
        self.pace = FlowControl(lambda: self._now)

    def pause(self, seconds: float, first: int = 0) -> None:
        """A first frame, perhaps after a question, whose answers come that much later."""
        sizes = [*filter(None, [first]), FRAMES[0]]
        for size in sizes:
            self.pace.send(size)
            self._now += 0.1
        self._now += seconds
        for _ in sizes:
            self.pace.answer()

    def carry(self, size: int) -> None:
        """A frame, up to its answer."""
        self.pace.send(size)
        self._now += self._round_trip + size / self._rate
        self.pace.answer()

    def carry_together(self, *sizes: int) -> None:
        """Frames of which none waits for an answer: the line is busy with one after another."""
        for size in sizes:
            self.pace.send(size)
        self._now += self._round_trip
        for size in sizes:
            self._now += size / self._rate
            self.pace.answer()


@pytest.mark.parametrize(
    ("rate", "round_trip", "is_slow"),
    [(8_000, 0.2, True), (8_000, 0.01, True), (7_000, 0.9, True), (30_000, 0.2, False), (1e6, 0.7, False)],
    ids=["64 kbit/s", "a modem beside it", "a slow satellite", "240 kbit/s", "a fast satellite"],
)
def test_the_rate_tells_a_slow_line_and_not_its_round_trip(rate: float, round_trip: float, is_slow: bool) -> None:
    line = Line(rate, round_trip)
    for size in FRAMES:
        line.carry(size)
    assert line.pace.is_slow == is_slow


@pytest.mark.parametrize(("rate", "is_slow"), [(8_000, True), (30_000, False), (1e6, False)])
def test_frames_that_had_to_queue_do_not_hide_a_slow_line(rate: float, is_slow: bool) -> None:
    """As at the start: a question, two frames of the first screen, and then the list."""
    line = Line(rate, 0.2)
    line.carry_together(9, 79, 1891)
    for size in (1420, 205, 205):
        line.carry(size)
    assert line.pace.is_slow == is_slow


def test_a_slow_line_stays_slow_while_only_keys_are_pressed() -> None:
    """Small frames tell nothing; another terminal starts anew."""
    line = Line(8_000, 0.2)
    for size in (*FRAMES, *[300] * 20):
        line.carry(size)
    assert line.pace.is_slow
    line.pace.reset()
    assert not line.pace.is_slow


def test_a_terminal_that_was_away_is_not_slow() -> None:
    """As one that was detached while the first screen was drawn."""
    line = Line(1e6, 0.01)
    line.pause(5.0)
    for size in (300, 250, 640):
        line.carry(size)
    assert not line.pace.is_slow


def test_a_terminal_whose_window_opens_late_is_not_slow() -> None:
    """It answers the first question and the first screen at once, both late."""
    line = Line(1e6, 0.01)
    line.pause(1.0, first=7)
    for size in (300, 250, 640):
        line.carry(size)
    assert not line.pace.is_slow


def test_frames_of_one_size_tell_no_rate() -> None:
    """Nor does a line that nothing has come back from."""
    line = Line(8_000, 0.2)
    assert not line.pace.is_slow
    for _ in range(10):
        line.carry(700)
    assert not line.pace.is_slow
