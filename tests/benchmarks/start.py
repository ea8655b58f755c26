"""How long the program takes to start: ``python -m tests.benchmarks.start [--rounds N]``.

Every round starts each program once, so that a slow moment of the machine meets all of them; medians are compared.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time

from tests.benchmarks.terminal import milliseconds_until

MINIMAL = """
from textual.app import App
from textual.widgets import Static
class Minimal(App):
    def compose(self):
        yield Static("first-frame")
Minimal().run()
"""
SIZE = (80, 24)
DEMO = [sys.executable, "-m", "artifact_tui", "--demo"]


def seconds_of(command: list[str]) -> float:
    """A whole process, in milliseconds."""
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return (time.perf_counter() - start) * 1000


def round_of(environ: dict[str, str]) -> dict[str, float]:
    """Each program once, in milliseconds."""
    return {
        "python -c pass": seconds_of([sys.executable, "-c", "pass"]),
        "artifact-tui --help": seconds_of([sys.executable, "-m", "artifact_tui", "--help"]),
        "minimal Textual app, first frame": milliseconds_until(
            [sys.executable, "-c", MINIMAL], b"first-frame", environ, SIZE
        ),
        "artifact-tui --demo, first table": milliseconds_until(DEMO, b"Description", environ, SIZE),
        "artifact-tui --demo, first rows": milliseconds_until(DEMO, b"flight-recorder", environ, SIZE),
    }


def main() -> None:
    """Print a table of medians and ratios."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--rounds", type=int, default=15)
    rounds = arguments.parse_args().rounds
    with tempfile.TemporaryDirectory() as home:
        environ = {**os.environ, "HOME": home, "TERM": "xterm-256color", "COLORTERM": "truecolor"}
        round_of(environ)  # fills the caches of bytecode
        results = [round_of(environ) for _ in range(rounds)]
    medians = {name: statistics.median(result[name] for result in results) for name in results[0]}
    bases = {"artifact-tui --help": "python -c pass"}
    for name, median in medians.items():
        base = bases.get(name, "minimal Textual app, first frame" if "--demo" in name else "")
        ratio = f"{median / medians[base]:5.2f} x {base}" if base else ""
        print(f"{name:<34} {median:7.1f} ms  {ratio}")


if __name__ == "__main__":
    main()
