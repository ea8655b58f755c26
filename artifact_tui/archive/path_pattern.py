"""Words and patterns for paths."""

from __future__ import annotations

import re
from collections.abc import Callable
from fnmatch import fnmatchcase, translate


def name_pattern(text: str) -> Callable[[str], bool]:
    """Return a test for case-folded paths: they must contain every word, but none after a ``!``.

    A word with ``*`` or ``?`` is a pattern for the whole path, or for the name after its last slash.
    """
    tests = [_word(word) for word in text.casefold().split()]
    return lambda path: all(test(path) for test in tests)


def _word(word: str) -> Callable[[str], bool]:
    if len(word) > 1 and word[0] == "!":
        fits = _word(word[1:])
        return lambda path: not fits(path)
    if "*" in word or "?" in word:
        return lambda path: fnmatchcase(path, word) or fnmatchcase(path.rpartition("/")[2], word)
    return lambda path: word in path


def path_glob(text: str) -> Callable[[str], bool]:
    """Return a test for whole paths: ``*``, ``?`` and ``[a-z]`` stay within a folder, ``**`` crosses folders.

    Case matters, and ``**/`` also matches no folder: ``**/a.txt`` matches ``a.txt``. A range such as ``[z-a]`` matches
    nothing, as in :mod:`fnmatch`.
    """
    pattern = re.compile(_GLOB_PARTS.sub(_glob_part, text), re.DOTALL)
    return lambda path: pattern.fullmatch(path) is not None


_GLOB_PARTS = re.compile(r"(?:(?<![^/])\*\*/)+|\*\*+|\[!?\]?[^\]/]*\]|.", re.DOTALL)


def _glob_part(match: re.Match[str]) -> str:
    part = match[0]
    if part.startswith("**"):
        return "(?:.*/)?" if part.endswith("/") else ".*"
    if part in ("*", "?"):
        return "[^/]*" if part == "*" else "[^/]"
    if len(part) == 1:
        return re.escape(part)
    return f"(?!/){translate(part)[len('(?s:') : -len(')Z') - 1]}"
