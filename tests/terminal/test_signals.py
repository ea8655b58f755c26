"""However the program is ended, it ends: the terminal as it was, the code that shells know, nothing left running."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.pty_program import PROGRAM, Terminal, environment
from tests.slow_cases import slow_but
from tests.timeouts import TIMEOUT

TERMINALS = ("xterm-256color", "linux", "tmux-256color", "screen", "vt100")
SIGNALS = (signal.SIGHUP, signal.SIGTERM, signal.SIGINT, signal.SIGQUIT)
ENTERED = (b"\x1b[?1049h", b"\x1b[?2004h", b"\x1b[?1000h", b"\x1b[?25l")
LEFT = (b"\x1b[?1049l", b"\x1b[?2004l", b"\x1b[?1000l", b"\x1b[?25h")


def started(directory: Path, terminal: str = "xterm-256color", *prefix: str, **more: str) -> Terminal:
    """The demo, not yet looked at."""
    return Terminal((*prefix, *PROGRAM, "--demo"), environment(directory, **more) | {"TERM": terminal}, directory)


def assert_left(terminal: Terminal) -> None:
    """Everything that was entered was left again, and the line settings are those from before."""
    for entered, left in zip(ENTERED, LEFT, strict=True):
        assert terminal.output.rindex(left) > terminal.output.rindex(entered)
    assert terminal.is_restored


@pytest.mark.parametrize("kind", slow_but(1, TERMINALS))
@pytest.mark.parametrize("number", slow_but(2, SIGNALS), ids=lambda number: number.name)
def test_a_signal_ends_it_and_restores_the_terminal(number: signal.Signals, kind: str, tmp_path: Path) -> None:
    with started(tmp_path, kind) as terminal:
        terminal.until_shown("fernwood-labs/kestrel", "mira-holm")
        terminal.process.send_signal(number)
        assert terminal.exit_code() == 128 + number
        assert_left(terminal)


def test_a_terminal_that_goes_away_ends_it(tmp_path: Path) -> None:
    with started(tmp_path) as terminal:
        terminal.until_shown("fernwood-labs/kestrel")
        terminal.hang_up()
        assert terminal.process.wait(TIMEOUT) == 128 + signal.SIGHUP


def test_it_does_not_outlive_its_terminal_although_hang_ups_are_ignored(tmp_path: Path) -> None:
    """As under nohup."""
    ignoring = ("bash", "-c", 'trap "" HUP; exec "$@"', "-")
    with started(tmp_path, "xterm-256color", *ignoring) as terminal:
        terminal.until_shown("fernwood-labs/kestrel")
        terminal.hang_up()
        assert terminal.process.wait(TIMEOUT) == 128 + signal.SIGHUP


@pytest.mark.parametrize("lean", slow_but(1, ["1", "0"]), ids=["lean", "as Textual"])
def test_a_line_that_takes_nothing_more_does_not_keep_it(tmp_path: Path, lean: str) -> None:
    """Keys go on, answers stop: the writer is stuck for good."""
    with started(tmp_path, ARTIFACT_TUI_LEAN_OUTPUT=lean) as terminal:
        terminal.until_shown("fernwood-labs/kestrel")
        terminal.type("?\x1b2j" + "jk" * 500)
        terminal.process.send_signal(signal.SIGTERM)
        assert terminal.process.wait(TIMEOUT) == 128 + signal.SIGTERM


@pytest.mark.parametrize("number", slow_but(1, [signal.SIGHUP, signal.SIGTERM]), ids=lambda number: number.name)
@pytest.mark.parametrize("lean", slow_but(1, ["1", "0"]), ids=["lean", "as Textual"])
@pytest.mark.parametrize("stopped", [False, True], ids=["nobody reads", "stopped"])
def test_a_frozen_terminal_that_thaws_after_the_end_is_restored(
    number: signal.Signals, lean: str, stopped: bool, tmp_path: Path
) -> None:
    with started(tmp_path, ARTIFACT_TUI_LEAN_OUTPUT=lean) as terminal:
        terminal.until_shown("fernwood-labs/kestrel", "mira-holm")
        if stopped:
            terminal.stop_output()
        terminal.type("?\x1b2j" + "jk" * 500 + "\x0c" * 200)
        terminal.process.send_signal(number)
        assert terminal.process.wait(TIMEOUT) == 128 + number
        terminal.until(lambda: terminal.output.rfind(LEFT[0]) > terminal.output.rfind(ENTERED[0]), "it is restored")
        terminal.read()
        assert_left(terminal)


def test_a_frozen_line_that_is_then_cut_ends_it(tmp_path: Path) -> None:
    with started(tmp_path) as terminal:
        terminal.until_shown("fernwood-labs/kestrel")
        terminal.type("\x0c" * 200)
        terminal.hang_up()
        assert terminal.process.wait(TIMEOUT) == 128 + signal.SIGHUP


def test_quitting_does_not_wait_for_what_does_not_end(tmp_path: Path) -> None:
    """As a store that waits for a token source: the same limit holds as for signals."""
    code = (
        "import threading\n"
        "from textual.widgets import Static\n"
        "from artifact_tui.terminal.terminal_app import TerminalApp\n"
        "class Stuck(TerminalApp):\n"
        "    def compose(self):\n"
        "        yield Static('here it is')\n"
        "    def key_q(self):\n"
        "        self.exit(0)\n"
        "    def on_unmount(self):\n"
        "        threading.Event().wait()\n"
        "raise SystemExit(Stuck().run_guarded(lambda seconds: None))\n"
    )
    with Terminal((PROGRAM[0], "-c", code), environment(tmp_path), tmp_path) as terminal:
        terminal.until_shown("here it is")
        terminal.type("q")
        assert terminal.exit_code() == 0
        assert_left(terminal)


def test_quitting_runs_exit_handlers_and_frees_no_memory(tmp_path: Path) -> None:
    """Which takes seconds after long lists."""
    code = (
        "import atexit, builtins, sys\n"
        "class Large:\n"
        "    def __del__(self):\n"
        "        print('freed')\n"
        "builtins.large = Large()\n"
        "atexit.register(print, 'handled')\n"
        "from artifact_tui.cli.main import main\n"
        "sys.exit(main(['--demo']))\n"
    )
    with Terminal((PROGRAM[0], "-c", code), environment(tmp_path), tmp_path) as terminal:
        terminal.until_shown("fernwood-labs/kestrel")
        terminal.type("q")
        assert terminal.exit_code() == 0
        assert_left(terminal)
        assert terminal.output.endswith(b"handled\r\n")


def is_delivered(pid: int) -> bool:
    """Whether no signal waits for a process any more; of two that wait, either may be the first (signal(7))."""
    status = Path(f"/proc/{pid}/status").read_text()
    return all(int(line.split()[1], 16) == 0 for line in status.splitlines() if line.startswith(("SigPnd", "ShdPnd")))


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="nothing tells here which signals wait")
def test_the_first_signal_counts(tmp_path: Path) -> None:
    with started(tmp_path) as terminal:
        terminal.until_shown("fernwood-labs/kestrel")
        terminal.process.send_signal(signal.SIGTERM)
        terminal.until(lambda: is_delivered(terminal.process.pid), "the first signal taken")
        terminal.process.send_signal(signal.SIGHUP)
        assert terminal.exit_code() == 128 + signal.SIGTERM
