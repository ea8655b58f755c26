"""The help of one command, and ``--spec``, from the table."""

from __future__ import annotations

from artifact_tui import __version__
from artifact_tui.cli.line.exit_codes import EXIT_CODES, KINDS
from artifact_tui.cli.line.options import Option
from artifact_tui.cli.line.table import COMMANDS, HELP, LineCommand

TYPE_CHECKING = False  # importing it from typing would cost --help a tenth of its time
if TYPE_CHECKING:
    from collections.abc import Iterable

WIDTH = 80
_COLUMN = 26
_FORMS = {"table": "a table", "json": "--json", "jsonl": "--jsonl", "tsv": "--tsv", "ids": "--ids", "names": "--names"}


def command_help(command: LineCommand) -> str:
    """Return the help of a command, at most :data:`WIDTH` columns wide."""
    words = " ".join(metavar for metavar, _ in command.arguments)
    lines = [f"usage: artifact-tui {command.name} {words}".rstrip() + " [options]"]
    if command.aliases:
        lines.append(f"       also: artifact-tui {', '.join(command.aliases)}")
    lines += ["", *_wrapped(command.summary[0].upper() + command.summary[1:] + ".", WIDTH), ""]
    lines += _rows((metavar, text) for metavar, text in command.arguments)
    for title, options in command.groups:
        lines += ["", title, *_rows((labeled(option), explained(option)) for option in options)]
    if command.note:
        lines += ["", *_wrapped(command.note, WIDTH)]
    lines += ["", *_wrapped(f"Requests to the API: {command.requests}.", WIDTH)]
    codes = ", ".join(str(code) for code in command.codes)
    lines += [*_wrapped(f"Exit codes: {codes}; artifact-tui help exit-codes explains them.", WIDTH), ""]
    return "\n".join(lines)


def command_list() -> str:
    """Return one line per command, and longer ones folded."""
    rows = [(_with_needed_words(command), command.summary) for command in COMMANDS]
    rows.append((f"{HELP.name} {HELP.arguments[0][0]}", HELP.summary))
    return "".join(f"{row}\n" for row in _rows(rows))


def _with_needed_words(command: LineCommand) -> str:
    return " ".join((command.name, *(metavar for metavar, _ in command.arguments if not metavar.startswith("["))))


def labeled(option: Option) -> str:
    """Return the names of an option and the word for its value."""
    return ", ".join(option.names) + (f" {option.value}" if option.value else "")


def explained(option: Option) -> str:
    """Return the help of an option, with choices and default."""
    text = option.help
    if option.choices:
        text += f": {', '.join(option.choices)}"
    if option.default and option.default not in ("0s",):
        text += f" (default: {option.default})"
    return text + (" (repeatable)" if option.is_repeatable else "")


def _rows(pairs: Iterable[tuple[str, str]]) -> list[str]:
    rows: list[str] = []
    for left, right in pairs:
        head = f"  {left}".ljust(_COLUMN)
        if len(left) > _COLUMN - 4:
            rows.append(head.rstrip())
            head = " " * _COLUMN
        for line in _wrapped(right, WIDTH - _COLUMN):
            rows.append(head + line)
            head = " " * _COLUMN
    return rows


def _wrapped(text: str, width: int) -> list[str]:
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


def spec() -> dict[str, object]:
    """Return all commands, options, fields, exit codes, requests and variables as one value for JSON."""
    from artifact_tui.cli.line.fields import DOCUMENT
    from artifact_tui.cli.line.variables import VARIABLES

    return {
        "schema": 1,
        "program": "artifact-tui",
        "version": __version__,
        "commands": [_command_spec(command) for command in (*COMMANDS, HELP)],
        "document": [{"name": name, "help": text.replace("`", "")} for name, text in DOCUMENT],
        "exit_codes": {str(code): text for code, text in EXIT_CODES.items()},
        "error_kinds": KINDS,
        "environment": [
            {"names": names.replace(",", "").split(), "help": text.replace("`", ""), "section": section}
            for section, rows in VARIABLES
            for names, text in rows
        ],
    }


def _field_spec(command: LineCommand, name: str) -> dict[str, object]:
    from artifact_tui.cli.line.fields import field_of

    kind, text = field_of(command.name, name)
    return {
        "name": name,
        "type": kind.removesuffix("?"),
        "nullable": kind.endswith("?"),
        "github": name not in command.our_fields,
        "help": text,
    }


def _command_spec(command: LineCommand) -> dict[str, object]:
    from artifact_tui.cli.line.fields import ROWS

    return {
        "name": command.name,
        "aliases": command.aliases,
        "summary": command.summary,
        "arguments": [{"name": metavar, "help": text} for metavar, text in command.arguments],
        "options": [_option_spec(option) for option in command.options],
        "forms": command.forms,
        "rows": ROWS.get(command.name),
        "fields": [_field_spec(command, name) for name in command.fields],
        "owner_fields": [_field_spec(command, name) for name in command.owner_fields],
        "exit_codes": command.codes,
        "requests": command.requests,
        "writes": command.writes or None,
        "note": command.note or None,
    }


def _option_spec(option: Option) -> dict[str, object]:
    return {
        "names": option.names,
        "value": option.value or None,
        "kind": option.kind if option.value else "switch",
        "choices": option.choices,
        "default": option.default or None,
        "repeatable": option.is_repeatable,
        "help": option.help,
    }
