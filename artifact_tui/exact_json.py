r"""JSON that keeps every string exactly, also lone surrogates, which UTF-8 cannot encode.

Names of artifacts may hold them (as ``\ud800`` in an answer), and paths whose bytes are not UTF-8 do in Python
(PEP 383). They are written as escapes, which RFC 8259 allows (section 8.2).
"""

from __future__ import annotations

from typing import TypeVar

import msgspec

Thing = TypeVar("Thing")


def encode(value: object) -> bytes:
    """Return ``value``, of the types that msgspec knows, as JSON."""
    try:
        return msgspec.json.encode(value)
    except UnicodeEncodeError:
        return _escaped(value)


def encode_indented(value: object) -> bytes:
    """Return ``value`` as JSON with one line for each item, for people."""
    try:
        return msgspec.json.format(msgspec.json.encode(value), indent=2)
    except UnicodeEncodeError:
        return _escaped(value, indent=2)


def decode(data: bytes | str, kind: type[Thing]) -> Thing:
    """Return the value of that type; raises only ``msgspec.DecodeError``, whatever the data."""
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        try:
            return msgspec.convert(_parse(data), kind)
        except (msgspec.DecodeError, ValueError, OverflowError, RecursionError):
            raise msgspec.DecodeError(str(error)) from None


def _escaped(value: object, indent: int | None = None) -> bytes:
    import json  # hardly ever needed, and the first frame does not wait for it

    return json.dumps(msgspec.to_builtins(value), indent=indent).encode("ascii")


def _parse(data: bytes | str) -> object:
    """Parse what msgspec refuses; raises ValueError, also where no lone surrogate can be the reason."""
    text = data if isinstance(data, str) else data.decode()
    if "\\ud" not in text.lower():
        raise ValueError("no surrogate")
    import json

    return json.loads(text)
