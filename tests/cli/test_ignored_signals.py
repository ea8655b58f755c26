"""Programs that nohup, cron or ``&`` start with signals ignored: the tests themselves, and the program."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.pty_program import PROGRAM, ROOT, Terminal, environment
from tests.slow_cases import slow_but

IGNORING = ("bash", "-c", 'trap "" HUP INT QUIT; exec "$@"', "-")
TOLD = "import signal; print([signal.getsignal(n).name for n in (signal.SIGHUP, signal.SIGQUIT)])"
DEFAULT = "['SIG_DFL', 'SIG_DFL']"


def test_tests_in_the_background_start_programs_with_default_signals() -> None:
    starter = f"import subprocess, sys, tests.conftest; subprocess.run([sys.executable, '-c', {TOLD!r}], check=True)"
    done = subprocess.run([*IGNORING, sys.executable, "-c", starter], cwd=ROOT, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == (f"{DEFAULT}\n", "")


def test_a_program_in_a_terminal_starts_with_default_signals_whatever_we_inherited(tmp_path: Path) -> None:
    starter = (
        "from pathlib import Path\n"
        "from tests.pty_program import Terminal, environment\n"
        f"home = Path({str(tmp_path)!r})\n"
        f"with Terminal(({sys.executable!r}, '-c', {TOLD!r}), environment(home), home) as terminal:\n"
        "    terminal.exit_code()\n"
        "    print(terminal.text.strip())\n"
    )
    done = subprocess.run([*IGNORING, sys.executable, "-c", starter], cwd=ROOT, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == (f"{DEFAULT}\n", "")


HANGING_UP = """
import os, signal, sys
from artifact_tui.cli.main import main

class Heard:
    def __init__(self, stream):
        self.stream = stream

    def __getattr__(self, name):
        return getattr(self.stream, name)

    def write(self, text):
        for number in (signal.SIGHUP, signal.SIGQUIT):
            os.kill(os.getpid(), number)
        return self.stream.write(text)

sys.stdout, sys.stderr = Heard(sys.stdout), Heard(sys.stderr)
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.parametrize(
    "command", slow_but(1, [["verify", "."], ["auth", "status"], ["doctor"], ["--help"]]), ids=" ".join
)
def test_a_line_command_started_with_hang_ups_ignored_goes_on(command: list[str], tmp_path: Path) -> None:
    def run(*prefix: str, code: str) -> tuple[int, str]:
        done = subprocess.run(
            [*prefix, sys.executable, "-c", code, *command],
            env=environment(tmp_path),
            cwd=tmp_path,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        return done.returncode, done.stdout + done.stderr

    plain = "import sys; from artifact_tui.cli.main import main; sys.exit(main(sys.argv[1:]))"
    assert run(*IGNORING, code=HANGING_UP) == run(code=plain)


def test_a_sign_in_started_with_hang_ups_ignored_still_waits_for_its_token(tmp_path: Path) -> None:
    with Terminal((*IGNORING, *PROGRAM, "auth", "login"), environment(tmp_path), tmp_path) as terminal:
        terminal.until_shown("Token for github.com")
        terminal.process.send_signal(signal.SIGHUP)
        terminal.type("no token\r")
        assert terminal.exit_code() == 1
        assert "Not a valid token" in terminal.text
