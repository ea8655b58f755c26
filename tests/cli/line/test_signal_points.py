"""Signals at random points of ``cat`` and ``wait``, which have nothing to keep."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path
from random import Random

import pytest

from tests.cli.line.contents import LOGS, contents_of, started
from tests.cli.line.program import KESTREL, Line
from tests.cli.line.test_ends import TOKEN
from tests.cli.line.test_get_endings import until
from tests.cli.line.test_wait import CI, settle
from tests.pty_program import PROGRAM, environment
from tests.timeouts import TIMEOUT

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
POINTS = 50
LOOP = 'for each in 1 2 3; do echo turn >&2; "$@"; done'


def ended(line: Line, process: subprocess.Popen[bytes], random: Random) -> tuple[int, bytes, bytes]:
    """Send a signal at a random point after the first request; return the expected status and what was written."""
    number = random.choice(SIGNALS)
    until(lambda: line.github.requests or process.poll() is not None)
    try:
        out, said = process.communicate(timeout=random.uniform(0, 0.4))
    except subprocess.TimeoutExpired:
        process.send_signal(number)
        out, said = process.communicate(timeout=TIMEOUT)
    return -number, out, said


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(POINTS))
def test_a_signal_at_any_point_ends_cat_with_a_part_of_the_bytes(line: Line, seed: int) -> None:
    whole = b"".join(contents_of(line, LOGS).values())
    process = started(line, "cat", str(LOGS), "--glob", "**", stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    status, out, said = ended(line, process, Random(seed))
    assert process.returncode in (status, 0)
    assert whole.startswith(out)
    assert process.returncode or out == whole
    assert said == b""


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(POINTS))
def test_a_signal_at_any_point_ends_wait_without_a_row(line: Line, seed: int) -> None:
    settle(line, CI, None)
    options = ("--run", str(CI), "--interval", "3s", "--progress", "none", "--json")
    process = started(line, "wait", *options, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    status, out, said = ended(line, process, Random(seed))
    assert (process.returncode, out, said) == (status, b"", b"")


@pytest.mark.slow
@pytest.mark.skipif(not Path("/bin/bash").exists(), reason="needs bash")
def test_one_ctrl_c_ends_a_loop_of_bash(line: Line, tmp_path: Path) -> None:
    settle(line, CI, None)
    command = [*PROGRAM, "wait", KESTREL, "--api-url", line.api, "--run", str(CI), "--progress", "none"]
    loop = subprocess.Popen(
        ["/bin/bash", "-c", LOOP, "bash", *command],
        env=environment(tmp_path, **TOKEN),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    until(lambda: line.github.requests)
    os.killpg(loop.pid, signal.SIGINT)
    out, said = loop.communicate(timeout=TIMEOUT)
    assert (loop.returncode, out, said) == (-signal.SIGINT, b"", b"turn\n")
