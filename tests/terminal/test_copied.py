"""What was copied stays on the screen, to be selected by the terminal itself: no borders, no mouse of the program's."""

from __future__ import annotations

from pathlib import Path

from tests.pty_program import PROGRAM, Terminal, environment
from tests.terminal.grammar import foreign

KESTREL = "fernwood-labs/kestrel"


def curl_line_of(text: str) -> str:
    """All lines of the screen from where the line starts to where it ends, put together."""
    lines = [line.ljust(80) for line in text.split("\n")]
    start = next(number for number, line in enumerate(lines) if line.startswith("curl -fL"))
    end = next(number for number in range(start, len(lines)) if not lines[number].strip())
    return "".join(lines[start:end]).rstrip()


def is_whole(line: str) -> bool:
    return line.startswith('curl -fL -H "Authorization: Bearer $GH_TOKEN" -o ') and line.endswith("/zip")


def test_it_stays_until_it_is_closed_and_leaves_the_mouse_to_the_terminal(tmp_path: Path) -> None:
    with Terminal((*PROGRAM, "--demo", KESTREL), environment(tmp_path), tmp_path) as terminal:
        terminal.until_shown("#2044", "mira-holm")
        terminal.type("3")
        terminal.until_shown("706 artifacts")
        terminal.type("y")
        terminal.until_shown("curl line")
        terminal.type("\x1b[F")
        terminal.type("\r")
        terminal.until_shown("curl line: sent to the terminal's clipboard", "Esc goes back")
        terminal.until(lambda: is_whole(curl_line_of(terminal.text)), "the whole line")
        assert terminal.output.rindex(b"\x1b[?1000l") > terminal.output.rindex(b"\x1b[?1000h")
        terminal.resize(40, 24)
        terminal.until(lambda: "\ncurl -fL" in terminal.text, "as broad as the window")
        terminal.resize(80, 24)
        terminal.until(lambda: "706 artifacts" not in terminal.text, "still there")
        terminal.look(6.0)
        assert "curl -fL" in terminal.text
        terminal.type("\x1b")
        terminal.until_shown("706 artifacts")
        out, back = b"\x1b[?1000l", b"\x1b[?1000h"
        terminal.until(lambda: terminal.output.rindex(out) < terminal.output.rindex(back), "the mouse is ours again")
        assert foreign(terminal.output) == ""
