"""Bytes and delays over a slow line: ``python -m tests.benchmarks.wire [--only NAMES]``.

Programs run in a pseudo-terminal behind a line with a rate and a delay, and an emulator answers terminal queries. The
program, the program drawn by Textual, and similar installed programs do the same: start, one line down, one page down,
and the down key held for three seconds.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks.keys import STOCK
from tests.benchmarks.servers import environment
from tests.benchmarks.terminal import Line, Terminal

LINES = {"no limit": Line(0, 0.0), "64 kbit/s": Line(64_000, 0.1), "1 Mbit/s": Line(1_000_000, 0.1)}
"""Bits per second and seconds each way; the round trip is 200 ms."""
PROGRAM = Path(sys.executable).with_name("artifact-tui")
HELD = 3.0
KEYS_A_SECOND = 30


class Contender(NamedTuple):
    """A program and its keys."""

    command: tuple[str, ...]
    down: str
    page: str
    environ: dict[str, str]


def contenders(home: Path) -> dict[str, Contender]:
    """Return the program in both modes, and the other programs that are installed."""
    program = (str(PROGRAM),)
    rows = "\n".join(
        f"{number:6} wheel-linux-{number * 7919 % 99991}.whl  {number * 31 % 977} kB" for number in range(1000)
    )
    (home / "rows.txt").write_text(rows)
    tree = home / "tree"
    for number in range(300):
        (tree / f"directory-{number * 7919 % 991}").mkdir(parents=True)
    page, down = "\x1b[6~", "\x1b[B"
    demo = (*program, "--demo", "fernwood-labs/kestrel")
    found = {
        "ours": Contender(demo, "j", page, {}),
        "ours, drawn by Textual": Contender(demo, "j", page, {"ARTIFACT_TUI_LEAN_OUTPUT": "0"}),
        "stock Textual table": Contender((sys.executable, "-c", STOCK), down, page, {}),
        "less": Contender(("less", str(home / "rows.txt")), "j", " ", {}),
        "fzf": Contender(("sh", "-c", f"fzf --no-mouse < {home}/rows.txt"), "\x1b[A", "\x1b[5~", {}),
        "ncdu": Contender(("ncdu", str(tree)), "j", page, {}),
        "mc": Contender(("mc", "-d", str(tree), str(tree)), "\x1bOB", page, {}),
    }
    return {name: one for name, one in found.items() if shutil.which("fzf" if name == "fzf" else one.command[0])}


class Result(NamedTuple):
    """Bytes, and seconds until the last of them had arrived."""

    first: tuple[int, float]
    down: tuple[int, float]
    page: tuple[int, float]
    idle: int
    held: tuple[int, float]


def measure(contender: Contender, line: Line, home: Path) -> Result:
    """Measure one program on one line; the delay of the held key is the time from its release to the last byte."""
    with Terminal(contender.command, environment(home) | contender.environ, home, line) as terminal:
        first = terminal.settle(3.0)
        downs = [terminal.after(contender.down) for _ in range(5)]
        pages = [terminal.after(contender.page) for _ in range(3)]
        before = terminal.received
        terminal.rest(3.0)
        idle = (terminal.received - before) // 3
        terminal.after(contender.page)
        held = terminal.hold(contender.down, HELD, KEYS_A_SECOND)
        return Result(first, _median(downs), _median(pages), idle, held)


def _median(pairs: list[tuple[int, float]]) -> tuple[int, float]:
    return int(statistics.median(size for size, _ in pairs)), statistics.median(seconds for _, seconds in pairs)


def main() -> None:
    """Print a table for each line; `slow-lines.md` has the one for 64 kbit/s."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--only", default="", help="names of programs, separated by commas")
    arguments.add_argument("--lines", default=",".join(LINES))
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        home = Path(directory)
        programs = contenders(home)
        for name in options.lines.split(","):
            print(
                f"\n{name}, 200 ms   (bytes / seconds until the last has arrived)"
                if name != "no limit"
                else f"\n{name}"
            )
            print(f"{'':24}{'start':>16}{'line down':>16}{'page down':>16}{'idle B/s':>10}{'down held 3 s':>18}")
            for program, contender in programs.items():
                if not options.only or program in options.only.split(","):
                    first, down, page, idle, held = measure(contender, LINES[name], home)
                    columns = "".join(f"{size:>8,} / {seconds:4.2f} " for size, seconds in (first, down, page))
                    print(f"{program:24}{columns}{idle:>9,} {held[0]:>9,} / {held[1]:5.2f}", flush=True)


if __name__ == "__main__":
    main()
