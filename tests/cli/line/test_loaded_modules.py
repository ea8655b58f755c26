"""A command loads only what it needs, so it starts fast."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from artifact_tui.cli.line.table import COMMANDS, NAMES
from artifact_tui.demo.accounts import DEMO_TOKEN
from tests.cli.line.program import KESTREL
from tests.double.loopback import Loopback
from tests.double.server import FakeGitHub
from tests.pty_program import environment, not_measured

DRAWS = {"textual", "rich", "artifact_tui.app", "artifact_tui.screens", "artifact_tui.widgets", "artifact_tui.terminal"}
DOWNLOADS = {"sqlite3", "artifact_tui.transfers", "artifact_tui.archive", "artifact_tui.preview"}
READS = ("list", "runs", "wait")
"""Commands that list things of the server, if they exist."""
NEVER_FOR_MISTAKES = {"msgspec", "typing", "asyncio", "httpx", "logging", "shutil", "inspect", "urllib.parse"}


def loaded_by(home: Path, code: str, *arguments: str) -> set[str]:
    """The modules that are loaded after running ``code``, which may write to standard output.

    httpx loads Rich for its own command line if click is there, as the program's users have it not.
    """
    probe = f"import sys; sys.modules['click'] = None\n{code}\nsys.stderr.write('\\n' + ' '.join(sys.modules))"
    known = environment(home, GH_ENTERPRISE_TOKEN=DEMO_TOKEN)
    command = [sys.executable, "-c", probe, *arguments]
    done = subprocess.run(command, env=known, cwd=home, capture_output=True, text=True, check=True)
    return set(done.stderr.splitlines()[-1].split())


@not_measured
@pytest.mark.parametrize("name", [name for name in READS if name in NAMES])
def test_a_list_needs_neither_engine_nor_archives(tmp_path: Path, name: str) -> None:
    code = "from artifact_tui.cli.line.command import run_command; run_command(sys.argv[1], sys.argv[2:])"
    with Loopback(FakeGitHub()) as server:
        more = ("--run", "27674836804") if name == "wait" else ("--limit", "1")
        loaded = loaded_by(tmp_path, code, name, KESTREL, "--api-url", server.api, *more, "--json")
        assert server.server.requests
    assert "httpx" in loaded
    assert not (DRAWS | DOWNLOADS | {"keyring"}) & loaded


@not_measured
def test_reading_files_within_an_artifact_needs_no_engine(tmp_path: Path) -> None:
    code = "from artifact_tui.cli.line.command import run_command; run_command('cat', sys.argv[1:])"
    with Loopback(FakeGitHub()) as server:
        loaded = loaded_by(tmp_path, code, KESTREL, "--api-url", server.api, "7709594788", "summary.md")
    assert "artifact_tui.archive.remote_zip" in loaded
    assert not (DRAWS | {"sqlite3", "zipfile", "artifact_tui.transfers", "artifact_tui.archive.unpack"}) & loaded


@not_measured
def test_no_command_but_doctor_draws(tmp_path: Path) -> None:
    modules = ", ".join(command.module for command in COMMANDS if command.name != "doctor")
    assert not DRAWS & loaded_by(tmp_path, f"import {modules}")


@not_measured
def test_verify_needs_no_network(tmp_path: Path) -> None:
    code = f"from artifact_tui.cli.main import main; main(['verify', {str(tmp_path)!r}, '--json'])"
    assert not (DRAWS | {"httpx", "httpcore", "asyncio", "sqlite3", "keyring"}) & loaded_by(tmp_path, code)


@not_measured
@pytest.mark.parametrize(
    "call",
    [
        "run_command('list', ['--limit', '0'])",
        "run_command('verify', ['--json', '--nonsense'])",
        "main(['lst'])",
    ],
)
def test_a_mistake_in_the_arguments_is_told_before_anything_is_loaded(tmp_path: Path, call: str) -> None:
    code = "from artifact_tui.cli.main import main; from artifact_tui.cli.line.command import run_command"
    code += f"; assert {call} == 2"
    assert not NEVER_FOR_MISTAKES & loaded_by(tmp_path, code)
