"""What the README promises: its length, its links, and recipes whose keys lead where they say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from textual.pilot import Pilot

from artifact_tui.cli.help_topics import TOPICS
from artifact_tui.cli.line.table import ELSEWHERE, NAMES
from artifact_tui.cli.main import HELP
from artifact_tui.screens.deletion.confirm import ConfirmDialog
from artifact_tui.transfers.receipts.verify import Verdict, verify
from tests.ui.deleting import answer, deleted
from tests.ui.program import KESTREL, LARGE, Program, loaded, open_with_keys, says, until

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PRESS = re.compile(r"`([^`]+)`|\b(Enter|Esc|Space|Tab)\b")
KEY_NAMES = {"Enter": "enter", "Esc": "escape", "Space": "space", "Tab": "tab"}


def recipe(title: str) -> list[list[str]]:
    """The keys of each line of a recipe, one list for a line."""
    section = README.partition(f"### {title}\n")[2].partition("\n#")[0]
    lines = re.findall(r"^\| (.+?) \| .+ \|$", section, re.MULTILINE)
    assert lines[0] == "press"
    keys = [[key for typed, name in PRESS.findall(line) for key in (typed or [KEY_NAMES[name]])] for line in lines[1:]]
    assert len(keys) == 5
    return keys


async def press(pilot: Pilot[int], program: Program, keys: list[str]) -> None:
    if isinstance(program.app.screen, ConfirmDialog):
        await answer(pilot, program, *keys)
    else:
        await open_with_keys(pilot, *keys)


def test_the_readme_has_at_most_250_lines() -> None:
    assert len(README.splitlines()) <= 250


def test_links_of_the_readme_lead_to_files() -> None:
    links = re.findall(r"\]\(([^)]+)\)", README)
    assert len(links) > len(TOPICS)
    assert [link for link in links if not (ROOT / link).exists()] == []
    assert [topic for topic in TOPICS if f"[{topic}](" not in README] == []


def test_the_readme_and_help_show_the_same_commands() -> None:
    (commands,) = re.findall(r"```\n(artifact-tui .*?)```", README, re.DOTALL)
    options = set(re.findall(r"--[a-z-]+", commands))
    assert options == set(re.findall(r"^ +(?:-h, )?(--[a-z-]+)", HELP, re.MULTILINE))
    named = re.findall(r"^artifact-tui ([a-z]+)", commands, re.MULTILINE)
    assert named
    assert set(named) <= {*NAMES, *ELSEWHERE}


async def test_recipe_of_release_wheels(tmp_path: Path) -> None:
    program = Program(KESTREL, directory=tmp_path)
    async with program.running(size=LARGE) as pilot:
        for keys in recipe("Release wheels, verified, in `dist/`"):
            await press(pilot, program, keys)
        await says(pilot, "6 done", "✓ verified")
    verdicts = list(verify(tmp_path))
    assert len(verdicts) == 6
    assert all(
        isinstance(verdict, Verdict)
        and verdict.receipt.verified
        and not verdict.changes
        and verdict.receipt.target.startswith("wheel-")
        for verdict in verdicts
    )


async def test_recipe_of_the_quota(tmp_path: Path) -> None:
    program = Program(KESTREL, directory=tmp_path)
    async with program.running(size=LARGE) as pilot:
        for keys in recipe("Free the quota"):
            assert deleted(program) == []
            await press(pilot, program, keys)
            await loaded(pilot)
        await until(pilot, lambda: len(deleted(program)) > 1)
        await says(pilot, "Freed")


async def test_recipe_of_one_log(tmp_path: Path) -> None:
    program = Program(KESTREL, directory=tmp_path)
    async with program.running(size=LARGE) as pilot:
        for keys in recipe("One log out of 2 GB"):
            await press(pilot, program, keys)
            if keys[-1] == "e":
                await says(pilot, "FAILED")
        await until(pilot, lambda: (tmp_path / "pytest.log.artifact.json").exists())
    assert 0 < (tmp_path / "pytest.log").stat().st_size < 1_000_000


@pytest.mark.parametrize("command", ["artifact-tui --demo", "-m pytest"])
def test_the_two_commands_start_from_a_fresh_clone(command: str) -> None:
    (line,) = (line for line in README.splitlines() if line.startswith("python3 -m venv") and line.endswith(command))
    assert "pip install" in line
