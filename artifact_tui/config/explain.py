"""Sentences for invalid settings in ``config.toml``."""

from __future__ import annotations

import re
from typing import Any, TypeVar, get_args, get_type_hints

import msgspec
from msgspec import Struct

from artifact_tui.text import closest

_WANTED = {
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "str": "text in quotes",
    "array": 'a list, as in ["one", "two"]',
    "object": "a table",
}
_TABLE = "[...]"
"""A key of a table, as msgspec writes it."""
_STEP = "Correct or remove that line."
_AT = r" - at `(?:key in )?\$\.?(?P<place>.*?)`"
_TYPE = re.compile(r"Expected `(?P<wanted>\w+)(?: \| null)?`, got `(?P<got>\w+)`" + _AT)
_VALUE = re.compile(r"Invalid enum value (?P<value>'.*')" + _AT)
_UNKNOWN = re.compile(r"Object contains unknown field `(?P<name>.*?)`(?:" + _AT + ")?")
Settings = TypeVar("Settings", bound=Struct)


def find_mistakes(text: bytes, kind: type[Settings]) -> tuple[Settings, list[str]]:
    """Return the valid part of the TOML, and a sentence for each mistake."""
    try:
        values: dict[str, Any] = msgspec.toml.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return kind(), [f"{explain(str(error), kind)} {_STEP}"]
    mistakes = {key: _mistakes(key, value, kind) for key, value in values.items()}
    right = {key: _usable(key, value, kind) if mistakes[key] else value for key, value in values.items()}
    found = [f"{mistake} {_STEP}" for each in mistakes.values() for mistake in dict.fromkeys(each)]
    return msgspec.convert({key: value for key, value in right.items() if value is not None}, kind), found


def _mistakes(key: str, value: object, kind: type[Struct]) -> list[str]:
    """Return the mistakes of a setting, and of each part of a table or list, because the decoder stops at the first."""
    try:
        msgspec.convert({key: value}, kind)
    except msgspec.ValidationError as error:
        whole = explain(str(error), kind)
    else:
        return []
    parts: list[object] = []
    if isinstance(value, dict) and len(value) > 1:
        parts = [{name: part} for name, part in value.items()]
    elif isinstance(value, list) and len(value) > 1:
        parts = [[part] for part in value]
    return [mistake for part in parts for mistake in _mistakes(key, part, kind)] or [whole]


def _usable(key: str, value: object, kind: type[Struct]) -> object:
    if _mistakes(key, {} if isinstance(value, dict) else [], kind):
        return None
    if isinstance(value, dict):
        return {name: part for name, part in value.items() if not _mistakes(key, {name: part}, kind)}
    return [part for part in value if not _mistakes(key, [part], kind)] if isinstance(value, list) else None


def explain(complaint: str, settings: type[Struct]) -> str:
    """Return a sentence for a validation error of msgspec (https://jcristharif.com/msgspec/usage.html#validation)."""
    if found := _TYPE.fullmatch(complaint):
        return _wrong_type(found["place"], found["wanted"], found["got"])
    if found := _VALUE.fullmatch(complaint):
        allowed = " or ".join(f'"{value}"' for value in get_args(_field_type(settings, found["place"])))
        table, name = _parted(found["place"])
        return f"{name}{table} must be {allowed}, not {found['value']}."
    if found := _UNKNOWN.fullmatch(complaint):
        return _unknown(found["name"], found["place"] or "", settings)
    return f"invalid TOML: {complaint[:1].lower()}{complaint[1:]}."


def _wrong_type(place: str, wanted: str, got: str) -> str:
    table, place = _parted(place)
    name = re.sub(r"\[.*?\]$", "", place)
    what = (name if name == place else f"each of {name}") + table
    if name == "keys" and got == "object":
        return 'names in [keys] need quotes, as in "artifacts.download" = "f5".'
    return f"{what} must be {_WANTED.get(wanted, wanted)}."


def _unknown(name: str, place: str, settings: type[Struct]) -> str:
    owner = _field_type(settings, place) if place else settings
    close = closest(name, owner.__struct_encode_fields__)
    where = f" in {place.removesuffix(_TABLE)}" if place else ""
    return f"unknown setting {name}{where}." + (f" Did you mean {close}?" if close else "")


def _parted(place: str) -> tuple[str, str]:
    """Return a clause about the table that a setting is in, empty at the top, and the name of the setting."""
    table, dot, name = place.rpartition(f"{_TABLE}.")
    return (f" in {table}", name) if dot else ("", place)


def _field_type(settings: type[Struct], place: str) -> Any:
    """Return the type at a place such as ``cursor`` or ``policies[...].per``; ``[...]`` is any key of a table."""
    kind: Any = settings
    for name in place.replace(_TABLE, "[]").split("."):
        kind = get_type_hints(kind)[name.removesuffix("[]").replace("-", "_")]
        kind = get_args(kind)[1] if name.endswith("[]") else kind
    return kind
