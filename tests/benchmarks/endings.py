"""How long the program takes to end when it is not asked: ``python -m tests.benchmarks.endings [N]``.

Each of the N rounds starts the demo in a pseudo-terminal, ends it in one way, and waits for its exit code; half of them
fill the terminal first and read nothing more, as a frozen line does.
"""

from __future__ import annotations

import argparse
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.pty_program import PROGRAM, Terminal, environment

LIMIT = 2.5
"""Seconds that are allowed."""


def _send(number: signal.Signals) -> Callable[[Terminal], None]:
    return lambda terminal: terminal.process.send_signal(number)


ENDINGS: dict[str, tuple[Callable[[Terminal], None], int]] = {
    **{number.name: (_send(number), 128 + number) for number in (signal.SIGHUP, signal.SIGTERM, signal.SIGINT)},
    "closed terminal": (Terminal.hang_up, 128 + signal.SIGHUP),
}
"""sshd, tmux and ``~.`` do no more than the first and the last of these."""


def seconds_of(end: Callable[[Terminal], None], code: int, *, frozen: bool) -> float:
    """One ending; infinite if the program is still there or says something else."""
    with tempfile.TemporaryDirectory() as home:
        directory = Path(home)
        with Terminal((*PROGRAM, "--demo"), environment(directory, COLORTERM="truecolor"), directory) as terminal:
            terminal.until_shown("fernwood-labs/kestrel")
            if frozen:
                terminal.type("?\x1b:\x1b" * 5 + "\x0c" * 100)
            start = time.perf_counter()
            end(terminal)
            try:
                found = terminal.process.wait(4 * LIMIT)
            except subprocess.TimeoutExpired:
                return float("inf")
            return time.perf_counter() - start if found == code else float("inf")


def main() -> None:
    """Print a line for each way, and how many of all were right and in time."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("number", type=int, nargs="?", default=80, help="how many, over all ways")
    rounds = -(-arguments.parse_args().number // (2 * len(ENDINGS)))
    every: list[float] = []
    for name, (end, code) in ENDINGS.items():
        for frozen in (False, True):
            took = [seconds_of(end, code, frozen=frozen) for _ in range(rounds)]
            every += took
            good = sum(seconds <= LIMIT for seconds in took)
            words = f"{name}, frozen line" if frozen else name
            print(f"{words:32} {good} of {rounds}, longest {max(took):.2f} s", flush=True)
    print(f"{'all':32} {sum(seconds <= LIMIT for seconds in every)} of {len(every)}, longest {max(every):.2f} s")


if __name__ == "__main__":
    main()
