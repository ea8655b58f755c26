"""Saving a file that is on the screen: its bytes are there already and are not fetched again."""

from __future__ import annotations

import random
import zipfile
from pathlib import Path

import pytest

from artifact_tui.transfers.receipts.verify import Verdict, verify
from tests.archive.zips import zipped
from tests.ui.made import add_artifact
from tests.ui.program import KESTREL, LARGE, Program, artifacts_in, open_with_keys, says, until
from tests.ui.test_contents import look_inside, press, typed
from tests.ui.test_inside import made_of

NOISE = random.Random(9).randbytes(900_000)
TEXT = b"a line of the log\n" * 20_000
FILES = {"docs/notes.txt": TEXT, "noise.bin": NOISE, "other.txt": b"other\n"}


def receipts(directory: Path) -> list[str]:
    """The targets of all receipts that match what is on the disk."""
    verdicts = [result for result in verify(directory) if isinstance(result, Verdict)]
    assert all(not verdict.changes for verdict in verdicts)
    return [verdict.receipt.target for verdict in verdicts]


def under_cursor(program: Program) -> str:
    node = program.screen.table.current
    assert node is not None
    return str(node.path)


async def test_a_file_that_is_shown_is_saved_without_a_request(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program, place = made_of(monkeypatch, FILES, directory=tmp_path)
    async with program.running(size=LARGE) as pilot:
        await look_inside(pilot, place, typed("notes"), ("enter",))
        await says(pilot, "20,000 lines")
        sent = len(program.server.requests)
        await open_with_keys(pilot, "d")
        await says(pilot, "Save 1 file · already loaded, 360 kB on the disk", "docs/notes.txt into the directory")
        await open_with_keys(pilot, "enter")
        await until(pilot, lambda: (tmp_path / "notes.txt.artifact.json").exists())
        assert len(program.server.requests) == sent
    assert (tmp_path / "notes.txt").read_bytes() == TEXT
    assert receipts(tmp_path) == ["notes.txt"]
    assert artifacts_in(tmp_path) == ["notes.txt"]


async def test_the_history_says_of_a_saved_file_what_the_transfers_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = tmp_path / "state" / "transfers.sqlite"
    program, place = made_of(monkeypatch, FILES, directory=tmp_path / "dl", journal=journal)
    async with program.running(size=LARGE) as pilot:
        await look_inside(pilot, place, typed("other"), ("d", "enter"), ("w",))
        await says(pilot, "done, checksum matches")
        await open_with_keys(pilot, "L")
        await says(pilot, "1 entry", "✓ checksum matches")


async def test_a_file_of_which_only_the_start_is_shown_is_fetched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program, place = made_of(monkeypatch, FILES, directory=tmp_path)
    async with program.running(size=LARGE) as pilot:
        await look_inside(pilot, place, typed("noise"), ("enter",))
        await says(pilot, "first 262 kB of 900 kB")
        await open_with_keys(pilot, "d")
        await says(pilot, "to fetch, 900 kB on the disk")
        await open_with_keys(pilot, "escape", "m")
        await says(pilot, "binary · 900 kB")
        sent = len(program.server.requests)
        await open_with_keys(pilot, "d", "enter")
        await until(pilot, lambda: (tmp_path / "noise.bin.artifact.json").exists())
        assert len(program.server.requests) == sent
    assert (tmp_path / "noise.bin").read_bytes() == NOISE


async def test_a_file_of_a_stored_zip_within_the_artifact_is_saved_without_a_request(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such a zip is read by ranges, as the artifact is."""
    wheel = zipped({"pkg/big.bin": NOISE, "pkg/core.py": b"print()\n" * 9000}, zipfile.ZIP_STORED)
    program, place = made_of(monkeypatch, {"kestrel.whl": wheel}, directory=tmp_path)
    async with program.running(size=LARGE) as pilot:
        await look_inside(pilot, place, ("enter",), typed("core"), ("enter",))
        await says(pilot, "print()")
        sent = len(program.server.requests)
        await open_with_keys(pilot, "d", "enter")
        await until(pilot, lambda: (tmp_path / "core.py").exists())
        await says(pilot, "Saved as")
        assert len(program.server.requests) == sent
    assert (tmp_path / "core.py").read_bytes() == b"print()\n" * 9000


async def test_a_file_that_was_found_and_is_shown_is_saved_without_a_request(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program, _ = made_of(monkeypatch, FILES, directory=tmp_path)
    async with program.running(size=LARGE) as pilot:
        await open_with_keys(pilot, "f", *"docs/notes", "enter", "enter")
        await says(pilot, "20,000 lines")
        sent = len(program.server.requests)
        await open_with_keys(pilot, "d", "enter")
        await until(pilot, lambda: (tmp_path / "notes.txt.artifact.json").exists())
        assert len(program.server.requests) == sent
    assert (tmp_path / "notes.txt").read_bytes() == TEXT


async def test_a_file_that_is_compared_is_saved_without_a_request(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, after = {"log.txt": TEXT}, {"log.txt": TEXT + b"one line more\n"}
    place = add_artifact(Program(KESTREL), monkeypatch, before, "made-before")
    program = Program(KESTREL, run=place[1], directory=tmp_path)
    add_artifact(program, monkeypatch, before, "made-before")
    add_artifact(program, monkeypatch, after, "made-after")
    async with program.running(size=LARGE) as pilot:
        await open_with_keys(pilot, *typed("made-"), "space", "space", "equals_sign", "enter")
        await says(pilot, "+one line more")
        sent = len(program.server.requests)
        await open_with_keys(pilot, "d", "enter")
        await until(pilot, lambda: (tmp_path / "log.txt.artifact.json").exists())
        assert len(program.server.requests) == sent
    assert (tmp_path / "log.txt").read_bytes() == after["log.txt"]


async def test_the_cursor_stays_on_its_file_when_the_filter_is_cleared(monkeypatch: pytest.MonkeyPatch) -> None:
    """In an archive of so many files that its folders are folded at first."""
    program, place = made_of(monkeypatch, {f"{one}/in/{two}.txt": b"" for one in "abc" for two in range(40)})
    async with program.running(size=LARGE) as pilot:
        await look_inside(pilot, place, typed("b/in/7"))
        assert under_cursor(program) == "b/in/7.txt"
        await press(pilot, ("escape",))
        assert under_cursor(program) == "b/in/7.txt"


@pytest.mark.parametrize(("word", "expected"), [("notes", "docs/notes.txt"), ("txt", "docs/notes.txt")])
async def test_a_filter_leaves_the_cursor_on_the_first_file_that_matches(
    word: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    program, place = made_of(monkeypatch, FILES)
    async with program.running(size=LARGE) as pilot:
        await look_inside(pilot, place, typed(word))
        assert under_cursor(program) == expected
        await press(pilot, ("escape",))
        assert under_cursor(program) == expected
