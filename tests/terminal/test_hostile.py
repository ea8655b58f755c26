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

from artifact_tui.config.paths import Memory, MemoryFile
from artifact_tui.domain.artifact_record import ArtifactRecord, record_of
from artifact_tui.domain.models import Artifact
from artifact_tui.log_file import LineFormatter
from artifact_tui.screens.dialogs.copy import CopiedScreen, copy
from tests.cli.calls import Call, outputs
from tests.pty_program import Terminal, environment
from tests.slow_cases import slow_but
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
SHOWN = """
import json, sys
from artifact_tui.terminal.terminal_app import TerminalApp
class Told(TerminalApp):
    BINDINGS = [("q", "go_on", "")]
    left = list(enumerate(json.loads(sys.argv[1]).values()))
    def on_mount(self):
        self.action_go_on()
    def action_go_on(self):
        if not self.left:
            return self.exit(0)
        number, text = self.left.pop(0)
        self.clear_notifications()
        {action}
raise SystemExit(Told().run_guarded(lambda seconds: None))
"""
SHOWN_BY = {
    "notification": "self.notify(f'{text} told {number}.', title=text, markup=False, timeout=60)",
    "title": "self.title = self.sub_title = text; self.notify(f'told {number}.', timeout=60)",
}
LEFT = """
import json, sys
from artifact_tui.terminal.terminal_app import TerminalApp
class Told(TerminalApp):
    def __init__(self, text):
        super().__init__()
        self.text = text
    def on_mount(self):
        text = self.text
        {action}
for name, text in json.loads(sys.argv[1]).items():
    code = Told(text).run_guarded(lambda seconds: None)
    print("ended:", name, code, flush=True)
"""
LEFT_BY = {"after exit": "self.exit(0, message=text + ' told')", "crash": "raise ValueError(text + ' told')"}
every_text = pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())


def is_harmless(told: bytes) -> bool:
    """Printable text, and no title of the terminal is set."""
    return foreign(told) == "" and b"\x1b]0;" not in told and b"\x1b]2;" not in told


@pytest.mark.parametrize("place", slow_but(1, SHOWN_BY))
def test_it_is_shown_in_printable_text(place: str, tmp_path: Path) -> None:
    command = (sys.executable, "-c", SHOWN.format(action=SHOWN_BY[place]), json.dumps(HOSTILE))
    with Terminal(command, environment(tmp_path), tmp_path) as terminal:
        starts = []
        for number in range(len(HOSTILE)):
            starts.append(len(terminal.output))
            terminal.until_shown(f"told {number}.")
            terminal.type("q")
        assert terminal.exit_code() == 0
        output = terminal.output
    parts = zip(HOSTILE, starts, [*starts[1:], len(output)], strict=True)
    assert is_harmless(output), [name for name, start, end in parts if not is_harmless(output[start:end])]


@pytest.mark.parametrize("place", slow_but(1, LEFT_BY))
def test_it_is_left_on_the_terminal_in_printable_text(place: str, tmp_path: Path) -> None:
    command = (sys.executable, "-c", LEFT.format(action=LEFT_BY[place]), json.dumps(HOSTILE))
    with Terminal(command, environment(tmp_path), tmp_path) as terminal:
        assert terminal.exit_code() == 0, terminal.text
        output = terminal.output
    for name in HOSTILE:
        told, end, output = output.partition(f"ended: {name} {1 if place == 'crash' else 0}\r\n".encode())
        assert end, f"{name} is missing"
        assert b"told" in told, name
        assert is_harmless(told), name


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
SETTINGS = ("theme", "host", "no-such", "columns.runs")


def value_of(key: str, text: str) -> str:
    return f"{key} = [{json.dumps(text)}]\n" if "." in key else f"{key} = {json.dumps(text)}\n"


def test_mistakes_are_told_in_one_printable_line(tmp_path: Path) -> None:
    """Of the command line and of the settings."""
    calls = [Call(f"{name} {place}", of(text)) for name, text in HOSTILE.items() for place, of in MISTAKES.items()]
    calls += [
        Call(f"{name} {key}", ("a/b",), value_of(key, text)) for name, text in HOSTILE.items() for key in SETTINGS
    ]
    for name, code, told in outputs(calls, tmp_path):
        assert code == 2 if name.endswith(SETTINGS) else code != 0, name
        assert told, name
        assert foreign(told) == "", name


def test_doctor_tells_of_a_hostile_environment_in_printable_text(tmp_path: Path) -> None:
    names = ("TERM", "LANG", "LC_ALL", "GH_HOST", "GH_TOKEN", "HTTPS_PROXY", "COLORTERM", "TMUX", "SSH_CONNECTION")
    calls = [Call(name, ("doctor",), "", dict.fromkeys(names, text)) for name, text in HOSTILE.items()]
    for name, _, told in outputs(calls, tmp_path, **calls[0].environ):
        assert b"locale" in told, name
        assert foreign(told) == "", name


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


async def test_what_is_copied_is_exact_and_what_is_shown_is_printable() -> None:
    program = Program(RECORDER)
    async with program.running() as pilot:
        for name, text in HOSTILE.items():
            copy(program.app, "Name", text)
            await until(pilot, lambda: isinstance(program.app.screen, CopiedScreen))
            await says(pilot, "Name: sent to the terminal's clipboard", "Esc goes back")
            assert program.app.clipboard == text, name
            assert all(line.isprintable() for line in program.text.split("\n")), name
            await pilot.press("escape")


@every_text
def test_json_is_exact(text: str, tmp_path: Path) -> None:
    """In what is remembered, and in what an artifact is written down as."""
    memory = MemoryFile(tmp_path / "state.json")
    memory.change(lambda value: Memory(directory=text))
    assert MemoryFile(tmp_path / "state.json").value.directory == text
    record = record_of(Artifact(id=1, name=text))
    assert msgspec.json.decode(msgspec.json.encode(record), type=ArtifactRecord) == record
