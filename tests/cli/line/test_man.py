"""The manual page."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from artifact_tui.cli.line.exit_codes import EXIT_CODES
from artifact_tui.cli.line.man import page
from artifact_tui.cli.line.table import COMMANDS
from artifact_tui.cli.line.variables import VARIABLES
from tests.cli.line.program import Line
from tests.tools.topics import MANUAL


def test_the_page_that_is_installed_follows_from_the_table(line: Line) -> None:
    """``python -m tests.tools.topics`` writes it again."""
    assert MANUAL.read_text(encoding="ascii") == page()
    assert line("man").out.decode() == page()


def test_it_names_every_command_option_code_and_variable() -> None:
    shown = page().replace(r"\-", "-")
    lines = shown.splitlines()
    for command in COMMANDS:
        assert any(line.startswith(f'.SS "{command.name}') for line in lines)
        assert all(f"{option.names[-1]}" in shown for option in command.options)
    assert all(rf"\fB{code}\fR" in lines for code in EXIT_CODES)
    assert all(rf"\fB{names}\fR" in lines for _, rows in VARIABLES for names, _ in rows)
    assert max(map(len, lines)) < 400


@pytest.mark.skipif(shutil.which("groff") is None, reason="groff is not installed")
def test_groff_has_nothing_to_say_about_it() -> None:
    command = ["groff", "-man", "-ww", "-Tascii"]
    done = subprocess.run(command, input=page(), capture_output=True, text=True, check=True)
    assert done.stderr == ""
    assert "artifact-tui - explore, download and delete" in done.stdout
