"""Downloads beside a reader of standard error or a terminal that is frozen: nothing waits for it but its own output."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from artifact_tui.demo.accounts import DEMO_TOKEN
from tests.cli.line.program import KESTREL
from tests.cli.line.test_get_endings import finished, server, until
from tests.double.loopback import Loopback
from tests.pty_program import ROOT, environment
from tests.timeouts import TIMEOUT

__all__ = ["server"]
pytestmark = pytest.mark.slow
NAME = "checksums"
END = b"END"


def get(server: Loopback, home: Path, *arguments: str, stdout: int, stderr: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "artifact_tui", "get", "--api-url", server.api, KESTREL, NAME, *arguments]
    own = environment(home, GH_ENTERPRISE_TOKEN=DEMO_TOKEN, PYTHONPATH=str(ROOT))
    return subprocess.Popen(command, cwd=home, env=own, stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr)


def fill(descriptor: int) -> None:
    """Write until a pipe or a terminal takes no more."""
    os.set_blocking(descriptor, False)
    for size in (4096, 1):
        with suppress(BlockingIOError):
            while True:
                os.write(descriptor, bytes(size))
    os.set_blocking(descriptor, True)


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[tuple[int, subprocess.Popen[bytes]]]:
    """A stopped process, and the full pipe that it reads."""
    read, write = os.pipe()
    with (tmp_path / "read").open("wb") as kept:
        process = subprocess.Popen(["cat"], stdin=read, stdout=kept)
    os.close(read)
    process.send_signal(signal.SIGSTOP)
    os.waitid(os.P_PID, process.pid, os.WSTOPPED)
    fill(write)
    yield write, process
    with suppress(OSError):
        os.close(write)
    process.kill()
    process.wait()


def test_a_stopped_reader_of_progress_delays_neither_download_nor_end(
    server: Loopback, tmp_path: Path, reader: tuple[int, subprocess.Popen[bytes]]
) -> None:
    write, process = reader
    for form in ("bar", "lines", "json"):
        server.server.fault("GET blob:*", delay=1.0, times=1)
        command = get(server, tmp_path, "--progress", form, "-D", form, stdout=subprocess.PIPE, stderr=write)
        out, _ = command.communicate(timeout=TIMEOUT)
        assert (command.returncode, out) == (0, f"{tmp_path}/{form}/{NAME}\n".encode())
    process.send_signal(signal.SIGCONT)
    os.write(write, END)
    os.close(write)
    assert process.wait(TIMEOUT) == 0
    assert (tmp_path / "read").read_bytes().strip(b"\0") == END


def is_in_a_write(process: int) -> bool:
    """Whether the process is blocked in write(2), which has the number 1 or 64 (proc(5))."""
    return Path(f"/proc/{process}/syscall").read_text().split()[0] in {"1", "64"}


@pytest.mark.skipif(not Path("/proc/self/syscall").exists(), reason="needs /proc")
@pytest.mark.parametrize("command", [["list", "--all", "--jsonl"], ["runs"], ["usage"]], ids=lambda it: it[0])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
def test_one_signal_ends_a_command_that_a_frozen_reader_blocks(
    server: Loopback, tmp_path: Path, reader: tuple[int, subprocess.Popen[bytes]], command: list[str], number: int
) -> None:
    write, _ = reader
    name, *more = command
    process = subprocess.Popen(
        [sys.executable, "-m", "artifact_tui", name, KESTREL, "--api-url", server.api, *more],
        cwd=tmp_path,
        env=environment(tmp_path, GH_ENTERPRISE_TOKEN=DEMO_TOKEN, PYTHONPATH=str(ROOT)),
        stdin=subprocess.DEVNULL,
        stdout=write,
        stderr=subprocess.PIPE,
    )
    until(lambda: server.server.requests)
    until(lambda: is_in_a_write(process.pid))
    process.send_signal(number)
    _, said = process.communicate(timeout=TIMEOUT)
    assert (process.returncode, b"Traceback" in said) == (-number, False)


@pytest.fixture
def terminal() -> Iterator[tuple[int, int]]:
    """Both ends of a terminal that shows nothing more."""
    master, slave = pty.openpty()
    fill(slave)
    yield master, slave
    os.close(slave)
    with suppress(OSError):
        os.close(master)


def test_a_frozen_terminal_does_not_delay_a_download(
    server: Loopback, tmp_path: Path, terminal: tuple[int, int]
) -> None:
    master, slave = terminal
    command = get(server, tmp_path, stdout=slave, stderr=slave)
    until((tmp_path / f"{NAME}.artifact.json").exists)
    assert command.poll() is None  # it waits to write the path
    shown = b""
    while f"{tmp_path}/{NAME}".encode() not in shown:
        shown += os.read(master, 4096)
    assert command.wait(TIMEOUT) == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda number: number.name)
def test_a_signal_ends_it_on_a_frozen_terminal(
    server: Loopback, tmp_path: Path, terminal: tuple[int, int], number: signal.Signals
) -> None:
    _, slave = terminal
    server.server.fault("GET blob:*", stall_at=1000, times=9)
    command = get(server, tmp_path, "--zip", stdout=slave, stderr=slave)
    until(lambda: len(list(tmp_path.glob("*.part"))) == 1)
    command.send_signal(number)
    assert command.wait(TIMEOUT) == -number
    assert finished(server, tmp_path, NAME, "--zip")["result"] == "downloaded"
