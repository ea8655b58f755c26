"""The parser of one command, made from the table, and the values of its options."""

from __future__ import annotations

import re
import sys
from argparse import ArgumentTypeError, Namespace

from artifact_tui.cli.line.options import Option
from artifact_tui.cli.line.table import LineCommand
from artifact_tui.cli.parser import new_parser
from artifact_tui.errors import UsageError

TYPE_CHECKING = False  # importing it from typing would cost an error of the command line a tenth of its time
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import timedelta
    from typing import Any

FORM_KEYS = ("json", "jsonl", "tsv", "ids", "names")
_DURATIONS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def parse(command: LineCommand, arguments: Sequence[str]) -> Namespace:
    """Return the options by :attr:`Option.key` and the positional ``words``; raise :class:`UsageError`.

    ``named`` holds the options as they were given, without values. Options may stand anywhere; what follows ``--`` are
    words.
    """
    given = list(arguments)
    cut = given.index("--") if "--" in given else len(given)
    if odd := next((text for text in given[:cut] if text.startswith("-") and text.endswith("=--")), ""):
        raise UsageError(f"{odd} is not valid: -- cannot be a value.")  # argparse takes it for the end of the options
    parser = new_parser(f"artifact-tui {command.name} --help")
    parser.add_argument("words", nargs="*", default=[])
    for option in command.options:
        parser.add_argument(*option.names, dest=option.key, **_settings(option))
    options = Namespace(**dict.fromkeys((*FORM_KEYS, "print0"), False))
    parser.parse_intermixed_args(given[:cut], options)
    options.words = [*options.words, *given[cut + 1 :]]
    options.named = {text.partition("=")[0] for text in given[:cut]}
    _check(command, options)
    return options


def _settings(option: Option) -> dict[str, Any]:
    if not option.value:
        return {"action": "store_true"}
    default: object = option.default or ([] if option.is_repeatable else None)
    settings: dict[str, Any] = {"type": _not_blank(_READERS.get(option.kind, str)), "default": default}
    if option.choices:
        settings |= {"choices": option.choices, "metavar": option.value}
    return settings | ({"action": "append"} if option.is_repeatable else {})


def _not_blank(read: Callable[[str], Any]) -> Callable[[str], Any]:
    """Return a reader that refuses blank values: from an unset variable, they would widen a selection."""

    def reader(text: str) -> Any:
        if not text.strip():
            raise ArgumentTypeError("the value is empty. Give one, or leave the option out")
        return read(text)

    return reader


def _check(command: LineCommand, options: Namespace) -> None:
    if not all(word.strip() for word in options.words):
        raise UsageError("An argument is empty. Give it a value, or leave it out.")
    forms = [key for key in FORM_KEYS if getattr(options, key, False)]
    if len(forms) > 1:
        raise UsageError(f"--{forms[0]} and --{forms[1]} exclude each other. Use one of them.")
    if getattr(options, "print0", False):
        _check_print0(command, options, forms)
    if getattr(options, "fields", None) is not None:
        if not {"json", "jsonl", "tsv"} & set(forms):
            raise UsageError("--fields needs --json, --jsonl or --tsv.")
        options.fields = _fields(command, options.fields)
    if options.timeout is not None and not options.timeout:
        raise UsageError("--timeout must be longer than 0 s.")
    if not command.arguments and options.words:
        raise UsageError(f"{command.name} takes no arguments. See artifact-tui {command.name} --help.")


def _check_print0(command: LineCommand, options: Namespace, forms: list[str]) -> None:
    if getattr(options, "from", None):
        return  # it may be about the IDs that are read
    if "ids" in command.forms:
        if not {"ids", "names"} & set(forms):
            raise UsageError("-0 needs --ids or --names.")
    elif set(forms) - {"names"} or getattr(options, "print", "") == "none" or getattr(options, "long", False):
        raise UsageError("-0 needs paths on standard output.")


def _fields(command: LineCommand, text: str) -> tuple[str, ...]:
    wanted = tuple(part.strip() for part in text.split(","))
    known = {*command.fields, *command.owner_fields, *(field.partition(".")[0] for field in command.fields)}
    for field in wanted:
        if field not in known:
            from artifact_tui.text import closest

            hint = f" Did you mean {close}?" if (close := closest(field, sorted(known))) else ""
            raise UsageError(f"{field!r} is not a field of {command.name}.{hint} See artifact-tui help fields.")
    return wanted


def read_duration(text: str) -> timedelta:
    """Parse ``90s``, ``5m``, ``1h`` or ``1d``; raise ``ArgumentTypeError``."""
    number, unit = text[:-1], text[-1:]
    if unit not in _DURATIONS or not number.isascii() or not number.isdecimal() or len(number) > 7:
        raise ArgumentTypeError(f"{text!r} is not a valid duration. Use a number with s, m, h or d, such as 90s")
    from datetime import timedelta

    return timedelta(seconds=int(number) * _DURATIONS[unit])


def _number(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and 0 < len(text) < 19 and int(text)):
        raise ArgumentTypeError(f"{text!r} is not a valid number. Use 1 or more")
    return int(text)


def _seconds(text: str) -> float:
    if not re.fullmatch(r"[0-9]{1,4}(\.[0-9]{1,3})?", text) or float(text) > 3600:
        raise ArgumentTypeError(f"{text!r} is not a number of seconds from 0 to 3600")
    return float(text)


def _age(text: str) -> timedelta:
    from artifact_tui.domain.artifact_filter import read_age

    found = read_age(text)
    if found is None:
        raise ArgumentTypeError(f"{text!r} is not a valid age. Use a number with min, h, d, w, mo or y, such as 30d")
    return found


def _size(text: str) -> int:
    from artifact_tui.domain.artifact_filter import read_bytes

    found = read_bytes(text)
    if found is None:
        raise ArgumentTypeError(f"{text!r} is not a valid size. Use a number with k, M, G, Ki, Mi or Gi, such as 10M")
    return found


def _limit(text: str) -> int:
    return sys.maxsize if text == "none" else _size(text)


_READERS: dict[str, Callable[[str], Any]] = {
    "number": _number,
    "duration": read_duration,
    "age": _age,
    "seconds": _seconds,
    "size": _size,
    "limit": _limit,
}
