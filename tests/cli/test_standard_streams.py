"""Commands whose standard output or error is closed, full, or has lost its reader."""

from __future__ import annotations

import os
import signal
import subprocess
from functools import cache
from pathlib import Path

import pytest

from artifact_tui import __version__
from tests.cli.line.test_verify import PARTS
from tests.pty_program import PROGRAM, Terminal, environment
from tests.slow_cases import slow_but
from tests.transfers.received import downloaded

COMMANDS = ["--version", "verify .", "--help", "doctor", "auth status", "auth logout"]
ALL = pytest.mark.parametrize("command", slow_but(2, COMMANDS))
LOGIN = "auth login --host 127.0.0.1:9"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Downloads that no command changes."""
    path = tmp_path_factory.mktemp("streams")
    downloaded(path, *PARTS)
    return path


def run(place: Path, command: str, redirection: str = "") -> subprocess.CompletedProcess[str]:
    """Through a shell, which closes and redirects as people do."""
    return subprocess.run(
        ["bash", "-c", f'exec "$@" {redirection}', "-", *PROGRAM, *command.split()],
        env=environment(place),
        cwd=place,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )


@cache
def usual(place: Path, command: str) -> subprocess.CompletedProcess[str]:
    """The same with all three streams."""
    return run(place, command)


@ALL
def test_a_reader_that_leaves_ends_it_by_sigpipe_without_a_word(command: str, place: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [*PROGRAM, *command.split()],
        env=environment(place),
        cwd=place,
        stdin=subprocess.DEVNULL,
        stdout=writing,
        stderr=subprocess.PIPE,
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (-signal.SIGPIPE, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full on this system")
@pytest.mark.parametrize("command", slow_but(2, COMMANDS))
def test_a_full_standard_output_is_an_error_of_the_machine(command: str, place: Path) -> None:
    done = run(place, command, ">/dev/full")
    assert (done.returncode, done.stderr) == (
        10,
        "artifact-tui: standard output: No space left on device\n",
    )


@ALL
def test_a_closed_standard_output_is_an_error_of_the_machine(command: str, place: Path) -> None:
    done = run(place, command, ">&-")
    assert (done.returncode, done.stderr) == (
        10,
        "artifact-tui: standard output: Bad file descriptor\n",
    )
    assert run(place, command, ">&- 2>&-").returncode == 10


@pytest.mark.parametrize("command", slow_but(4, ["auth", "--demo", *COMMANDS, LOGIN, "--unknown", "verify nowhere"]))
@pytest.mark.parametrize("redirection", slow_but(1, ["2>&-", "2>/dev/full"]))
def test_without_a_standard_error_the_exit_code_and_the_output_are_the_same(
    command: str, redirection: str, place: Path
) -> None:
    if "full" in redirection and not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full on this system")
    done, right = run(place, command, redirection), usual(place, command)
    assert (done.returncode, done.stdout) == (right.returncode, right.stdout)


@ALL
def test_without_a_standard_input_it_is_the_same(command: str, place: Path) -> None:
    done, right = run(place, command, "<&-"), usual(place, command)
    assert (done.returncode, done.stdout, done.stderr) == (right.returncode, right.stdout, right.stderr)


def test_letters_that_standard_output_lacks_are_escaped(place: Path) -> None:
    done = subprocess.run(
        [*PROGRAM, "doctor"],
        env=environment(place, PYTHONIOENCODING="ascii"),
        cwd=place,
        capture_output=True,
        text=True,
    )
    assert "+ state" in done.stdout
    assert done.stderr == ""


def test_ctrl_c_ends_a_command_by_its_signal_so_that_a_loop_in_the_shell_ends_too(tmp_path: Path) -> None:
    loop = 'for i in 1 2 3; do "$@"; done; echo looped'
    command = ("bash", "-c", loop, "-", *PROGRAM, "auth", "login", "--host", "127.0.0.1:9")
    with Terminal(command, environment(tmp_path), tmp_path) as terminal:
        terminal.until_shown("(hidden):")
        terminal.type("\x03")
        assert terminal.exit_code() in (130, -signal.SIGINT)
        assert "looped" not in terminal.text


def test_the_version_is_whole_where_all_is_well(tmp_path: Path) -> None:
    assert run(tmp_path, "--version", "| cat").stdout == f"artifact-tui {__version__}\n"
