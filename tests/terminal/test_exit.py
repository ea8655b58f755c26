"""The exit does not grow with what was opened before it."""

from __future__ import annotations

import os
import resource
from pathlib import Path

import pytest

from tests.pty_program import PROGRAM, Terminal, environment
from tests.ui.program import RECORDER

STAT = "/proc/{}/stat"
FEW, MANY = 5, 60
BATCH = 30
"""Openings whose keys are typed at once."""


def used(pid: int) -> float:
    """The processor time that a program has taken, in seconds."""
    fields = Path(STAT.format(pid)).read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def of_children() -> float:
    """The processor time of the programs that have ended, in seconds."""
    taken = resource.getrusage(resource.RUSAGE_CHILDREN)
    return taken.ru_utime + taken.ru_stime


def exit_after(openings: int, home: Path) -> float:
    """The processor time from ``q`` to the end, after the help was opened so often."""
    before = of_children()
    with Terminal((*PROGRAM, "--demo", RECORDER), environment(home), home) as terminal:
        terminal.until_shown("mira-holm", "#47")
        terminal.resize(50, 10)  # less to draw
        for done in range(0, openings, BATCH):
            terminal.type("?\r" * min(BATCH, openings - done) + "w")
            terminal.until_shown("No transfers in the list")
            terminal.type("2")
            terminal.until_shown("#47")
        at_q = used(terminal.process.pid)
        terminal.type("q")
        assert terminal.exit_code() == 0
    return of_children() - before - at_q


@pytest.mark.slow
@pytest.mark.skipif(not Path(STAT.format("self")).exists(), reason="there is no /proc on this system")
def test_the_exit_takes_no_longer_after_many_openings(tmp_path: Path) -> None:
    """In processor time, of which a busy machine takes no more: each opening that stays would add 6 ms."""
    few = exit_after(FEW, tmp_path)
    many = exit_after(MANY, tmp_path)
    assert many < 3 * few + 0.1
