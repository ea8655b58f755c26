"""Looking inside a large zip, compared with remotezip."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks.results import Figure, Goal, ratio
from tests.benchmarks.servers import LocalGitHub, serving
from tests.benchmarks.shelf import RUN, Shelf
from tests.benchmarks.sizes import Sizes
from tests.benchmarks.terminal import Terminal

_ROUND_TRIPS = {"no latency": 0.0, "round trip 100 ms": 0.1}
REMOTEZIP = """
import sys, time
from remotezip import RemoteZip
start = time.perf_counter()
with RemoteZip(sys.argv[1], verify=sys.argv[2]) as archive:
    names = archive.namelist()
assert len(names) == int(sys.argv[3])
print(time.perf_counter() - start)
"""


def list_of_files(work: Path, program: Sequence[str], sizes: Sizes) -> list[Figure]:
    """Measure from Enter on the artifact to the list of files, against remotezip, which gets the URL of the blob."""
    shelf = Shelf(work)
    shelf.put_entries("zip", 2**30, sizes.entries)
    figures = []
    for what, round_trip in _ROUND_TRIPS.items():
        with (
            serving(work, program, shelf, round_trip=round_trip) as github,
            github.start(github.home(), "--run", str(RUN)) as terminal,
        ):
            terminal.until_shown("zip-0000", "d Download")
            terminal.settle(1.0)
            mine, theirs = _rounds(github, terminal, sizes)
        processes, calls = zip(*theirs, strict=True)
        figures.append(ratio(what, mine, processes, "remotezip", Goal(0.9)))
        loaded = "remotezip, already loaded"
        figures.append(ratio(what, mine, calls, loaded, Goal(0.9) if round_trip else None))
    return figures


def _rounds(github: LocalGitHub, terminal: Terminal, sizes: Sizes) -> tuple[list[float], list[tuple[float, float]]]:
    mine, theirs = [], []
    for _ in range(sizes.rounds):
        theirs.append(_remotezip(github, sizes.entries))
        mine.append(_look(terminal, sizes.entries))
    return mine, theirs


def _look(terminal: Terminal, entries: int) -> float:
    terminal.type("\r")
    took = terminal.until_shown(f"{entries:,} files", "shard-01")
    terminal.settle(0.5)
    terminal.type("\x1b")
    terminal.until_shown("d Download")
    terminal.settle(0.5)
    return took


def _remotezip(github: LocalGitHub, entries: int) -> tuple[float, float]:
    """Return seconds of the whole process, as for other programs, and of the call alone."""
    certificate = str(github.work / "certificate.pem")
    command = [sys.executable, "-c", REMOTEZIP, github.blob.format(1), certificate, str(entries)]
    start = time.perf_counter()
    printed = subprocess.run(command, env=github.environ, check=True, capture_output=True).stdout
    return time.perf_counter() - start, float(printed)
