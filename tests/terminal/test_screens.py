"""Every screen of the demo on two terminals, one drawn by Textual's bytes and one by ours: the same cells and colors.

And of all that ours writes, hostile names included, every byte is of the program's own grammar.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.pty_program import PROGRAM, Terminal, environment
from tests.terminal.grammar import foreign


class Step(NamedTuple):
    """What is typed, and what is then to be seen."""

    keys: str
    shown: tuple[str, ...]


KESTREL = "fernwood-labs/kestrel"
BLINKING = 20
DOWN = Step("jj", ())
WALKS = {
    "repositories": ("", [Step("jjj", ()), Step("/kes", ("kestrel-docs",)), Step("\r", ("kestrel",))]),
    "runs": (KESTREL, [Step("", ("#2044",)), Step("\x1b[6~", ("Bump",)), Step("G", ()), DOWN, Step("g", ())]),
    "help": (KESTREL, [Step("?", ("Help",)), Step("G", ()), Step("g", ()), Step("\x1b", ("#2044",))]),
    "palette": (KESTREL, [Step(":", ()), Step("the", ()), Step("\x1b", ("#2044",)), Step("w", ("Transfers",))]),
    "artifacts": (KESTREL, [Step("3", ("706 artifacts",)), Step("jj a", ()), Step("s", ()), Step("o", ("Sort",))]),
    "download": (KESTREL, [Step("3", ("706 artifacts",)), Step("d", ("into the directory",))]),
    "copy": (KESTREL, [Step("3", ("706 artifacts",)), Step("y", ("Copy",)), Step("j", ()), Step("\r", ())]),
    "light": (KESTREL, [Step("T", ("#2044",)), Step("j", ()), Step("?", ("Help",))]),
    "hostile names": ("fernwood-labs/fuzz-corpus", [Step("3", ("artifacts",)), *[DOWN] * 8, Step("D", ())]),
}


class Pair:
    """The program twice."""

    def __init__(self, ours: Terminal, stock: Terminal) -> None:
        self.ours = ours
        self.both = (ours, stock)

    def take(self, step: Step) -> None:
        """Type on both, and wait until both show it and look the same."""
        for terminal in self.both:
            terminal.type(step.keys)
        for terminal in self.both:
            terminal.until_shown(*step.shown)
        self.until_same(repr(step))

    def resize(self, width: int, height: int) -> None:
        """Resize both, and wait until both have drawn that; before, a key would find them in different states."""
        before = [len(terminal.output) for terminal in self.both]
        for terminal in self.both:
            terminal.resize(width, height)
        for terminal, length in zip(self.both, before, strict=True):
            terminal.until(lambda: len(terminal.output) > length, f"drawn at {width}x{height}")  # noqa: B023  # called here
        self.until_same(f"{width}x{height}")

    def move(self) -> None:
        """One line down, which both must show."""
        before = [terminal.cells for terminal in self.both]
        for terminal in self.both:
            terminal.type("j")
        for terminal, cells in zip(self.both, before, strict=True):
            terminal.until(lambda: terminal.cells != cells, "the cursor moves")  # noqa: B023  # called here
        self.until_same("a line down")

    def until_same(self, what: str) -> None:
        """Until both look the same and stay so for a moment: what differs for good never does.

        Where the cursor of a text blinks it is never still; there, after a while, looking the same is enough.
        """
        still = reads = 0

        def settled() -> object:
            nonlocal still, reads
            reads += 1
            before = sum(len(terminal.output) for terminal in self.both)
            for terminal in self.both:
                terminal.read()
            quiet = before == sum(len(terminal.output) for terminal in self.both)
            still = still + 1 if (quiet or reads > BLINKING) and self.ours.cells == self.both[1].cells else 0
            return still > 1 or (still and reads > BLINKING)

        self.ours.until(settled, f"the same on both after {what}")


@contextmanager
def pair(directory: Path, *arguments: str, **more: str) -> Iterator[Pair]:
    """Both started, in homes of their own."""
    with Terminal((*PROGRAM, "--demo", *arguments), environment(directory, **more), directory) as ours:
        stock_environment = environment(directory, ARTIFACT_TUI_LEAN_OUTPUT="0", **more)
        with Terminal((*PROGRAM, "--demo", *arguments), stock_environment, directory) as stock:
            for terminal in (ours, stock):
                terminal.until_shown("mira-holm ·")
            yield Pair(ours, stock)
        assert foreign(ours.output) == ""
        assert len(ours.output) * 2 < len(stock.output)


@pytest.mark.slow
@pytest.mark.parametrize("walk", WALKS)
@pytest.mark.parametrize("colors", ["truecolor", ""], ids=["truecolor", "256"])
def test_every_screen_looks_as_textual_draws_it(walk: str, colors: str, tmp_path: Path) -> None:
    """Step by step."""
    start, steps = WALKS[walk]
    with pair(tmp_path, *filter(None, [start]), COLORTERM=colors) as two:
        for step in steps:
            two.take(step)


@pytest.mark.slow
@pytest.mark.parametrize("terminal", ["tmux-256color", "screen", "linux", "vt100", "", "xterm-256color"])
def test_on_every_terminal(terminal: str, tmp_path: Path) -> None:
    """Also without colors, and where no name is set."""
    more = {"TERM": terminal, **({"NO_COLOR": "1"} if terminal.startswith("xterm") else {})}
    with pair(tmp_path, KESTREL, **more) as two:
        for step in WALKS["runs"][1]:
            two.take(step)


SIZES = [(1, 1), (3, 2), (10, 3), (20, 5), (40, 12), (300, 100), (81, 24), (80, 24)]


@pytest.mark.slow
def test_at_every_size_and_after_a_storm_of_sizes(tmp_path: Path) -> None:
    """From one cell to three hundred by a hundred; also when the environment says something else."""
    dice = random.Random(7)
    with pair(tmp_path, KESTREL, COLUMNS="80", LINES="24") as two:
        for width, height in SIZES:
            two.resize(width, height)
            if height < 5:
                two.take(Step("g", ()))  # may come after the next size, which changes nothing then
            else:
                two.move()
        for _ in range(100):
            size = (dice.randint(1, 140), dice.randint(1, 50))
            for terminal in two.both:
                terminal.resize(*size)
        for terminal in two.both:
            terminal.resize(80, 24)
        for terminal in two.both:
            terminal.type("g")
        two.ours.until_shown("505 runs", "#2044", "Nightly", "mira-holm")
        for size in ((83, 26), (80, 24)):  # Textual draws nothing anew when it has the same size as before the storm
            two.resize(*size)
            two.take(Step("g", ("Nightly",)))


@pytest.mark.slow
def test_random_keys(tmp_path: Path) -> None:
    """Whatever is pressed."""
    dice = random.Random(11)
    keys = [*"jkGg123snt avi?/wT", "\x1b", "\r", "\x0c"]
    with pair(tmp_path, KESTREL) as two:
        for _ in range(25):
            two.take(Step("".join(dice.choices(keys, k=4)), ()))
