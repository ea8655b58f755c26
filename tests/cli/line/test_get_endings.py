"""``artifact-tui get`` that is ended: by a signal, by a kill, or by its time limit."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from artifact_tui.demo.accounts import DEMO_TOKEN
from artifact_tui.text import size
from artifact_tui.transfers.receipts.verify import Verdict, verify
from tests.cli.line.program import KESTREL, Line, Ran
from tests.double.loopback import Loopback
from tests.double.server import FakeGitHub
from tests.pty_program import ROOT, environment
from tests.slow_cases import slow_but

HALF = 60_000
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
DEADLINE = 30.0
SECOND_SIGNAL = """
import os, signal, threading
from artifact_tui.cli.line.interruption import Interruption

def keep():
    print("kept", flush=True)
    threading.Event().wait()

with Interruption(keep, print):
    os.kill(os.getpid(), signal.SIGTERM)
    threading.Event().wait()
"""


@pytest.fixture
def server() -> Iterator[Loopback]:
    with Loopback(FakeGitHub()) as running:
        yield running


def start(server: Loopback, home: Path, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "artifact_tui", "get", "--api-url", server.api, KESTREL, *arguments]
    own = environment(home, GH_ENTERPRISE_TOKEN=DEMO_TOKEN)
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=home, env=own, text=True)


def until(true: Callable[[], object]) -> None:
    """Wait for something that another process does."""
    end = time.monotonic() + DEADLINE
    while not true():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.01)


def until_on_disk(part: Path, size: int) -> None:
    """Wait until a part file holds so many bytes."""
    until(lambda: part.exists() and part.stat().st_size >= size)


def finished(server: Loopback, home: Path, *arguments: str) -> dict[str, Any]:
    """Repeat a command until its end, and return its row."""
    server.server.faults.clear()
    again = start(server, home, *arguments, "--json")
    out, err = again.communicate(timeout=DEADLINE)
    assert again.returncode == 0, err
    (row,) = json.loads(out)["artifacts"]
    assert list(home.glob("*.part")) == []
    (verdict,) = verify(home)
    assert isinstance(verdict, Verdict)
    assert verdict.changes == ()
    return dict(row)


@pytest.mark.parametrize(
    "number", slow_but(1, [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]), ids=lambda each: each.name
)
def test_a_signal_keeps_what_was_received_and_ends_the_command_itself(
    server: Loopback, tmp_path: Path, number: signal.Signals
) -> None:
    server.server.fault("GET blob:*", stall_at=HALF, times=9)
    command = start(server, tmp_path, "coverage")
    until_on_disk(tmp_path / "coverage.zip.part", HALF)
    command.send_signal(number)
    out, err = command.communicate(timeout=DEADLINE)
    assert (command.returncode, out) == (-number, "")
    kept = HALF if "(60.0 kB)" in err else 0  # the signal may come between the write and its note
    assert err == (
        f"artifact-tui: note: Stopped. Kept 1 unfinished download ({size(kept)}). "
        "Run the same command again to resume.\n"
    )
    row = finished(server, tmp_path, "coverage")
    assert (row["result"], row["resumed_from"] in {kept, HALF}) == ("downloaded", True)


def test_a_killed_command_resumes_when_it_is_repeated(server: Loopback, tmp_path: Path) -> None:
    enough = 1_000_000
    server.server.fault("GET blob:*", stall_at=enough, times=9)
    command = start(server, tmp_path, "kestrel-cli-ubuntu-24.04", "--zip")
    until_on_disk(tmp_path / "kestrel-cli-ubuntu-24.04.zip.part", enough)
    command.kill()
    command.communicate(timeout=DEADLINE)
    row = finished(server, tmp_path, "kestrel-cli-ubuntu-24.04", "--zip")
    assert enough - 1024 * 1024 < row["resumed_from"] <= enough
    assert row["resumed_from"] > 0


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(50))
def test_a_signal_at_any_point_loses_nothing(server: Loopback, tmp_path: Path, seed: int) -> None:
    random = Random(seed)
    number = random.choice(SIGNALS)
    begun = len(server.server.requests)
    command = start(server, tmp_path, "coverage")
    until(lambda: len(server.server.requests) > begun)
    try:
        command.wait(random.uniform(0, 0.4))
    except subprocess.TimeoutExpired:
        command.send_signal(number)
    command.communicate(timeout=DEADLINE)
    assert command.returncode in (0, -number)
    assert finished(server, tmp_path, "coverage")["result"] in ("downloaded", "present")


def test_a_second_signal_ends_the_command_at_once() -> None:
    program = subprocess.Popen([sys.executable, "-c", SECOND_SIGNAL], stdout=subprocess.PIPE, cwd=ROOT)
    assert program.stdout is not None
    assert program.stdout.readline() == b"kept\n"
    os.kill(program.pid, signal.SIGTERM)
    program.communicate(timeout=DEADLINE)
    assert program.returncode == -signal.SIGTERM


@pytest.mark.slow
def test_the_time_limit_keeps_what_was_received(line: Line, tmp_path: Path) -> None:
    def until_kept(kept: str, *more: str) -> Ran:
        for seconds in (1, 5, 20):  # a busy machine may receive less in the first one
            ran = line("get", KESTREL, "coverage", "--timeout", f"{seconds}s", *more)
            assert ran.code == 8
            if f"Kept 1 unfinished download ({kept})" in ran.err:
                break
        return ran

    line.github.fault("GET blob:*", stall_at=HALF, times=9)
    ran = until_kept("60.0 kB")
    assert ran.out == b""
    assert re.search(r"Not finished after \d+ s \(--timeout\)\. Allow more time\.$", ran.err)
    document = until_kept("120 kB", "--json").document
    assert (document["artifacts"], document["truncated"]) == ([], True)
    line.github.faults.clear()
    row = line("get", KESTREL, "coverage", "--jsonl").rows[0]
    assert row["resumed_from"] == 2 * HALF  # half in each attempt
