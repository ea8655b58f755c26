"""Documents for developers name files that exist, and versions agree."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

import artifact_tui
from artifact_tui.cli.help_topics import TOPICS

ROOT = Path(__file__).resolve().parent.parent
PATH = re.compile(r"(?:[\w.-]+/)*[\w-]+\.(?:py|md|toml|yml|tcss|json)\b|(?:artifact_tui|tests|github)(?:/[\w-]+)+")
GUIDES = ("ARCHITECTURE", "CONTRIBUTING", "SECURITY")
TOPIC_FILES = ROOT / "artifact_tui" / "cli" / "help_topics"
FOLDERS = (ROOT, ROOT / ".github", ROOT / ".github" / "workflows", ROOT / "artifact_tui", TOPIC_FILES)
NOT_IN_A_CLONE = {"config.toml", "state.json"}


@pytest.mark.parametrize("guide", GUIDES)
def test_a_guide_names_files_that_exist(guide: str) -> None:
    text = (ROOT / ".github" / f"{guide}.md").read_text(encoding="utf-8")
    named = {path for code in re.findall(r"`([^`\n]+)`|\]\(([^)]+)\)", text) for path in PATH.findall(" ".join(code))}
    assert len(named) > 5
    missing = {path for path in named if not any((folder / path).exists() for folder in FOLDERS)}
    assert missing <= NOT_IN_A_CLONE


def test_the_map_of_the_package_names_all_of_it() -> None:
    named = set(re.findall(r"\w+", artifact_tui.__doc__ or ""))
    package = ROOT / "artifact_tui"
    there = {path.stem for path in package.glob("*.py")} | {path.parent.name for path in package.glob("*/__init__.py")}
    assert there - named == {"__init__"}


def test_the_readme_stays_short_and_links_every_topic() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert text.count("\n") <= 250
    assert text.partition("## Without a screen")[2].partition("\n## ")[0].count("\n") <= 30
    assert re.findall(r"^\| \[([a-z-]+)\]\(artifact_tui/cli/help_topics/\1\.md\)", text, re.MULTILINE) == list(TOPICS)


def test_version_and_changelog_agree() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == artifact_tui.__version__
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    (newest, *_) = re.findall(r"^## (.+)$", changelog, re.MULTILINE)
    assert re.fullmatch(rf"{re.escape(artifact_tui.__version__)} - \d{{4}}-\d\d-\d\d", newest)
