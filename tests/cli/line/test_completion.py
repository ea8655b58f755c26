"""Completion of command lines, as the shell asks for it."""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from artifact_tui.cli.line.completion import SHELLS, script
from artifact_tui.cli.line.table import COMMANDS
from artifact_tui.config.paths import Memory, MemoryFile
from tests.cli.line.program import Line
from tests.pty_program import environment

KNOWN = "fernwood-labs/kestrel"
CASES: tuple[tuple[str, set[str]], ...] = (
    ("li", {"list"}),
    ("ver", {"verify"}),
    ("--read", {"--read-only"}),
    ("list --latest", {"--latest", "--latest-good"}),
    ("ls --sort ", {"created", "name", "size", "expires", "branch", "run"}),
    ("list --sort=si", {"size"}),
    ("list -R octo/demo --jso", {"--json", "--jsonl"}),
    ("runs --run 7 -s fail", {"failed", "failure"}),
    ("runs --run 7 -u ", set()),
    ("--vi", set()),
    ("--demo verify d", {"dist"}),
    ("auth lo", {"login", "logout"}),
    ("auth login --keep f", {"file"}),
    ("help exit", {"exit-codes"}),
    ("list --log-file lo", {"log.txt"}),
    ("doctor --progress j", {"json"}),
    (f"list {KNOWN[:4]}", {KNOWN}),
    ("delete --policy o", {"old"}),
    ("list -R gh", {"ghe.acme.example/acme/tool"}),
)
WORDS = r"""
source "$1"; shift
for line in "$@"; do
    read -ra COMP_WORDS <<<"artifact-tui ${line/=/ = }"
    [[ $line == *" " ]] && COMP_WORDS+=("")
    COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
    _artifact_tui
    echo "${COMPREPLY[@]}"
done
"""
"""Asks as bash does, which takes ``=`` for a word of its own."""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home directory with recent repositories, and a directory and a file to complete."""
    state = MemoryFile(tmp_path / ".local" / "state" / "artifact-tui" / "state.json")
    state.change(lambda memory: memory.with_recent("github.com", KNOWN))
    state.change(lambda memory: memory.with_recent("ghe.acme.example", "acme/tool"))
    state.change(lambda memory: memory.with_recent("bad.example", "$(touch hacked)/x"))
    config = tmp_path / ".config" / "artifact-tui" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text('[policies.old]\nolder = "30d"\n[policies."$(touch hacked)"]\nolder = "1d"\n')
    (tmp_path / "dist").mkdir()
    (tmp_path / "log.txt").write_text("")
    program = tmp_path / "bin" / "artifact-tui"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m artifact_tui "$@"\n')
    program.chmod(0o755)
    return tmp_path


def test_bash_completes(home: Path) -> None:
    (home / "script").write_text(script("bash"))
    known = environment(home)
    known["PATH"] = f"{home / 'bin'}:{known['PATH']}"
    command = ["bash", "--norc", "-c", WORDS, "bash", str(home / "script"), *(line for line, _ in CASES)]
    done = subprocess.run(command, env=known, cwd=home, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    found = [set(line.split()) for line in done.stdout.split("\n")]
    assert not (home / "hacked").exists()
    assert dict(zip((line for line, _ in CASES), found, strict=False)) == dict(CASES)


@pytest.mark.parametrize("shell", SHELLS)
def test_a_script_is_valid_and_names_every_command_and_option(shell: str, tmp_path: Path) -> None:
    text = script(shell)
    for command in COMMANDS:
        assert command.name in text
        dashes = "-l {}" if shell == "fish" else "--{}"
        assert all(dashes.format(option.names[-1][2:]) in text for option in command.options)
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    (tmp_path / "script").write_text(text)
    done = subprocess.run([shell, "-n", str(tmp_path / "script")], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_script_and_the_repositories_are_printed(line: Line, home: Path) -> None:
    assert line("completion", "fish").out.decode() == script("fish")
    assert line("completion", "--repositories").lines == [KNOWN, "ghe.acme.example/acme/tool"]
    assert line("completion", "--policies").lines == ["old"]
    ran = line("completion", "tcsh")
    assert (ran.code, ran.err) == (2, "artifact-tui: completion needs a shell: bash, zsh, fish.\n")
    assert line.requests == []


def test_without_a_memory_no_repositories_are_printed(line: Line) -> None:
    assert line("completion", "--repositories").out == b""
    assert Memory().recent == {}
