"""What the program writes, on any terminal: its own grammar, the letters of the locale, nothing of strangers'."""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
import subprocess
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

import artifact_tui
from artifact_tui import __version__
from artifact_tui.demo.accounts import DEMO_TOKEN
from artifact_tui.domain.artifact_record import ArtifactRecord, artifact_of
from artifact_tui.domain.models import RepositoryName
from artifact_tui.domain.urls import curl_line
from artifact_tui.github.decode import decode_listing
from artifact_tui.terminal.ascii_fallback import UNSHOWN, plain
from artifact_tui.text import printable, shows_unicode
from artifact_tui.widgets.status_bar import bar
from tests.double.loopback import Loopback
from tests.double.server import FakeGitHub
from tests.pty_program import PROGRAM, Terminal, environment
from tests.slow_cases import slow_but
from tests.terminal.grammar import foreign


@pytest.mark.parametrize("locale", slow_but(1, ["en_US.ISO-8859-1", "", "C", "POSIX"]))
def test_without_utf8_all_is_ascii(locale: str, tmp_path: Path) -> None:
    environ = {**environment(tmp_path), "LANG": locale}
    with Terminal((*PROGRAM, "--demo", "fernwood-labs/kestrel"), environ, tmp_path) as terminal:
        terminal.until_shown("#2044", "mira-holm")
        terminal.type("?")
        terminal.until_shown("+--")
        terminal.type("\x1b")
        terminal.until(lambda: "+--" not in terminal.text, "help is closed")
        terminal.type("q")
        assert terminal.exit_code() == 0
        assert terminal.output.isascii()
        assert foreign(terminal.output) == ""


@pytest.mark.parametrize(
    ("environ", "coerced", "unicode"),
    [
        ({"LANG": "en_US.UTF-8"}, False, True),
        ({"LANG": "C", "LC_CTYPE": "C.UTF-8"}, True, False),
        ({"LC_CTYPE": "C.UTF-8"}, False, True),
        ({"LC_ALL": "C", "LANG": "en_US.UTF-8"}, True, False),
        ({"LC_ALL": "C.utf8"}, False, True),
        ({}, True, False),
    ],
)
def test_the_locale_says_what_the_terminal_shows(environ: dict[str, str], coerced: bool, unicode: bool) -> None:
    assert shows_unicode(environ, coerced=coerced) is unicode


@given(st.text(max_size=40).map(printable))
def test_plain_letters_are_ascii_and_as_wide(text: str) -> None:
    if not any(ord(letter) >= 0x1F000 for letter in text):  # emoji of several parts are narrower together
        assert plain(text).isascii()
        assert cell_len(plain(text)) == cell_len(text)


def test_every_sign_of_the_program_has_a_plain_letter() -> None:
    folders = (Path(artifact_tui.__file__).parent / name for name in ("preview", "screens", "widgets"))
    texts = [path.read_text() for folder in folders for path in folder.rglob("*.py")]
    signs = sorted({letter for letter in "".join(texts) if not letter.isascii()})
    assert [sign for sign in signs if plain(sign) == UNSHOWN] == []
    assert plain(f"▾ ▸ ⏎ {bar(0.25, 6)}") == "v > > =>----"


def test_bytes_that_are_no_utf8_do_no_harm(tmp_path: Path) -> None:
    with Terminal((*PROGRAM, "--demo"), environment(tmp_path), tmp_path) as terminal:
        terminal.until_shown("fernwood-labs/kestrel", "mira-holm")
        terminal.send(b"\xe9\xff\x80j\xc3")
        terminal.type("/kes")
        terminal.until_shown("kestrel-docs")
        terminal.type("\x1b\x1b")
        terminal.send(b"\x1b[200~q\rq\x1b[201~\x1b]11;rgb:0/0/0\x07\x1b[?62;22cq")
        assert terminal.exit_code() == 0


