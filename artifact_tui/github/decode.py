"""Typed decoding of responses, with a lenient fallback.

One malformed date, null or lone surrogate must not cost a page of a hundred artifacts: an invalid optional field falls
back to its default, and an item with an invalid required field is skipped.
"""

from __future__ import annotations

import json
import re
from datetime import UTC
from functools import cache
from typing import Any, TypeVar, get_args

import msgspec
from msgspec import Struct
from msgspec.structs import FieldInfo, fields, replace

from artifact_tui.domain.models import Moment, Page
from artifact_tui.domain.provider import ServerTrouble
from artifact_tui.github.rate_limit import real_moment

Thing = TypeVar("Thing", bound=Struct)
_MAX_COUNT = 2**53
_LONGEST_NUMBER = 300
"""Digits; Python refuses to parse much longer integers."""


def decode_listing(body: bytes, kind: type[Thing], key: str = "") -> Page[Thing]:
    """Decode a page: an array, or the one under ``key``; raise :class:`ServerTrouble` if it is missing.

    The count of a search that GitHub ended early is a minimum (``incomplete_results``, "Timeouts and incomplete
    results" in the documentation of the search API).
    """
    try:
        found = _decoder(kind, key).decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _lenient_listing(_parse(body), kind, key)
    if not key:
        return Page(_with_real_moments(found))
    total, is_minimum = _count(found.total_count)
    return Page(_with_real_moments(getattr(found, key)), total, is_minimum or found.incomplete_results is True)


def decode_one(body: bytes, kind: type[Thing]) -> Thing:
    """Decode an object; raise :class:`ServerTrouble` if it is not one, or a required field is invalid."""
    try:
        thing: Thing | None = msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        thing = convert_leniently(_parse(body), kind)
    if thing is None:
        raise nonsense()
    return _with_real_moments((thing,))[0]


def convert_leniently(value: object, kind: type[Thing]) -> Thing | None:
    """Convert a parsed object without its invalid optional fields; None if a required one is invalid."""
    if not isinstance(value, dict):
        return None
    kept: dict[str, Any] = {}
    for field in fields(kind):
        if field.encode_name not in value:
            continue
        try:
            kept[field.name] = _convert_field(value[field.encode_name], field)
        except (msgspec.ValidationError, ValueError, OverflowError, RecursionError):
            continue
    return kind(**kept) if all(field.name in kept for field in fields(kind) if field.required) else None


def nonsense() -> ServerTrouble:
    """Return the error for a response that is not the API's."""
    return ServerTrouble(
        "Invalid response: not from GitHub's API.",
        "A proxy or sign-in page may be in between: check the host and the proxy settings.",
    )


def _convert_field(value: object, field: FieldInfo) -> object:
    parts = (field.type, *get_args(field.type))
    nested = next((part for part in parts if isinstance(part, type) and issubclass(part, Struct)), None)
    if nested is not None and value is not None:
        converted = convert_leniently(value, nested)
        if converted is None:
            raise ValueError(field.name)
        return converted
    return msgspec.convert(value, field.type)


def _lenient_listing(value: object, kind: type[Thing], key: str) -> Page[Thing]:
    total = value.get("total_count") if key and isinstance(value, dict) else None
    is_early = key and isinstance(value, dict) and value.get("incomplete_results") is True
    items = value.get(key) if key and isinstance(value, dict) else None if key else value
    if not isinstance(items, list):
        raise nonsense()
    things = tuple(thing for item in items if (thing := convert_leniently(item, kind)) is not None)
    count, is_minimum = _count(total)
    return Page(_with_real_moments(things), count, is_minimum or bool(is_early), skipped=len(items) - len(things))


def _count(total: object) -> tuple[int | None, bool]:
    """Return ``total_count`` and whether it is a minimum, as in ``2,500+`` (run searches)."""
    is_minimum = False
    if isinstance(total, str):
        match = re.fullmatch(r"([0-9][0-9,]{0,20})(\+?)", total.strip())
        total, is_minimum = (int(match[1].replace(",", "")), bool(match[2])) if match else (None, False)
    is_count = isinstance(total, int) and not isinstance(total, bool) and 0 <= total <= _MAX_COUNT
    return (total, is_minimum) if is_count and isinstance(total, int) else (None, False)


def _parse(body: bytes) -> object:
    """Parse JSON that msgspec refuses: invalid UTF-8, lone surrogates, NaN, long numbers."""
    try:
        return json.loads(body.decode("utf-8", "replace"), parse_int=_number)
    except (ValueError, RecursionError):
        raise nonsense() from None


def _number(digits: str) -> int | float:
    return int(digits) if len(digits) < _LONGEST_NUMBER else float(digits)


def _with_real_moments(things: tuple[Thing, ...]) -> tuple[Thing, ...]:
    """Return the things with :func:`real_moment` applied to each optional time; most need no change."""
    names = _moments(type(things[0])) if things else ()
    moments = (getattr(thing, name) for name in names for thing in things)
    if all(moment is None or (moment.tzinfo is UTC and moment.year != 1) for moment in moments):
        return things
    return tuple(
        replace(thing, **{name: real_moment(moment) for name in names if (moment := getattr(thing, name))})
        for thing in things
    )


@cache
def _moments(kind: type[Struct]) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind) if field.type == Moment | None)


@cache
def _decoder(kind: type[Struct], key: str) -> msgspec.json.Decoder[Any]:
    if not key:
        return msgspec.json.Decoder(tuple[kind, ...])  # type: ignore[valid-type]  # the type is a value here
    members: list[Any] = [(key, tuple[kind, ...]), ("total_count", int | str | None, None)]  # type: ignore[valid-type]  # as above
    members.append(("incomplete_results", Any, False))
    return msgspec.json.Decoder(msgspec.defstruct(f"ListingOf{kind.__name__}", members, frozen=True))
