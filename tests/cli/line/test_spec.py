"""``artifact-tui --spec``: all that the program understands, for other programs."""

from __future__ import annotations

import json

import pytest

from artifact_tui import __version__
from artifact_tui.cli.line.exit_codes import EXIT_CODES
from artifact_tui.cli.line.fields import DOCUMENT, ROWS
from artifact_tui.cli.line.table import COMMANDS, NAMES
from artifact_tui.cli.line.variables import VARIABLES
from artifact_tui.cli.main import main


def test_it_has_every_command_with_all_that_it_takes_and_gives(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--spec"]) == 0
    spec = json.loads(capsys.readouterr().out)
    assert (spec["schema"], spec["program"], spec["version"]) == (1, "artifact-tui", __version__)
    assert [command["name"] for command in spec["commands"]] == [*(command.name for command in COMMANDS), "help"]
    for told in spec["commands"][:-1]:
        command = NAMES[told["name"]]
        assert [tuple(option["names"]) for option in told["options"]] == [option.names for option in command.options]
        assert tuple(field["name"] for field in told["fields"]) == command.fields
        assert all(option["help"] for option in told["options"])
        assert tuple(told["exit_codes"]) == command.codes
    assert [key["name"] for key in spec["document"]] == [name for name, _ in DOCUMENT]
    assert {told["name"]: told["rows"] for told in spec["commands"] if told["rows"]} == ROWS
    assert spec["exit_codes"] == {str(code): text for code, text in EXIT_CODES.items()}
    names = [name for variable in spec["environment"] for name in variable["names"]]
    assert len(names) > sum(len(rows) for _, rows in VARIABLES)
    assert {"GH_TOKEN", "LC_ALL", "LC_CTYPE", "NO_COLOR"} <= set(names)


def test_values_say_their_kind_choices_and_default(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--spec"]) == 0
    commands = {command["name"]: command for command in json.loads(capsys.readouterr().out)["commands"]}
    options = {option["names"][-1]: option for option in commands["list"]["options"]}
    assert options["--sort"]["choices"][:2] == ["created", "name"]
    assert (options["--limit"]["default"], options["--limit"]["kind"]) == ("1000", "number")
    assert (options["--run"]["repeatable"], options["--json"]["kind"]) == (True, "switch")
    most = next(option for option in commands["usage"]["options"] if option["names"] == ["--runs"])
    assert most["help"] == "at most the N newest runs (default: all)"
    digest = next(field for field in commands["list"]["fields"] if field["name"] == "digest")
    assert (digest["type"], digest["nullable"], digest["github"]) == ("text", True, True)
    assert commands["list"]["writes"] is None
    assert commands["auth"]["writes"] == "files"
