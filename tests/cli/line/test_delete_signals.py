"""``artifact-tui delete`` as a program of its own: stopped by signals, without a reader, and two at a time."""

from __future__ import annotations

import fcntl
import itertools
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest

from artifact_tui.clock import Clock
from artifact_tui.demo.accounts import DEMO_TOKEN
from artifact_tui.github.hosts import host_of_api
from artifact_tui.transfers.deletions.models import UnfinishedDeletion
from artifact_tui.transfers.journals import Journals
from tests.cli.line.deleting import log_of, write_settings
from tests.double.loopback import Loopback
from tests.pty_program import ROOT, environment
from tests.slow_cases import slow_but
from tests.timeouts import TIMEOUT
from tests.transfers.deletions.recording_server import KESTREL, RecordingServer

COUNT = 12
Started = subprocess.Popen[bytes]
Start = Callable[..., Started]


@pytest.fixture
def server() -> RecordingServer:
    """A server with :data:`COUNT` more artifacts, in real time."""
    recording = RecordingServer()
    recording.put(COUNT)
    return recording


@pytest.fixture
def start(server: RecordingServer, tmp_path: Path) -> Iterator[Start]:
    """Start the deletion of these artifacts, with more options and streams."""
    write_settings(tmp_path)
    numbers = sorted(server.store.artifacts)[-COUNT:]
    running: list[Started] = []
    with Loopback(server) as loopback:
        command = [sys.executable, "-m", "artifact_tui", "delete", "--api-url", loopback.api, str(KESTREL)]

        def begin(*more: str, stdout: int = subprocess.PIPE, part: slice = slice(None)) -> Started:
            environ = environment(tmp_path, GH_ENTERPRISE_TOKEN=DEMO_TOKEN)
            chosen = list(map(str, numbers[part]))
            protected = ["--include-protected", "newest-success,tag,in-progress"]
            arguments = [*command, *chosen, *protected, "--yes", str(len(chosen)), *more]
            process = subprocess.Popen(arguments, cwd=ROOT, env=environ, stdout=stdout, stderr=subprocess.PIPE)
            running.append(process)
            return process

        yield begin
        for process in running:
            process.kill()
            process.communicate()


def unfinished(server: RecordingServer, home: Path) -> tuple[UnfinishedDeletion, ...]:
    journals = Journals(home / ".local" / "state" / "artifact-tui" / "transfers.sqlite")
    found = journals.deletions.unfinished(host_of_api(server.flavor.api).name)
    journals.close()
    return found


def at_delete(server: RecordingServer, number: int, act: Callable[[], object]) -> None:
    """Act when the DELETE of that number comes, counted from 1, before it is answered."""
    counted = itertools.count(1)

    def before(method: str) -> None:
        if method == "DELETE" and next(counted) == number:
            act()

    server.before = before


@pytest.mark.parametrize(
    ("name", "at"),
    slow_but(1, [("SIGTERM", 5), *itertools.product(["SIGINT", "SIGHUP", "SIGTERM"], range(1, COUNT + 1))]),
)
def test_a_signal_ends_it_with_all_outcomes_written_and_the_rest_kept(
    server: RecordingServer, start: Start, tmp_path: Path, name: str, at: int
) -> None:
    number = signal.Signals[name]
    process: list[Started] = []
    at_delete(server, at, lambda: process[0].send_signal(number))
    process.append(start())
    out, err = process[0].communicate(timeout=TIMEOUT)
    assert process[0].returncode == -number
    rows = [row.rsplit(maxsplit=2)[:2] for row in out.decode().splitlines()]
    done = [int(row[1]) for row in rows if row[0] == "deleted"]
    assert done == server.sent("DELETE") == [entry["id"] for entry in log_of(tmp_path)]
    rest = [artifact.id for left in unfinished(server, tmp_path) for artifact in left.remaining]
    assert len(done) + len(rest) == COUNT
    assert not set(done) & set(rest)
    assert b"A second signal ends the program at once." in err or not rest


def test_a_second_signal_ends_it_at_once(server: RecordingServer, start: Start, tmp_path: Path) -> None:
    """The journal then says that the outcome of the request is unknown."""
    answered = threading.Event()
    process: list[Started] = []

    def terminate() -> None:
        process[0].terminate()
        answered.wait(TIMEOUT)

    at_delete(server, 2, terminate)
    process.append(start())
    stderr = process[0].stderr
    assert stderr is not None
    try:
        assert any(b"second signal" in line for line in stderr)
        process[0].terminate()
        assert process[0].wait(TIMEOUT) == -signal.SIGTERM
    finally:
        answered.set()
    (left,) = unfinished(server, tmp_path)
    assert [item.started for item in left.items] == [True, True, *[False] * (COUNT - 2)]


