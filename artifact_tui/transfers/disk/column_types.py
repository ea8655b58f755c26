"""Columns of the journals as values; a row is read as a whole or not at all."""

from __future__ import annotations

import os
import re
import struct
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import msgspec

from artifact_tui import exact_json

Row = TypeVar("Row")
Thing = TypeVar("Thing")
_PROGRAM = re.compile(r"[0-9]+-[0-9a-f]{8}")
_SURROGATES = "surrogatepass"
_LARGEST = 2**63 - 1

UNREADABLE = (LookupError, TypeError, ValueError, OverflowError, StopIteration, struct.error, msgspec.DecodeError)
"""Errors from reading a row that another program or a newer version wrote."""


def read_each(rows: Iterable[Row], read: Callable[[Row], Thing | None]) -> tuple[list[Thing], int]:
    """Read each row by itself; return the values that are not None, and the number of unreadable rows."""
    found, skipped = [], 0
    for row in rows:
        try:
            thing = read(row)
        except (OSError, *UNREADABLE):
            skipped += 1
        else:
            found += [] if thing is None else [thing]
    return found, skipped


def stored(value: object) -> object:
    """Return a value for SQLite: text with lone surrogates and numbers beyond 64 bits become bytes."""
    if isinstance(value, Path):
        return os.fsencode(value)
    if isinstance(value, tuple):
        return exact_json.encode(value)
    if isinstance(value, int) and not -_LARGEST <= value <= _LARGEST:
        return str(value).encode()
    if isinstance(value, str) and not value.isascii() and any("\ud800" <= character <= "\udfff" for character in value):
        return value.encode("utf-8", _SURROGATES)
    return value


def text(value: object) -> str:
    """Return text that :func:`stored` wrote; like all readers here, raise ValueError for anything else."""
    if isinstance(value, bytes):
        return value.decode("utf-8", _SURROGATES)
    if not isinstance(value, str):
        raise ValueError("not text")
    return value


def number(value: object) -> int:
    """Read a number of at least 0, also beyond 64 bits."""
    if isinstance(value, bytes) and value.isdigit():
        return int(value)
    if not isinstance(value, int) or value < 0:
        raise ValueError("not a number")
    return value


def flag(value: object) -> bool:
    """Read a boolean."""
    if value not in (0, 1) or not isinstance(value, int):
        raise ValueError("not a flag")
    return value == 1


def path(value: object) -> Path:
    """Read an absolute path."""
    if not isinstance(value, bytes) or b"\0" in value:
        raise ValueError("not a path")
    found = Path(os.fsdecode(value))
    if not found.is_absolute():
        raise ValueError("not an absolute path")
    return found


def packed(value: object, kind: type[Thing]) -> Thing:
    """Read a value stored as JSON; raise ``msgspec.DecodeError`` as well."""
    if not isinstance(value, bytes | str):
        raise ValueError("not JSON")
    return exact_json.decode(value, kind)


def moment(value: object) -> datetime:
    """Read a plausible date with its time zone."""
    found = datetime.fromisoformat(text(value))
    if found.tzinfo is None or not 1970 <= found.astimezone(UTC).year < 9999:
        raise ValueError("not a date of ours")
    return found


def program(value: object) -> str:
    """Read the name of an :class:`~artifact_tui.transfers.disk.instance_lock.InstanceLock`, which names a file."""
    found = text(value)
    if not _PROGRAM.fullmatch(found):
        raise ValueError("not the name of a program")
    return found
