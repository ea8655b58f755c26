"""The family of an artifact's name: the name without its dates, numbers and hashes."""

from __future__ import annotations

import re
from functools import lru_cache

_STAMP = r"\d{4}-\d\d-\d\d(?:[T_-]?\d\d[:-]?\d\d(?:[:-]?\d\d)?Z?)?|\d{8}T\d{4,6}Z?"
_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_HASH = r"(?=[a-f]*\d)[0-9a-f]{7,}|[a-f]{10,}"
_CHANGING = re.compile(rf"(?<![A-Za-z0-9])(?<!x86_)(?:{_UUID}|{_STAMP}|{_HASH}|\d+)(?![A-Za-z0-9])", re.IGNORECASE)
_NEIGHBORS = re.compile(r"\*(?:[-._+~: ]?\*)+")


@lru_cache(maxsize=300_000)
def family(name: str) -> str:
    """Return the name with ``*`` for each run of standalone digits, dates and hashes.

    A hash has at least 7 hexadecimal digits, or 10 if all of them are letters. Digits that belong to a word stay, as in
    ``arm64``, ``x86_64`` and ``v1``.
    """
    return _NEIGHBORS.sub("*", _CHANGING.sub("*", name))
