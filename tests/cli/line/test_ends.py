"""How commands end when their reader leaves, their output is full, or a signal arrives, in real processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import pytest

from artifact_tui.cli.line.interruption import HardLimit, Interruption
from artifact_tui.demo.accounts import DEMO_TOKEN
from tests.cli.line.program import KESTREL
from tests.double.loopback import Loopback
from tests.double.server import FakeGitHub
from tests.pty_program import PROGRAM, ROOT, Terminal, environment
from tests.timeouts import TIMEOUT

TOKEN = {"GH_ENTERPRISE_TOKEN": DEMO_TOKEN}


@pytest.fixture
def server() -> Iterator[Loopback]:
    with Loopback(FakeGitHub()) as loopback:
        yield loopback


def start(home: Path, arguments: Sequence[str], stdout: int = subprocess.PIPE) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [*PROGRAM, *arguments],
        env=environment(home, **TOKEN),
        cwd=home,
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=subprocess.PIPE,
    )


def until_asked(server: Loopback, end: str) -> None:
    """Wait until the server has a request for a path with that end."""
    deadline = time.monotonic() + TIMEOUT
    while not any(request.path.endswith(end) for request in server.server.requests):
        assert time.monotonic() < deadline, f"no request for {end}"
        time.sleep(0.01)


def listing(server: Loopback, *more: str) -> list[str]:
    return ["list", KESTREL, "--api-url", server.api, *more]


def test_a_reader_that_leaves_ends_it_by_sigpipe_without_a_word(tmp_path: Path, server: Loopback) -> None:
    with start(tmp_path, listing(server, "--all", "--jsonl")) as program:
        assert program.stdout is not None
        assert program.stdout.readline().startswith(b'{"id":')
        program.stdout.close()
        assert program.stderr is not None
        assert program.stderr.read() == b""
    assert program.returncode == -signal.SIGPIPE


def test_a_full_standard_output_is_an_error_of_the_machine(tmp_path: Path, server: Loopback) -> None:
    with Path("/dev/full").open("wb") as full, start(tmp_path, listing(server, "-q"), stdout=full.fileno()) as program:
        _, said = program.communicate(timeout=TIMEOUT)
    assert (program.returncode, said) == (10, b"artifact-tui: standard output: No space left on device\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_log_file_on_a_full_disk_is_one_note_and_the_command_continues(tmp_path: Path, server: Loopback) -> None:
    with start(tmp_path, listing(server, "--limit", "200", "--names", "--log-file", "/dev/full")) as program:
        out, said = program.communicate(timeout=TIMEOUT)
    assert len(server.server.requests) > 1
    assert (program.returncode, len(out.splitlines())) == (0, 200)
    reason = b"Cannot write the log file /dev/full: No space left on device. The log is incomplete."
    assert [line for line in said.splitlines() if b"log" in line] == [b"artifact-tui: note: " + reason]
    assert b"Traceback" not in said


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda number: number.name)
def test_a_signal_ends_a_list_by_itself(tmp_path: Path, server: Loopback, number: signal.Signals) -> None:
    held = server.server.fault("GET /repos/*/actions/artifacts", held=True)
    with start(tmp_path, listing(server)) as program:
        until_asked(server, "/artifacts")
        program.send_signal(number)
        out, said = program.communicate(timeout=TIMEOUT)
        held.held = False
    assert (program.returncode, out, b"Traceback" in said) == (-number, b"", False)


def test_on_a_terminal_lines_end_at_its_edge_and_in_a_pipe_they_do_not(tmp_path: Path, server: Loopback) -> None:
    arguments = listing(server, "--limit", "20", "--color", "never", "-q")
    with start(tmp_path, arguments) as program:
        piped, _ = program.communicate(timeout=TIMEOUT)
    with Terminal((*PROGRAM, *arguments), environment(tmp_path, **TOKEN), tmp_path) as terminal:
        assert terminal.exit_code() == 0
        shown = terminal.output.decode().replace("\r\n", "\n").rstrip("\0").splitlines()
    whole = piped.decode().splitlines()
    assert max(map(len, shown)) == 80 < max(map(len, whole))
    for cut, line in zip(shown, whole, strict=True):
        assert line.startswith(cut[:60].rstrip())


def test_the_hard_limit_keeps_work_then_tells_then_ends() -> None:
    done: list[str] = []
    ended = threading.Event()

    def end() -> None:
        done.append("end")
        ended.set()

    with Interruption(lambda: "kept", done.append):
        limit = HardLimit(0, lambda: done.append("tell"), end)
        assert ended.wait(TIMEOUT)
    limit.cancel()
    assert done == ["kept", "tell", "end"]
    later = HardLimit(sys.maxsize, ended.clear, ended.clear)
    later.cancel()
    assert ended.is_set()


@pytest.mark.slow
@pytest.mark.parametrize("command", [["list", "--all"], ["get", "checksums", "--print", "paths"]], ids=lambda it: it[0])
def test_a_timeout_ends_it_while_a_frozen_reader_blocks_standard_output(
    tmp_path: Path, server: Loopback, command: list[str]
) -> None:
    read, write = os.pipe()
    os.set_blocking(write, False)
    with suppress(BlockingIOError):
        while True:
            os.write(write, bytes(4096))
    os.set_blocking(write, True)
    name, *more = command
    with start(tmp_path, [name, KESTREL, "--api-url", server.api, *more, "--timeout", "2s"], stdout=write) as program:
        os.close(write)
        _, said = program.communicate(timeout=TIMEOUT)
    os.close(read)
    assert program.returncode == 8
    assert said.endswith(b"artifact-tui: Not finished after 2 s (--timeout). Allow more time.\n")


def test_a_traceback_goes_to_the_log_file_only(tmp_path: Path) -> None:
    log = tmp_path / "log"
    code = "from artifact_tui.cli.line.failures import log_bug; log_bug(ValueError('odd'))"
    kept = f"from artifact_tui.log_file import log_to; log_to({str(log)!r}, print); {code}"
    for program in (code, kept):
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)
        assert (done.stdout, done.stderr) == ("", "")
    assert "ValueError: odd" in log.read_text()
