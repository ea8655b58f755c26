"""The command lines of ``artifact-tui help tasks`` and of the README succeed in the demo."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from artifact_tui.cli.help_topics import topic_text
from artifact_tui.cli.line.command import run_command
from tests.cli.line.program import KESTREL
from tests.pty_program import ROOT, environment
from tests.slow_cases import slow_but
from tests.transfers.received import downloaded

DEMO = ("--demo", "-R", KESTREL)
OWNER = "fernwood-labs"
"""A command that names it needs no repository."""
README = (ROOT / "README.md").read_text(encoding="utf-8").partition("## Without a screen")[2].partition("\n## ")[0]
BLOCKS = [
    *re.findall(r"^      .+(?:\n        .+)*", topic_text("tasks"), re.MULTILINE),
    *re.findall(r"^\| .+ \| `(.+)` \|$", README, re.MULTILINE),
]
LINES = list(dict.fromkeys(" ".join(block.split()).replace("git push && ", "") for block in BLOCKS))
IN_A_SHELL = [line for line in LINES if re.search(r" \| | && ", line)]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home directory, in which a download is in ``dist``."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    dist = tmp_path / "dist"
    dist.mkdir()
    downloaded(dist)
    return tmp_path


@pytest.mark.parametrize("line", [line for line in LINES if line not in IN_A_SHELL])
def test_a_command_succeeds(line: str, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, command, *arguments = shlex.split(line)
    if "HEAD" in arguments:
        assert run_command("runs", [*DEMO, "-w", "ci.yml", "-s", "ok", "--limit", "1", "--jsonl"]) == 0
        arguments[arguments.index("HEAD")] = json.loads(capsys.readouterr().out)["head_sha"]
    assert run_command(command, [*arguments, *(DEMO[:1] if OWNER in arguments else DEMO)]) == 0
    assert capsys.readouterr().out


@pytest.mark.parametrize("line", slow_but(2, IN_A_SHELL))
def test_a_pipeline_succeeds(line: str, place: Path) -> None:
    if missing := [word for word in ("jq",) if word in line and not shutil.which(word)]:
        pytest.skip(f"{missing} not installed")
    program = place / "bin" / "artifact-tui"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m artifact_tui "$@" {shlex.join(DEMO)}\n')
    program.chmod(0o755)
    known = environment(place)
    known["PATH"] = f"{program.parent}:{known['PATH']}"
    done = subprocess.run(["bash", "-c", line], env=known, cwd=place, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout


def test_the_examples_are_found() -> None:
    assert len(LINES) > 10
    assert all(line.startswith("artifact-tui ") for line in LINES)
