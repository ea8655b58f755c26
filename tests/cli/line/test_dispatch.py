"""Which arguments start a command and which the full screen."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artifact_tui.cli.line.dispatch import find_command
from artifact_tui.cli.line.table import ELSEWHERE, NAMES
from artifact_tui.cli.main import main, parser
from artifact_tui.errors import UsageError

SCREEN: tuple[list[str], ...] = (
    [],
    ["octo/demo"],
    ["list/list"],
    ["octo/demo", "--run", "7"],
    ["--run", "7", "octo/demo"],
    ["--run=7", "octo/demo"],
    ["--demo"],
    ["--demo", "--dir", "list"],
    ["--dir", "get", "octo/demo"],
    ["--dir=list"],
    ["--host", "list", "octo/demo"],
    ["--host", "github.example.com"],
    ["--api-url", "https://list.example/api/v3", "octo/demo"],
    ["--read-only", "octo/demo"],
    ["--log-file", "list", "octo/demo"],
    ["octo/demo", "--dir", "list"],
    ["--", "octo/demo"],
    ["--", "list"],
    ["octo/demo", "--read-only", "list"],
    ["--frobnicate"],
    ["--frobnicate", "octo/demo"],
    ["--view", "runs", "octo/demo"],
    ["--workflow", "list", "octo/demo"],
    ["--branch", "runs", "octo/demo"],
    ["https://github.com/octo/demo"],
)
COMMANDS: tuple[tuple[list[str], str, list[str]], ...] = (
    (["list"], "list", []),
    (["ls"], "ls", []),
    (["runs", "octo/demo"], "runs", ["octo/demo"]),
    (["repos"], "repos", []),
    (["repos", "list"], "repos", ["list"]),
    (["list", "octo/demo"], "list", ["octo/demo"]),
    (["list", "list"], "list", ["list"]),
    (["list", "--", "-odd"], "list", ["--", "-odd"]),
    (["list", "--run", "7", "octo/demo"], "list", ["--run", "7", "octo/demo"]),
    (["list", "octo/demo", "--run", "7"], "list", ["octo/demo", "--run", "7"]),
    (["--demo", "list"], "list", ["--demo"]),
    (["-R", "octo/demo", "list"], "list", ["-R", "octo/demo"]),
    (["--repo", "list", "list"], "list", ["--repo", "list"]),
    (["--host", "github.example.com", "list"], "list", ["--host", "github.example.com"]),
    (["--host=github.example.com", "list"], "list", ["--host=github.example.com"]),
    (["-q", "list", "-0", "--ids"], "list", ["-q", "-0", "--ids"]),
    (["--read-only", "runs", "-b", "list"], "runs", ["--read-only", "-b", "list"]),
    (["--max-requests", "5", "list"], "list", ["--max-requests", "5"]),
    (["--timeout", "5s", "--no-config", "list"], "list", ["--timeout", "5s", "--no-config"]),
    (["--run", "7", "list"], "list", ["--run", "7"]),
    (["--branch", "main", "list"], "list", ["--branch", "main"]),
    (["list", "--help"], "list", ["--help"]),
    (["help"], "help", []),
    (["help", "list"], "help", ["list"]),
    (["verify", "."], "verify", ["."]),
    (["doctor"], "doctor", []),
    (["auth", "status"], "auth", ["status"]),
)
WRONG: tuple[tuple[list[str], str], ...] = (
    (["lst"], '"lst" is neither a repository nor a command. Did you mean "list"?'),
    (["Runs"], '"Runs" is neither a repository nor a command. Did you mean "runs"?'),
    (["xyzzy"], '"xyzzy" is neither a repository nor a command. See artifact-tui --help.'),
    (["--demo", "doctr"], '"doctr" is neither a repository nor a command. Did you mean "doctor"?'),
    (["octo/demo", "list"], "The command comes first: artifact-tui list octo/demo"),
    (["octo/demo", "verify"], "The command comes first: artifact-tui verify octo/demo"),
    (["--demo", "octo/demo", "runs"], "The command comes first: artifact-tui runs octo/demo"),
    (["--limit=3", "list"], "Unknown option --limit=3. Write it after the command: artifact-tui list --limit=3"),
)


@pytest.mark.parametrize("arguments", SCREEN, ids=" ".join)
def test_the_full_screen(arguments: list[str]) -> None:
    assert find_command(arguments) == ("", arguments)


@pytest.mark.parametrize(("arguments", "command", "rest"), COMMANDS, ids=lambda value: "_".join(value))
def test_a_command(arguments: list[str], command: str, rest: list[str]) -> None:
    assert find_command(arguments) == (command, rest)


@pytest.mark.parametrize(("arguments", "sentence"), WRONG, ids=lambda value: str(value[0]))
def test_a_mistake(arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    assert capsys.readouterr().err == f"artifact-tui: {sentence}\n"


WORDS = st.sampled_from(
    ["octo/demo", "--run", "--run=7", "--demo", "--dir", "--host", "--read-only", "-x", "--", "a/b"]
)


@given(st.lists(WORDS, max_size=6))
def test_without_a_command_word_the_arguments_go_to_the_screen_unchanged(arguments: list[str]) -> None:
    try:
        command, rest = find_command(arguments)
    except UsageError:
        with pytest.raises(UsageError):  # as it was before there were commands
            parser().parse_args(arguments)
        return
    assert (command, rest) == ("", arguments)


def test_each_command_has_a_module() -> None:
    from importlib.util import find_spec

    assert all(find_spec(command.module) for command in NAMES.values())
    assert not set(NAMES) & set(ELSEWHERE)
