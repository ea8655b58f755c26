"""Patterns for paths within an archive."""

from __future__ import annotations

from fnmatch import fnmatchcase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artifact_tui.archive.path_pattern import path_glob

PATHS = ["a.txt", "b.log", "src/a.txt", "src/deep/a.txt", "src/deep/er/b.log", "[x].txt", "a\nb.txt", "src]/c.txt"]


@pytest.mark.parametrize(
    ("glob", "found"),
    [
        ("a.txt", ["a.txt"]),
        ("*.txt", ["a.txt", "[x].txt", "a\nb.txt"]),
        ("**/*.txt", ["a.txt", "src/a.txt", "src/deep/a.txt", "[x].txt", "a\nb.txt", "src]/c.txt"]),
        ("**/**/a.txt", ["a.txt", "src/a.txt", "src/deep/a.txt"]),
        ("src/*", ["src/a.txt"]),
        ("src/**", ["src/a.txt", "src/deep/a.txt", "src/deep/er/b.log"]),
        ("src/**/b.log", ["src/deep/er/b.log"]),
        ("s**b.log", ["src/deep/er/b.log"]),
        ("**", PATHS),
        ("?.txt", ["a.txt"]),
        ("[ab].*", ["a.txt", "b.log"]),
        ("[!a].*", ["b.log"]),
        ("[a-b].log", ["b.log"]),
        ("[[]x].txt", ["[x].txt"]),
        ("[]x].txt", []),
        ("[x", []),
        ("[z-a].txt", []),
        ("[!z-a].txt", ["a.txt"]),
        ("A.TXT", []),
        ("src?a.txt", []),
        ("src[!x]a.txt", []),
        ("src]/*", ["src]/c.txt"]),
        ("", []),
    ],
)
def test_a_glob_matches_whole_paths_and_only_two_stars_cross_folders(glob: str, found: list[str]) -> None:
    assert list(filter(path_glob(glob), PATHS)) == found


@given(st.text("ab*?[]!-\\.", max_size=8), st.text("ab[]!-\\.", max_size=6))
def test_without_folders_it_agrees_with_the_shell(glob: str, name: str) -> None:
    if "**" not in glob:
        assert path_glob(glob)(name) == fnmatchcase(name, glob)
