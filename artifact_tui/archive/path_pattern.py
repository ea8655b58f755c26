"""Words and patterns for paths."""

from __future__ import annotations

from collections.abc import Callable
from fnmatch import fnmatchcase


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
