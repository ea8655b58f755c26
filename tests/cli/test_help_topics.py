"""The topics of ``artifact-tui help``: they print, they fit, and they name all that the code knows."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from artifact_tui.cli.help_topics import TOPICS, topic_text
from artifact_tui.cli.line.exit_codes import EXIT_CODES, KINDS
from artifact_tui.cli.line.fields import field_of
from artifact_tui.cli.line.table import COMMANDS, NAMES, LineCommand
from artifact_tui.cli.main import HELP, main
from artifact_tui.config.settings import Settings
from artifact_tui.keymap import PRESETS, default_keys, key_name
from artifact_tui.screens import artifact_columns, run_columns
from artifact_tui.screens.storage import owner_rows, rows
from artifact_tui.terminal.signals import FROM_SIGNAL
from artifact_tui.terminal.terminal_app import INTERRUPTED
from tests.pty_program import PROGRAM, environment
from tests.test_imports import HEAVY, loaded_by
from tests.tools.topics import TOPICS as MADE

PACKAGE = Path(__file__).resolve().parents[2] / "artifact_tui"
NO_VARIABLES = {"DELETE", "GET", "SIGINT"}
"""Words in capitals that are not environment variables, in modules that read the environment."""
ONLY_SET_FOR_GH = {"DEBUG", "GH_DEBUG", "GH_NO_UPDATE_NOTIFIER", "GH_PROMPT_DISABLED", "GH_TELEMETRY"}


def run_help(home: Path, *topics: str) -> subprocess.CompletedProcess[str]:
    command = [*PROGRAM, "help", *topics]
    return subprocess.run(command, env=environment(home), cwd=home, capture_output=True, text=True, check=False)


def toml_of(topic: str) -> list[str]:
    return re.findall(r"```toml\n(.*?)```", topic_text(topic), re.DOTALL)


@pytest.mark.parametrize("topic", TOPICS)
def test_every_topic_prints_in_80_columns(topic: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["help", topic]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("# ")
    assert [line for line in lines if len(line) > 80 or line != line.rstrip()] == []


def test_every_text_is_a_topic() -> None:
    assert {path.stem for path in (PACKAGE / "cli" / "help_topics").glob("*.md")} == TOPICS.keys()


def test_without_a_topic_the_list_of_topics_is_printed(tmp_path: Path) -> None:
    done = run_help(tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert re.findall(r"^  (\S+)", done.stdout, re.MULTILINE) == list(TOPICS)
    assert max(map(len, done.stdout.splitlines())) <= 80


@pytest.mark.parametrize(("topics", "sentence"), [
    (["colors"], f"artifact-tui: 'colors' is neither a topic nor a command. Topics: {', '.join(TOPICS)}.\n"),
    (["../main"], "'../main' is neither a topic nor a command."),
    (["Filter"], 'Did you mean "filters"?'),
    (["delet"], 'Did you mean "delete"?'),
    (["proxies"], 'Did you mean "servers"?'),
    (["keys", "filters"], "artifact-tui: help takes one topic: artifact-tui help TOPIC.\n"),
])  # fmt: skip
def test_an_unknown_topic_is_one_sentence(tmp_path: Path, topics: list[str], sentence: str) -> None:
    done = run_help(tmp_path, *topics)
    assert (done.returncode, done.stdout) == (2, "")
    assert sentence in done.stderr
    assert done.stderr.count("\n") == 1


def test_topics_load_neither_screen_nor_network() -> None:
    code = "from artifact_tui.cli.main import main; import io; sys.stdout = io.TextIOWrapper(io.BytesIO())"
    code += "; main(['help', 'keys'])"
    assert not HEAVY & loaded_by(code)


def test_the_settings_topic_has_every_setting_and_column() -> None:
    (shown,) = toml_of("settings")
    settings = tomllib.loads(shown)
    assert settings.keys() == {field.encode_name for field in msgspec.structs.fields(Settings)}
    assert settings["columns"] == {
        "artifacts": [column.name for column in artifact_columns.COLUMNS],
        "runs": [column.name for column in run_columns.COLUMNS],
        "storage": [column.name for column in rows.COLUMNS],
        "owner": [column.name for column in owner_rows.OWNER_COLUMNS],
    }


def named_as_in_textual(keys: dict[str, str]) -> dict[str, str]:
    return {name: ",".join(map(key_name, wanted.split(","))) for name, wanted in keys.items()}


def test_the_keys_topic_has_every_key_and_preset() -> None:
    defaults, ncdu = (named_as_in_textual(tomllib.loads(text)) for text in toml_of("keys"))
    assert defaults == default_keys()
    assert {"default": {}, "ncdu": named_as_in_textual(ncdu)} == PRESETS
    assert all(f'`preset = "{name}"`' in topic_text("keys") for name in PRESETS)


def variables_read() -> Iterator[str]:
    """Every word in capitals in a module that reads the environment."""
    for path in PACKAGE.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        if "environ" in text:
            for node in ast.walk(ast.parse(text)):
                if isinstance(node, ast.Constant) and re.fullmatch(r"[A-Z][A-Z0-9_]{2,}", str(node.value)):
                    yield str(node.value)


def test_the_environment_topic_has_every_variable() -> None:
    read = set(variables_read())
    assert {"GH_TOKEN", "ALL_PROXY", "ARTIFACT_TUI_READ_ONLY"} <= read
    named = set(re.findall(r"`([A-Z][A-Z0-9_]+)`", topic_text("environment")))
    assert read - named == NO_VARIABLES | ONLY_SET_FOR_GH


@pytest.mark.parametrize("topic", MADE)
def test_topics_about_commands_follow_from_the_table(topic: str) -> None:
    """``python -m tests.tools.topics`` writes them again."""
    assert topic_text(topic) == MADE[topic]()


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_every_field_has_a_type_and_a_meaning(command: LineCommand) -> None:
    for field in (*command.fields, *command.owner_fields):
        kind, meaning = field_of(command.name, field)
        assert kind.removesuffix("?") in {"integer", "number", "text", "yes/no", "date", "list", "object"}
        assert meaning
    assert set(command.our_fields) <= {*command.fields, *command.owner_fields}


def test_the_help_of_a_command_is_a_topic_too(capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("list", "ls", "verify"):
        assert main(["help", name]) == 0
        shown = capsys.readouterr().out
        assert main([name, "--help"]) == 0
        assert shown == capsys.readouterr().out
        assert shown.startswith(f"usage: artifact-tui {NAMES[name].name} ")


def test_help_fits_80_columns(capsys: pytest.CaptureFixture[str]) -> None:
    for words in ([], *([name] for name in NAMES)):
        assert main([*words, "--help"]) == 0
        assert [line for line in capsys.readouterr().out.splitlines() if len(line) > 80] == []


def test_help_has_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["help", "help"]) == 0
    assert capsys.readouterr().out.startswith("usage: artifact-tui help [TOPIC | COMMAND]")


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    shown = capsys.readouterr().out
    assert all(f"\n  {command.name} " in shown for command in COMMANDS)


def codes_returned(name: str) -> Iterator[int]:
    """Numbers that a module's functions return, by themselves or by the name of a constant."""
    module = importlib.import_module(f"artifact_tui.cli.{name}")
    for node in ast.walk(ast.parse(inspect.getsource(module))):
        if isinstance(node, ast.Return) and node.value is not None:
            for part in ast.walk(node.value):
                value = part.value if isinstance(part, ast.Constant) else None
                code = getattr(module, part.id, None) if isinstance(part, ast.Name) else value
                if type(code) is int and 0 <= code < 256:
                    yield code


def test_the_exit_codes_topic_has_every_code() -> None:
    from artifact_tui.cli.standard_streams import OUTPUT_ERROR

    modules = ("main", "doctor", "line.auth", "line.verify")
    returned = {code for name in modules for code in codes_returned(name)} | {OUTPUT_ERROR, FROM_SIGNAL}
    assert {0, 1, 2} <= returned
    shown = topic_text("exit-codes").partition("## Errors")[0]
    table = {int(code) for code in re.findall(r"^\| *(\d+) \|", shown, re.MULTILINE)}
    assert table == {*EXIT_CODES, FROM_SIGNAL}
    assert returned | set(KINDS.values()) <= table
    assert {code for command in COMMANDS for code in command.codes} <= table
    assert f"{INTERRUPTED} after" in topic_text("exit-codes")


def test_the_topics_are_found_from_the_options() -> None:
    topics = re.findall(r"[a-z-]+", HELP.partition("Topics    artifact-tui help ")[2].partition("\n\n")[0])
    assert [topic for topic in topics if topic != "or"] == list(TOPICS)
