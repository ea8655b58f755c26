"""What commands write in the demo is stored, byte by byte, and depends on neither locale nor time zone."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.pty_program import PROGRAM, environment
from tests.tools.golden import DIRECTORY, outputs, prepare, run

ALL = dict(outputs())
FOR_PROGRAMS = [name for name in ALL if not name.endswith(".table")]
PLACES = [("C", "Asia/Kathmandu"), ("de_DE.UTF-8", "America/St_Johns"), ("C.UTF-8", "Pacific/Chatham")]
SOME = ("list.jsonl", "list-of-a-run.tsv", "runs.json", "repos.names", "verify.tsv")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home directory with downloads."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    prepare(tmp_path)
    return tmp_path


def test_every_stored_output_has_a_command() -> None:
    assert {path.name for path in DIRECTORY.iterdir()} == ALL.keys()


@pytest.mark.parametrize(("name", "arguments"), ALL.items(), ids=ALL)
def test_a_command_writes_what_is_stored(home: Path, name: str, arguments: Sequence[str]) -> None:
    """``python -m tests.tools.golden`` writes it again."""
    assert run(arguments, {"HOME": str(home), "LANG": "C.UTF-8"}) == (DIRECTORY / name).read_bytes()


@pytest.mark.parametrize(("locale", "zone"), PLACES)
def test_forms_for_programs_are_the_same_everywhere(
    home: Path, monkeypatch: pytest.MonkeyPatch, locale: str, zone: str
) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        for name in SOME:
            assert run(ALL[name], {"HOME": str(home), "LC_ALL": locale}) == (DIRECTORY / name).read_bytes(), name
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize(("name", "more"), [("list.tsv", {"PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}),
                                            ("verify.json", {})])  # fmt: skip
def test_a_process_without_utf8_writes_the_same(home: Path, name: str, more: dict[str, str]) -> None:
    more = {"LC_ALL": "C", "TZ": "Asia/Kathmandu", "COLUMNS": "20", **more}
    done = subprocess.run([*PROGRAM, *ALL[name]], env=environment(home, **more), cwd=home, capture_output=True)
    assert done.stdout == (DIRECTORY / name).read_bytes()


@pytest.mark.parametrize("name", [name for name in ALL if name.endswith(".table")])
def test_tables_are_ascii_without_utf8(home: Path, name: str) -> None:
    shown = run(ALL[name], {"HOME": str(home), "LC_ALL": "C"})
    assert shown.isascii()
    assert len(shown.splitlines()) == len((DIRECTORY / name).read_bytes().splitlines())


def test_json_is_ascii_on_one_line() -> None:
    for name in FOR_PROGRAMS:
        data = (DIRECTORY / name).read_bytes()
        assert data.endswith(b"\n")
        assert b"\x1b" not in data
        if name.endswith((".json", ".jsonl")):
            assert data.isascii()
            assert name.endswith("l") or data.count(b"\n") == 1
