"""How many colors are used on which terminal, mostly over SSH, which forwards TERM alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from artifact_tui.terminal.colors import colors_of
from tests.pty_program import PROGRAM, Terminal, environment
from tests.slow_cases import slow_but


@pytest.mark.parametrize(
    ("terminal", "colors"),
    [
        *(
            (name, "256")
            for name in ("alacritty", "alacritty-direct", "foot", "foot-extra", "wezterm", "xterm-ghostty")
        ),
        *((name, "256") for name in ("ghostty", "xterm-kitty", "kitty", "tmux-256color", "xterm-256color", "iTerm2")),
        *((name, "standard") for name in ("", "unknown", "linux", "vt100", "xterm", "no-such-terminal", "dumb")),
    ],
)
def test_a_terminal_gets_the_colors_it_has(terminal: str, colors: str) -> None:
    assert colors_of({"TERM": terminal}) == colors


def test_a_terminal_that_says_so_gets_all_colors() -> None:
    assert colors_of({"TERM": "foot", "COLORTERM": "truecolor"}) == "truecolor"
    assert colors_of({"TERM": "xterm", "COLORTERM": "24bit"}) == "truecolor"
    assert colors_of({}) == "standard"


@pytest.mark.parametrize(
    ("terminal", "shown"), slow_but(1, [("foot", b";5;"), ("xterm-ghostty", b";5;"), ("unknown", b"")])
)
def test_no_terminal_gets_colors_it_may_not_have(terminal: str, shown: bytes, tmp_path: Path) -> None:
    environ = environment(tmp_path) | {"TERM": terminal, "SSH_CONNECTION": "1 2 3 4"}
    with Terminal((*PROGRAM, "--demo"), environ, tmp_path) as screen:
        screen.until_shown("fernwood-labs/kestrel", "mira-holm")
        screen.type("q")
        assert screen.exit_code() == 0
        assert b"8;2;" not in screen.output
        assert (b"8;5;" in screen.output) is bool(shown)