def test_in_the_grace_period_a_signal_deletes_nothing_and_keeps_nothing(
    server: RecordingServer, start: Start, tmp_path: Path
) -> None:
    process = start("--grace", "3600")
    assert process.stderr is not None
    line = next(line for line in process.stderr if b"Ctrl+C cancels" in line)
    assert b"Deletion of 12 artifacts starts in 1:00:00. Nothing has been sent yet" in line
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=TIMEOUT)
    assert process.returncode == -signal.SIGINT
    assert b"Cancelled: nothing was sent." in err
    assert server.sent("DELETE") == []
    assert unfinished(server, tmp_path) == ()


def test_a_deletion_does_not_depend_on_its_reader(server: RecordingServer, start: Start, tmp_path: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    process = start(stdout=write)
    os.close(write)
    _, err = process.communicate(timeout=TIMEOUT)
    assert process.returncode == 0
    assert len(server.sent("DELETE")) == COUNT
    assert err.count(b"The reader closed standard output. The rest of the output is dropped.") == 1
    assert unfinished(server, tmp_path) == ()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_output_is_told_at_the_end(server: RecordingServer, start: Start) -> None:
    with Path("/dev/full").open("wb") as full:
        process = start(stdout=full.fileno())
        _, err = process.communicate(timeout=TIMEOUT)
    assert process.returncode == 10
    assert len(server.sent("DELETE")) == COUNT
    assert b"standard output: No space left on device" in err


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(fcntl, "F_SETPIPE_SZ"), reason="needs small pipes")
def test_a_frozen_reader_delays_no_delete_and_no_end(server: RecordingServer, start: Start, tmp_path: Path) -> None:
    read, write = os.pipe()
    fcntl.fcntl(write, fcntl.F_SETPIPE_SZ, 4096)
    all_sent = threading.Event()
    at_delete(server, COUNT, all_sent.set)
    process = start("--jsonl", stdout=write)
    os.close(write)
    assert all_sent.wait(TIMEOUT)
    process.terminate()
    assert process.wait(TIMEOUT) == -signal.SIGTERM
    os.close(read)
    done = {entry["id"] for entry in log_of(tmp_path)}
    rest = {artifact.id for left in unfinished(server, tmp_path) for artifact in left.remaining}
    assert (len(done | rest), len(rest)) in {(COUNT, 0), (COUNT, 1)}


@pytest.mark.slow
def test_two_programs_at_once_keep_one_pace(server: RecordingServer, start: Start, tmp_path: Path) -> None:
    write_settings(tmp_path)
    path = tmp_path / ".config" / "artifact-tui" / "config.toml"
    path.write_text("delete-interval = 0.2\n")
    server.clock = Clock().now
    half = COUNT // 2
    both = [start(part=slice(half)), start(part=slice(half, None))]
    for process in both:
        process.communicate(timeout=TIMEOUT)
        assert process.returncode == 0
    times = [seen.at for seen in server.seen if seen.method == "DELETE"]
    assert len(times) == COUNT
    # A busy machine sends a request after its turn, so single gaps say nothing; alone, each would take half of this.
    assert times[-1] - times[0] >= timedelta(seconds=0.2) * (COUNT - 1) * 0.7


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(50))
def test_killed_at_any_point_nothing_is_lost_and_nothing_goes_on_by_itself(
    server: RecordingServer, start: Start, tmp_path: Path, seed: int
) -> None:
    random = Random(seed)
    process: list[Started] = []
    timer = threading.Timer(random.uniform(0, 0.02), lambda: process[0].kill())
    at_delete(server, random.randint(1, COUNT), random.choice([timer.start, lambda: process[0].kill()]))
    process.append(start())
    process[0].communicate(timeout=TIMEOUT)
    with suppress(RuntimeError):
        timer.join()
    done = {entry["id"] for entry in log_of(tmp_path)}
    rest = {artifact.id for left in unfinished(server, tmp_path) for artifact in left.remaining}
    sent = set(server.sent("DELETE"))
    assert done <= sent
    assert done | rest == set(sorted({*server.store.artifacts, *sent})[-COUNT:])
    assert len(sent - done) <= 1


@pytest.mark.slow
def test_a_timeout_ends_it_as_a_signal_does(server: RecordingServer, start: Start, tmp_path: Path) -> None:
    for limit in ("3s", "15s", "45s"):  # a busy machine may not reach the grace period in the first one
        process = start("--grace", "3600", "--timeout", limit, "--jsonl")
        out, err = process.communicate(timeout=2 * TIMEOUT)
        assert process.returncode == 8
        if out:
            break
    assert out.count(b'"not tried"') == COUNT
    assert b"Cancelled: nothing was sent." in err
    assert b'"kind":"timeout"' in err
    assert server.sent("DELETE") == []
    assert unfinished(server, tmp_path) == ()