def test_copying_in_tmux_fills_its_buffer_too(tmp_path: Path) -> None:
    """A stand-in for tmux notes what it is given."""
    stand_in = tmp_path / "bin" / "tmux"
    stand_in.parent.mkdir()
    stand_in.write_text(
        f'#!/bin/sh\necho "$@" > {tmp_path}/asked\ncat > {tmp_path}/buffer.new\n'
        f"mv {tmp_path}/buffer.new {tmp_path}/buffer\n"
    )
    stand_in.chmod(0o755)
    environ = environment(tmp_path, TMUX="/tmp/tmux-0/default,1,0")
    environ["PATH"] = f"{stand_in.parent}:{environ['PATH']}"
    with Terminal((*PROGRAM, "--demo", "fernwood-labs/kestrel"), environ, tmp_path) as terminal:
        terminal.until_shown("#2044", "mira-holm")
        terminal.type("y")
        terminal.until_shown("Copy")
        terminal.type("\r")
        terminal.until((tmp_path / "buffer").exists, "tmux was given the text")
        copied = (tmp_path / "buffer").read_bytes()
        sequence = b"\x1b]52;c;" + base64.b64encode(copied)
        terminal.until(lambda: sequence in terminal.output, "the terminal was given the text")
        assert (tmp_path / "asked").read_text() == "load-buffer -w -\n"
        terminal.until_shown(copied.decode())


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_the_curl_line_fetches_the_same_bytes_with_the_token_of_the_environment(tmp_path: Path) -> None:
    """Pasted into a shell as it is."""
    repository = RepositoryName("fernwood-labs", "kestrel")
    with Loopback(FakeGitHub()) as loopback:
        headers = {"Authorization": f"Bearer {DEMO_TOKEN}"}
        address = f"{loopback.api}/repos/{repository}/actions/artifacts"
        answer = httpx.get(address, params={"name": "coverage"}, headers=headers, trust_env=False)
        artifact = artifact_of(decode_listing(answer.content, ArtifactRecord, "artifacts").items[0])
        line = curl_line(artifact, repository, loopback.api, "github.com")
        assert DEMO_TOKEN not in line
        environ = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "GH_TOKEN": DEMO_TOKEN}
        subprocess.run(["sh", "-c", line], cwd=tmp_path, env=environ, check=True, capture_output=True)
    [file] = tmp_path.iterdir()
    assert "sha256:" + hashlib.sha256(file.read_bytes()).hexdigest() == artifact.digest


def test_a_surprise_within_textual_leaves_the_drawing_to_textual(tmp_path: Path) -> None:
    """Here its updates of the whole screen know their place, but their size no more."""
    code = (
        "from types import SimpleNamespace\n"
        "import textual._compositor as compositor\n"
        "from textual.widgets import Static\n"
        "from artifact_tui.terminal.terminal_app import TerminalApp\n"
        "before = compositor.LayoutUpdate.__init__\n"
        "def changed(self, strips, region):\n"
        "    before(self, strips, SimpleNamespace(x=region.x, y=region.y))\n"
        "compositor.LayoutUpdate.__init__ = changed\n"
        "class Still(TerminalApp):\n"
        "    BINDINGS = [('q', 'quit', ''), ('n', 'next', '')]\n"
        "    def compose(self):\n"
        "        yield Static('it goes on')\n"
        "    def action_next(self):\n"
        "        self.query_one(Static).update(f'drawn by us: {self.lean}')\n"
        "raise SystemExit(Still().run_guarded(lambda seconds: None))\n"
    )
    with Terminal((PROGRAM[0], "-c", code), environment(tmp_path), tmp_path) as terminal:
        terminal.until_shown("it goes on")
        terminal.type("n")
        terminal.until_shown("drawn by us: False")
        terminal.type("q")
        assert terminal.exit_code() == 0


def test_a_crash_says_what_it_was_and_exits_with_an_error(tmp_path: Path) -> None:
    """A screen whose style sheet is gone, for one."""
    code = (
        "from artifact_tui.terminal.terminal_app import TerminalApp\n"
        "class Broken(TerminalApp):\n"
        "    def on_mount(self):\n"
        "        secret = 'gho_local'\n"
        "        raise ValueError('bad \\x1b]0;name\\x07')\n"
        "raise SystemExit(Broken().run_guarded(lambda seconds: None))\n"
    )
    with Terminal((PROGRAM[0], "-c", code), environment(tmp_path), tmp_path) as terminal:
        assert terminal.exit_code() == 1
        assert terminal.is_restored
        said = " ".join(terminal.text.split())
        assert f"Internal error in artifact-tui {__version__}. Please report it with this text and the log" in said
        assert "--log-file FILE" in said
        assert "ValueError: bad ␛]0;name␇" in terminal.text
        assert b"gho_local" not in terminal.output.replace(b"secret = 'gho_local'", b"")
        assert foreign(terminal.output) == ""


@pytest.mark.parametrize(
    ("own", "delay"),
    slow_but(
        1,
        [
            ({"SSH_CONNECTION": "1 2 3 4"}, "0.25"),
            ({}, "0.1"),
            ({"SSH_CONNECTION": "1 2 3 4", "ESCDELAY": "50"}, "0.05"),
        ],
    ),
    ids=["over SSH", "at home", "as the user says"],
)
def test_an_escape_waits_longer_for_the_rest_of_a_key_over_ssh(own: dict[str, str], delay: str, tmp_path: Path) -> None:
    """What Textual has read from the environment by the time that it runs, when it is left."""
    code = (
        "import atexit, sys\n"
        "@atexit.register\n"
        "def tell():\n"
        "    from textual import constants\n"
        "    print('waits', constants.ESCAPE_DELAY)\n"
        "from artifact_tui.cli.main import main\n"
        "sys.exit(main(['--demo']))\n"
    )
    with Terminal((PROGRAM[0], "-c", code), environment(tmp_path, **own), tmp_path) as terminal:
        terminal.until_shown("fernwood-labs/kestrel", "mira-holm")
        terminal.type("q")
        assert terminal.exit_code() == 0
        assert f"waits {delay}" in terminal.text
