"""Names of strangers become one file name, whatever they are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artifact_tui.domain.models import Artifact
from artifact_tui.transfers.disk.safe_names import LONGEST, file_name, raw_file_name


def named(name: str, number: int = 7) -> str:
    return file_name(Artifact(id=number, name=name))


@pytest.mark.parametrize(
    "name", ["wheel-cp311", "..foo", "日本語 ログ", "naïve.txt", "a b", "[x]", "🐍", ".hidden", "conf"]
)
def test_ordinary_names_stay(name: str) -> None:
    assert named(name) == name


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("", "artifact-7"),
        (".", "artifact-7"),
        ("..", "artifact-7"),
        ("../../etc/passwd", "_.._etc_passwd-7"),
        ("a/b", "a_b-7"),
        ("a\\b", "a_b-7"),
        ("C:x", "C_x-7"),
        ("con", "_con-7"),
        ("COM1.txt", "_COM1.txt-7"),
        ("dot.", "dot-7"),
        (" space ", "space-7"),
        ("a\x1b[2J\n", "a_[2J_-7"),
        ("a\u202egpj.exe", "a_gpj.exe-7"),
        ("\ud800", "_-7"),
        ("ü" * 150, "ü" * 99 + "-7"),
    ],
)
def test_other_names_are_made_safe_and_carry_the_id(name: str, expected: str) -> None:
    assert named(name) == expected


@given(st.text(max_size=300) | st.text("./\\:.con \x00", max_size=12), st.integers(1, 10**12))
def test_every_name_becomes_one_safe_component(name: str, number: int) -> None:
    safe = named(name, number)
    assert safe not in ("", ".", "..")
    assert not set(safe) & set('/\\<>:"|?*\0\n')
    assert 0 < len(safe.encode()) <= LONGEST
    assert safe == safe.strip(" ")
    assert not safe.endswith(".")
    assert safe == name or safe.endswith(f"-{number}")
    assert named(safe, number) == safe


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("report.html", "report.html"),
        ("../report.html", "_report-7.html"),
        ("a" * 300 + ".tar.gz", "a" * 195 + "-7.gz"),
        ("nul.txt", "_nul-7.txt"),
        (".html", ".html"),
    ],
)
def test_plain_files_keep_their_suffix(name: str, expected: str) -> None:
    assert raw_file_name(name, Artifact(id=7)) == expected
