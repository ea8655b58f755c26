"""What is wrong with a line of ``config.toml``, in the words of its writer."""

from __future__ import annotations

import re
from typing import Any, get_args, get_type_hints

from msgspec import Struct

from artifact_tui.text import closest

_WANTED = {
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "str": "text in quotes",
    "array": 'a list, as in ["one", "two"]',
    "object": "a table of its own",
}
_AT = r" - at `(?:key in )?\$\.?(?P<place>.*?)`"
_TYPE = re.compile(r"Expected `(?P<wanted>\w+)(?: \| null)?`, got `(?P<got>\w+)`" + _AT)
_VALUE = re.compile(r"Invalid enum value (?P<value>'.*')" + _AT)
_UNKNOWN = re.compile(r"Object contains unknown field `(?P<name>.*?)`(?:" + _AT + ")?")


def explain(complaint: str, settings: type[Struct]) -> str:
    """A sentence for a complaint of msgspec's decoder of TOML; ``settings`` is what was to be read.

    https://jcristharif.com/msgspec/usage.html#validation shows the form of its complaints.
    """
    if found := _TYPE.fullmatch(complaint):
        return _wrong_type(found["place"], found["wanted"], found["got"])
    if found := _VALUE.fullmatch(complaint):
        allowed = " or ".join(f'"{value}"' for value in get_args(_field_type(settings, found["place"])))
        return f"{found['place']} must be {allowed}, not {found['value']}."
    if found := _UNKNOWN.fullmatch(complaint):
        return _unknown(found["name"], found["place"] or "", settings)
    return f"this is no TOML: {complaint[:1].lower()}{complaint[1:]}."


def _wrong_type(place: str, wanted: str, got: str) -> str:
    name = re.sub(r"\[.*?\]$", "", place)
    what = name if name == place else f"each of {name}"
    if name == "keys" and got == "object":
        return 'a name with a dot stands in quotes under keys, as in "artifacts.download" = "f5".'
    return f"{what} must be {_WANTED.get(wanted, wanted)}."


def _unknown(name: str, place: str, settings: type[Struct]) -> str:
    owner = _field_type(settings, place) if place else settings
    close = closest(name, owner.__struct_encode_fields__)
    where = f" in {place}" if place else ""
    return f"there is no setting {name}{where}." + (f" Did you mean {close}?" if close else "")


def _field_type(settings: type[Struct], name: str) -> Any:
    return get_type_hints(settings)[name.replace("-", "_")]
