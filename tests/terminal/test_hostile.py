"""What strangers write reaches no terminal and no log as a command: no byte outside the grammar, wherever it is told.

Names in lists are walked through in ``test_screens``; here are the places beside them.
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from artifact_tui.config.settings import Memory, MemoryFile
from artifact_tui.domain.models import Artifact
from artifact_tui.log_file import LineFormatter
from artifact_tui.screens.dialogs.copy import CopiedScreen, copy
from tests.pty_program import PROGRAM, Terminal, environment
from tests.terminal.grammar import foreign
from tests.ui.program import RECORDER, Program, says, until

HOSTILE = {
    "title": "a\x1b]0;owned\x07b",
    "clipboard": "a\x1b]52;c;ZXZpbA==\x1b\\b",
    "clear": "a\x1b[2J\x1b[Hb",
    "C1": "a\x9b2Jb\x9d0;x\x9cb\x90q\x9c",
    "bell and backspace": "a\x07\x08\x08\x08\x7fb",
    "shift": "a\x0e\x0fb",
    "line ends": "a\r\nb\u2028c\u2029d\x85e\x0bf\x0cg",
    "bidi": "a\u202e\u2066b\u200f\u061cc",
    "invisible": "a\u200b\u200d\ufeff\u2060b\u00adc",
    "marks": "a" + "\u0301" * 80 + "b",
    "tags": "a\U000e0041\U000e007fb\ue000",
    "markup": "[@click=app.exit(7)]a[/] [/nope] [link=file:///etc]b",
}
APP = """
import sys
from artifact_tui.terminal.terminal_app import TerminalApp
text = sys.argv[1]
class Told(TerminalApp):
    BINDINGS = [("q", "quit", "")]
    def on_mount(self):
        {action}
raise SystemExit(Told().run_guarded(lambda seconds: None))
"""
TOLD = {
    "notification": "self.notify(text + ' told', title=text, markup=False, timeout=60)",
    "title": "self.title = self.sub_title = text; self.notify('told', timeout=60)",
    "after exit": "self.exit(0, message=text + ' told')",
    "crash": "raise ValueError(text + ' told')",
}
every_text = pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())


@every_text
@pytest.mark.parametrize("place", TOLD)
def test_it_is_told_in_printable_text(place: str, text: str, tmp_path: Path) -> None:
    """And no title of the terminal is ever set."""
    command = (sys.executable, "-c", APP.format(action=TOLD[place]), text)
    with Terminal(command, environment(tmp_path), tmp_path) as terminal:
        terminal.until_shown("told")
        if terminal.process.poll() is None and place in {"notification", "title"}:
            terminal.type("q")
        assert terminal.exit_code() == (1 if place == "crash" else 0)
        assert foreign(terminal.output) == ""
        assert b"\x1b]0;" not in terminal.output
        assert b"\x1b]2;" not in terminal.output


MISTAKES: dict[str, Callable[[str], tuple[str, ...]]] = {
    "repository": lambda text: (text,),
    "argument": lambda text: (f"--{text}",),
    "host": lambda text: ("--host", text),
    "address": lambda text: ("--api-url", text),
    "run": lambda text: ("a/b", "--run", text),
    "log file": lambda text: ("--demo", "--log-file", f"/nowhere/{text}"),
    "directory to verify": lambda text: ("verify", f"/nowhere/{text}"),
    "doctor": lambda text: ("doctor", text),
    "auth": lambda text: ("auth", text),
}


@every_text
def test_mistakes_are_told_in_one_printable_line(text: str, tmp_path: Path) -> None:
    """Of the command line, of the environment and of the settings."""
    config = tmp_path / ".config" / "artifact-tui" / "config.toml"
    config.parent.mkdir(parents=True)
    for arguments in MISTAKES.values():
        with Terminal((*PROGRAM, *arguments(text)), environment(tmp_path), tmp_path) as terminal:
            assert terminal.exit_code() != 0, arguments(text)
            assert foreign(terminal.output) == "", arguments(text)
    for key in ("theme", "host", "no-such", "columns.runs"):
        value = f"[{json.dumps(text)}]" if "." in key else json.dumps(text)
        config.write_text(f"{key} = {value}\n")
        with Terminal((*PROGRAM, "a/b"), environment(tmp_path), tmp_path) as terminal:
            assert terminal.exit_code() == 2
            assert foreign(terminal.output) == ""


@every_text
def test_doctor_tells_of_a_hostile_environment_in_printable_text(text: str, tmp_path: Path) -> None:
    names = ("TERM", "LANG", "LC_ALL", "GH_HOST", "GH_TOKEN", "HTTPS_PROXY", "COLORTERM", "TMUX", "SSH_CONNECTION")
    environ = environment(tmp_path, **dict.fromkeys(names, text))
    with Terminal((*PROGRAM, "doctor"), environ, tmp_path) as terminal:
        terminal.exit_code()
        assert b"locale" in terminal.output
        assert foreign(terminal.output) == ""


@every_text
def test_a_log_has_a_line_for_each_record(text: str, tmp_path: Path) -> None:
    """So nobody can write a record that the program did not."""
    path = tmp_path / "log"
    handler = logging.FileHandler(path, encoding="utf-8", errors="backslashreplace")
    handler.setFormatter(LineFormatter("%(levelname)s %(message)s"))
    logger = logging.Logger("test")
    logger.addHandler(handler)
    logger.warning("GET %s\nERROR forged", text)
    handler.close()
    logged = path.read_bytes()
    assert logged.count(b"\n") == 1
    assert all(letter.isprintable() for letter in logged.decode().removesuffix("\n"))


@every_text
async def test_what_is_copied_is_exact_and_what_is_shown_is_printable(text: str) -> None:
    program = Program(RECORDER)
    async with program.running() as pilot:
        copy(program.app, "Name", text)
        await until(pilot, lambda: isinstance(program.app.screen, CopiedScreen))
        await says(pilot, "Name: sent to the clipboard of the terminal", "Esc goes back")
        assert program.app.clipboard == text
        assert all(line.isprintable() for line in program.text.split("\n"))


@every_text
def test_json_is_exact(text: str, tmp_path: Path) -> None:
    """In what is remembered, and in what an artifact is written down as."""
    memory = MemoryFile(tmp_path / "state.json")
    memory.change(lambda value: Memory(directory=text))
    assert MemoryFile(tmp_path / "state.json").value.directory == text
    assert msgspec.json.decode(msgspec.json.encode(Artifact(id=1, name=text)), type=Artifact).name == text
